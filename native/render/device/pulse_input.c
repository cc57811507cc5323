// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Recording, over a connection of its own: it may end without the output's.
#include "pulse_input.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pulse_query.h"

// The length of a block, as a part of the latency that is asked for.
static const double BLOCK = 1.0 / 3.0;

static const pbr_pulse_library *const pulse = &pbr_pulse_calls;

typedef struct pulse_input {
    pbr_input input;
    pbr_pulse_server server;
    pa_stream *stream;
    size_t frame; // bytes
    const char *host;
    bool recording;       // with the loop locked
    pbr_device_info info; // likewise: of the source in use
} pulse_input;

// The stream's callbacks: on the loop's thread, which has it locked.

static void stream_has(pa_stream *stream, size_t bytes, void *context) {
    (void)bytes;
    pulse_input *own = context;
    const void *data = NULL;
    size_t size = 0;
    while (pulse->stream_peek(stream, &data, &size) >= 0 && size > 0) {
        // Without data it is a hole.
        if (own->recording) {
            pbr_capture_write(own->input.capture, data, (uint32_t)(size / own->frame));
        }
        pulse->stream_drop(stream);
    }
}

static void stream_was_suspended(pa_stream *stream, void *context) {
    pulse_input *own = context;
    atomic_store(&own->input.watch.suspended, pulse->stream_is_suspended(stream) == 1);
}

static void stream_changed(pa_stream *stream, void *context) {
    pulse_input *own = context;
    if (!PA_STREAM_IS_GOOD(pulse->stream_get_state(stream))) {
        atomic_store(&own->input.watch.lost, true);
    }
    pbr_pulse_wake(&own->server);
}

static void connection_changed(pa_context *connection, void *context) {
    pulse_input *own = context;
    if (!PA_CONTEXT_IS_GOOD(pulse->context_get_state(connection))) {
        atomic_store(&own->input.watch.lost, true);
    }
    pbr_pulse_wake(&own->server);
}

static void take_new_source(pa_context *context, const pa_source_info *source, int end, void *of) {
    (void)context;
    pulse_input *own = of;
    if (end == 0) {
        pbr_pulse_describe(&own->info, own->host, source->name, source->description,
                           source->sample_spec.rate);
        atomic_fetch_add(&own->input.watch.moves, 1);
    }
}

static void stream_moved(pa_stream *stream, void *context) {
    pulse_input *own = context;
    pa_operation *query = pulse->context_get_source_info_by_name(
        own->server.context, pulse->stream_get_device_name(stream), take_new_source, own);
    if (query != NULL) {
        pulse->operation_unref(query);
    }
}

// With the loop locked.
static bool connect_stream(pulse_input *own, const char *name) {
    const pa_sample_spec spec = {PA_SAMPLE_FLOAT32NE, (uint32_t)lround(own->info.rate),
                                 (uint8_t)own->info.inputs};
    own->frame = own->info.inputs * sizeof(float);
    own->stream = pulse->stream_new(own->server.context, "perbus", &spec, NULL);
    if (own->stream == NULL) {
        return false;
    }
    pulse->stream_set_state_callback(own->stream, stream_changed, own);
    pulse->stream_set_read_callback(own->stream, stream_has, own);
    pulse->stream_set_moved_callback(own->stream, stream_moved, own);
    pulse->stream_set_suspended_callback(own->stream, stream_was_suspended, own);
    double frames = BLOCK * own->input.latency * own->info.rate;
    const pa_buffer_attr attributes = {
        .maxlength = (uint32_t)-1,
        .tlength = (uint32_t)-1,
        .prebuf = (uint32_t)-1,
        .minreq = (uint32_t)-1,
        .fragsize = (uint32_t)((frames > 16.0 ? lround(frames) : 16) * (long)own->frame),
    };
    // If the microphone of choice is unplugged, another one must not go on air in its place.
    pa_stream_flags_t stays = name[0] != '\0' ? PA_STREAM_DONT_MOVE : PA_STREAM_NOFLAGS;
    pbr_pulse_begin_wait(&own->server);
    if (pulse->stream_connect_record(own->stream, name[0] != '\0' ? name : NULL, &attributes,
                                     PA_STREAM_START_CORKED | PA_STREAM_ADJUST_LATENCY |
                                         PA_STREAM_AUTO_TIMING_UPDATE |
                                         PA_STREAM_INTERPOLATE_TIMING | stays) < 0) {
        return false;
    }
    while (pulse->stream_get_state(own->stream) == PA_STREAM_CREATING &&
           pbr_pulse_wait(&own->server)) {
    }
    return pulse->stream_get_state(own->stream) == PA_STREAM_READY;
}

void pbr_pulse_close_input(pbr_input *input) {
    pulse_input *own = (pulse_input *)input;
    pbr_pulse_lock(&own->server);
    if (own->stream != NULL) {
        pulse->stream_set_state_callback(own->stream, NULL, NULL);
        pulse->stream_set_read_callback(own->stream, NULL, NULL);
        pulse->stream_set_moved_callback(own->stream, NULL, NULL);
        pulse->stream_set_suspended_callback(own->stream, NULL, NULL);
        pulse->stream_disconnect(own->stream);
        pulse->stream_unref(own->stream);
    }
    pbr_pulse_disconnect(&own->server);
    pbr_capture_release(input->capture);
    free(own);
}

pbr_input *pbr_pulse_open_input(const char *name, const pbr_input_wish *wish, pbr_reason *reason) {
    pulse_input *own = calloc(1, sizeof *own);
    if (own == NULL) {
        pbr_say_no_memory(reason, "an input device");
        return NULL;
    }
    if (!pbr_pulse_connect(&own->server, connection_changed, own, reason)) {
        free(own);
        return NULL;
    }
    bool found = pbr_pulse_look_up_input(&own->server, name, &own->info, reason);
    own->host =
        strcmp(own->info.host, PBR_HOST_PIPEWIRE) == 0 ? PBR_HOST_PIPEWIRE : PBR_HOST_PULSEAUDIO;
    bool set_up = found && pbr_input_set_up(&own->input, &pbr_pulse, wish, &own->info, reason);
    bool opened = set_up && connect_stream(own, name);
    if (set_up && !opened) {
        pbr_say(reason, "device \"%.80s\" does not record at %g Hz, %u channels: %s",
                own->info.name, own->info.rate, own->info.inputs, pbr_pulse_reason(&own->server));
    }
    pbr_pulse_unlock(&own->server);
    if (!opened) {
        pbr_pulse_close_input(&own->input);
        return NULL;
    }
    return &own->input;
}

// With the loop locked: asks, and does not wait for the answer.
static void cork(pulse_input *own, int corked) {
    pa_operation *operation = pulse->stream_cork(own->stream, corked, NULL, NULL);
    if (operation != NULL) {
        pulse->operation_unref(operation);
    }
}

bool pbr_pulse_start_input(pbr_input *input, pbr_reason *reason) {
    pulse_input *own = (pulse_input *)input;
    pbr_pulse_lock(&own->server);
    own->recording = !atomic_load(&input->watch.lost);
    if (own->recording) {
        cork(own, 0);
    } else {
        pbr_say(reason, "the device \"%.80s\" is lost", own->info.name);
    }
    bool started = own->recording;
    pbr_pulse_unlock(&own->server);
    return started;
}

void pbr_pulse_stop_input(pbr_input *input) {
    pulse_input *own = (pulse_input *)input;
    pbr_pulse_lock(&own->server);
    own->recording = false;
    cork(own, 1);
    pbr_pulse_unlock(&own->server);
}

void pbr_pulse_describe_input(pbr_input *input, pbr_input_status *status) {
    pulse_input *own = (pulse_input *)input;
    pa_usec_t latency = 0;
    int negative = 0;
    pbr_pulse_lock(&own->server);
    status->info = own->info;
    if (pulse->stream_get_latency(own->stream, &latency, &negative) >= 0) {
        status->latency = (negative ? -(double)latency : (double)latency) * 1e-6;
    }
    // While locked, nothing is written.
    status->latency += pbr_capture_held(input->capture);
    pbr_pulse_unlock(&own->server);
}
