// SPDX-License-Identifier: MIT OR Apache-2.0
#include "portaudio_query.h"

#include <stdio.h>
#include <string.h>

// The most channels that an engine can use.
enum { MOST_INPUTS = 64 };

static const pbr_portaudio_library *const portaudio = &pbr_portaudio_calls;

bool pbr_portaudio_answers(pbr_reason *reason) {
    bool entered = pbr_portaudio_enter(reason);
    if (entered) {
        pbr_portaudio_leave();
    }
    return entered;
}

static void describe_info(pbr_device_info *info, PaDeviceIndex index, const PaDeviceInfo *device) {
    const PaHostApiInfo *host = portaudio->GetHostApiInfo(device->hostApi);
    pbr_device_set_text(info->host, sizeof info->host, host != NULL ? host->name : "PortAudio",
                        NULL);
    char prefix[sizeof PBR_PORTAUDIO_PREFIX + PBR_DEVICE_HOST + 1];
    snprintf(prefix, sizeof prefix, PBR_PORTAUDIO_PREFIX "%s:", info->host);
    pbr_device_set_text(info->id, sizeof info->id, prefix, device->name);
    pbr_device_set_text(info->name, sizeof info->name, device->name, NULL);
    info->inputs = device->maxInputChannels > 0 ? (uint32_t)device->maxInputChannels : 0;
    info->inputs = info->inputs < MOST_INPUTS ? info->inputs : MOST_INPUTS;
    info->outputs = device->maxOutputChannels > 0 ? (uint32_t)device->maxOutputChannels : 0;
    info->rate = device->defaultSampleRate;
    info->low_latency = device->defaultLowOutputLatency;
    info->latency = device->defaultLowOutputLatency > PBR_DEVICE_LATENCY
                        ? device->defaultLowOutputLatency
                        : PBR_DEVICE_LATENCY;
    info->default_output = index == portaudio->GetDefaultOutputDevice();
    info->default_input = index == portaudio->GetDefaultInputDevice();
}

bool pbr_portaudio_list(pbr_device_infos *infos, pbr_reason *reason) {
    if (!pbr_portaudio_enter(reason)) {
        return false;
    }
    PaDeviceIndex count = portaudio->GetDeviceCount();
    for (PaDeviceIndex i = 0; i < count; i++) {
        const PaDeviceInfo *device = portaudio->GetDeviceInfo(i);
        pbr_device_info *info = device != NULL ? pbr_device_add(infos) : NULL;
        if (info != NULL) {
            describe_info(info, i, device);
        }
    }
    pbr_portaudio_leave();
    return true;
}

static int channels_of(const PaDeviceInfo *device, bool input) {
    return input ? device->maxInputChannels : device->maxOutputChannels;
}

PaDeviceIndex pbr_portaudio_look_up(const char *name, bool input, pbr_device_info *info,
                                    pbr_reason *reason) {
    const char *what = input ? "input" : "output";
    if (name[0] == '\0') {
        PaDeviceIndex index =
            input ? portaudio->GetDefaultInputDevice() : portaudio->GetDefaultOutputDevice();
        const PaDeviceInfo *device = index != paNoDevice ? portaudio->GetDeviceInfo(index) : NULL;
        if (device == NULL || channels_of(device, input) <= 0) {
            pbr_say(reason, "there is no audio %s device", what);
            return paNoDevice;
        }
        describe_info(info, index, device);
        return index;
    }
    bool known = false;
    PaDeviceIndex count = portaudio->GetDeviceCount();
    for (PaDeviceIndex i = 0; i < count; i++) {
        const PaDeviceInfo *device = portaudio->GetDeviceInfo(i);
        if (device != NULL) {
            describe_info(info, i, device);
            bool meant = strcmp(info->id + strlen(PBR_PORTAUDIO_PREFIX), name) == 0;
            if (meant && channels_of(device, input) > 0) {
                return i;
            }
            known = known || meant;
        }
    }
    if (known) {
        pbr_say(reason, "the device \"" PBR_PORTAUDIO_PREFIX "%s\" has 0 %s channels", name, what);
    } else {
        pbr_say(reason, "there is no %s device \"" PBR_PORTAUDIO_PREFIX "%s\"", what, name);
    }
    return paNoDevice;
}

static bool find(const char *name, bool input, pbr_device_info *info, pbr_reason *reason) {
    if (!pbr_portaudio_enter(reason)) {
        return false;
    }
    bool found = pbr_portaudio_look_up(name, input, info, reason) != paNoDevice;
    pbr_portaudio_leave();
    return found;
}

bool pbr_portaudio_find(const char *name, pbr_device_info *info, pbr_reason *reason) {
    return find(name, false, info, reason);
}

bool pbr_portaudio_find_input(const char *name, pbr_device_info *info, pbr_reason *reason) {
    return find(name, true, info, reason);
}
