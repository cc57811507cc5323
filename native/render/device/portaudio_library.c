// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE // RTLD_DEFAULT
#include "portaudio_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "backend.h"

#define LIBRARY "libportaudio.so.2"

// Seconds: for the end of a stream, and for whoever uses the library.
enum { DEADLINE = 1, PATIENCE = 5 };

#define OF_PROGRAM(NAME) extern __typeof__(Pa_##NAME) Pa_##NAME __attribute__((weak));
PBR_PORTAUDIO_FUNCTIONS(OF_PROGRAM)

pbr_portaudio_library pbr_portaudio_calls;
static bool loaded;
static char missing[160];
static pthread_mutex_t access = PTHREAD_MUTEX_INITIALIZER;

bool pbr_portaudio_is_linked(void) {
    return Pa_Initialize != NULL;
}

static void ignore_alsa(const char *file, int line, const char *function, int error,
                        const char *format, ...) {
    (void)file, (void)line, (void)function, (void)error, (void)format;
}

static void ignore(const char *message) {
    (void)message;
}

// PortAudio asks every sound system of the machine, and their libraries write to stderr what they
// lack. A library has no business there: what matters is returned as an error. The functions are
// looked up by name because PortAudio may have been built without them.
static void hush(void *library) {
    typedef void (*alsa_handler)(const char *, int, const char *, int, const char *, ...);
    typedef void (*handler)(const char *);
    int (*set_alsa)(alsa_handler) =
        (int (*)(alsa_handler))dlsym(library, "snd_lib_error_set_handler");
    if (set_alsa != NULL) {
        set_alsa(ignore_alsa);
    }
    static const char *const setters[] = {"jack_set_error_function", "jack_set_info_function",
                                          "PaUtil_SetDebugPrintFunction"};
    for (size_t i = 0; i < sizeof setters / sizeof *setters; i++) {
        void (*set)(handler) = (void (*)(handler))dlsym(library, setters[i]);
        if (set != NULL) {
            set(ignore);
        }
    }
}

static void load(void) {
    bool linked = pbr_portaudio_is_linked();
    void *library = linked ? RTLD_DEFAULT : dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    bool found = linked || library != NULL;
#define LOOK_UP(NAME)                                                                    \
    pbr_portaudio_calls.NAME = Pa_##NAME;                                                \
    if (found && pbr_portaudio_calls.NAME == NULL) {                                     \
        pbr_portaudio_calls.NAME = (__typeof__(Pa_##NAME) *)dlsym(library, "Pa_" #NAME); \
        found = pbr_portaudio_calls.NAME != NULL;                                        \
    }
    PBR_PORTAUDIO_FUNCTIONS(LOOK_UP)
    if (!found) {
        snprintf(missing, sizeof missing, "PortAudio is missing: %s", dlerror());
        return;
    }
    hush(library);
    loaded = true;
}

bool pbr_portaudio_lock(void) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += PATIENCE;
    return pthread_mutex_timedlock(&access, &until) == 0;
}

void pbr_portaudio_unlock(void) {
    pthread_mutex_unlock(&access);
}

bool pbr_portaudio_enter(pbr_reason *reason) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (!loaded) {
        pbr_say(reason, "%s", missing);
        return false;
    }
    if (!pbr_portaudio_lock()) {
        pbr_say(reason, "PortAudio hangs with another device");
        return false;
    }
    PaError error = pbr_portaudio_calls.Initialize();
    pbr_portaudio_unlock();
    if (error != paNoError) {
        pbr_say(reason, "PortAudio does not start: %s", pbr_portaudio_calls.GetErrorText(error));
    }
    return error == paNoError;
}

void pbr_portaudio_leave(void) {
    if (pbr_portaudio_lock()) {
        pbr_portaudio_calls.Terminate();
        pbr_portaudio_unlock();
    }
}

// Freed by whoever sees it last.
typedef struct ending {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    PaStream *stream;
    bool closes;
    bool done;
    bool abandoned;
} ending;

static void free_ending(ending *task) {
    pthread_cond_destroy(&task->changed);
    pthread_mutex_destroy(&task->lock);
    free(task);
}

static void close_stream(PaStream *stream) {
    if (pbr_portaudio_lock()) {
        pbr_portaudio_calls.CloseStream(stream);
        pbr_portaudio_unlock();
    }
}

static void *run(void *context) {
    ending *task = context;
    // This is where it hangs, and the lock is not held.
    pbr_portaudio_calls.StopStream(task->stream);
    pthread_mutex_lock(&task->lock);
    bool closes = task->closes && !task->abandoned;
    pthread_mutex_unlock(&task->lock);
    if (closes) {
        close_stream(task->stream);
    }
    pthread_mutex_lock(&task->lock);
    task->done = true;
    bool abandoned = task->abandoned;
    pthread_cond_signal(&task->changed);
    pthread_mutex_unlock(&task->lock);
    if (abandoned) {
        free_ending(task);
    }
    return NULL;
}

// Without memory for a thread: better than a stream that goes on for ever.
static bool end_here(PaStream *stream, bool closes) {
    pbr_portaudio_calls.StopStream(stream);
    if (closes) {
        close_stream(stream);
    }
    return true;
}

bool pbr_portaudio_end(PaStream *stream, bool closes) {
    ending *task = calloc(1, sizeof *task);
    if (task == NULL) {
        return end_here(stream, closes);
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&task->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&task->lock, NULL);
    task->stream = stream;
    task->closes = closes;
    pthread_t thread;
    if (pthread_create(&thread, NULL, run, task) != 0) {
        free_ending(task);
        return end_here(stream, closes);
    }
    pthread_detach(thread);
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += DEADLINE;
    pthread_mutex_lock(&task->lock);
    int error = 0;
    while (!task->done && error == 0) {
        error = pthread_cond_timedwait(&task->changed, &task->lock, &until);
    }
    bool done = task->done;
    task->abandoned = !done;
    pthread_mutex_unlock(&task->lock);
    if (done) {
        free_ending(task);
    }
    return done;
}
