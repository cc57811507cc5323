// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A cell holds one connection's volume and pan. Control threads write the two atomics; the audio
// thread turns a change into a ramp. Cells are counted: they outlive the plans that name them.
#ifndef PBR_CELL_H
#define PBR_CELL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "choices.h"

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "the audio thread needs lock-free 32-bit atomics");

typedef struct pbr_cell {
    _Atomic float volume;
    _Atomic float pan;
    atomic_bool disabled; // heard as volume 0
    atomic_uint references;
    // Audio thread only.
    float seen_volume;
    float seen_pan;
    uint32_t ramp_done; // frames of the ramp rendered so far; PBR_RAMP_FRAMES when settled
    bool fresh;         // not rendered yet: the first block starts at the target
    pbr_gains from;
    pbr_gains to;
} pbr_cell;

pbr_cell *pbr_cell_create(float volume, float pan);
pbr_cell *pbr_cell_retain(pbr_cell *cell);
void pbr_cell_release(pbr_cell *cell);

// Any thread, real-time safe.
static inline void pbr_cell_set_volume(pbr_cell *cell, float volume) {
    atomic_store_explicit(&cell->volume, volume, memory_order_relaxed);
}

static inline void pbr_cell_set_pan(pbr_cell *cell, float pan) {
    atomic_store_explicit(&cell->pan, pan, memory_order_relaxed);
}

static inline void pbr_cell_set_enabled(pbr_cell *cell, bool enabled) {
    atomic_store_explicit(&cell->disabled, !enabled, memory_order_relaxed);
}

// Audio thread: takes up a change at a block's start, and counts the block's frames at its end.
void pbr_cell_begin(pbr_cell *cell);
void pbr_cell_end(pbr_cell *cell, uint32_t frames);

static inline bool pbr_cell_settled(const pbr_cell *cell) {
    return cell->ramp_done >= PBR_RAMP_FRAMES;
}

static inline bool pbr_cell_silent(const pbr_cell *cell) {
    return pbr_cell_settled(cell) && cell->to.plain == 0.0f;
}

// The ramp's two ends for one output channel.
static inline float pbr_gain_of(const pbr_gains *gains, uint32_t channel, uint32_t channels) {
    if (channels < 2 || channel > 1) {
        return gains->plain;
    }
    return channel == 0 ? gains->left : gains->right;
}

#endif
