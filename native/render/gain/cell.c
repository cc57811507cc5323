// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cell.h"

#include <math.h>
#include <stdlib.h>

#include "meter.h"
#include "render/memory/slab.h"

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

bool pbr_cell_fade_volume(pbr_cell *cell, float volume, uint64_t frames, pbr_curve curve) {
    if (!make_fades(cell)) {
        return false;
    }
    atomic_store_explicit(&cell->said_volume, volume, memory_order_relaxed);
    order_fade(&cell->volume, &cell->volume_before, &cell->fades->volume_first, &cell->volume_order,
               volume, next_order(cell, frames, curve));
    return true;
}

bool pbr_cell_fade_pan(pbr_cell *cell, float pan, uint64_t frames, pbr_curve curve) {
    if (!make_fades(cell)) {
        return false;
    }
    atomic_store_explicit(&cell->said_pan, pan, memory_order_relaxed);
    order_fade(&cell->pan, &cell->pan_before, &cell->fades->pan_first, &cell->pan_order, pan,
               next_order(cell, frames, curve));
    return true;
}

static pbr_fade settled(float value) {
    return (pbr_fade){value, value, 0, 0, PBR_CURVE_LINEAR};
}

// Where volume and pan lead, in gains.
static pbr_gains led(bool on, float volume, float pan) {
    return on ? pbr_balance(volume, pan) : (pbr_gains){0.0f, 0.0f, 0.0f};
}

static float along(float from, float to, float share) {
    return from + (to - from) * share;
}

static float between(float value, float low, float high) {
    return fminf(fmaxf(value, low), high);
}

// What is left of the ramp after `done` of its frames.
static pbr_gains ramp_at(const pbr_cell *cell, uint32_t done) {
    float share = (float)done / (float)PBR_RAMP_FRAMES;
    return (pbr_gains){along(cell->from.left, cell->to.left, share),
                       along(cell->from.right, cell->to.right, share),
                       along(cell->from.plain, cell->to.plain, share)};
}

static pbr_gains sum(pbr_gains one, pbr_gains other) {
    return (pbr_gains){one.left + other.left, one.right + other.right, one.plain + other.plain};
}

static pbr_gains difference(pbr_gains one, pbr_gains other) {
    return (pbr_gains){one.left - other.left, one.right - other.right, one.plain - other.plain};
}

static bool equal(pbr_gains one, pbr_gains other) {
    return one.left == other.left && one.right == other.right && one.plain == other.plain;
}

static pbr_gains confined(const pbr_fades *fades, pbr_gains gains) {
    return (pbr_gains){between(gains.left, fades->low.left, fades->high.left),
                       between(gains.right, fades->low.right, fades->high.right),
                       between(gains.plain, fades->low.plain, fades->high.plain)};
}

// While fading: the gains after `frames` more frames.
static pbr_gains fading_at(const pbr_cell *cell, uint32_t frames) {
    const pbr_fades *fades = cell->fades;
    pbr_gains gains = led(cell->seen.on, pbr_fade_at(&fades->volume, fades->volume.done + frames),
                          pbr_fade_at(&fades->pan, fades->pan.done + frames));
    if (cell->ramp_done + frames >= PBR_RAMP_FRAMES) {
        return gains;
    }
    return confined(fades, sum(gains, ramp_at(cell, cell->ramp_done + frames)));
}

// What was heard in the last frame.
static pbr_gains gains_now(const pbr_cell *cell) {
    return cell->fading ? fading_at(cell, 0) : ramp_at(cell, cell->ramp_done);
}

// Whether the audio thread has taken up none of the orders that this one replaces.
static bool starts_from_value(pbr_order order, pbr_order seen, uint16_t first) {
    uint16_t last = (uint16_t)(pbr_order_number(order) - first);
    return seen == 0 || (uint16_t)(pbr_order_number(seen) - first) > last;
}

// What one control is to do from this block on.
typedef struct control {
    float to, seen_to;
    pbr_order order, seen_order;
    const _Atomic float *before;
    const _Atomic uint16_t *first; // NULL: there has never been an order
} control;

static control volume_of(const pbr_cell *cell, pbr_level level) {
    return (control){level.volume,         cell->seen.volume,
                     level.volume_order,   cell->seen.volume_order,
                     &cell->volume_before, cell->fades != NULL ? &cell->fades->volume_first : NULL};
}

static control pan_of(const pbr_cell *cell, pbr_level level) {
    return (control){level.pan,         cell->seen.pan,
                     level.pan_order,   cell->seen.pan_order,
                     &cell->pan_before, cell->fades != NULL ? &cell->fades->pan_first : NULL};
}

// Sends `fade`, the control's way so far, on its new one. False when it has none: what was set is
// there already.
static bool redirect(pbr_fade *fade, control to) {
    if (to.order == to.seen_order && to.to == to.seen_to) {
        return false;
    }
    if (to.order == 0 || to.order == to.seen_order || to.first == NULL) {
        bool there = pbr_fade_over(fade) && fade->to == to.to;
        *fade = settled(to.to);
        return !there;
    }
    bool afresh = starts_from_value(to.order, to.seen_order,
                                    atomic_load_explicit(to.first, memory_order_relaxed));
    float from =
        afresh ? atomic_load_explicit(to.before, memory_order_relaxed) : pbr_fade_reached(fade);
    *fade = (pbr_fade){from, to.to, 0, to.order & PBR_FADE_LONGEST, pbr_order_curve(to.order)};
    return true;
}

static void take_in(pbr_gains *low, pbr_gains *high, pbr_gains gains) {
    low->left = fminf(low->left, gains.left);
    low->right = fminf(low->right, gains.right);
    low->plain = fminf(low->plain, gains.plain);
    high->left = fmaxf(high->left, gains.left);
    high->right = fmaxf(high->right, gains.right);
    high->plain = fmaxf(high->plain, gains.plain);
}

// All between what is heard and what the fades pass through.
static void confine(pbr_fades *fades, bool on, pbr_gains now) {
    float volumes[2] = {pbr_fade_reached(&fades->volume), fades->volume.to};
    float pans[2] = {pbr_fade_reached(&fades->pan), fades->pan.to};
    if (fades->volume.curve == PBR_CURVE_EXPONENTIAL) {
        uint32_t higher = volumes[1] > volumes[0];
        volumes[higher] = fmaxf(volumes[higher], PBR_FADE_FLOOR);
    }
    fades->low = fades->high = now;
    for (uint32_t corner = 0; corner < 4; corner++) {
        take_in(&fades->low, &fades->high, led(on, volumes[corner / 2], pans[corner % 2]));
    }
}

// From what is heard now to where the controls lead, which is `target` and what moves from there.
static void ramp(pbr_cell *cell, pbr_gains now, pbr_gains target, bool fading) {
    cell->from = fading ? difference(now, target) : now;
    cell->to = fading ? (pbr_gains){0.0f, 0.0f, 0.0f} : target;
    cell->ramp_done = equal(now, target) ? PBR_RAMP_FRAMES : 0;
}

// The ramp that is under way goes on: the target has not jumped.
static void keep_ramp(pbr_cell *cell, pbr_gains target, bool fading) {
    if (fading && !cell->fading) {
        cell->from = difference(cell->from, cell->to);
        cell->to = (pbr_gains){0.0f, 0.0f, 0.0f};
    } else if (!fading && cell->fading) {
        cell->from = sum(cell->from, target);
        cell->to = target;
    }
}

// Whether nothing fades, and nothing starts to.
static bool is_plain(const pbr_cell *cell, pbr_level level) {
    return !cell->fading &&
           (level.volume_order == 0 || level.volume_order == cell->seen.volume_order) &&
           (level.pan_order == 0 || level.pan_order == cell->seen.pan_order);
}

// What take_up does where nothing fades: then `to` is where the controls have led so far.
static void take_up_plain(pbr_cell *cell, pbr_level level) {
    if (level.volume == cell->seen.volume && level.pan == cell->seen.pan &&
        level.on == cell->seen.on) {
        return;
    }
    pbr_gains target = led(level.on, level.volume, level.pan);
    if (!equal(cell->to, target)) {
        ramp(cell, ramp_at(cell, cell->ramp_done), target, false);
    }
    cell->landed = true;
    cell->still = false;
}

static void take_up(pbr_cell *cell, pbr_level level) {
    pbr_fades *fades = cell->fades;
    pbr_fade volume = cell->fading ? fades->volume : settled(cell->seen.volume);
    pbr_fade pan = cell->fading ? fades->pan : settled(cell->seen.pan);
    pbr_gains before = led(cell->seen.on, pbr_fade_reached(&volume), pbr_fade_reached(&pan));
    bool moves = redirect(&volume, volume_of(cell, level));
    moves = redirect(&pan, pan_of(cell, level)) || moves;
    if (!moves && level.on == cell->seen.on) {
        return;
    }
    pbr_gains now = gains_now(cell);
    pbr_gains target = led(level.on, pbr_fade_reached(&volume), pbr_fade_reached(&pan));
    bool fading = !pbr_fade_over(&volume) || !pbr_fade_over(&pan);
    bool confined_now = cell->fading && !equal(now, sum(before, ramp_at(cell, cell->ramp_done)));
    if (equal(before, target) && !confined_now) {
        keep_ramp(cell, target, fading);
    } else {
        ramp(cell, now, target, fading);
    }
    cell->fading = fading;
    if (fading) {
        fades->volume = volume;
        fades->pan = pan;
        confine(fades, level.on, now);
    }
    cell->landed = true;
    cell->still = false;
}

// The first block starts at the target, or where a fade was to start.
static void start_fresh(pbr_cell *cell, pbr_level level) {
    pbr_level none = {level.volume, level.pan, 0, 0, level.on};
    if (level.volume_order != 0) {
        none.volume = atomic_load_explicit(&cell->volume_before, memory_order_relaxed);
    }
    if (level.pan_order != 0) {
        none.pan = atomic_load_explicit(&cell->pan_before, memory_order_relaxed);
    }
    cell->from = cell->to = led(none.on, none.volume, none.pan);
    cell->ramp_done = PBR_RAMP_FRAMES;
    cell->fading = false;
    cell->seen = none;
    // Without an order, control threads may be making `fades` right now.
    if (!is_plain(cell, level)) {
        take_up(cell, level);
    }
    cell->landed = false;
}

void pbr_cell_begin(pbr_cell *cell, pbr_level level) {
    if (!pbr_cell_changed(cell, level)) {
        return;
    }
    if (!cell->rendered) {
        start_fresh(cell, level);
    } else if (is_plain(cell, level)) {
        take_up_plain(cell, level);
    } else {
        take_up(cell, level);
    }
    cell->seen = level;
}

void pbr_cell_advance(pbr_cell *cell, uint32_t frames) {
    cell->rendered = true;
    uint32_t left = PBR_RAMP_FRAMES - cell->ramp_done;
    cell->ramp_done += frames < left ? frames : left;
    if (cell->fading) {
        pbr_fades *fades = cell->fades;
        fades->volume.done += frames;
        fades->pan.done += frames;
        if (pbr_fade_over(&fades->volume) && pbr_fade_over(&fades->pan) &&
            cell->ramp_done >= PBR_RAMP_FRAMES) {
            cell->fading = false;
            cell->from = cell->to = led(cell->seen.on, fades->volume.to, fades->pan.to);
        }
    }
    cell->still = pbr_cell_settled(cell);
}

uint32_t pbr_cell_quiet(const pbr_cell *cell, uint32_t frames) {
    uint64_t until = PBR_RAMP_FRAMES - cell->ramp_done;
    bool ends = cell->to.plain == 0.0f;
    if (cell->fading && cell->seen.on) {
        const pbr_fade *volume = &cell->fades->volume;
        uint64_t left = pbr_fade_over(volume) ? 0 : volume->frames - volume->done;
        until = left > until ? left : until;
        ends = volume->to == 0.0f;
    }
    if (!ends || frames < until) {
        return 0;
    }
    // The last frame of the way has arrived.
    return frames - (uint32_t)until + (until > 0);
}

void pbr_cell_fade_gains(const pbr_cell *cell, pbr_side side, uint32_t at, uint32_t frames,
                         float *gains) {
    for (uint32_t i = 0; i < frames; i++) {
        pbr_gains frame = fading_at(cell, at + i + 1);
        gains[i] = pbr_gain_on(&frame, side);
    }
}
