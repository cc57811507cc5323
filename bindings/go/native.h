/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* perbus.h as cgo takes it without an allocation: what a call came to and what it found are
 * returned by value, so that no Go pointer is passed to C. A failure is NULL for success; it is
 * made only when there is something to tell, and ended with pbgo_failure_free. */
#ifndef PBGO_NATIVE_H
#define PBGO_NATIVE_H

#include <perbus.h>
#include <stdlib.h>

typedef struct pbgo_failure {
    perbus_status status;
    perbus_error error;
} pbgo_failure;

pbgo_failure *pbgo_fail(perbus_status status, const perbus_error *error);
void pbgo_failure_free(pbgo_failure *failure);

/* What a getter found, beside its failure. */
#define PBGO_RESULT(name, type) \
    typedef struct name {       \
        pbgo_failure *failure;  \
        type value;             \
    } name
PBGO_RESULT(pbgo_float, float);
PBGO_RESULT(pbgo_uint, uint32_t);
PBGO_RESULT(pbgo_bool, bool);
PBGO_RESULT(pbgo_time, int64_t);
PBGO_RESULT(pbgo_format, perbus_format);
PBGO_RESULT(pbgo_engine, perbus_engine *);
PBGO_RESULT(pbgo_node, perbus_node *);
PBGO_RESULT(pbgo_buffer, perbus_buffer *);
PBGO_RESULT(pbgo_info, perbus_node_info);
PBGO_RESULT(pbgo_point, perbus_point);
PBGO_RESULT(pbgo_meter, perbus_meter);
PBGO_RESULT(pbgo_band, perbus_band);

typedef struct pbgo_levels {
    pbgo_failure *failure;
    float *values;
    uint32_t rows, columns;
} pbgo_levels;

typedef struct pbgo_pair {
    pbgo_failure *failure;
    float left, right;
} pbgo_pair;

typedef struct pbgo_dimensions {
    pbgo_failure *failure;
    uint32_t inputs, outputs;
} pbgo_dimensions;

/* Handles as numbers: cgo checks every pointer that it passes, and allocates for one to an opaque
 * struct. */
typedef struct pbgo_engine_ref {
    uintptr_t address;
} pbgo_engine_ref;
typedef struct pbgo_node_ref {
    uintptr_t address;
} pbgo_node_ref;
#define PBGO_ENGINE(ref) ((perbus_engine *)(ref).address)
#define PBGO_NODE(ref) ((perbus_node *)(ref).address)

/* The bodies: a call that names `error`, and one that names `result.value`, too. */
#define PBGO_DO(call)              \
    perbus_error error;            \
    perbus_status status = (call); \
    return status == PERBUS_OK ? NULL : pbgo_fail(status, &error)
#define PBGO_GET(type, call)                        \
    perbus_error error;                             \
    type result = {0};                              \
    perbus_status status = (call);                  \
    if (status != PERBUS_OK) {                      \
        result.failure = pbgo_fail(status, &error); \
    }                                               \
    return result

/* Engines. A max_frames of 0 plays to the device. */
static inline pbgo_engine pbgo_engine_create(perbus_format format, uint32_t max_frames) {
    PBGO_GET(pbgo_engine, max_frames == 0 ? perbus_engine_create(&result.value, &error)
                                          : perbus_engine_create_offline(&format, max_frames,
                                                                         &result.value, &error));
}
static inline pbgo_format pbgo_engine_get_format(pbgo_engine_ref engine) {
    PBGO_GET(pbgo_format, perbus_engine_get_format(PBGO_ENGINE(engine), &result.value, &error));
}
#define PBGO_ENGINE_CALL(name)                                               \
    static inline pbgo_failure *pbgo_engine_##name(pbgo_engine_ref engine) { \
        PBGO_DO(perbus_engine_##name(PBGO_ENGINE(engine), &error));          \
    }
PBGO_ENGINE_CALL(prepare)
PBGO_ENGINE_CALL(start)
PBGO_ENGINE_CALL(pause)
PBGO_ENGINE_CALL(stop)
PBGO_ENGINE_CALL(reset)
PBGO_ENGINE_CALL(begin_change)
PBGO_ENGINE_CALL(end_change)
static inline pbgo_failure *pbgo_engine_set_render_threads(pbgo_engine_ref engine,
                                                           uint32_t threads) {
    PBGO_DO(perbus_engine_set_render_threads(PBGO_ENGINE(engine), threads, &error));
}
static inline pbgo_bool pbgo_engine_is_running(pbgo_engine_ref engine) {
    PBGO_GET(pbgo_bool, perbus_engine_is_running(PBGO_ENGINE(engine), &result.value, &error));
}
static inline pbgo_time pbgo_engine_get_sample_time(pbgo_engine_ref engine) {
    PBGO_GET(pbgo_time, perbus_engine_get_sample_time(PBGO_ENGINE(engine), &result.value, &error));
}
static inline pbgo_node pbgo_engine_copy_main_mixer(pbgo_engine_ref engine) {
    PBGO_GET(pbgo_node, perbus_engine_copy_main_mixer(PBGO_ENGINE(engine), &result.value, &error));
}
static inline pbgo_node pbgo_engine_copy_output(pbgo_engine_ref engine) {
    PBGO_GET(pbgo_node, perbus_engine_copy_output(PBGO_ENGINE(engine), &result.value, &error));
}
/* Memory for rendered blocks, ended with free; NULL when there is none. */
static inline float *pbgo_samples(size_t count) {
    return malloc(count * sizeof(float));
}
/* Into `planar`, one channel after the other. */
static inline pbgo_failure *pbgo_engine_render(pbgo_engine_ref engine, uint32_t frames,
                                               float *planar, uint32_t channel_count) {
    float *channels[PERBUS_MAX_CHANNELS];
    for (uint32_t c = 0; c < channel_count && c < PERBUS_MAX_CHANNELS; c++) {
        channels[c] = planar + (size_t)c * frames;
    }
    PBGO_DO(perbus_engine_render(PBGO_ENGINE(engine), frames, channels, channel_count, &error));
}

/* The graph. */
static inline pbgo_failure *pbgo_engine_attach(pbgo_engine_ref engine, pbgo_node_ref node) {
    PBGO_DO(perbus_engine_attach(PBGO_ENGINE(engine), PBGO_NODE(node), &error));
}
static inline pbgo_failure *pbgo_engine_detach(pbgo_engine_ref engine, pbgo_node_ref node) {
    PBGO_DO(perbus_engine_detach(PBGO_ENGINE(engine), PBGO_NODE(node), &error));
}
static inline pbgo_failure *pbgo_engine_connect(pbgo_engine_ref engine, pbgo_node_ref source,
                                                uint32_t source_bus, pbgo_node_ref destination,
                                                uint32_t destination_bus, perbus_format format) {
    PBGO_DO(perbus_engine_connect(PBGO_ENGINE(engine), PBGO_NODE(source), source_bus,
                                  PBGO_NODE(destination), destination_bus, &format, &error));
}
static inline pbgo_failure *pbgo_engine_connect_many(pbgo_engine_ref engine, pbgo_node_ref source,
                                                     uint32_t source_bus,
                                                     const perbus_destination *destinations,
                                                     size_t count, perbus_format format) {
    PBGO_DO(perbus_engine_connect_many(PBGO_ENGINE(engine), PBGO_NODE(source), source_bus,
                                       destinations, count, &format, &error));
}
static inline pbgo_failure *pbgo_engine_disconnect_input(pbgo_engine_ref engine, pbgo_node_ref node,
                                                         uint32_t bus) {
    PBGO_DO(perbus_engine_disconnect_input(PBGO_ENGINE(engine), PBGO_NODE(node), bus, &error));
}
static inline pbgo_failure *pbgo_engine_disconnect_output(pbgo_engine_ref engine,
                                                          pbgo_node_ref node, uint32_t bus) {
    PBGO_DO(perbus_engine_disconnect_output(PBGO_ENGINE(engine), PBGO_NODE(node), bus, &error));
}
static inline pbgo_point pbgo_track_input(pbgo_engine_ref engine, pbgo_node_ref node,
                                          uint32_t bus) {
    PBGO_GET(pbgo_point,
             perbus_track_input(PBGO_ENGINE(engine), PBGO_NODE(node), bus, &result.value, &error));
}
static inline pbgo_info pbgo_node_get_info(pbgo_node_ref node) {
    PBGO_GET(pbgo_info, perbus_node_get_info(PBGO_NODE(node), &result.value, &error));
}
static inline pbgo_format pbgo_node_get_input_format(pbgo_node_ref node, uint32_t bus) {
    PBGO_GET(pbgo_format,
             perbus_node_get_input_format(PBGO_NODE(node), bus, &result.value, &error));
}
static inline pbgo_format pbgo_node_get_output_format(pbgo_node_ref node, uint32_t bus) {
    PBGO_GET(pbgo_format,
             perbus_node_get_output_format(PBGO_NODE(node), bus, &result.value, &error));
}

/* Per-connection control. */
#define PBGO_CONNECTION(what)                                                                      \
    static inline pbgo_failure *pbgo_connection_set_##what(                                        \
        pbgo_node_ref source, pbgo_node_ref mixer, uint32_t bus, float value) {                    \
        PBGO_DO(perbus_connection_set_##what(PBGO_NODE(source), PBGO_NODE(mixer), bus, value,      \
                                             &error));                                             \
    }                                                                                              \
    static inline pbgo_float pbgo_connection_get_##what(pbgo_node_ref source, pbgo_node_ref mixer, \
                                                        uint32_t bus) {                            \
        PBGO_GET(pbgo_float, perbus_connection_get_##what(PBGO_NODE(source), PBGO_NODE(mixer),     \
                                                          bus, &result.value, &error));            \
    }                                                                                              \
    static inline pbgo_failure *pbgo_bus_set_##what(pbgo_engine_ref engine, pbgo_node_ref mixer,   \
                                                    uint32_t bus, float value) {                   \
        PBGO_DO(perbus_bus_set_##what(PBGO_ENGINE(engine), PBGO_NODE(mixer), bus, value, &error)); \
    }                                                                                              \
    static inline pbgo_float pbgo_bus_get_##what(pbgo_engine_ref engine, pbgo_node_ref mixer,      \
                                                 uint32_t bus) {                                   \
        PBGO_GET(pbgo_float, perbus_bus_get_##what(PBGO_ENGINE(engine), PBGO_NODE(mixer), bus,     \
                                                   &result.value, &error));                        \
    }
PBGO_CONNECTION(volume)
PBGO_CONNECTION(pan)
static inline pbgo_failure *pbgo_connection_fade_volume(pbgo_node_ref source, pbgo_node_ref mixer,
                                                        uint32_t bus, float volume, uint64_t frames,
                                                        perbus_curve curve) {
    PBGO_DO(perbus_connection_fade_volume(PBGO_NODE(source), PBGO_NODE(mixer), bus, volume, frames,
                                          curve, &error));
}
static inline pbgo_failure *pbgo_connection_fade_pan(pbgo_node_ref source, pbgo_node_ref mixer,
                                                     uint32_t bus, float pan, uint64_t frames) {
    PBGO_DO(
        perbus_connection_fade_pan(PBGO_NODE(source), PBGO_NODE(mixer), bus, pan, frames, &error));
}
static inline pbgo_failure *pbgo_connections_apply(pbgo_engine_ref engine,
                                                   const perbus_connection_change *changes,
                                                   size_t count) {
    PBGO_DO(perbus_connections_apply(PBGO_ENGINE(engine), changes, count, &error));
}
static inline pbgo_meter pbgo_connection_get_meter(pbgo_node_ref source, pbgo_node_ref mixer,
                                                   uint32_t bus) {
    PBGO_GET(pbgo_meter, perbus_connection_get_meter(PBGO_NODE(source), PBGO_NODE(mixer), bus,
                                                     &result.value, &error));
}

/* Mixers. */
static inline pbgo_node pbgo_mixer_create(void) {
    PBGO_GET(pbgo_node, perbus_mixer_create(&result.value, &error));
}
static inline pbgo_failure *pbgo_mixer_set_output_volume(pbgo_node_ref mixer, float volume) {
    PBGO_DO(perbus_mixer_set_output_volume(PBGO_NODE(mixer), volume, &error));
}
static inline pbgo_float pbgo_mixer_get_output_volume(pbgo_node_ref mixer) {
    PBGO_GET(pbgo_float, perbus_mixer_get_output_volume(PBGO_NODE(mixer), &result.value, &error));
}
static inline pbgo_failure *pbgo_mixer_reserve(pbgo_node_ref mixer, uint32_t buses) {
    PBGO_DO(perbus_mixer_reserve(PBGO_NODE(mixer), buses, &error));
}
static inline pbgo_uint pbgo_mixer_get_next_bus(pbgo_node_ref mixer) {
    PBGO_GET(pbgo_uint, perbus_mixer_get_next_bus(PBGO_NODE(mixer), &result.value, &error));
}
static inline pbgo_meter pbgo_mixer_get_meter(pbgo_node_ref mixer) {
    PBGO_GET(pbgo_meter, perbus_mixer_get_meter(PBGO_NODE(mixer), &result.value, &error));
}

/* Sources, players and buffers; callbacks are told by the number of a cgo.Handle. */
pbgo_node pbgo_source_create(perbus_format format, uintptr_t handle);
bool pbgo_in_render(void);
pbgo_failure *pbgo_player_schedule(pbgo_node_ref player, perbus_buffer *buffer, int64_t start,
                                   uint32_t flags, uintptr_t handle);
static inline pbgo_node pbgo_player_create(void) {
    PBGO_GET(pbgo_node, perbus_player_create(&result.value, &error));
}
#define PBGO_PLAYER_CALL(name)                                             \
    static inline pbgo_failure *pbgo_player_##name(pbgo_node_ref player) { \
        PBGO_DO(perbus_player_##name(PBGO_NODE(player), &error));          \
    }
PBGO_PLAYER_CALL(play)
PBGO_PLAYER_CALL(pause)
PBGO_PLAYER_CALL(stop)
static inline pbgo_failure *pbgo_player_play_at(pbgo_node_ref player, int64_t frame) {
    PBGO_DO(perbus_player_play_at(PBGO_NODE(player), frame, &error));
}
static inline pbgo_bool pbgo_player_is_playing(pbgo_node_ref player) {
    PBGO_GET(pbgo_bool, perbus_player_is_playing(PBGO_NODE(player), &result.value, &error));
}
static inline pbgo_buffer pbgo_buffer_create(perbus_format format, uint32_t frames) {
    PBGO_GET(pbgo_buffer, perbus_buffer_create(&format, frames, &result.value, &error));
}

/* Equalizers. */
static inline pbgo_node pbgo_equalizer_create(uint32_t bands) {
    PBGO_GET(pbgo_node, perbus_equalizer_create(bands, &result.value, &error));
}
static inline pbgo_uint pbgo_equalizer_get_band_count(pbgo_node_ref equalizer) {
    PBGO_GET(pbgo_uint,
             perbus_equalizer_get_band_count(PBGO_NODE(equalizer), &result.value, &error));
}
static inline pbgo_failure *pbgo_equalizer_set_band(pbgo_node_ref equalizer, uint32_t index,
                                                    perbus_band band) {
    PBGO_DO(perbus_equalizer_set_band(PBGO_NODE(equalizer), index, &band, &error));
}
static inline pbgo_band pbgo_equalizer_get_band(pbgo_node_ref equalizer, uint32_t index) {
    PBGO_GET(pbgo_band,
             perbus_equalizer_get_band(PBGO_NODE(equalizer), index, &result.value, &error));
}
static inline pbgo_failure *pbgo_equalizer_set_global_gain(pbgo_node_ref equalizer, float gain) {
    PBGO_DO(perbus_equalizer_set_global_gain(PBGO_NODE(equalizer), gain, &error));
}
static inline pbgo_float pbgo_equalizer_get_global_gain(pbgo_node_ref equalizer) {
    PBGO_GET(pbgo_float,
             perbus_equalizer_get_global_gain(PBGO_NODE(equalizer), &result.value, &error));
}
static inline pbgo_failure *pbgo_equalizer_set_bypass(pbgo_node_ref equalizer, bool bypass) {
    PBGO_DO(perbus_equalizer_set_bypass(PBGO_NODE(equalizer), bypass, &error));
}
static inline pbgo_bool pbgo_equalizer_get_bypass(pbgo_node_ref equalizer) {
    PBGO_GET(pbgo_bool, perbus_equalizer_get_bypass(PBGO_NODE(equalizer), &result.value, &error));
}

/* Matrix mixers. */
static inline pbgo_node pbgo_matrix_create(uint32_t inputs, uint32_t outputs) {
    PBGO_GET(pbgo_node, perbus_matrix_create(inputs, outputs, &result.value, &error));
}
static inline pbgo_dimensions pbgo_matrix_get_dimensions(pbgo_node_ref matrix) {
    PBGO_GET(pbgo_dimensions, perbus_matrix_get_dimensions(PBGO_NODE(matrix), &result.inputs,
                                                           &result.outputs, &error));
}
static inline pbgo_failure *pbgo_matrix_set_crosspoint(pbgo_node_ref matrix, uint32_t input,
                                                       uint32_t output, float gain) {
    PBGO_DO(perbus_matrix_set_crosspoint(PBGO_NODE(matrix), input, output, gain, &error));
}
static inline pbgo_float pbgo_matrix_get_crosspoint(pbgo_node_ref matrix, uint32_t input,
                                                    uint32_t output) {
    PBGO_GET(pbgo_float,
             perbus_matrix_get_crosspoint(PBGO_NODE(matrix), input, output, &result.value, &error));
}
#define PBGO_MATRIX_SIDE(side)                                                                 \
    static inline pbgo_failure *pbgo_matrix_set_##side(pbgo_node_ref matrix, uint32_t channel, \
                                                       float volume) {                         \
        PBGO_DO(perbus_matrix_set_##side(PBGO_NODE(matrix), channel, volume, &error));         \
    }                                                                                          \
    static inline pbgo_float pbgo_matrix_get_##side(pbgo_node_ref matrix, uint32_t channel) {  \
        PBGO_GET(pbgo_float,                                                                   \
                 perbus_matrix_get_##side(PBGO_NODE(matrix), channel, &result.value, &error)); \
    }                                                                                          \
    static inline pbgo_failure *pbgo_matrix_enable_##side(pbgo_node_ref matrix, uint32_t bus,  \
                                                          bool enabled) {                      \
        PBGO_DO(perbus_matrix_enable_##side(PBGO_NODE(matrix), bus, enabled, &error));         \
    }
PBGO_MATRIX_SIDE(input)
PBGO_MATRIX_SIDE(output)
static inline pbgo_failure *pbgo_matrix_set_master(pbgo_node_ref matrix, float volume) {
    PBGO_DO(perbus_matrix_set_master(PBGO_NODE(matrix), volume, &error));
}
static inline pbgo_float pbgo_matrix_get_master(pbgo_node_ref matrix) {
    PBGO_GET(pbgo_float, perbus_matrix_get_master(PBGO_NODE(matrix), &result.value, &error));
}
static inline pbgo_levels pbgo_matrix_copy_levels(pbgo_node_ref matrix) {
    PBGO_GET(pbgo_levels, perbus_matrix_copy_levels(PBGO_NODE(matrix), &result.values, &result.rows,
                                                    &result.columns, &error));
}
static inline pbgo_failure *pbgo_matrix_set_levels(pbgo_node_ref matrix, const float *levels,
                                                   uint32_t rows, uint32_t columns) {
    PBGO_DO(perbus_matrix_set_levels(PBGO_NODE(matrix), levels, rows, columns, &error));
}
#define PBGO_MATRIX_CALL(name)                                             \
    static inline pbgo_failure *pbgo_matrix_##name(pbgo_node_ref matrix) { \
        PBGO_DO(perbus_matrix_##name(PBGO_NODE(matrix), &error));          \
    }
PBGO_MATRIX_CALL(set_identity)
PBGO_MATRIX_CALL(clear)
PBGO_MATRIX_CALL(invert)
static inline pbgo_pair pbgo_pan_constant_power(float position) {
    PBGO_GET(pbgo_pair, perbus_pan_constant_power(position, &result.left, &result.right, &error));
}
static inline pbgo_pair pbgo_pan_linear(float position) {
    PBGO_GET(pbgo_pair, perbus_pan_linear(position, &result.left, &result.right, &error));
}

#endif
