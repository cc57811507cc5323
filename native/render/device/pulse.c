// SPDX-License-Identifier: MIT OR Apache-2.0
//
// PulseAudio and PipeWire's server for its clients.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backend.h"
#include "pulse_input.h"
#include "pulse_query.h"

enum { MIN_BLOCK = 32, MAX_BLOCK = 512, MAX_CHANNELS = PA_CHANNELS_MAX };

static const pbr_pulse_library *const pulse = &pbr_pulse_calls;

typedef struct pulse_device {
    pbr_device device;
    pbr_pulse_server server;
    pa_stream *stream;
    uint32_t block;
    const char *host;
    bool playing;         // with the loop locked
    pbr_device_info info; // likewise: of the sink in use
    float *planes[MAX_CHANNELS];
} pulse_device;

// The stream's callbacks: on the loop's thread, which has it locked. That of writing is the audio
// thread.

static void interleave(const pulse_device *own, float *to, uint32_t frames) {
    uint32_t channels = own->device.channels;
    for (uint32_t c = 0; c < channels; c++) {
        const float *plane = own->planes[c];
        for (uint32_t i = 0; i < frames; i++) {
            to[(size_t)i * channels + c] = plane[i];
        }
    }
}

// Seconds until a frame that is written now is heard.
static double heard_in(const pulse_device *own) {
    pa_usec_t latency = 0;
    int negative = 0;
    return pulse->stream_get_latency(own->stream, &latency, &negative) >= 0 && !negative
               ? (double)latency * 1e-6
               : PBR_DEVICE_UNKNOWN;
}

static void write_blocks(pulse_device *own) {
    size_t frame = own->device.channels * sizeof(float);
    size_t block = own->block * frame;
    size_t wanted = pulse->stream_writable_size(own->stream);
    for (; wanted != (size_t)-1 && wanted >= block; wanted -= block) {
        void *data = NULL;
        size_t room = block;
        if (pulse->stream_begin_write(own->stream, &data, &room) < 0 || room < block) {
            atomic_store(&own->device.watch.lost, true);
            return;
        }
        pbr_device_render(&own->device, own->block, own->planes, heard_in(own));
        interleave(own, data, own->block);
        pulse->stream_write(own->stream, data, block, NULL, 0, PA_SEEK_RELATIVE);
    }
}

static void stream_wants(pa_stream *stream, size_t bytes, void *context) {
    (void)stream, (void)bytes;
    pulse_device *own = context;
    if (own->playing) {
        pbr_device_ask_for_realtime(&own->device);
        write_blocks(own);
    }
}

static void stream_ran_dry(pa_stream *stream, void *context) {
    (void)stream;
    pulse_device *own = context;
    if (own->playing) {
        atomic_fetch_add(&own->device.underflows, 1);
    }
}

static void stream_was_suspended(pa_stream *stream, void *context) {
    pulse_device *own = context;
    atomic_store(&own->device.watch.suspended, pulse->stream_is_suspended(stream) == 1);
}

static void stream_changed(pa_stream *stream, void *context) {
    pulse_device *own = context;
    if (!PA_STREAM_IS_GOOD(pulse->stream_get_state(stream))) {
        atomic_store(&own->device.watch.lost, true);
    }
    pbr_pulse_wake(&own->server);
}

static void connection_changed(pa_context *connection, void *context) {
    pulse_device *own = context;
    if (!PA_CONTEXT_IS_GOOD(pulse->context_get_state(connection))) {
        atomic_store(&own->device.watch.lost, true);
    }
    pbr_pulse_wake(&own->server);
}

static void take_new_sink(pa_context *context, const pa_sink_info *sink, int end, void *of) {
    (void)context;
    pulse_device *own = of;
    if (end == 0) {
        pbr_pulse_describe(&own->info, own->host, sink->name, sink->description,
                           sink->sample_spec.rate);
        atomic_fetch_add(&own->device.watch.moves, 1);
    }
}

static void stream_moved(pa_stream *stream, void *context) {
    pulse_device *own = context;
    pa_operation *query = pulse->context_get_sink_info_by_name(
        own->server.context, pulse->stream_get_device_name(stream), take_new_sink, own);
    if (query != NULL) {
        pulse->operation_unref(query);
    }
}

static uint32_t choose_block(double latency, double rate) {
    uint32_t block = MAX_BLOCK;
    while (block > MIN_BLOCK && block > latency * rate / 4.0) {
        block /= 2;
    }
    return block;
}

// With the loop locked.
static bool connect_stream(pulse_device *own, const char *name) {
    const pa_sample_spec spec = {PA_SAMPLE_FLOAT32NE, (uint32_t)lround(own->device.rate),
                                 (uint8_t)own->device.channels};
    own->stream = pulse->stream_new(own->server.context, "perbus", &spec, NULL);
    if (own->stream == NULL) {
        return false;
    }
    pulse->stream_set_state_callback(own->stream, stream_changed, own);
    pulse->stream_set_write_callback(own->stream, stream_wants, own);
    pulse->stream_set_underflow_callback(own->stream, stream_ran_dry, own);
    pulse->stream_set_moved_callback(own->stream, stream_moved, own);
    pulse->stream_set_suspended_callback(own->stream, stream_was_suspended, own);
    double frames = own->device.latency * own->device.rate;
    uint32_t blocks = (uint32_t)lround(frames / own->block);
    uint32_t bytes = own->block * own->device.channels * (uint32_t)sizeof(float);
    const pa_buffer_attr attributes = {
        .maxlength = (uint32_t)-1,
        .tlength = (blocks > 2 ? blocks : 2) * bytes,
        .prebuf = bytes,
        .minreq = bytes,
        .fragsize = (uint32_t)-1,
    };
    pbr_pulse_begin_wait(&own->server);
    if (pulse->stream_connect_playback(own->stream, name[0] != '\0' ? name : NULL, &attributes,
                                       PA_STREAM_START_CORKED | PA_STREAM_ADJUST_LATENCY |
                                           PA_STREAM_AUTO_TIMING_UPDATE |
                                           PA_STREAM_INTERPOLATE_TIMING,
                                       NULL, NULL) < 0) {
        return false;
    }
    while (pulse->stream_get_state(own->stream) == PA_STREAM_CREATING &&
           pbr_pulse_wait(&own->server)) {
    }
    return pulse->stream_get_state(own->stream) == PA_STREAM_READY;
}

static void free_memory(pulse_device *own) {
    free(own->planes[0]);
    free(own);
}

static void close_device(pbr_device *device) {
    pulse_device *own = (pulse_device *)device;
    pbr_pulse_lock(&own->server);
    if (own->stream != NULL) {
        pulse->stream_set_state_callback(own->stream, NULL, NULL);
        pulse->stream_set_write_callback(own->stream, NULL, NULL);
        pulse->stream_set_underflow_callback(own->stream, NULL, NULL);
        pulse->stream_set_moved_callback(own->stream, NULL, NULL);
        pulse->stream_set_suspended_callback(own->stream, NULL, NULL);
        pulse->stream_disconnect(own->stream);
        pulse->stream_unref(own->stream);
    }
    pbr_pulse_disconnect(&own->server);
    free_memory(own);
}

static pbr_device *open_device(const char *name, const pbr_device_wish *wish,
                               const pbr_input_wish *input, pbr_core *core, pbr_reason *reason) {
    (void)input; // always a stream of its own
    if (wish->channels < 1 || wish->channels > MAX_CHANNELS) {
        pbr_say(reason, "PulseAudio takes 1 to %d channels, not %u", MAX_CHANNELS, wish->channels);
        return NULL;
    }
    pulse_device *own = calloc(1, sizeof *own);
    if (own == NULL) {
        pbr_say_no_memory(reason, "an output device");
        return NULL;
    }
    pbr_device_set_up(&own->device, &pbr_pulse, core, wish);
    own->block = wish->block > 0 ? wish->block : choose_block(own->device.latency, wish->rate);
    atomic_store(&own->device.block, own->block);
    own->planes[0] = calloc((size_t)own->block * wish->channels, sizeof(float));
    if (own->planes[0] == NULL) {
        pbr_say_no_memory(reason, "blocks of %u frames", own->block);
        free_memory(own);
        return NULL;
    }
    for (uint32_t c = 1; c < wish->channels; c++) {
        own->planes[c] = own->planes[c - 1] + own->block;
    }
    if (!pbr_pulse_connect(&own->server, connection_changed, own, reason)) {
        free_memory(own);
        return NULL;
    }
    bool found = pbr_pulse_look_up(&own->server, name, &own->info, reason);
    own->host =
        strcmp(own->info.host, PBR_HOST_PIPEWIRE) == 0 ? PBR_HOST_PIPEWIRE : PBR_HOST_PULSEAUDIO;
    bool opened = found && connect_stream(own, name);
    if (found && !opened) {
        pbr_say(reason, "device \"%.80s\" does not open at %g Hz, %u channels: %s", own->info.name,
                wish->rate, wish->channels, pbr_pulse_reason(&own->server));
    }
    pbr_pulse_unlock(&own->server);
    if (!opened) {
        close_device(&own->device);
        return NULL;
    }
    return &own->device;
}

// With the loop locked: asks, and does not wait for the answer. A server that is gone says so to
// the callbacks.
static void cork(pulse_device *own, int corked) {
    pa_operation *operation = pulse->stream_cork(own->stream, corked, NULL, NULL);
    if (operation != NULL) {
        pulse->operation_unref(operation);
    }
}

static bool start(pbr_device *device, pbr_reason *reason) {
    pulse_device *own = (pulse_device *)device;
    pbr_pulse_lock(&own->server);
    bool alive = !atomic_load(&device->watch.lost);
    if (alive) {
        own->playing = true;
        write_blocks(own);
        cork(own, 0);
        alive = !atomic_load(&device->watch.lost);
    }
    if (!alive) {
        own->playing = false;
        pbr_say(reason, "the device \"%.80s\" is lost", own->info.name);
    }
    pbr_pulse_unlock(&own->server);
    return alive;
}

static void stop(pbr_device *device) {
    pulse_device *own = (pulse_device *)device;
    pbr_pulse_lock(&own->server);
    own->playing = false;
    cork(own, 1);
    pbr_pulse_unlock(&own->server);
}

static void describe(pbr_device *device, pbr_device_status *status) {
    pulse_device *own = (pulse_device *)device;
    pbr_pulse_lock(&own->server);
    status->info = own->info;
    double latency = heard_in(own);
    status->latency = latency > 0.0 ? latency : 0.0;
    pbr_pulse_unlock(&own->server);
}

const pbr_backend pbr_pulse = {
    .prefix = PBR_PULSE_PREFIX,
    .patience = 2.0, // the server says itself when it ends
    .answers = pbr_pulse_answers,
    .list = pbr_pulse_list,
    .find = pbr_pulse_find,
    .open = open_device,
    .start = start,
    .stop = stop,
    .close = close_device,
    .describe = describe,
    .find_input = pbr_pulse_find_input,
    .open_input = pbr_pulse_open_input,
    .start_input = pbr_pulse_start_input,
    .stop_input = pbr_pulse_stop_input,
    .close_input = pbr_pulse_close_input,
    .describe_input = pbr_pulse_describe_input,
};
