// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A cell holds one connection's volume and pan, or a mixer's output volume. Control threads write
// the atomics; the audio thread turns a change into a ramp. Cells are counted: they outlive the
// plans that name them.
//
// Volume, pan and the switch lead somewhere, frame by frame: to a value that was set, or along a
// fade. Whenever one of them jumps, the difference between what is heard and where they lead now is
// kept for each output channel, and goes away linearly in PBR_RAMP_FRAMES. That difference is all
// that there is to a ramp: it is never turned back into a volume and a pan. A change that lands
// where nothing sounds leaves no difference.
#ifndef PBR_CELL_H
#define PBR_CELL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/choices.h"
#include "fade.h"
#include "render/memory/line.h"

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "the audio thread needs lock-free 32-bit atomics");

// What the audio thread has read of a cell for a block.
typedef struct pbr_level {
    float volume;
    float pan;
    pbr_order volume_order;
    pbr_order pan_order;
    bool on;
} pbr_level;

// What the audio thread makes of orders.
typedef struct pbr_fades {
    pbr_fade volume;
    pbr_fade pan;
    // The ramp beside the fades goes no further out than its start and what they pass through: a
    // fade may be over long before the ramp is.
    pbr_gains low;
    pbr_gains high;
    // Control threads write: the first order since a value was set, by its number.
    _Atomic uint16_t volume_first;
    _Atomic uint16_t pan_first;
} pbr_fades;

typedef struct pbr_cell {
    // Control threads write.
    _Alignas(PBR_LINE) _Atomic float volume;
    _Atomic float pan;
    _Atomic pbr_order volume_order; // how the volume is to get there; 0: by the usual ramp
    _Atomic pbr_order pan_order;
    _Atomic float volume_before; // what was set before the first order
    _Atomic float pan_before;
    atomic_bool disabled; // heard as volume 0
    uint16_t orders;      // control side: numbers them
    atomic_uint references;
    _Atomic(struct pbr_meter *) meter; // NULL until somebody asks; freed with the cell
    struct pbr_fades *fades;           // the same; there before the first order is
    // What the source has said last, whatever was set past it: not heard, but in this line.
    _Atomic float said_volume;
    _Atomic float said_pan;
    // Audio thread only.
    _Alignas(PBR_LINE) pbr_level seen;
    // The ramp. While volume or pan fades, it is what comes on top of them, from `from` to nothing.
    pbr_gains from;
    pbr_gains to;
    uint32_t ramp_done; // frames of the ramp rendered so far; PBR_RAMP_FRAMES when settled
    bool fading;        // volume or pan goes along a fade, or the ramp beside it is not over
    bool rendered;      // false: the first block starts at the target
    bool landed;        // this block has taken up a change: pbr_cell_land is to be called
    bool still;         // it was rendered, and nothing of the above is going on
} pbr_cell;
_Static_assert(offsetof(pbr_cell, seen) == PBR_LINE, "a control call touches one cache line");
_Static_assert(sizeof(pbr_cell) == 2 * PBR_LINE, "and so does the audio thread");

pbr_cell *pbr_cell_create(float volume, float pan);
pbr_cell *pbr_cell_retain(pbr_cell *cell);
void pbr_cell_release(pbr_cell *cell);

// The cell's meter, made by the first call; NULL when memory runs out. Any thread.
struct pbr_meter *pbr_cell_meter(pbr_cell *cell);

// Any thread, real-time safe. The value before the order, and read the other way round: without an
// order, the end of the fade that it ends would be heard.
static inline void pbr_cell_set_volume(pbr_cell *cell, float volume) {
    atomic_store_explicit(&cell->volume, volume, memory_order_relaxed);
    atomic_store_explicit(&cell->volume_order, 0, memory_order_release);
}

static inline void pbr_cell_set_pan(pbr_cell *cell, float pan) {
    atomic_store_explicit(&cell->pan, pan, memory_order_relaxed);
    atomic_store_explicit(&cell->pan_order, 0, memory_order_release);
}

// The same, when it is the source that says so.
static inline void pbr_cell_say_volume(pbr_cell *cell, float volume) {
    atomic_store_explicit(&cell->said_volume, volume, memory_order_relaxed);
    pbr_cell_set_volume(cell, volume);
}

static inline void pbr_cell_say_pan(pbr_cell *cell, float pan) {
    atomic_store_explicit(&cell->said_pan, pan, memory_order_relaxed);
    pbr_cell_set_pan(cell, pan);
}

// Control side, one thread at a time and inside a bulk change: from where the audio thread is (in
// a cell never rendered: from the value so far) to the new value, over `frames` frames (1 to
// PBR_FADE_LONGEST), starting with the next block. False, and nothing changed, without memory. It is the
// source that says so.
bool pbr_cell_fade_volume(pbr_cell *cell, float volume, uint64_t frames, pbr_curve curve);
bool pbr_cell_fade_pan(pbr_cell *cell, float pan, uint64_t frames, pbr_curve curve);

static inline void pbr_cell_set_enabled(pbr_cell *cell, bool enabled) {
    atomic_store_explicit(&cell->disabled, !enabled, memory_order_relaxed);
}

static inline pbr_level pbr_cell_read(pbr_cell *cell) {
    pbr_order volume_order = atomic_load_explicit(&cell->volume_order, memory_order_acquire);
    pbr_order pan_order = atomic_load_explicit(&cell->pan_order, memory_order_acquire);
    pbr_level level = {atomic_load_explicit(&cell->volume, memory_order_relaxed),
                       atomic_load_explicit(&cell->pan, memory_order_relaxed), volume_order,
                       pan_order, !atomic_load_explicit(&cell->disabled, memory_order_relaxed)};
    return level;
}

static inline bool pbr_cell_changed(const pbr_cell *cell, pbr_level level) {
    return level.volume != cell->seen.volume || level.pan != cell->seen.pan ||
           level.volume_order != cell->seen.volume_order ||
           level.pan_order != cell->seen.pan_order || level.on != cell->seen.on || !cell->rendered;
}

// Audio thread: takes up a change at a block's start. May be called again before the block is
// rendered.
void pbr_cell_begin(pbr_cell *cell, pbr_level level);
// Audio thread, after a change has been taken up and before the block is mixed. joined: what the
// cell scales sounds in the block's first frame and in the one before. If it does not, nobody hears
// the difference: it starts at the new values.
static inline void pbr_cell_land(pbr_cell *cell, bool joined) {
    if (cell->landed && !joined) {
        cell->from = cell->to;
        cell->ramp_done = PBR_RAMP_FRAMES;
    }
    cell->landed = false;
}

static inline bool pbr_cell_settled(const pbr_cell *cell) {
    return cell->ramp_done >= PBR_RAMP_FRAMES && !cell->fading;
}

// Audio thread: counts the block's frames at its end.
void pbr_cell_advance(pbr_cell *cell, uint32_t frames);
static inline void pbr_cell_end(pbr_cell *cell, uint32_t frames) {
    if (!cell->still) {
        pbr_cell_advance(cell, frames);
    }
}

// While fading: the gains of the block's frames at .. at + frames for one side's output channels.
void pbr_cell_fade_gains(const pbr_cell *cell, pbr_side side, uint32_t at, uint32_t frames,
                         float *gains);

// Nothing of the block comes through.
static inline bool pbr_cell_silent(const pbr_cell *cell) {
    return cell->to.plain == 0.0f && cell->ramp_done >= PBR_RAMP_FRAMES &&
           !(cell->fading && cell->seen.on);
}

// Before the block's end is counted: how many frames at its end nothing comes through.
uint32_t pbr_cell_quiet(const pbr_cell *cell, uint32_t frames);

#endif
