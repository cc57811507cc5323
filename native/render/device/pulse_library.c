// SPDX-License-Identifier: MIT OR Apache-2.0
#include "pulse_library.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

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

bool pbr_pulse_connect(pbr_pulse_server *server, pa_context_notify_cb_t changed, void *context,
                       pbr_reason *reason) {
    char path[256];
    if (!is_loaded(reason)) {
        return false;
    }
    const char *name = pbr_pulse_calls.get_binary_name(path, sizeof path);
    *server = (pbr_pulse_server){.loop = pbr_pulse_calls.threaded_mainloop_new()};
    if (server->loop != NULL) {
        server->context =
            pbr_pulse_calls.context_new(pbr_pulse_calls.threaded_mainloop_get_api(server->loop),
                                        name != NULL ? name : "perbus");
    }
    if (server->context == NULL || pbr_pulse_calls.threaded_mainloop_start(server->loop) < 0) {
        pbr_say_no_memory(reason, "a connection to PulseAudio");
        if (server->context != NULL) {
            pbr_pulse_calls.context_unref(server->context);
        }
        if (server->loop != NULL) {
            pbr_pulse_calls.threaded_mainloop_free(server->loop);
        }
        return false;
    }
    pbr_pulse_lock(server);
    pbr_pulse_calls.context_set_state_callback(server->context, changed, context);
    pbr_pulse_begin_wait(server);
    // A library does not start servers.
    bool ready =
        pbr_pulse_calls.context_connect(server->context, NULL, PA_CONTEXT_NOAUTOSPAWN, NULL) >= 0;
    while (ready && pbr_pulse_calls.context_get_state(server->context) != PA_CONTEXT_READY) {
        ready = pbr_pulse_wait(server);
    }
    if (!ready) {
        pbr_say(reason, "no PulseAudio server answers: %s", pbr_pulse_reason(server));
        pbr_pulse_disconnect(server);
    }
    return ready;
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
