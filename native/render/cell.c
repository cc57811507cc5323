// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cell.h"

#include <stdlib.h>

#include "meter.h"
#include "slab.h"

static pbr_slab cells = PBR_SLAB(pbr_cell);

pbr_cell *pbr_cell_create(float volume, float pan) {
    pbr_cell *cell = pbr_slab_take(&cells);
    if (cell == NULL) {
        return NULL;
    }
    atomic_init(&cell->volume, volume);
    atomic_init(&cell->pan, pan);
    atomic_init(&cell->references, 1);
    return cell;
}

pbr_cell *pbr_cell_retain(pbr_cell *cell) {
    atomic_fetch_add_explicit(&cell->references, 1, memory_order_relaxed);
    return cell;
}

void pbr_cell_release(pbr_cell *cell) {
    if (cell != NULL &&
        atomic_fetch_sub_explicit(&cell->references, 1, memory_order_acq_rel) == 1) {
        free(atomic_load_explicit(&cell->meter, memory_order_relaxed));
        free(cell->fades);
        pbr_slab_give(&cells, cell);
    }
}

pbr_meter *pbr_cell_meter(pbr_cell *cell) {
    pbr_meter *present = atomic_load_explicit(&cell->meter, memory_order_acquire);
    if (present != NULL) {
        return present;
    }
    pbr_meter *made = pbr_meter_create();
    if (made != NULL &&
        !atomic_compare_exchange_strong_explicit(&cell->meter, &present, made, memory_order_acq_rel,
                                                 memory_order_acquire)) {
        free(made);
        return present;
    }
    return made;
}

static pbr_order next_order(pbr_cell *cell, uint64_t frames, pbr_curve curve) {
    // 0 as a number would make an order of no frames and a linear curve no order.
    cell->orders = cell->orders == UINT16_MAX ? 1 : (uint16_t)(cell->orders + 1);
    return pbr_fade_order(cell->orders, curve, frames);
}

static bool make_fades(pbr_cell *cell) {
    if (cell->fades == NULL) {
        cell->fades = calloc(1, sizeof *cell->fades);
    }
    return cell->fades != NULL;
}

// Puts a fade's end in place of the value. Fades that replace one another begin with what was set
// before the first of them, until the audio thread has taken one up.
static void order_fade(_Atomic float *value, _Atomic float *before, _Atomic uint16_t *first,
                       _Atomic pbr_order *order, float to, pbr_order next) {
    float from = atomic_exchange_explicit(value, to, memory_order_relaxed);
    if (atomic_load_explicit(order, memory_order_relaxed) == 0) {
        atomic_store_explicit(before, from, memory_order_relaxed);
        atomic_store_explicit(first, pbr_order_number(next), memory_order_relaxed);
    }
    atomic_store_explicit(order, next, memory_order_release);
}

void pbr_cell_fade_volume(pbr_cell *cell, float volume, uint64_t frames, pbr_curve curve) {
    if (!make_fades(cell)) {
        pbr_cell_say_volume(cell, volume);
        return;
    }
    atomic_store_explicit(&cell->said_volume, volume, memory_order_relaxed);
    order_fade(&cell->volume, &cell->volume_before, &cell->fades->volume_first, &cell->volume_order,
               volume, next_order(cell, frames, curve));
}

void pbr_cell_fade_pan(pbr_cell *cell, float pan, uint64_t frames, pbr_curve curve) {
    if (!make_fades(cell)) {
        pbr_cell_say_pan(cell, pan);
        return;
    }
    atomic_store_explicit(&cell->said_pan, pan, memory_order_relaxed);
    order_fade(&cell->pan, &cell->pan_before, &cell->fades->pan_first, &cell->pan_order, pan,
               next_order(cell, frames, curve));
}

static float along(float from, float to, float share) {
    return from + (to - from) * share;
}

// Where the gains have got to at the block's start.
static pbr_gains gains_now(const pbr_cell *cell) {
    if (cell->fading) {
        return pbr_balance(pbr_fade_now(&cell->fades->volume), pbr_fade_now(&cell->fades->pan));
    }
    float share = (float)cell->ramp_done / (float)PBR_RAMP_FRAMES;
    pbr_gains gains = {along(cell->from.left, cell->to.left, share),
                       along(cell->from.right, cell->to.right, share),
                       along(cell->from.plain, cell->to.plain, share)};
    return gains;
}

// The pan that balances like this; the reverse of pbr_balance.
static float pan_of(pbr_gains gains) {
    float most = gains.left > gains.right ? gains.left : gains.right;
    return most > 0.0f ? (gains.right - gains.left) / most : 0.0f;
}

static pbr_fade fade_for(float heard, float to, pbr_order order) {
    pbr_fade fade = {heard, to, heard, 0, PBR_RAMP_FRAMES, PBR_CURVE_LINEAR};
    if (order != 0) {
        fade.frames = order & PBR_FADE_LONGEST;
        fade.curve = pbr_order_curve(order);
    }
    return fade;
}

// Whether the audio thread has taken up none of the orders that this one replaces.
static bool starts_from_value(pbr_order order, pbr_order seen, uint16_t first) {
    uint16_t last = (uint16_t)(pbr_order_number(order) - first);
    return seen == 0 || (uint16_t)(pbr_order_number(seen) - first) > last;
}

// The fade of a new order, or a ramp. `now` is what is heard, `fade` what it was on, if anything.
static pbr_fade next_fade(const pbr_fade *fade, float now, float to, pbr_order order,
                          pbr_order seen, float before, uint16_t first) {
    if (order == 0 || order == seen) {
        return fade_for(now, to, 0);
    }
    pbr_fade next = fade_for(now, to, order);
    if (starts_from_value(order, seen, first)) {
        next.from = before;
    } else if (fade != NULL) {
        next.from = pbr_fade_reached(fade);
    }
    return next;
}

static void start_fades(pbr_cell *cell, pbr_level level) {
    pbr_gains now = gains_now(cell);
    pbr_fades *fades = cell->fades;
    bool volume =
        level.volume != cell->seen.volume || level.volume_order != cell->seen.volume_order;
    bool pan = level.pan != cell->seen.pan || level.pan_order != cell->seen.pan_order;
    // What was on the usual ramp goes on as a fade of the same length; a fade that is over is over.
    if (volume || !cell->fading) {
        fades->volume = next_fade(cell->fading ? &fades->volume : NULL, now.plain, level.volume,
                                  level.volume_order, cell->seen.volume_order,
                                  atomic_load_explicit(&cell->volume_before, memory_order_relaxed),
                                  atomic_load_explicit(&fades->volume_first, memory_order_relaxed));
        if (atomic_load_explicit(&cell->disabled, memory_order_relaxed)) {
            fades->volume.from = fades->volume.heard;
        }
    }
    if (pan || !cell->fading) {
        // Silence has no balance: the pan is then where it was to be.
        fades->pan = next_fade(cell->fading ? &fades->pan : NULL,
                               now.plain > 0.0f ? pan_of(now) : cell->seen.pan, level.pan,
                               level.pan_order, cell->seen.pan_order,
                               atomic_load_explicit(&cell->pan_before, memory_order_relaxed),
                               atomic_load_explicit(&fades->pan_first, memory_order_relaxed));
    }
    cell->fading = true;
}

static void start_ramp(pbr_cell *cell, pbr_level level) {
    // From wherever a running ramp has got to, so that a new target makes no step.
    cell->from = gains_now(cell);
    cell->to = pbr_balance(level.volume, level.pan);
    cell->ramp_done = 0;
    cell->fading = false;
}

// The first block starts at the target, or where a fade was to start.
static void start_fresh(pbr_cell *cell, pbr_level level) {
    bool disabled = atomic_load_explicit(&cell->disabled, memory_order_relaxed);
    float volume = level.volume_order != 0 && !disabled
                       ? atomic_load_explicit(&cell->volume_before, memory_order_relaxed)
                       : level.volume;
    float pan = level.pan_order != 0 ? atomic_load_explicit(&cell->pan_before, memory_order_relaxed)
                                     : level.pan;
    cell->from = cell->to = pbr_balance(volume, pan);
    cell->ramp_done = PBR_RAMP_FRAMES;
    cell->fading = false;
    cell->seen = (pbr_level){volume, pan, 0, 0};
    if (level.volume_order != 0 || level.pan_order != 0) {
        start_fades(cell, level);
    }
}

void pbr_cell_begin(pbr_cell *cell, pbr_level level) {
    if (!pbr_cell_changed(cell, level)) {
        return;
    }
    if (!cell->rendered) {
        start_fresh(cell, level);
    } else if (level.volume_order != 0 || level.pan_order != 0) {
        start_fades(cell, level);
    } else {
        start_ramp(cell, level);
    }
    cell->seen = level;
}

void pbr_cell_advance(pbr_cell *cell, uint32_t frames) {
    cell->rendered = true;
    if (!cell->fading) {
        uint32_t left = PBR_RAMP_FRAMES - cell->ramp_done;
        cell->ramp_done += frames < left ? frames : left;
        return;
    }
    cell->fades->volume.done += frames;
    cell->fades->pan.done += frames;
    if (pbr_fade_over(&cell->fades->volume) && pbr_fade_over(&cell->fades->pan)) {
        cell->fading = false;
        cell->from = cell->to = pbr_balance(cell->fades->volume.to, cell->fades->pan.to);
        cell->ramp_done = PBR_RAMP_FRAMES;
    }
}

void pbr_cell_fade_gains(const pbr_cell *cell, uint32_t channel, uint32_t channels, uint32_t at,
                         uint32_t frames, float *gains) {
    for (uint32_t i = 0; i < frames; i++) {
        pbr_gains frame =
            pbr_balance(pbr_fade_at(&cell->fades->volume, cell->fades->volume.done + at + i),
                        pbr_fade_at(&cell->fades->pan, cell->fades->pan.done + at + i));
        gains[i] = pbr_gain_of(&frame, channel, channels);
    }
}
