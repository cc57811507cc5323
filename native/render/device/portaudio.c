// SPDX-License-Identifier: MIT OR Apache-2.0
//
// PortAudio: for whatever has no PulseAudio.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "portaudio_library.h"

#define PREFIX "portaudio:"

static const pbr_portaudio_library *const portaudio = &pbr_portaudio_calls;

typedef struct portaudio_device {
    pbr_device device;
    PaStream *stream;
    double heard_after; // seconds: the latency that PortAudio reports
    bool stuck;         // the stream does not stop: it may run for ever
    pbr_device_info info;
} portaudio_device;

static bool answers(char *message, size_t capacity) {
    bool entered = pbr_portaudio_enter(message, capacity);
    if (entered) {
        pbr_portaudio_leave();
    }
    return entered;
}

static void describe_info(pbr_device_info *info, PaDeviceIndex index, const PaDeviceInfo *device) {
    const PaHostApiInfo *host = portaudio->GetHostApiInfo(device->hostApi);
    pbr_device_set_text(info->host, sizeof info->host, host != NULL ? host->name : "PortAudio",
                        NULL);
    char prefix[sizeof PREFIX + PBR_DEVICE_HOST + 1];
    snprintf(prefix, sizeof prefix, PREFIX "%s:", info->host);
    pbr_device_set_text(info->id, sizeof info->id, prefix, device->name);
    pbr_device_set_text(info->name, sizeof info->name, device->name, NULL);
    info->inputs = device->maxInputChannels > 0 ? (uint32_t)device->maxInputChannels : 0;
    info->outputs = device->maxOutputChannels > 0 ? (uint32_t)device->maxOutputChannels : 0;
    info->rate = device->defaultSampleRate;
    info->low_latency = device->defaultLowOutputLatency;
    info->latency = device->defaultLowOutputLatency > PBR_DEVICE_LATENCY
                        ? device->defaultLowOutputLatency
                        : PBR_DEVICE_LATENCY;
    info->default_output = index == portaudio->GetDefaultOutputDevice();
    info->default_input = index == portaudio->GetDefaultInputDevice();
}

static bool list(pbr_device_infos *infos, char *message, size_t capacity) {
    if (!pbr_portaudio_enter(message, capacity)) {
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

// An output device; paNoDevice and a reason if there is no such one. Inside of the library.
static PaDeviceIndex look_up(const char *name, pbr_device_info *info, char *message,
                             size_t capacity) {
    if (name[0] == '\0') {
        PaDeviceIndex index = portaudio->GetDefaultOutputDevice();
        const PaDeviceInfo *device = index != paNoDevice ? portaudio->GetDeviceInfo(index) : NULL;
        if (device == NULL || device->maxOutputChannels <= 0) {
            snprintf(message, capacity, "there is no audio output device");
            return paNoDevice;
        }
        describe_info(info, index, device);
        return index;
    }
    PaDeviceIndex count = portaudio->GetDeviceCount();
    for (PaDeviceIndex i = 0; i < count; i++) {
        const PaDeviceInfo *device = portaudio->GetDeviceInfo(i);
        if (device != NULL && device->maxOutputChannels > 0) {
            describe_info(info, i, device);
            if (strcmp(info->id + strlen(PREFIX), name) == 0) {
                return i;
            }
        }
    }
    snprintf(message, capacity, "there is no output device \"" PREFIX "%s\"", name);
    return paNoDevice;
}

static bool find(const char *name, pbr_device_info *info, char *message, size_t capacity) {
    if (!pbr_portaudio_enter(message, capacity)) {
        return false;
    }
    bool found = look_up(name, info, message, capacity) != paNoDevice;
    pbr_portaudio_leave();
    return found;
}

static int render(const void *input, void *output, unsigned long frames,
                  const PaStreamCallbackTimeInfo *when, PaStreamCallbackFlags flags,
                  void *context) {
    (void)input, (void)when;
    pbr_device *device = context;
    if (flags & paOutputUnderflow) {
        atomic_fetch_add(&device->underflows, 1);
    }
    atomic_store_explicit(&device->block, (uint32_t)frames, memory_order_relaxed);
    pbr_device_render(device, (uint32_t)frames, output);
    return paContinue;
}

// NULL and a reason. Inside of the library.
static PaStream *open_stream(portaudio_device *own, PaDeviceIndex index,
                             const pbr_device_wish *wish, char *message, size_t capacity) {
    const PaDeviceInfo *device = portaudio->GetDeviceInfo(index);
    double low = device->defaultLowOutputLatency;
    PaStreamParameters parameters = {
        .device = index,
        .channelCount = (int)wish->channels,
        .sampleFormat = paFloat32 | paNonInterleaved,
        .suggestedLatency =
            wish->latency > 0.0 || own->device.latency > low ? own->device.latency : low,
    };
    PaStream *stream = NULL;
    PaError error = paInternalError;
    if (pbr_portaudio_lock()) {
        error = portaudio->OpenStream(&stream, NULL, &parameters, wish->rate,
                                      wish->block > 0 ? wish->block : paFramesPerBufferUnspecified,
                                      paNoFlag, render, own);
        pbr_portaudio_unlock();
    }
    if (error != paNoError) {
        snprintf(message, capacity, "device \"%.80s\" does not open at %g Hz, %u channels: %s",
                 own->info.name, wish->rate, wish->channels, portaudio->GetErrorText(error));
        return NULL;
    }
    const PaStreamInfo *info = portaudio->GetStreamInfo(stream);
    own->heard_after = info != NULL ? info->outputLatency : own->device.latency;
    if (own->heard_after > own->device.latency) {
        own->device.latency = own->heard_after;
    }
    return stream;
}

static pbr_device *open_device(const char *name, const pbr_device_wish *wish, pbr_core *core,
                               char *message, size_t capacity) {
    if (!pbr_portaudio_enter(message, capacity)) {
        return NULL;
    }
    portaudio_device *own = calloc(1, sizeof *own);
    if (own == NULL) {
        snprintf(message, capacity, "no memory for an output device");
    } else {
        pbr_device_set_up(&own->device, &pbr_portaudio, core, wish);
        PaDeviceIndex index = look_up(name, &own->info, message, capacity);
        if (index != paNoDevice) {
            own->stream = open_stream(own, index, wish, message, capacity);
        }
    }
    if (own == NULL || own->stream == NULL) {
        free(own);
        pbr_portaudio_leave();
        return NULL;
    }
    return &own->device;
}

static bool start(pbr_device *device, char *message, size_t capacity) {
    portaudio_device *own = (portaudio_device *)device;
    PaError error = own->stuck ? paInternalError : portaudio->StartStream(own->stream);
    if (error != paNoError) {
        snprintf(message, capacity, "the output device does not start: %s",
                 portaudio->GetErrorText(error));
    }
    return error == paNoError;
}

static void stop(pbr_device *device) {
    portaudio_device *own = (portaudio_device *)device;
    if (!own->stuck && !pbr_portaudio_end(own->stream, false)) {
        own->stuck = true;
        atomic_store(&device->lost, true);
    }
}

static void close_device(pbr_device *device) {
    portaudio_device *own = (portaudio_device *)device;
    // A stream that does not end may still call: neither it nor the library can go then.
    if (!own->stuck && pbr_portaudio_end(own->stream, true)) {
        free(own);
        pbr_portaudio_leave();
    }
}

static void describe(pbr_device *device, pbr_device_status *status) {
    const portaudio_device *own = (const portaudio_device *)device;
    status->info = own->info;
    status->latency = own->heard_after;
}

const pbr_backend pbr_portaudio = {
    .prefix = PREFIX,
    .patience = 0.4, // it does not say when a device has gone
    .answers = answers,
    .list = list,
    .find = find,
    .open = open_device,
    .start = start,
    .stop = stop,
    .close = close_device,
    .describe = describe,
};
