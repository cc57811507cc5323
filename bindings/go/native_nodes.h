/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Players, sources, equalizers, matrix mixers, and buffers. */
#ifndef PBGO_NATIVE_NODES_H
#define PBGO_NATIVE_NODES_H

#include "native_shapes.h"

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
static inline void pbgo_buffer_release(uintptr_t self) {
    perbus_desk_buffer_release((void *)self);
}

/* With callbacks, which get a cgo.Handle: in native.c. */
pbgo_found pbgo_source_create(uintptr_t self, perbus_format format, uintptr_t handle);
pbgo_failure *pbgo_player_schedule(uintptr_t self, uintptr_t buffer, int64_t start, uint32_t flags,
                                   uintptr_t handle);

#endif
