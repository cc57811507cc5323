/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Devices of this program's own, in place of PortAudio's. Their threads call for blocks or bring them
 * without a pause, also while their stream is being stopped, die now and then, and do not always end
 * when asked to. */
#define _GNU_SOURCE
#include "fake.h"

#include <portaudio.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { LONGEST = 300 };

typedef struct stream {
    PaStreamCallback *callback;
    void *context;
    pthread_t thread;
    atomic_bool running, calling, closed;
    bool plays, records;
    bool dies; /* after a while */
    unsigned number;
} stream;

_Atomic uint64_t recorded;
atomic_uint opened, unavailable, hung, duplex;
static atomic_uint asked, started, inputs;

void wait_for(double seconds) {
    struct timespec pause = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    nanosleep(&pause, NULL);
}

/* Every third one that plays, and every other one that only records. */
static bool dies(const stream *made) {
    return made->plays ? made->number % 3 == 1 : atomic_fetch_add(&inputs, 1) % 2 == 0;
}

static void *run_stream(void *context) {
    stream *own = context;
    float left[LONGEST], right[LONGEST], *planes[] = {left, right}, heard[2 * LONGEST];
    unsigned blocks = 0;
    for (int i = 0; i < 2 * LONGEST; i++) {
        heard[i] = 0.5f;
    }
    while (!atomic_load(&own->closed)) {
        atomic_store(&own->calling, true);
        if (atomic_load(&own->running) && !(own->dies && blocks > 20)) {
            PaStreamCallbackFlags flags = blocks % 5 == 4 ? paOutputUnderflow : 0;
            flags |= blocks % 7 == 3 ? paInputOverflow : 0;
            unsigned long frames = 1 + blocks * 37 % LONGEST;
            own->callback(own->records ? heard : NULL, own->plays ? planes : NULL, frames, NULL,
                          flags, own->context);
            atomic_fetch_add(&recorded, own->records ? frames : 0);
            blocks++;
        }
        atomic_store(&own->calling, false);
        wait_for(0.0002);
    }
    return NULL;
}

PaError Pa_Initialize(void) {
    return paNoError;
}

PaError Pa_Terminate(void) {
    return paNoError;
}

PaDeviceIndex Pa_GetDefaultOutputDevice(void) {
    return 0;
}

PaDeviceIndex Pa_GetDefaultInputDevice(void) {
    return 1;
}

PaDeviceIndex Pa_GetDeviceCount(void) {
    return 2;
}

const PaDeviceInfo *Pa_GetDeviceInfo(PaDeviceIndex index) {
    static const PaDeviceInfo infos[] = {{.structVersion = 2,
                                          .name = "fake",
                                          .maxInputChannels = 2,
                                          .maxOutputChannels = 2,
                                          .defaultLowOutputLatency = 0.01,
                                          .defaultHighOutputLatency = 0.1,
                                          .defaultSampleRate = 48000.0},
                                         {.structVersion = 2,
                                          .name = "microphone",
                                          .maxInputChannels = 1,
                                          .defaultLowInputLatency = 0.01,
                                          .defaultSampleRate = 44100.0}};
    return index >= 0 && index < 2 ? &infos[index] : NULL;
}

const PaHostApiInfo *Pa_GetHostApiInfo(PaHostApiIndex index) {
    (void)index;
    return NULL;
}

const char *Pa_GetErrorText(PaError error) {
    return error == paNoError ? "none" : "an error";
}

const PaStreamInfo *Pa_GetStreamInfo(PaStream *of) {
    (void)of;
    static const PaStreamInfo info = {1, 0.01, 0.01, 48000.0};
    return &info;
}

PaError Pa_OpenStream(PaStream **out, const PaStreamParameters *input,
                      const PaStreamParameters *output, double rate, unsigned long frames,
                      PaStreamFlags flags, PaStreamCallback *callback, void *context) {
    (void)rate, (void)frames, (void)flags;
    if (atomic_fetch_add(&asked, 1) % 7 == 5) {
        atomic_fetch_add(&unavailable, 1);
        return paDeviceUnavailable;
    }
    stream *made = calloc(1, sizeof *made);
    made->callback = callback;
    made->context = context;
    made->plays = output != NULL;
    made->records = input != NULL;
    atomic_fetch_add(&duplex, input != NULL && output != NULL);
    made->number = atomic_fetch_add(&opened, 1);
    made->dies = dies(made);
    *out = made;
    if (pthread_create(&made->thread, NULL, run_stream, made) != 0) {
        free(made);
        atomic_fetch_add(&unavailable, 1);
        return paInternalError;
    }
    return paNoError;
}

PaError Pa_StartStream(PaStream *of) {
    stream *own = of;
    atomic_fetch_add(&started, 1);
    atomic_store(&own->running, true);
    return paNoError;
}

PaError Pa_StopStream(PaStream *of) {
    stream *own = of;
    if (own->number % 20 == 11) {
        /* It goes on calling. */
        atomic_fetch_add(&hung, 1);
        pause();
    }
    wait_for(0.001);
    atomic_store(&own->running, false);
    while (atomic_load(&own->calling)) {
        wait_for(0.0001);
    }
    return paNoError;
}

PaError Pa_CloseStream(PaStream *of) {
    stream *own = of;
    atomic_store(&own->closed, true);
    pthread_join(own->thread, NULL);
    free(own);
    return paNoError;
}
