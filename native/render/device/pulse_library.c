// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE // SCHED_IDLE
#include "pulse_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define LIBRARY "libpulse.so.0"

// How long a server may take to answer.
enum { DEADLINE = 3 * PA_USEC_PER_SEC };

pbr_pulse_library pbr_pulse_calls;
static bool loaded;
static char missing[160];

static void load(void) {
    void *library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
    bool found = library != NULL;
#define LOOK_UP(NAME)                                                                \
    if (found) {                                                                     \
        pbr_pulse_calls.NAME = (__typeof__(pa_##NAME) *)dlsym(library, "pa_" #NAME); \
        found = pbr_pulse_calls.NAME != NULL;                                        \
    }
    PBR_PULSE_FUNCTIONS(LOOK_UP)
    if (!found) {
        snprintf(missing, sizeof missing, "libpulse is missing: %s", dlerror());
    }
    loaded = found;
}

static bool is_loaded(pbr_reason *reason) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (!loaded) {
        pbr_say(reason, "%s", missing);
    }
    return loaded;
}

void pbr_pulse_lock(pbr_pulse_server *server) {
    pbr_pulse_calls.threaded_mainloop_lock(server->loop);
}

void pbr_pulse_unlock(pbr_pulse_server *server) {
    pbr_pulse_calls.threaded_mainloop_unlock(server->loop);
}

static void pass_deadline(pa_mainloop_api *api, pa_time_event *event, const struct timeval *when,
                          void *context) {
    (void)api, (void)event, (void)when;
    pbr_pulse_server *server = context;
    server->late = true;
    pbr_pulse_calls.threaded_mainloop_signal(server->loop, 0);
}

static void end_wait(pbr_pulse_server *server) {
    if (server->deadline != NULL) {
        pbr_pulse_calls.threaded_mainloop_get_api(server->loop)->time_free(server->deadline);
        server->deadline = NULL;
    }
}

void pbr_pulse_begin_wait(pbr_pulse_server *server) {
    end_wait(server);
    server->late = false;
    server->deadline = pbr_pulse_calls.context_rttime_new(
        server->context, pbr_pulse_calls.rtclock_now() + DEADLINE, pass_deadline, server);
}

bool pbr_pulse_wait(pbr_pulse_server *server) {
    if (server->late || server->deadline == NULL ||
        !PA_CONTEXT_IS_GOOD(pbr_pulse_calls.context_get_state(server->context))) {
        return false;
    }
    pbr_pulse_calls.threaded_mainloop_wait(server->loop);
    return true;
}

bool pbr_pulse_finish(pbr_pulse_server *server, pa_operation *operation) {
    if (operation == NULL) {
        return false;
    }
    while (pbr_pulse_calls.operation_get_state(operation) == PA_OPERATION_RUNNING &&
           pbr_pulse_wait(server)) {
    }
    bool done = pbr_pulse_calls.operation_get_state(operation) == PA_OPERATION_DONE;
    if (!done) {
        pbr_pulse_calls.operation_cancel(operation);
    }
    pbr_pulse_calls.operation_unref(operation);
    return done;
}

const char *pbr_pulse_reason(pbr_pulse_server *server) {
    return server->late ? "it does not answer"
                        : pbr_pulse_calls.strerror(pbr_pulse_calls.context_errno(server->context));
}

// A connection that is not ready yet. It is waited for with a lock of its own, because libpulse 16
// never gives that of the loop back if the server dies while shared memory is being agreed on.
typedef struct attempt {
    pbr_pulse_server server;
    pthread_mutex_t lock;
    pthread_cond_t changed;
    pa_context_state_t state;
    int error;
    pthread_t caller;
    pthread_t looping;
    bool loops; // that is the loop's thread
} attempt;

static void free_attempt(attempt *own) {
    pthread_cond_destroy(&own->changed);
    pthread_mutex_destroy(&own->lock);
    free(own);
}

static attempt *create_attempt(void) {
    char path[256];
    const char *name = pbr_pulse_calls.get_binary_name(path, sizeof path);
    attempt *own = calloc(1, sizeof *own);
    if (own == NULL) {
        return NULL;
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&own->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&own->lock, NULL);
    own->caller = pthread_self();
    pbr_pulse_server *server = &own->server;
    server->loop = pbr_pulse_calls.threaded_mainloop_new();
    if (server->loop != NULL) {
        server->context =
            pbr_pulse_calls.context_new(pbr_pulse_calls.threaded_mainloop_get_api(server->loop),
                                        name != NULL ? name : "perbus");
    }
    if (server->context != NULL && pbr_pulse_calls.threaded_mainloop_start(server->loop) >= 0) {
        return own;
    }
    if (server->context != NULL) {
        pbr_pulse_calls.context_unref(server->context);
    }
    if (server->loop != NULL) {
        pbr_pulse_calls.threaded_mainloop_free(server->loop);
    }
    free_attempt(own);
    return NULL;
}

static void note_state(pa_context *context, void *of) {
    attempt *own = of;
    pthread_mutex_lock(&own->lock);
    own->state = pbr_pulse_calls.context_get_state(context);
    own->error = pbr_pulse_calls.context_errno(context);
    if (!pthread_equal(pthread_self(), own->caller)) {
        own->looping = pthread_self();
        own->loops = true;
    }
    pthread_cond_signal(&own->changed);
    pthread_mutex_unlock(&own->lock);
}

// Why not; NULL: it is ready.
static const char *await(attempt *own) {
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += (time_t)(DEADLINE / PA_USEC_PER_SEC);
    pthread_mutex_lock(&own->lock);
    int late = 0;
    while (own->state != PA_CONTEXT_READY && PA_CONTEXT_IS_GOOD(own->state) && late == 0) {
        late = pthread_cond_timedwait(&own->changed, &own->lock, &until);
    }
    bool ready = own->state == PA_CONTEXT_READY;
    const char *why = late != 0 ? "it does not answer" : pbr_pulse_calls.strerror(own->error);
    pthread_mutex_unlock(&own->lock);
    return ready ? NULL : why;
}

static void *end_attempt(void *context) {
    attempt *own = context;
    pbr_pulse_lock(&own->server);
    pbr_pulse_disconnect(&own->server);
    free_attempt(own);
    return NULL;
}

// On a thread that may hang instead of this one. A loop that hangs takes all the time it gets.
static void abandon(attempt *own) {
    pthread_t thread;
#ifdef SCHED_IDLE
    pthread_mutex_lock(&own->lock);
    if (own->loops) {
        pthread_setschedparam(own->looping, SCHED_IDLE, &(struct sched_param){0});
    }
    pthread_mutex_unlock(&own->lock);
#endif
    if (pthread_create(&thread, NULL, end_attempt, own) == 0) {
        pthread_detach(thread);
    } else {
        end_attempt(own);
    }
}

bool pbr_pulse_connect(pbr_pulse_server *server, pa_context_notify_cb_t changed, void *context,
                       pbr_reason *reason) {
    if (!is_loaded(reason)) {
        return false;
    }
    attempt *own = create_attempt();
    if (own == NULL) {
        pbr_say_no_memory(reason, "a connection to PulseAudio");
        return false;
    }
    pbr_pulse_lock(&own->server);
    own->state = PA_CONTEXT_CONNECTING;
    pbr_pulse_calls.context_set_state_callback(own->server.context, note_state, own);
    // A library does not start servers.
    if (pbr_pulse_calls.context_connect(own->server.context, NULL, PA_CONTEXT_NOAUTOSPAWN, NULL) <
        0) {
        note_state(own->server.context, own);
    }
    pbr_pulse_unlock(&own->server);
    const char *why = await(own);
    if (why != NULL) {
        pbr_say(reason, "no PulseAudio server answers: %s", why);
        abandon(own);
        return false;
    }
    pbr_pulse_lock(&own->server);
    *server = own->server;
    pbr_pulse_calls.context_set_state_callback(server->context, changed, context);
    pbr_pulse_begin_wait(server);
    free_attempt(own);
    return true;
}

void pbr_pulse_disconnect(pbr_pulse_server *server) {
    end_wait(server);
    pbr_pulse_calls.context_set_state_callback(server->context, NULL, NULL);
    pbr_pulse_calls.context_disconnect(server->context);
    pbr_pulse_calls.context_unref(server->context);
    pbr_pulse_unlock(server);
    pbr_pulse_calls.threaded_mainloop_stop(server->loop);
    pbr_pulse_calls.threaded_mainloop_free(server->loop);
}
