// SPDX-License-Identifier: MIT OR Apache-2.0
//
// libpulse, loaded when it is first needed, and a connection to its server.
#ifndef PBR_DEVICE_PULSE_LIBRARY_H
#define PBR_DEVICE_PULSE_LIBRARY_H

#include <pulse/pulseaudio.h>
#include <stdbool.h>
#include <stddef.h>

#include "reason.h"

#define PBR_PULSE_FUNCTIONS(DO)         \
    DO(context_connect)                 \
    DO(context_disconnect)              \
    DO(context_errno)                   \
    DO(context_get_server_info)         \
    DO(context_get_sink_info_by_name)   \
    DO(context_get_sink_info_list)      \
    DO(context_get_source_info_by_name) \
    DO(context_get_source_info_list)    \
    DO(context_get_state)               \
    DO(context_new)                     \
    DO(context_rttime_new)              \
    DO(context_set_state_callback)      \
    DO(context_unref)                   \
    DO(get_binary_name)                 \
    DO(operation_cancel)                \
    DO(operation_get_state)             \
    DO(operation_unref)                 \
    DO(rtclock_now)                     \
    DO(stream_begin_write)              \
    DO(stream_connect_playback)         \
    DO(stream_connect_record)           \
    DO(stream_cork)                     \
    DO(stream_disconnect)               \
    DO(stream_drop)                     \
    DO(stream_get_device_name)          \
    DO(stream_get_latency)              \
    DO(stream_get_state)                \
    DO(stream_is_suspended)             \
    DO(stream_new)                      \
    DO(stream_peek)                     \
    DO(stream_set_moved_callback)       \
    DO(stream_set_read_callback)        \
    DO(stream_set_state_callback)       \
    DO(stream_set_suspended_callback)   \
    DO(stream_set_underflow_callback)   \
    DO(stream_set_write_callback)       \
    DO(stream_unref)                    \
    DO(stream_writable_size)            \
    DO(stream_write)                    \
    DO(strerror)                        \
    DO(threaded_mainloop_free)          \
    DO(threaded_mainloop_get_api)       \
    DO(threaded_mainloop_lock)          \
    DO(threaded_mainloop_new)           \
    DO(threaded_mainloop_signal)        \
    DO(threaded_mainloop_start)         \
    DO(threaded_mainloop_stop)          \
    DO(threaded_mainloop_unlock)        \
    DO(threaded_mainloop_wait)

#define PBR_PULSE_POINTER(NAME) __typeof__(pa_##NAME) *NAME;
typedef struct pbr_pulse_library {
    PBR_PULSE_FUNCTIONS(PBR_PULSE_POINTER)
} pbr_pulse_library;

// Of use once something has been connected.
extern pbr_pulse_library pbr_pulse_calls;

// An own connection: after the loss of a server its context is of no more use.
typedef struct pbr_pulse_server {
    pa_threaded_mainloop *loop;
    pa_context *context;
    pa_time_event *deadline;
    bool late; // the deadline has passed
} pbr_pulse_server;

// Loads the library and connects, which takes 3 s at most. On success, as after pbr_pulse_lock. `changed` is called with
// `context` whenever the state of the connection changes, from the thread of the loop.
bool pbr_pulse_connect(pbr_pulse_server *server, pa_context_notify_cb_t changed, void *context,
                       pbr_reason *reason);
// Unlocks and frees everything.
void pbr_pulse_disconnect(pbr_pulse_server *server);
void pbr_pulse_lock(pbr_pulse_server *server);
void pbr_pulse_unlock(pbr_pulse_server *server);

// While locked. From now on, waits end after 3 s.
void pbr_pulse_begin_wait(pbr_pulse_server *server);
// Until the loop signals; false after the deadline or when the connection is lost.
bool pbr_pulse_wait(pbr_pulse_server *server);
// Until the operation is done, whose callback has to signal. NULL has failed.
bool pbr_pulse_finish(pbr_pulse_server *server, pa_operation *operation);
// What went wrong last.
const char *pbr_pulse_reason(pbr_pulse_server *server);

#endif
