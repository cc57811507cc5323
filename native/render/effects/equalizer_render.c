// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The audio thread's side of an equalizer: no allocation, lock or system call.
#include <string.h>

#include "equalizer_state.h"
#include "render/kernels/mix.h"

// Frames that go through all bands at a time, so that they stay in the first-level cache.
enum { CHUNK = 64 };

// Below this (-200 dB) a filter has rung out.
static const double RUNG_OUT = 1e-10;

static double share_of(uint32_t done) {
    return (double)done / (double)PBR_RAMP_FRAMES;
}

static void clear_band(pbr_running *band) {
    memset(band->s1, 0, sizeof band->s1);
    memset(band->s2, 0, sizeof band->s2);
}

// Clears all filter states and ends all ramps.
static void finish_ramps(pbr_equalizer *equalizer) {
    for (uint32_t i = 0; i < equalizer->band_count; i++) {
        pbr_running *band = &equalizer->running[i];
        clear_band(band);
        band->from = band->to;
        band->ramp_done = PBR_RAMP_FRAMES;
        band->active = !pbr_section_flat(&band->to);
    }
    equalizer->gain_from = equalizer->gain_to;
    equalizer->gain_done = PBR_RAMP_FRAMES;
    equalizer->ringing = false;
}

static void retarget(pbr_running *band, const pbr_section *section) {
    if (memcmp(&band->to, section, sizeof *section) == 0) {
        return;
    }
    if (band->active) {
        // From where a running ramp has come, so that a new target makes no step.
        band->from = pbr_section_between(&band->from, &band->to, share_of(band->ramp_done));
        band->ramp_done = 0;
    } else if (!pbr_section_flat(section)) {
        band->from = *section;
        band->from.c1 = band->from.c2 = 0.0;
        band->from.d = 1.0;
        band->ramp_done = 0;
        band->active = true;
    }
    band->to = *section;
}

// Whether there was a new set.
static bool take_set(pbr_equalizer *equalizer) {
    if ((atomic_load_explicit(&equalizer->middle, memory_order_relaxed) & PBR_EQUALIZER_NEW) == 0) {
        return false;
    }
    equalizer->reading =
        atomic_exchange_explicit(&equalizer->middle, equalizer->reading, memory_order_acq_rel) &
        ~PBR_EQUALIZER_NEW;
    const pbr_equalizer_set *set = equalizer->sets[equalizer->reading];
    for (uint32_t i = 0; i < equalizer->band_count; i++) {
        retarget(&equalizer->running[i], &set->sections[i]);
    }
    if (set->gain != equalizer->gain_to) {
        float share = (float)share_of(equalizer->gain_done);
        equalizer->gain_from += (equalizer->gain_to - equalizer->gain_from) * share;
        equalizer->gain_to = set->gain;
        equalizer->gain_done = 0;
    }
    return true;
}

static void begin(pbr_equalizer *equalizer, const pbr_process_block *block) {
    bool changed = take_set(equalizer);
    // A change takes effect at once if nothing sounds.
    bool unheard = changed && !block->sound.joined && !equalizer->ringing;
    bool reset = atomic_exchange_explicit(&equalizer->reset, false, memory_order_acquire);
    if (equalizer->fresh || reset || unheard || block->time != equalizer->next_time) {
        equalizer->fresh = false;
        finish_ramps(equalizer);
    }
}

static uint32_t advanced(uint32_t done, uint32_t frames) {
    uint32_t left = PBR_RAMP_FRAMES - done;
    return done + (frames < left ? frames : left);
}

static bool finite(pbr_pair state) {
    pbr_pair rest = state - state;
    return rest[0] == 0.0 && rest[1] == 0.0;
}

// A NaN would stay in the state for ever.
static void forget_no_numbers(pbr_running *band) {
    for (uint32_t pair = 0; pair < PBR_EQUALIZER_PAIRS; pair++) {
        if (!finite(band->s1[pair] + band->s2[pair])) {
            band->s1[pair] = band->s2[pair] = (pbr_pair){0.0, 0.0};
        }
    }
}

static void end(pbr_equalizer *equalizer, int64_t time, uint32_t frames) {
    equalizer->next_time = time + frames;
    equalizer->gain_done = advanced(equalizer->gain_done, frames);
    for (uint32_t i = 0; i < equalizer->band_count; i++) {
        pbr_running *band = &equalizer->running[i];
        band->ramp_done = advanced(band->ramp_done, frames);
        if (band->active) {
            forget_no_numbers(band);
        }
        if (band->active && band->ramp_done == PBR_RAMP_FRAMES && pbr_section_flat(&band->to)) {
            band->active = false;
            clear_band(band);
        }
    }
}

typedef struct section_state {
    pbr_pair s1, s2;
} section_state;

static inline pbr_pair step(const pbr_section *by, section_state *state, pbr_pair x) {
    pbr_pair e = x - state->s2;
    pbr_pair y = by->d * x + (by->c1 * state->s1 + by->c2 * state->s2);
    pbr_pair carried = state->s2 + by->c * state->s1;
    state->s1 = by->a * state->s1 + by->c * e;
    state->s2 = carried + by->b * e;
    return y;
}

static void run_sliding(pbr_running *band, uint32_t pair, uint32_t done, pbr_pair *samples,
                        uint32_t frames) {
    section_state state = {band->s1[pair], band->s2[pair]};
    for (uint32_t i = 0; i < frames; i++) {
        uint32_t place = advanced(done, i + 1);
        pbr_section by = pbr_section_between(&band->from, &band->to, share_of(place));
        samples[i] = step(&by, &state, samples[i]);
    }
    band->s1[pair] = state.s1;
    band->s2[pair] = state.s2;
}

static void run_one(pbr_running *band, uint32_t pair, pbr_pair *samples, uint32_t frames) {
    section_state state = {band->s1[pair], band->s2[pair]};
    const pbr_section by = band->to;
    for (uint32_t i = 0; i < frames; i++) {
        samples[i] = step(&by, &state, samples[i]);
    }
    band->s1[pair] = state.s1;
    band->s2[pair] = state.s2;
}

// Each band depends on its own last frame; two bands at a time hide that latency.
static void run_two(pbr_running *first, pbr_running *second, uint32_t pair, pbr_pair *samples,
                    uint32_t frames) {
    section_state one = {first->s1[pair], first->s2[pair]};
    section_state two = {second->s1[pair], second->s2[pair]};
    const pbr_section by_one = first->to, by_two = second->to;
    for (uint32_t i = 0; i < frames; i++) {
        samples[i] = step(&by_two, &two, step(&by_one, &one, samples[i]));
    }
    first->s1[pair] = one.s1;
    first->s2[pair] = one.s2;
    second->s1[pair] = two.s1;
    second->s2[pair] = two.s2;
}

// All bands over one chunk of two channels; `at` is the chunk's place in the block.
static void run_bands(pbr_equalizer *equalizer, uint32_t pair, uint32_t at, pbr_pair *samples,
                      uint32_t frames) {
    pbr_running *waiting = NULL;
    for (uint32_t i = 0; i < equalizer->band_count; i++) {
        pbr_running *band = &equalizer->running[i];
        if (!band->active) {
            continue;
        }
        bool steady = band->ramp_done == PBR_RAMP_FRAMES;
        if (steady && waiting != NULL) {
            run_two(waiting, band, pair, samples, frames);
            waiting = NULL;
        } else if (steady) {
            waiting = band;
        } else {
            if (waiting != NULL) {
                run_one(waiting, pair, samples, frames);
                waiting = NULL;
            }
            run_sliding(band, pair, advanced(band->ramp_done, at), samples, frames);
        }
    }
    if (waiting != NULL) {
        run_one(waiting, pair, samples, frames);
    }
}

static void filter_pair(pbr_equalizer *equalizer, uint32_t pair, const pbr_process_block *block) {
    uint32_t left = 2 * pair;
    // The last of an odd number of channels is paired with itself.
    uint32_t right = left + 1 < block->channels ? left + 1 : left;
    pbr_pair samples[CHUNK];
    for (uint32_t at = 0; at < block->frames;) {
        uint32_t frames = block->frames - at < CHUNK ? block->frames - at : CHUNK;
        for (uint32_t i = 0; i < frames; i++) {
            samples[i] = (pbr_pair){block->in[left][at + i], block->in[right][at + i]};
        }
        run_bands(equalizer, pair, at, samples, frames);
        for (uint32_t i = 0; i < frames; i++) {
            block->out[left][at + i] = (float)samples[i][0];
            block->out[right][at + i] = (float)samples[i][1];
        }
        at += frames;
    }
}

static bool any_active(const pbr_equalizer *equalizer) {
    for (uint32_t i = 0; i < equalizer->band_count; i++) {
        if (equalizer->running[i].active) {
            return true;
        }
    }
    return false;
}

// Judged by the energy, which never rises without input: the frame at which it falls below the
// limit does not depend on where in an oscillation a block ends.
static bool loud(const pbr_running *band, uint32_t pair) {
    pbr_pair energy = band->s1[pair] * band->s1[pair] + band->s2[pair] * band->s2[pair];
    return energy[0] > RUNG_OUT * RUNG_OUT || energy[1] > RUNG_OUT * RUNG_OUT;
}

// After silent input: whether anything still rings. If not, the state is cleared.
static bool still_ringing(pbr_equalizer *equalizer, uint32_t pairs) {
    for (uint32_t i = 0; i < equalizer->band_count; i++) {
        const pbr_running *band = &equalizer->running[i];
        for (uint32_t pair = 0; band->active && pair < pairs; pair++) {
            if (loud(band, pair)) {
                return true;
            }
        }
    }
    for (uint32_t i = 0; i < equalizer->band_count; i++) {
        clear_band(&equalizer->running[i]);
    }
    return false;
}

static void copy(const pbr_process_block *block, uint32_t first) {
    for (uint32_t c = first; c < block->channels; c++) {
        if (block->in[c] != block->out[c]) {
            memcpy(block->out[c], block->in[c], block->frames * sizeof(float));
        }
    }
}

static void scale(const pbr_equalizer *equalizer, const pbr_process_block *block) {
    if (equalizer->gain_done == PBR_RAMP_FRAMES && equalizer->gain_to == 1.0f) {
        return;
    }
    for (uint32_t c = 0; c < block->channels; c++) {
        pbr_scale_ramped(block->out[c], equalizer->gain_from, equalizer->gain_to,
                         equalizer->gain_done, block->frames);
    }
}

pbr_sound pbr_equalizer_render(void *context, const pbr_process_block *block) {
    pbr_equalizer *equalizer = context;
    begin(equalizer, block);
    uint32_t pairs = (block->channels + 1) / 2;
    pairs = pairs < PBR_EQUALIZER_PAIRS ? pairs : PBR_EQUALIZER_PAIRS;
    pbr_sound sound = block->sound;
    sound.silent = sound.silent && !equalizer->ringing;
    sound.joined = sound.joined || equalizer->ringing;
    sound.late = equalizer->ringing ? 0 : sound.late;
    if (!sound.silent) {
        bool active = any_active(equalizer);
        for (uint32_t pair = 0; active && pair < pairs; pair++) {
            filter_pair(equalizer, pair, block);
        }
        copy(block, active ? 2 * pairs : 0);
        scale(equalizer, block);
        bool sounds = block->sound.quiet == 0;
        equalizer->ringing = active && (sounds || still_ringing(equalizer, pairs));
        sound.quiet = equalizer->ringing ? 0 : active ? !sounds : block->sound.quiet;
    }
    end(equalizer, block->time, block->frames);
    return sound;
}
