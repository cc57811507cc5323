/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* perbus/desk.h as cgo takes it without an allocation: what a call came to and what it found are
 * returned by value, so that no Go pointer is passed to C; handles are numbers, because cgo checks
 * every pointer, and allocates for one to an opaque struct. A failure is NULL for success; it is made
 * only when there is something to tell, and ended with pbgo_failure_free. */
#ifndef PBGO_NATIVE_H
#define PBGO_NATIVE_H

#include <perbus.h>
#include <perbus/desk.h>
#include <stdlib.h>

typedef struct pbgo_failure {
    perbus_status status;
    perbus_error error;
} pbgo_failure;

pbgo_failure *pbgo_fail(perbus_status status, const perbus_error *error);
void pbgo_failure_free(pbgo_failure *failure);

/* What a getter found, together with its failure: a float, or whatever else fits into a number. */
typedef struct pbgo_found {
    pbgo_failure *failure;
    uint64_t number;
    float value;
} pbgo_found;

/* What it found where that is neither. */
#define PBGO_RESULT(name, type) \
    typedef struct name {       \
        pbgo_failure *failure;  \
        type value;             \
    } name
PBGO_RESULT(pbgo_text, char *);
PBGO_RESULT(pbgo_format, perbus_format);
PBGO_RESULT(pbgo_info, perbus_node_info);
PBGO_RESULT(pbgo_point, perbus_point);
PBGO_RESULT(pbgo_meter, perbus_meter);
PBGO_RESULT(pbgo_band, perbus_band);
PBGO_RESULT(pbgo_bus_config, perbus_desk_bus_config);

typedef struct pbgo_control {
    pbgo_failure *failure;
    float value;
    perbus_desk_control control;
} pbgo_control;

typedef struct pbgo_output {
    pbgo_failure *failure;
    float volume;
    bool is_set;
} pbgo_output;

typedef struct pbgo_pair {
    pbgo_failure *failure;
    float left, right;
} pbgo_pair;

typedef struct pbgo_dimensions {
    pbgo_failure *failure;
    uint32_t inputs, outputs;
} pbgo_dimensions;

/* The bodies: a call that names `error`, and one that names what it finds, too. */
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
#define PBGO_FIND(field, type, call)                \
    perbus_error error;                             \
    type found = 0;                                 \
    perbus_status status = (call);                  \
    pbgo_found result = {.field = found};           \
    if (status != PERBUS_OK) {                      \
        result.failure = pbgo_fail(status, &error); \
    }                                               \
    return result

/* Functions by their shape: the receiver, up to three numbers, what is found. */
#define PBGO_CALL0(name)                                      \
    static inline pbgo_failure *pbgo_##name(uintptr_t self) { \
        PBGO_DO(perbus_desk_##name((void *)self, &error));    \
    }
#define PBGO_CALL1(name, A)                                        \
    static inline pbgo_failure *pbgo_##name(uintptr_t self, A a) { \
        PBGO_DO(perbus_desk_##name((void *)self, a, &error));      \
    }
#define PBGO_CALL2(name, A, B)                                          \
    static inline pbgo_failure *pbgo_##name(uintptr_t self, A a, B b) { \
        PBGO_DO(perbus_desk_##name((void *)self, a, b, &error));        \
    }
#define PBGO_GET0(name, field, type)                                                      \
    static inline pbgo_found pbgo_##name(uintptr_t self) {                                \
        PBGO_FIND(field, type, perbus_desk_##name((void *)self, (void *)&found, &error)); \
    }
#define PBGO_GET1(name, field, type, A)                                                      \
    static inline pbgo_found pbgo_##name(uintptr_t self, A a) {                              \
        PBGO_FIND(field, type, perbus_desk_##name((void *)self, a, (void *)&found, &error)); \
    }
#define PBGO_GET2(name, field, type, A, B)                                                      \
    static inline pbgo_found pbgo_##name(uintptr_t self, A a, B b) {                            \
        PBGO_FIND(field, type, perbus_desk_##name((void *)self, a, b, (void *)&found, &error)); \
    }
/* What is found is no number. */
#define PBGO_LOOK0(name, R)                                                          \
    static inline pbgo_##R pbgo_##name(uintptr_t self) {                             \
        PBGO_GET(pbgo_##R, perbus_desk_##name((void *)self, &result.value, &error)); \
    }
#define PBGO_LOOK1(name, R, A)                                                          \
    static inline pbgo_##R pbgo_##name(uintptr_t self, A a) {                           \
        PBGO_GET(pbgo_##R, perbus_desk_##name((void *)self, a, &result.value, &error)); \
    }
/* Handles, of which there may be more than there is room for. */
#define PBGO_LIST(name)                                                                      \
    static inline pbgo_found pbgo_##name(uintptr_t self, uintptr_t *list, size_t capacity) { \
        PBGO_FIND(number, size_t,                                                            \
                  perbus_desk_##name((void *)self, (void *)list, capacity, &found, &error)); \
    }
/* What is scheduled, of which there may be more than there is room for. */
#define PBGO_POINTS(name)                                                                    \
    static inline pbgo_found pbgo_##name(uintptr_t self, perbus_desk_automation_point *list, \
                                         size_t capacity) {                                  \
        PBGO_FIND(number, size_t,                                                            \
                  perbus_desk_##name((void *)self, list, capacity, &found, &error));         \
    }
/* Between nodes of an engine, and between other handles. */
#define PBGO_NODE(name)                                                       \
    static inline pbgo_failure *pbgo_##name(uintptr_t self, uintptr_t node) { \
        PBGO_DO(perbus_desk_##name((void *)self, (void *)node, &error));      \
    }
#define PBGO_NODE_BUS(name)                                                                 \
    static inline pbgo_failure *pbgo_##name(uintptr_t self, uintptr_t node, uint32_t bus) { \
        PBGO_DO(perbus_desk_##name((void *)self, (void *)node, bus, &error));               \
    }
#define PBGO_BETWEEN(name)                                                                      \
    static inline pbgo_failure *pbgo_##name(uintptr_t self, uintptr_t source, uint32_t from,    \
                                            uintptr_t mixer, uint32_t to) {                     \
        PBGO_DO(                                                                                \
            perbus_desk_##name((void *)self, (void *)source, from, (void *)mixer, to, &error)); \
    }
/* By number and by connection, of a volume or a pan. */
#define PBGO_CONTROL(what)                                                                         \
    static inline pbgo_control pbgo_engine_set_mixer_##what##_for_bus(                             \
        uintptr_t self, uintptr_t mixer, float value, uint32_t bus) {                              \
        PBGO_GET(pbgo_control,                                                                     \
                 perbus_desk_engine_set_mixer_##what##_for_bus((void *)self, (void *)mixer, value, \
                                                               bus, &result.control, &error));     \
    }                                                                                              \
    static inline pbgo_control pbgo_engine_get_mixer_##what##_for_bus(                             \
        uintptr_t self, uintptr_t mixer, uint32_t bus) {                                           \
        PBGO_GET(pbgo_control,                                                                     \
                 perbus_desk_engine_get_mixer_##what##_for_bus(                                    \
                     (void *)self, (void *)mixer, bus, &result.value, &result.control, &error));   \
    }                                                                                              \
    static inline pbgo_failure *pbgo_engine_set_connection_##what(                                 \
        uintptr_t self, uintptr_t source, uintptr_t mixer, uint32_t bus, float value) {            \
        PBGO_DO(perbus_desk_engine_set_connection_##what((void *)self, (void *)source,             \
                                                         (void *)mixer, bus, value, &error));      \
    }                                                                                              \
    static inline pbgo_found pbgo_engine_get_connection_##what(uintptr_t self, uintptr_t source,   \
                                                               uintptr_t mixer, uint32_t bus) {    \
        PBGO_FIND(value, float,                                                                    \
                  perbus_desk_engine_get_connection_##what((void *)self, (void *)source,           \
                                                           (void *)mixer, bus, &found, &error));   \
    }

PBGO_CALL0(engine_prepare)
PBGO_CALL0(engine_start)
PBGO_CALL0(engine_pause)
PBGO_CALL0(engine_stop)
PBGO_CALL0(engine_reset)
PBGO_CALL0(engine_clear_solo)
PBGO_CALL0(engine_close)
PBGO_CALL1(engine_set_render_threads, uint32_t)
PBGO_CALL1(engine_set_fallback, int32_t)
PBGO_GET0(engine_is_running, number, bool)
PBGO_GET0(engine_get_sample_time, number, int64_t)
PBGO_LOOK0(engine_get_format, format)
PBGO_GET0(engine_get_fallback, number, perbus_desk_fallback)
PBGO_GET0(engine_copy_main_mixer, number, uintptr_t)
PBGO_GET0(engine_copy_output, number, uintptr_t)
PBGO_NODE(engine_attach)
PBGO_NODE(engine_detach)
PBGO_NODE_BUS(engine_disconnect_input)
PBGO_NODE_BUS(engine_disconnect_output)
PBGO_BETWEEN(engine_add_destination)
PBGO_BETWEEN(engine_remove_destination)
PBGO_CONTROL(volume)
PBGO_CONTROL(pan)
PBGO_GET0(mixer_create, number, uintptr_t)
PBGO_GET1(mixer_copy_bus, number, uintptr_t, uint32_t)
PBGO_CALL1(mixer_set_output_volume, float)
PBGO_GET0(mixer_get_output_volume, value, float)
PBGO_CALL1(mixer_set_output_volume_db, float)
PBGO_GET0(mixer_get_output_volume_db, value, float)
PBGO_CALL1(mixer_reserve, uint32_t)
PBGO_GET0(mixer_get_next_bus, number, uint32_t)
PBGO_LOOK0(mixer_get_meter, meter)
PBGO_GET0(mixer_snapshot, number, uintptr_t)
PBGO_GET0(mixer_snapshot_with_solo, number, uintptr_t)
PBGO_GET0(engine_snapshot, number, uintptr_t)
PBGO_GET0(engine_snapshot_with_solo, number, uintptr_t)
PBGO_NODE(engine_apply)
PBGO_NODE(mixer_apply)
PBGO_GET0(engine_scene_get_count, number, size_t)
PBGO_GET1(engine_scene_copy_only, number, uintptr_t, uint32_t)
PBGO_GET1(scene_copy_only, number, uintptr_t, uint32_t)
PBGO_GET1(scene_copy_with_output_volume, number, uintptr_t, float)
PBGO_GET2(scene_copy_only_buses, number, uintptr_t, const uint32_t *, size_t)
PBGO_CALL2(mixer_configure, const perbus_desk_bus_config *, size_t)
PBGO_GET0(scene_get_count, number, size_t)
PBGO_LOOK1(scene_get_bus, bus_config, size_t)
PBGO_CALL1(bus_set_volume, float)
PBGO_CALL1(bus_set_volume_db, float)
PBGO_CALL1(bus_set_pan, float)
PBGO_CALL1(bus_set_muted, bool)
PBGO_CALL1(bus_set_soloed, bool)
PBGO_CALL1(bus_set_solo_safe, bool)
PBGO_CALL0(bus_reset)
PBGO_GET0(bus_get_volume, value, float)
PBGO_GET0(bus_get_volume_db, value, float)
PBGO_GET0(bus_get_pan, value, float)
PBGO_GET0(bus_get_effective_volume, value, float)
PBGO_GET0(bus_is_muted, number, bool)
PBGO_GET0(bus_is_soloed, number, bool)
PBGO_GET0(bus_is_solo_safe, number, bool)
PBGO_GET0(bus_is_audible, number, bool)
PBGO_GET0(bus_is_connected, number, bool)
PBGO_LOOK0(bus_get_meter, meter)
PBGO_GET0(bus_copy_mixer, number, uintptr_t)
PBGO_GET0(bus_get_number, number, uint32_t)
PBGO_LIST(bus_copy_groups)
PBGO_LIST(engine_copy_groups)
PBGO_NODE(engine_remove_group)
PBGO_GET0(group_get_number, number, uint32_t)
PBGO_CALL1(group_set_name, const char *)
PBGO_NODE(group_add_group)
PBGO_NODE(group_remove_group)
PBGO_GET1(group_create, number, uintptr_t, const char *)
PBGO_LOOK0(group_copy_name, text)
PBGO_CALL1(group_set_volume, float)
PBGO_GET0(group_get_volume, value, float)
PBGO_CALL1(group_set_volume_db, float)
PBGO_GET0(group_get_volume_db, value, float)
PBGO_CALL1(group_set_muted, bool)
PBGO_GET0(group_is_muted, number, bool)
PBGO_CALL1(group_set_soloed, bool)
PBGO_GET0(group_is_soloed, number, bool)
PBGO_LIST(group_copy_members)
PBGO_LIST(group_copy_inner_groups)
PBGO_LIST(group_copy_groups)
PBGO_LOOK0(group_get_meter, meter)
PBGO_CALL2(bus_set_volume_at, int64_t, float)
PBGO_CALL2(bus_automate_volume, const perbus_desk_automation_point *, size_t)
PBGO_POINTS(bus_get_volume_automation)
PBGO_CALL2(bus_set_pan_at, int64_t, float)
PBGO_CALL2(bus_automate_pan, const perbus_desk_automation_point *, size_t)
PBGO_POINTS(bus_get_pan_automation)
PBGO_CALL1(bus_cancel_automation_from, int64_t)
PBGO_CALL2(mixer_set_output_volume_at, int64_t, float)
PBGO_CALL2(mixer_automate_output_volume, const perbus_desk_automation_point *, size_t)
PBGO_POINTS(mixer_get_output_volume_automation)
PBGO_CALL1(mixer_cancel_output_automation_from, int64_t)
PBGO_CALL0(bus_disconnect)
PBGO_LIST(mixer_copy_buses)
PBGO_CALL0(bus_end_send)
PBGO_CALL1(bus_set_send_tap, int32_t)
PBGO_GET0(bus_get_send_tap, number, perbus_desk_send_tap)
PBGO_GET0(bus_copy_send_source, number, uintptr_t)
PBGO_LIST(bus_copy_sends)
PBGO_CALL1(bus_set_label, const char *)
PBGO_LOOK0(bus_copy_label, text)
PBGO_CALL0(fade_cancel)
PBGO_GET0(player_create, number, uintptr_t)
PBGO_CALL0(player_play)
PBGO_CALL1(player_play_at, int64_t)
PBGO_CALL0(player_pause)
PBGO_CALL0(player_stop)
PBGO_CALL1(player_stop_after, double)
PBGO_CALL1(player_pause_after, double)
PBGO_GET0(player_is_playing, number, bool)
PBGO_GET1(equalizer_create, number, uintptr_t, uint32_t)
PBGO_GET0(equalizer_get_band_count, number, uint32_t)
PBGO_LOOK1(equalizer_get_band, band, uint32_t)
PBGO_CALL1(equalizer_set_global_gain, float)
PBGO_GET0(equalizer_get_global_gain, value, float)
PBGO_CALL1(equalizer_set_bypassed, bool)
PBGO_GET0(equalizer_is_bypassed, number, bool)
PBGO_GET2(matrix_create, number, uintptr_t, uint32_t, uint32_t)
PBGO_GET2(matrix_get_crosspoint, value, float, uint32_t, uint32_t)
PBGO_CALL2(matrix_set_input, uint32_t, float)
PBGO_GET1(matrix_get_input, value, float, uint32_t)
PBGO_CALL2(matrix_set_output, uint32_t, float)
PBGO_GET1(matrix_get_output, value, float, uint32_t)
PBGO_CALL1(matrix_set_master, float)
PBGO_GET0(matrix_get_master, value, float)
PBGO_CALL2(matrix_enable_input, uint32_t, bool)
PBGO_CALL2(matrix_enable_output, uint32_t, bool)
PBGO_CALL0(matrix_set_identity)
PBGO_CALL0(matrix_clear)
PBGO_CALL0(matrix_invert)

/* Those of shapes of their own. */
static inline pbgo_found pbgo_scene_create(const perbus_desk_bus_config *buses, size_t count) {
    PBGO_FIND(number, uintptr_t, perbus_desk_scene_create(buses, count, (void *)&found, &error));
}
static inline pbgo_output pbgo_scene_get_output_volume(uintptr_t self) {
    PBGO_GET(pbgo_output, perbus_desk_scene_get_output_volume((void *)self, &result.volume,
                                                              &result.is_set, &error));
}
static inline pbgo_failure *pbgo_mixer_fade_to_scene(uintptr_t self, uintptr_t scene,
                                                     double seconds, uint32_t curve) {
    PBGO_DO(perbus_desk_mixer_fade_to_scene((void *)self, (void *)scene, seconds, curve, &error));
}
static inline pbgo_failure *pbgo_engine_fade_to_scene(uintptr_t self, uintptr_t scene,
                                                      double seconds, uint32_t curve) {
    PBGO_DO(perbus_desk_engine_fade_to_scene((void *)self, (void *)scene, seconds, curve, &error));
}
static inline pbgo_found pbgo_engine_scene_create(char **names, uintptr_t *scenes, size_t count) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_engine_scene_create((const char *const *)names,
                                              (perbus_desk_scene *const *)scenes, count,
                                              (void *)&found, &error));
}
static inline pbgo_found pbgo_engine_scene_copy_mixer(uintptr_t self, size_t index, char **name) {
    PBGO_FIND(
        number, uintptr_t,
        perbus_desk_engine_scene_copy_mixer((void *)self, index, name, (void *)&found, &error));
}
static inline pbgo_found pbgo_engine_scene_copy_only_buses(uintptr_t self, uintptr_t *buses,
                                                           size_t count) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_engine_scene_copy_only_buses(
                  (void *)self, (perbus_desk_bus *const *)buses, count, (void *)&found, &error));
}
static inline pbgo_failure *pbgo_bus_connect(uintptr_t self, uintptr_t source,
                                             const perbus_format *format) {
    PBGO_DO(perbus_desk_bus_connect((void *)self, (void *)source, format, &error));
}
static inline pbgo_found pbgo_mixer_connect_next(uintptr_t self, uintptr_t source,
                                                 const perbus_format *format) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_mixer_connect_next((void *)self, (void *)source, format, (void *)&found,
                                             &error));
}
static inline pbgo_found pbgo_bus_send_to_mixer(uintptr_t self, uintptr_t mixer, int32_t tap) {
    PBGO_FIND(
        number, uintptr_t,
        perbus_desk_bus_send_to_mixer((void *)self, (void *)mixer, tap, (void *)&found, &error));
}
static inline pbgo_failure *pbgo_group_add(uintptr_t self, const uintptr_t *buses, size_t count) {
    PBGO_DO(perbus_desk_group_add((void *)self, (perbus_desk_bus *const *)buses, count, &error));
}
static inline pbgo_failure *pbgo_group_remove(uintptr_t self, const uintptr_t *buses,
                                              size_t count) {
    PBGO_DO(perbus_desk_group_remove((void *)self, (perbus_desk_bus *const *)buses, count, &error));
}
static inline pbgo_failure *pbgo_bus_send_to(uintptr_t self, uintptr_t to, int32_t tap) {
    PBGO_DO(perbus_desk_bus_send_to((void *)self, (void *)to, tap, &error));
}
static inline pbgo_found pbgo_engine_create(void) {
    PBGO_FIND(number, uintptr_t, perbus_desk_engine_create((void *)&found, &error));
}
static inline pbgo_found pbgo_engine_create_offline(perbus_format format, uint32_t max_frames) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_engine_create_offline(&format, max_frames, (void *)&found, &error));
}
/* Into `planar`, one channel after the other. */
static inline pbgo_failure *pbgo_engine_render(uintptr_t self, uint32_t frames, float *planar,
                                               uint32_t channel_count) {
    float *channels[PERBUS_MAX_CHANNELS];
    for (uint32_t c = 0; c < channel_count && c < PERBUS_MAX_CHANNELS; c++) {
        channels[c] = planar + (size_t)c * frames;
    }
    PBGO_DO(perbus_desk_engine_render((void *)self, frames, channels, channel_count, &error));
}
static inline pbgo_failure *pbgo_engine_connect(uintptr_t self, uintptr_t source, uint32_t from,
                                                uintptr_t node, uint32_t to,
                                                const perbus_format *format) {
    PBGO_DO(perbus_desk_engine_connect((void *)self, (void *)source, from, (void *)node, to, format,
                                       &error));
}
/* A perbus_desk_destination, its mixer a number. */
typedef struct pbgo_destination {
    uintptr_t mixer;
    uint32_t bus;
} pbgo_destination;
static inline pbgo_failure *pbgo_engine_connect_many(uintptr_t self, uintptr_t source,
                                                     uint32_t from, const pbgo_destination *to,
                                                     size_t count, perbus_format format) {
    PBGO_DO(perbus_desk_engine_connect_many((void *)self, (void *)source, from,
                                            (const perbus_desk_destination *)to, count, &format,
                                            &error));
}
static inline pbgo_point pbgo_engine_get_source(uintptr_t self, uintptr_t node, uint32_t bus) {
    PBGO_GET(pbgo_point,
             perbus_desk_engine_get_source((void *)self, (void *)node, bus, &result.value, &error));
}
static inline pbgo_found pbgo_engine_audit(uintptr_t self, perbus_desk_discrepancy *list,
                                           size_t capacity) {
    PBGO_FIND(number, size_t,
              perbus_desk_engine_audit((void *)self, list, capacity, &found, &error));
}
static inline pbgo_info pbgo_engine_inspect(uintptr_t self, uintptr_t node, perbus_format *formats,
                                            size_t capacity) {
    PBGO_GET(pbgo_info, perbus_desk_engine_inspect((void *)self, (void *)node, &result.value,
                                                   formats, capacity, &error));
}
static inline pbgo_found pbgo_player_create_with_format(uintptr_t self, perbus_format format) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_player_create_with_format((void *)self, &format, (void *)&found, &error));
}
static inline pbgo_failure *pbgo_equalizer_set_band(uintptr_t self, uint32_t index,
                                                    perbus_band band) {
    PBGO_DO(perbus_desk_equalizer_set_band((void *)self, index, &band, &error));
}
static inline pbgo_dimensions pbgo_matrix_get_dimensions(uintptr_t self) {
    PBGO_GET(pbgo_dimensions, perbus_desk_matrix_get_dimensions((void *)self, &result.inputs,
                                                                &result.outputs, &error));
}
static inline pbgo_failure *pbgo_matrix_set_crosspoint(uintptr_t self, uint32_t input,
                                                       uint32_t output, float gain) {
    PBGO_DO(perbus_desk_matrix_set_crosspoint((void *)self, input, output, gain, &error));
}
static inline pbgo_failure *pbgo_matrix_set_levels(uintptr_t self, const float *levels,
                                                   uint32_t rows, uint32_t columns) {
    PBGO_DO(perbus_desk_matrix_set_levels((void *)self, levels, rows, columns, &error));
}
static inline pbgo_failure *pbgo_matrix_get_levels(uintptr_t self, float *levels, uint32_t rows,
                                                   uint32_t columns) {
    PBGO_DO(perbus_desk_matrix_get_levels((void *)self, levels, rows, columns, &error));
}
static inline pbgo_pair pbgo_pan_constant_power(float position) {
    PBGO_GET(pbgo_pair, perbus_pan_constant_power(position, &result.left, &result.right, &error));
}
static inline pbgo_pair pbgo_pan_linear(float position) {
    PBGO_GET(pbgo_pair, perbus_pan_linear(position, &result.left, &result.right, &error));
}
/* Samples one channel after the other. */
static inline pbgo_found pbgo_buffer_create(perbus_format format, const float *planar,
                                            uint32_t frames) {
    const float *channels[PERBUS_MAX_CHANNELS];
    for (uint32_t c = 0; c < format.channels && c < PERBUS_MAX_CHANNELS; c++) {
        channels[c] = planar + (size_t)c * frames;
    }
    PBGO_FIND(number, uintptr_t,
              perbus_desk_buffer_create(&format, channels, frames, (void *)&found, &error));
}

/* With callbacks, which get a cgo.Handle: in native.c. */
pbgo_found pbgo_source_create(uintptr_t self, perbus_format format, uintptr_t handle);
pbgo_failure *pbgo_player_schedule(uintptr_t self, uintptr_t buffer, int64_t start, uint32_t flags,
                                   uintptr_t handle);
pbgo_found pbgo_bus_fade(uintptr_t self, bool of_pan, float value, double seconds, uint32_t curve,
                         uintptr_t handle);
pbgo_found pbgo_bus_fade_at(uintptr_t self, int64_t frame, float value, double seconds,
                            uint32_t curve, uintptr_t handle);
pbgo_found pbgo_bus_fade_pan_at(uintptr_t self, int64_t frame, float value, double seconds,
                                uint32_t curve, uintptr_t handle);
pbgo_found pbgo_mixer_fade_output_volume_at(uintptr_t self, int64_t frame, float value,
                                            double seconds, uint32_t curve, uintptr_t handle);
pbgo_found pbgo_mixer_fade(uintptr_t self, float value, double seconds, uint32_t curve,
                           uintptr_t handle);
pbgo_found pbgo_group_fade(uintptr_t self, float value, double seconds, uint32_t curve,
                           uintptr_t handle);

pbgo_failure *pbgo_engine_batch(uintptr_t self, uintptr_t handle);

/* Ends of handles. */
static inline void pbgo_engine_release(uintptr_t self) {
    perbus_desk_engine_release((void *)self);
}
static inline void pbgo_node_release(uintptr_t self) {
    perbus_desk_node_release((void *)self);
}
static inline void pbgo_bus_release(uintptr_t self) {
    perbus_desk_bus_release((void *)self);
}
static inline void pbgo_group_release(uintptr_t self) {
    perbus_desk_group_release((void *)self);
}
static inline void pbgo_fade_release(uintptr_t self) {
    perbus_desk_fade_release((void *)self);
}
static inline void pbgo_engine_scene_release(uintptr_t self) {
    perbus_desk_engine_scene_release((void *)self);
}
static inline void pbgo_scene_release(uintptr_t self) {
    perbus_desk_scene_release((void *)self);
}
static inline void pbgo_buffer_release(uintptr_t self) {
    perbus_desk_buffer_release((void *)self);
}
static inline uint64_t pbgo_node_get_id(uintptr_t self) {
    return perbus_desk_node_get_id((void *)self);
}
static inline perbus_node *pbgo_node_get_raw(uintptr_t self) {
    return perbus_desk_node_get_raw((void *)self);
}
static inline perbus_engine *pbgo_engine_get_raw(uintptr_t self) {
    return perbus_desk_engine_get_raw((void *)self);
}

#endif
