/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Engines, their nodes and connections. */
#ifndef PBGO_NATIVE_GRAPH_H
#define PBGO_NATIVE_GRAPH_H

#include "native_shapes.h"

PBGO_CALL0(engine_prepare)
PBGO_CALL0(engine_start)
PBGO_CALL0(engine_pause)
PBGO_CALL0(engine_stop)
PBGO_CALL0(engine_reset)
PBGO_CALL0(engine_clear_solo)
PBGO_CALL0(engine_close)
PBGO_CALL1(engine_set_render_threads, uint32_t)
PBGO_CALL1(engine_set_fallback, int32_t)
PBGO_CALL1(engine_set_meter_taps, bool)
PBGO_GET0(engine_is_running, number, bool)
PBGO_GET0(engine_get_sample_time, number, int64_t)
PBGO_LOOK0(engine_get_format, format)
PBGO_GET0(engine_get_fallback, number, perbus_desk_fallback)
PBGO_GET0(engine_get_meter_taps, number, bool)
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
static inline void pbgo_engine_release(uintptr_t self) {
    perbus_desk_engine_release((void *)self);
}
static inline void pbgo_node_release(uintptr_t self) {
    perbus_desk_node_release((void *)self);
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

/* With callbacks, which get a cgo.Handle: in native.c. */
pbgo_failure *pbgo_engine_batch(uintptr_t self, uintptr_t handle);

#endif
