// SPDX-License-Identifier: MIT OR Apache-2.0
#include "device.h"

#include <portaudio.h>
#include <stdio.h>
#include <stdlib.h>

struct pbr_device {
    PaStream *stream;
    pbr_core *core;
    uint32_t channels;
};

static int render(const void *input, void *output, unsigned long frames,
                  const PaStreamCallbackTimeInfo *when, PaStreamCallbackFlags flags,
                  void *context) {
    (void)input, (void)when, (void)flags;
    pbr_device *device = context;
    pbr_core_render(device->core, (uint32_t)frames, output, device->channels);
    return paContinue;
}

bool pbr_device_default(double *rate, uint32_t *channels) {
    // PortAudio counts its users, so that a look costs nothing while a stream is open.
    if (Pa_Initialize() != paNoError) {
        return false;
    }
    PaDeviceIndex index = Pa_GetDefaultOutputDevice();
    const PaDeviceInfo *info = index == paNoDevice ? NULL : Pa_GetDeviceInfo(index);
    bool found = info != NULL && info->maxOutputChannels > 0;
    if (found) {
        *rate = info->defaultSampleRate;
        *channels = info->maxOutputChannels > 1 ? 2 : 1;
    }
    Pa_Terminate();
    return found;
}

pbr_device *pbr_device_open(pbr_core *core, double rate, uint32_t channels, char *message,
                            size_t capacity) {
    PaError error = Pa_Initialize();
    if (error != paNoError) {
        snprintf(message, capacity, "PortAudio does not start: %s", Pa_GetErrorText(error));
        return NULL;
    }
    PaDeviceIndex index = Pa_GetDefaultOutputDevice();
    const PaDeviceInfo *info = index == paNoDevice ? NULL : Pa_GetDeviceInfo(index);
    pbr_device *device = info == NULL ? NULL : calloc(1, sizeof *device);
    if (device == NULL) {
        snprintf(message, capacity,
                 info == NULL ? "there is no audio output device" : "out of memory");
        Pa_Terminate();
        return NULL;
    }
    device->core = core;
    device->channels = channels;
    PaStreamParameters parameters = {
        .device = index,
        .channelCount = (int)channels,
        .sampleFormat = paFloat32 | paNonInterleaved,
        .suggestedLatency = info->defaultLowOutputLatency,
    };
    error = Pa_OpenStream(&device->stream, NULL, &parameters, rate, paFramesPerBufferUnspecified,
                          paNoFlag, render, device);
    if (error != paNoError) {
        snprintf(message, capacity, "device \"%s\" does not open at %g Hz, %u channels: %s",
                 info->name, rate, channels, Pa_GetErrorText(error));
        free(device);
        Pa_Terminate();
        return NULL;
    }
    return device;
}

bool pbr_device_start(pbr_device *device, char *message, size_t capacity) {
    PaError error = Pa_StartStream(device->stream);
    if (error != paNoError) {
        snprintf(message, capacity, "the output device does not start: %s", Pa_GetErrorText(error));
        return false;
    }
    return true;
}

void pbr_device_stop(pbr_device *device) {
    Pa_StopStream(device->stream);
}

void pbr_device_close(pbr_device *device) {
    if (device != NULL) {
        Pa_CloseStream(device->stream);
        free(device);
        Pa_Terminate();
    }
}
