// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A gain over a block: frame by frame, and to the block's end. Audio thread.
#include "gain_course.h"

// Goes so many frames on.
static void go_on(pbr_gain *gain, uint32_t frames) {
    uint32_t left = PBR_RAMP_FRAMES - gain->ramp_done;
    gain->ramp_done += frames < left ? frames : left;
    if (gain->fading) {
        pbr_fades *fades = gain->fades;
        fades->volume.done += frames;
        fades->pan.done += frames;
        if (fades->driven) {
            fades->factor = pbr_factor_at(gain, frames);
            fades->driven = pbr_masters_move(fades->lead->masters, pbr_led_frames(fades, frames));
            fades->at += frames;
        }
        if (pbr_fade_over(&fades->volume) && pbr_fade_over(&fades->pan) && !fades->driven &&
            gain->ramp_done >= PBR_RAMP_FRAMES) {
            gain->fading = false;
            gain->from = gain->to = pbr_gains_of(
                &gain->seen, pbr_scaled(fades->volume.to, gain->seen.led, fades->factor),
                fades->pan.to);
        }
    }
}

void pbr_gain_advance(pbr_gain *gain, uint32_t frames) {
    pbr_fades *fades = gain->seen.automated ? gain->fades : NULL;
    gain->rendered = true;
    if (fades == NULL || !fades->traced) {
        go_on(gain, frames);
    }
    gain->still = pbr_gain_is_steady(gain);
    if (gain->seen.led) {
        gain->fades->at = 0;
    }
    if (fades != NULL) {
        fades->traced = false;
        gain->still = gain->still && !pbr_gain_chain_waits(&fades->volume_chain) &&
                      !pbr_gain_chain_waits(&fades->pan_chain);
    }
}

// What was set or requested counts no more, unless it was set or requested just now.
static void take_over(_Atomic pbr_fade_request *request, pbr_fade_request *seen,
                      const _Atomic uint16_t *first) {
    pbr_fade_request expected = *seen;
    pbr_fade_request over = pbr_taken_over(atomic_load_explicit(first, memory_order_relaxed));
    if (atomic_compare_exchange_strong_explicit(request, &expected, over, memory_order_acq_rel,
                                                memory_order_acquire)) {
        *seen = over;
    }
}

// Takes up the points that start at `time`.
void pbr_gain_start_points(pbr_gain *gain, int64_t time) {
    pbr_fades *fades = gain->fades;
    pbr_fade volume = pbr_gain_volume(gain);
    pbr_fade pan = pbr_gain_pan(gain);
    pbr_drive by = pbr_drive_of(gain);
    pbr_gains before = pbr_target_of(&gain->seen, &volume, &pan, by);
    bool other_volume = pbr_gain_chain_start(&fades->volume_chain, time, &volume);
    bool other_pan = pbr_gain_chain_start(&fades->pan_chain, time, &pan);
    if (!other_volume && !other_pan) {
        return;
    }
    pbr_gain_turn(gain, &gain->seen, volume, pan, before, by);
    gain->landed = true;
    if (other_volume) {
        take_over(&gain->volume_request, &gain->seen.volume_request, &fades->volume_first_request);
        fades->volume = volume;
    }
    if (other_pan) {
        take_over(&gain->pan_request, &gain->seen.pan_request, &fades->pan_first_request);
        fades->pan = pan;
    }
}

static uint32_t next_start(pbr_gain_chain *chain, int64_t time, uint32_t at, uint32_t frames) {
    const pbr_point *point = pbr_gain_chain_due(chain, time + frames);
    int64_t start = point != NULL ? point->start - time : frames;
    return start > at ? (uint32_t)start : at;
}

uint32_t pbr_gain_until_point(pbr_gain *gain, int64_t time, uint32_t frames) {
    if (!pbr_gain_is_due(gain, time + frames)) {
        return frames;
    }
    uint32_t volume = next_start(&gain->fades->volume_chain, time, 0, frames);
    uint32_t pan = next_start(&gain->fades->pan_chain, time, 0, frames);
    return volume < pan ? volume : pan;
}

// How many frames of a fading gain are traced at a time.
#define PART 64u

// Gains from volumes, which `plain` holds, and pans.
static void place(const pbr_setting *setting, uint32_t frames, const float *pans,
                  float *restrict left, float *restrict right, float *restrict plain) {
    const pbr_setting by = *setting;
    for (uint32_t i = 0; i < frames; i++) {
        pbr_gains gains = pbr_gains_of(&by, plain[i], pans[i]);
        left[i] = gains.left;
        right[i] = gains.right;
        plain[i] = gains.plain;
    }
}

// While fading: the gains of at most PART frames, the first of which is `at` frames ahead.
static void trace_fading(const pbr_gain *gain, uint32_t at, uint32_t frames, float *left,
                         float *right, float *plain) {
    const pbr_fades *fades = gain->fades;
    float pans[PART];
    pbr_fade_trace(&fades->volume, fades->volume.done + at, frames, plain);
    pbr_fade_trace(&fades->pan, fades->pan.done + at, frames, pans);
    if (gain->seen.led) {
        for (uint32_t i = 0; i < frames; i++) {
            plain[i] = pbr_scaled(plain[i], true, pbr_factor_at(gain, at + i + 1));
        }
    }
    place(&gain->seen, frames, pans, left, right, plain);
    uint32_t done = gain->ramp_done + at + 1;
    for (uint32_t i = 0; i < frames && done + i < PBR_RAMP_FRAMES; i++) {
        pbr_gains gains = {left[i], right[i], plain[i]};
        gains = confined(fades, pbr_gains_sum(gains, pbr_gain_ramp_at(gain, done + i)));
        left[i] = gains.left;
        right[i] = gains.right;
        plain[i] = gains.plain;
    }
}

static void trace_all_fading(const pbr_gain *gain, uint32_t at, uint32_t frames, pbr_trace trace) {
    for (uint32_t i = 0; i < frames; i += PART) {
        uint32_t part = frames - i < PART ? frames - i : PART;
        trace_fading(gain, i, part, trace[PBR_LEFT] + at + i, trace[PBR_RIGHT] + at + i,
                     trace[PBR_PLAIN] + at + i);
    }
}

// The gains of the next frames. Returns how many of them come before a silent rest.
static uint32_t trace_part(const pbr_gain *gain, uint32_t at, uint32_t frames, pbr_trace trace) {
    if (gain->fading) {
        trace_all_fading(gain, at, frames, trace);
    } else {
        for (uint32_t i = 0; i < frames; i++) {
            uint32_t left = PBR_RAMP_FRAMES - gain->ramp_done;
            pbr_gains frame = pbr_gain_ramp_at(gain, gain->ramp_done + (i < left ? i + 1 : left));
            trace[PBR_LEFT][at + i] = frame.left;
            trace[PBR_RIGHT][at + i] = frame.right;
            trace[PBR_PLAIN][at + i] = frame.plain;
        }
    }
    uint32_t sounding = frames;
    while (sounding > 0 && trace[PBR_PLAIN][at + sounding - 1] == 0.0f) {
        sounding--;
    }
    return sounding;
}

uint32_t pbr_gain_trace_points(pbr_gain *gain, int64_t time, uint32_t frames,
                               bool (*joined)(void *context, uint32_t frame), void *context,
                               pbr_trace trace) {
    pbr_fades *fades = gain->fades;
    uint32_t quiet = 0;
    for (uint32_t at = 0;;) {
        uint32_t volume = next_start(&fades->volume_chain, time, at, frames);
        uint32_t pan = next_start(&fades->pan_chain, time, at, frames);
        uint32_t until = volume < pan ? volume : pan;
        uint32_t sounding = trace_part(gain, at, until - at, trace);
        quiet = until - at - sounding + (sounding > 0 ? 0 : quiet);
        go_on(gain, until - at);
        at = until;
        if (at == frames) {
            break;
        }
        pbr_gain_start_points(gain, time + at);
        pbr_gain_land(gain, joined(context, at) && (at > 0 || gain->rendered));
    }
    fades->traced = true;
    return quiet;
}

// While fading: after how many frames the volume and its masters stay at 0; infinity if never.
static double fading_end(const pbr_gain *gain) {
    const pbr_fades *fades = gain->fades;
    double end = INFINITY;
    if (fades->volume.to == 0.0f) {
        end = pbr_fade_over(&fades->volume) ? 0.0
                                            : (double)(fades->volume.frames - fades->volume.done);
    }
    if (fades->driven) {
        double led = pbr_masters_end(fades->lead->masters) - pbr_led_frames(fades, 0);
        end = fmin(end, ceil(led / fades->lead->pace));
    } else if (gain->seen.led && fades->factor == 0.0f) {
        end = 0.0;
    }
    return end;
}

uint32_t pbr_gain_quiet(const pbr_gain *gain, uint32_t frames) {
    double until = PBR_RAMP_FRAMES - gain->ramp_done;
    bool ends = gain->to.plain == 0.0f;
    if (gain->fading && gain->seen.on) {
        until = fmax(until, fading_end(gain));
        ends = true;
    }
    if (!ends || frames < until) {
        return 0;
    }
    // The last of those frames is already silent.
    return frames - (uint32_t)until + (until > 0);
}

void pbr_gain_trace(const pbr_gain *gain, uint32_t frames, pbr_trace trace) {
    trace_all_fading(gain, 0, frames, trace);
}
