// SPDX-License-Identifier: MIT OR Apache-2.0
#include "portaudio_input.h"

#include <stdio.h>
#include <stdlib.h>

#include "portaudio_query.h"

static const pbr_portaudio_library *const portaudio = &pbr_portaudio_calls;

typedef struct portaudio_input {
    pbr_input input;
    PaStream *stream;
    double come_after; // seconds: the latency that PortAudio reports
    bool stuck;        // the stream does not stop: it may run for ever
    pbr_device_info info;
} portaudio_input;

static int record(const void *samples, void *output, unsigned long frames,
                  const PaStreamCallbackTimeInfo *when, PaStreamCallbackFlags flags,
                  void *context) {
    (void)output, (void)when;
    pbr_input *input = context;
    if (flags & paInputOverflow) {
        pbr_capture_note_loss(input->capture);
    }
    pbr_capture_write(input->capture, samples, (uint32_t)frames);
    return paContinue;
}

// NULL and a reason. Inside of the library.
static PaStream *open_stream(portaudio_input *own, PaDeviceIndex index, pbr_reason *reason) {
    double low = portaudio->GetDeviceInfo(index)->defaultLowInputLatency;
    const PaStreamParameters parameters = {
        .device = index,
        .channelCount = (int)own->info.inputs,
        .sampleFormat = paFloat32,
        .suggestedLatency = own->input.latency > low ? own->input.latency : low,
    };
    PaStream *stream = NULL;
    PaError error = paInternalError;
    if (pbr_portaudio_lock()) {
        error = portaudio->OpenStream(&stream, &parameters, NULL, own->info.rate,
                                      paFramesPerBufferUnspecified, paNoFlag, record, own);
        pbr_portaudio_unlock();
    }
    if (error != paNoError) {
        pbr_say(reason, "device \"%.80s\" does not record at %g Hz, %u channels: %s",
                own->info.name, own->info.rate, own->info.inputs, portaudio->GetErrorText(error));
        return NULL;
    }
    const PaStreamInfo *info = portaudio->GetStreamInfo(stream);
    own->come_after = info != NULL ? info->inputLatency : own->input.latency;
    if (own->come_after > own->input.latency) {
        own->input.latency = own->come_after;
    }
    return stream;
}

pbr_input *pbr_portaudio_open_input(const char *name, const pbr_input_wish *wish,
                                    pbr_reason *reason) {
    if (!pbr_portaudio_enter(reason)) {
        return NULL;
    }
    portaudio_input *own = calloc(1, sizeof *own);
    if (own == NULL) {
        pbr_say_no_memory(reason, "an input device");
    } else {
        PaDeviceIndex index = pbr_portaudio_look_up(name, true, &own->info, reason);
        if (index != paNoDevice &&
            pbr_input_set_up(&own->input, &pbr_portaudio, wish, &own->info, reason)) {
            own->stream = open_stream(own, index, reason);
        }
    }
    if (own == NULL || own->stream == NULL) {
        if (own != NULL) {
            pbr_capture_release(own->input.capture);
        }
        free(own);
        pbr_portaudio_leave();
        return NULL;
    }
    return &own->input;
}

bool pbr_portaudio_start_input(pbr_input *input, pbr_reason *reason) {
    portaudio_input *own = (portaudio_input *)input;
    PaError error = own->stuck ? paInternalError : portaudio->StartStream(own->stream);
    if (error != paNoError) {
        pbr_say(reason, "the input device does not start: %s", portaudio->GetErrorText(error));
    }
    return error == paNoError;
}

void pbr_portaudio_stop_input(pbr_input *input) {
    portaudio_input *own = (portaudio_input *)input;
    if (!own->stuck && !pbr_portaudio_end(own->stream, false)) {
        own->stuck = true;
        atomic_store(&input->watch.lost, true);
    }
}

void pbr_portaudio_close_input(pbr_input *input) {
    portaudio_input *own = (portaudio_input *)input;
    // A stream that does not end may still call: neither it nor the library can go then.
    if (!own->stuck && pbr_portaudio_end(own->stream, true)) {
        pbr_capture_release(input->capture);
        free(own);
        pbr_portaudio_leave();
    }
}

void pbr_portaudio_describe_input(pbr_input *input, pbr_input_status *status) {
    const portaudio_input *own = (const portaudio_input *)input;
    status->info = own->info;
    status->latency = own->come_after + pbr_capture_delay(input->capture);
}
