// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE // RTLD_DEFAULT
#include "device.h"

#include <dlfcn.h>
#include <portaudio.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

struct pbr_device {
    PaStream *stream;
    pbr_core *core;
    uint32_t channels;
};

// Loaded when a device is opened, unless the program links PortAudio itself: offline rendering
// needs neither it nor the sound systems that it depends on.
#define PORTAUDIO "libportaudio.so.2"
#define FUNCTIONS(DO)          \
    DO(Initialize)             \
    DO(Terminate)              \
    DO(GetDefaultOutputDevice) \
    DO(GetDeviceInfo)          \
    DO(GetErrorText)           \
    DO(OpenStream)             \
    DO(StartStream)            \
    DO(StopStream)             \
    DO(CloseStream)

#define OF_PROGRAM(NAME) extern __typeof__(Pa_##NAME) Pa_##NAME __attribute__((weak));
FUNCTIONS(OF_PROGRAM)

#define POINTER(NAME) __typeof__(Pa_##NAME) *NAME;
static struct {
    FUNCTIONS(POINTER)
    bool loaded;
    char reason[160];
} portaudio;

static int render(const void *input, void *output, unsigned long frames,
                  const PaStreamCallbackTimeInfo *when, PaStreamCallbackFlags flags,
                  void *context) {
    (void)input, (void)when, (void)flags;
    pbr_device *device = context;
    pbr_core_enter(device->core);
    pbr_core_render(device->core, (uint32_t)frames, output, device->channels, false);
    pbr_core_leave(device->core);
    return paContinue;
}

static void ignore_alsa(const char *file, int line, const char *function, int error,
                        const char *format, ...) {
    (void)file, (void)line, (void)function, (void)error, (void)format;
}

static void ignore_jack(const char *message) {
    (void)message;
}

// PortAudio asks every sound system of the machine, and their libraries write to stderr what they
// lack. A library has no business there: what matters is returned as an error. The functions are
// looked up by name because PortAudio may have been built without them.
static void hush(void *library) {
    typedef void (*alsa_handler)(const char *, int, const char *, int, const char *, ...);
    typedef void (*jack_handler)(const char *);
    int (*set_alsa)(alsa_handler) =
        (int (*)(alsa_handler))dlsym(library, "snd_lib_error_set_handler");
    if (set_alsa != NULL) {
        set_alsa(ignore_alsa);
    }
    static const char *const setters[] = {"jack_set_error_function", "jack_set_info_function"};
    for (size_t i = 0; i < sizeof setters / sizeof *setters; i++) {
        void (*set_jack)(jack_handler) = (void (*)(jack_handler))dlsym(library, setters[i]);
        if (set_jack != NULL) {
            set_jack(ignore_jack);
        }
    }
}

static void load(void) {
    void *library = Pa_Initialize != NULL ? RTLD_DEFAULT : dlopen(PORTAUDIO, RTLD_NOW | RTLD_LOCAL);
    bool found = Pa_Initialize != NULL || library != NULL;
#define LOOK_UP(NAME)                                                          \
    portaudio.NAME = Pa_##NAME;                                                \
    if (found && portaudio.NAME == NULL) {                                     \
        portaudio.NAME = (__typeof__(Pa_##NAME) *)dlsym(library, "Pa_" #NAME); \
        found = portaudio.NAME != NULL;                                        \
    }
    FUNCTIONS(LOOK_UP)
    if (!found) {
        snprintf(portaudio.reason, sizeof portaudio.reason, "PortAudio is missing: %s", dlerror());
        return;
    }
    hush(library);
    portaudio.loaded = true;
}

// PortAudio itself is not thread-safe; engines on several threads share it.
static pthread_mutex_t library = PTHREAD_MUTEX_INITIALIZER;

// False with a reason in `message`.
static bool initialize(char *message, size_t capacity) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (!portaudio.loaded) {
        snprintf(message, capacity, "%s", portaudio.reason);
        return false;
    }
    pthread_mutex_lock(&library);
    PaError error = portaudio.Initialize();
    pthread_mutex_unlock(&library);
    if (error != paNoError) {
        snprintf(message, capacity, "PortAudio does not start: %s", portaudio.GetErrorText(error));
    }
    return error == paNoError;
}

static void terminate(void) {
    pthread_mutex_lock(&library);
    portaudio.Terminate();
    pthread_mutex_unlock(&library);
}

bool pbr_device_default(double *rate, uint32_t *channels) {
    // PortAudio counts its users, so this costs nothing while a stream is open.
    char reason[1];
    if (!initialize(reason, sizeof reason)) {
        return false;
    }
    PaDeviceIndex index = portaudio.GetDefaultOutputDevice();
    const PaDeviceInfo *info = index == paNoDevice ? NULL : portaudio.GetDeviceInfo(index);
    bool found = info != NULL && info->maxOutputChannels > 0;
    if (found) {
        *rate = info->defaultSampleRate;
        *channels = info->maxOutputChannels > 1 ? 2 : 1;
    }
    terminate();
    return found;
}

pbr_device *pbr_device_open(pbr_core *core, double rate, uint32_t channels, char *message,
                            size_t capacity) {
    if (!initialize(message, capacity)) {
        return NULL;
    }
    PaDeviceIndex index = portaudio.GetDefaultOutputDevice();
    const PaDeviceInfo *info = index == paNoDevice ? NULL : portaudio.GetDeviceInfo(index);
    pbr_device *device = info == NULL ? NULL : calloc(1, sizeof *device);
    if (device == NULL) {
        snprintf(message, capacity,
                 info == NULL ? "there is no audio output device" : "out of memory");
        terminate();
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
    pthread_mutex_lock(&library);
    PaError error = portaudio.OpenStream(&device->stream, NULL, &parameters, rate,
                                         paFramesPerBufferUnspecified, paNoFlag, render, device);
    pthread_mutex_unlock(&library);
    if (error != paNoError) {
        snprintf(message, capacity, "device \"%s\" does not open at %g Hz, %u channels: %s",
                 info->name, rate, channels, portaudio.GetErrorText(error));
        free(device);
        terminate();
        return NULL;
    }
    return device;
}

bool pbr_device_start(pbr_device *device, char *message, size_t capacity) {
    PaError error = portaudio.StartStream(device->stream);
    if (error != paNoError) {
        snprintf(message, capacity, "the output device does not start: %s",
                 portaudio.GetErrorText(error));
        return false;
    }
    return true;
}

void pbr_device_stop(pbr_device *device) {
    portaudio.StopStream(device->stream);
}

void pbr_device_close(pbr_device *device) {
    if (device != NULL) {
        pthread_mutex_lock(&library);
        portaudio.CloseStream(device->stream);
        pthread_mutex_unlock(&library);
        free(device);
        terminate();
    }
}
