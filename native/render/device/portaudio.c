// SPDX-License-Identifier: MIT OR Apache-2.0
//
// PortAudio: for whatever has no PulseAudio.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "portaudio_input.h"
#include "portaudio_query.h"

static const pbr_portaudio_library *const portaudio = &pbr_portaudio_calls;

typedef struct portaudio_device {
    pbr_device device;
    PaStream *stream;
    double heard_after; // seconds: the latency that PortAudio reports
    double come_after;  // likewise: of its input, if it records, too
    bool stuck;         // the stream does not stop: it may run for ever
    pbr_device_info info;
} portaudio_device;

// Seconds until the block of a callback is heard. Some sound systems leave the times at 0.
static double heard_in(const portaudio_device *own, const PaStreamCallbackTimeInfo *when) {
    if (when == NULL) {
        return PBR_DEVICE_UNKNOWN;
    }
    double later = when->outputBufferDacTime - when->currentTime;
    bool known = when->currentTime > 0.0 && when->outputBufferDacTime > 0.0 && later >= 0.0;
    return known ? later : own->heard_after;
}

static int render(const void *input, void *output, unsigned long frames,
                  const PaStreamCallbackTimeInfo *when, PaStreamCallbackFlags flags,
                  void *context) {
    portaudio_device *own = context;
    pbr_device *device = &own->device;
    if (device->capture != NULL) {
        if (flags & paInputOverflow) {
            pbr_capture_note_loss(device->capture);
        }
        pbr_capture_write(device->capture, input, (uint32_t)frames);
    }
    if (flags & paOutputUnderflow) {
        atomic_fetch_add(&device->underflows, 1);
    }
    atomic_store_explicit(&device->block, (uint32_t)frames, memory_order_relaxed);
    pbr_device_render(device, (uint32_t)frames, output, heard_in(own, when));
    return paContinue;
}

// Inside of the library. With a capture, it records, too.
static PaError try_stream(portaudio_device *own, PaDeviceIndex index, const pbr_device_wish *wish,
                          PaStream **stream) {
    const PaDeviceInfo *device = portaudio->GetDeviceInfo(index);
    double low = device->defaultLowOutputLatency;
    double latency = wish->latency > 0.0 || own->device.latency > low ? own->device.latency : low;
    const PaStreamParameters output = {
        .device = index,
        .channelCount = (int)wish->channels,
        .sampleFormat = paFloat32 | paNonInterleaved,
        .suggestedLatency = latency,
    };
    bool records = own->device.capture != NULL;
    const PaStreamParameters input = {
        .device = index,
        .channelCount = records ? (int)pbr_capture_channels(own->device.capture) : 0,
        .sampleFormat = paFloat32,
        .suggestedLatency = latency,
    };
    PaError error = paInternalError;
    if (pbr_portaudio_lock()) {
        error = portaudio->OpenStream(stream, records ? &input : NULL, &output, wish->rate,
                                      wish->block > 0 ? wish->block : paFramesPerBufferUnspecified,
                                      paNoFlag, render, own);
        pbr_portaudio_unlock();
    }
    return error;
}

// For the same device as both: one stream has one clock. Without it, the input is on its own.
static void prepare_duplex(portaudio_device *own, PaDeviceIndex index, const pbr_device_wish *wish,
                           const pbr_input_wish *input) {
    pbr_reason reason;
    pbr_device_info info;
    size_t prefix = strlen(PBR_PORTAUDIO_PREFIX);
    bool named = input != NULL && strncmp(input->id, PBR_PORTAUDIO_PREFIX, prefix) == 0;
    if (input == NULL || (input->id[0] != '\0' && !named) ||
        pbr_portaudio_look_up(named ? input->id + prefix : "", true, &info, &reason) != index) {
        return;
    }
    const pbr_capture_format format = {.channels = info.inputs,
                                       .from = wish->rate,
                                       .to = input->rate,
                                       .latency = own->device.latency / 2.0,
                                       .direct = wish->rate == input->rate};
    own->device.capture = pbr_capture_create(&format);
}

// NULL and a reason. Inside of the library.
static PaStream *open_stream(portaudio_device *own, PaDeviceIndex index,
                             const pbr_device_wish *wish, const pbr_input_wish *input,
                             pbr_reason *reason) {
    PaStream *stream = NULL;
    prepare_duplex(own, index, wish, input);
    PaError error = try_stream(own, index, wish, &stream);
    if (error != paNoError && own->device.capture != NULL) {
        pbr_capture_release(own->device.capture);
        own->device.capture = NULL;
        error = try_stream(own, index, wish, &stream);
    }
    if (error != paNoError) {
        pbr_say(reason, "device \"%.80s\" does not open at %g Hz, %u channels: %s", own->info.name,
                wish->rate, wish->channels, portaudio->GetErrorText(error));
        return NULL;
    }
    const PaStreamInfo *info = portaudio->GetStreamInfo(stream);
    own->heard_after = info != NULL ? info->outputLatency : own->device.latency;
    own->come_after = info != NULL ? info->inputLatency : own->device.latency;
    if (own->heard_after > own->device.latency) {
        own->device.latency = own->heard_after;
    }
    return stream;
}

static pbr_device *open_device(const char *name, const pbr_device_wish *wish,
                               const pbr_input_wish *input, pbr_core *core, pbr_reason *reason) {
    if (!pbr_portaudio_enter(reason)) {
        return NULL;
    }
    portaudio_device *own = calloc(1, sizeof *own);
    if (own == NULL) {
        pbr_say_no_memory(reason, "an output device");
    } else {
        pbr_device_set_up(&own->device, &pbr_portaudio, core, wish);
        PaDeviceIndex index = pbr_portaudio_look_up(name, false, &own->info, reason);
        if (index != paNoDevice) {
            own->stream = open_stream(own, index, wish, input, reason);
        }
    }
    if (own == NULL || own->stream == NULL) {
        if (own != NULL) {
            pbr_capture_release(own->device.capture);
        }
        free(own);
        pbr_portaudio_leave();
        return NULL;
    }
    return &own->device;
}

static bool start(pbr_device *device, pbr_reason *reason) {
    portaudio_device *own = (portaudio_device *)device;
    PaError error = own->stuck ? paInternalError : portaudio->StartStream(own->stream);
    if (error != paNoError) {
        pbr_say(reason, "the output device does not start: %s", portaudio->GetErrorText(error));
    }
    return error == paNoError;
}

static void stop(pbr_device *device) {
    portaudio_device *own = (portaudio_device *)device;
    if (!own->stuck && !pbr_portaudio_end(own->stream, false)) {
        own->stuck = true;
        atomic_store(&device->watch.lost, true);
    }
}

static void close_device(pbr_device *device) {
    portaudio_device *own = (portaudio_device *)device;
    // A stream that does not end may still call: neither it nor the library can go then.
    if (!own->stuck && pbr_portaudio_end(own->stream, true)) {
        pbr_capture_release(device->capture);
        free(own);
        pbr_portaudio_leave();
    }
}

static void describe(pbr_device *device, pbr_device_status *status) {
    const portaudio_device *own = (const portaudio_device *)device;
    status->info = own->info;
    status->latency = own->heard_after;
}

static void describe_duplex(pbr_device *device, pbr_input_status *status) {
    const portaudio_device *own = (const portaudio_device *)device;
    status->info = own->info;
    status->latency = own->come_after + pbr_capture_delay(device->capture);
}

const pbr_backend pbr_portaudio = {
    .prefix = PBR_PORTAUDIO_PREFIX,
    .patience = 0.4, // it does not say when a device has gone
    .answers = pbr_portaudio_answers,
    .list = pbr_portaudio_list,
    .find = pbr_portaudio_find,
    .open = open_device,
    .start = start,
    .stop = stop,
    .close = close_device,
    .describe = describe,
    .describe_duplex = describe_duplex,
    .find_input = pbr_portaudio_find_input,
    .open_input = pbr_portaudio_open_input,
    .start_input = pbr_portaudio_start_input,
    .stop_input = pbr_portaudio_stop_input,
    .close_input = pbr_portaudio_close_input,
    .describe_input = pbr_portaudio_describe_input,
};
