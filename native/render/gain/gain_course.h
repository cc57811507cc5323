// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The inside of a gain, shared by the files that take up changes and those that render them: where
// it is at a frame, and how it turns to another course.
#ifndef PBR_GAIN_COURSE_H
#define PBR_GAIN_COURSE_H

#include <math.h>

#include "masters.h"

// The gains of a volume and a pan.
static inline pbr_gains pbr_gains_of(const pbr_setting *setting, float volume, float pan) {
    if (!setting->on) {
        return (pbr_gains){0.0f, 0.0f, 0.0f};
    }
    return setting->law == PBR_LAW_CONSTANT_POWER ? pbr_constant_power(volume, pan)
                                                  : pbr_balance(volume, pan);
}

static inline float along(float from, float to, float share) {
    return from + (to - from) * share;
}

static inline float between(float value, float low, float high) {
    return fminf(fmaxf(value, low), high);
}

// The ramp after `done` of its frames.
static inline pbr_gains pbr_gain_ramp_at(const pbr_gain *gain, uint32_t done) {
    float share = (float)done / (float)PBR_RAMP_FRAMES;
    return (pbr_gains){along(gain->from.left, gain->to.left, share),
                       along(gain->from.right, gain->to.right, share),
                       along(gain->from.plain, gain->to.plain, share)};
}

static inline pbr_gains pbr_gains_sum(pbr_gains one, pbr_gains other) {
    return (pbr_gains){one.left + other.left, one.right + other.right, one.plain + other.plain};
}

static inline pbr_gains pbr_gains_difference(pbr_gains one, pbr_gains other) {
    return (pbr_gains){one.left - other.left, one.right - other.right, one.plain - other.plain};
}

static inline bool pbr_gains_equal(pbr_gains one, pbr_gains other) {
    return one.left == other.left && one.right == other.right && one.plain == other.plain;
}

static inline pbr_gains confined(const pbr_fades *fades, pbr_gains gains) {
    return (pbr_gains){between(gains.left, fades->low.left, fades->high.left),
                       between(gains.right, fades->low.right, fades->high.right),
                       between(gains.plain, fades->low.plain, fades->high.plain)};
}

// How far the masters have come in this block, `frames` frames after where the gain is.
static inline double pbr_led_frames(const pbr_fades *fades, uint32_t frames) {
    return *fades->lead->offset + (fades->at + frames) * fades->lead->pace;
}

// The masters' product there.
static inline float pbr_factor_at(const pbr_gain *gain, uint32_t frames) {
    const pbr_fades *fades = gain->fades;
    return fades->driven ? pbr_masters_at(fades->lead->masters, pbr_led_frames(fades, frames))
                         : fades->factor;
}

// A volume times the product of its masters, if it has any.
static inline float pbr_scaled(float volume, bool led, float factor) {
    return led ? fminf(volume * factor, PBR_PRODUCT_LIMIT) : volume;
}

// The gains of the last frame that was heard.
static inline pbr_gains pbr_gain_now(const pbr_gain *gain) {
    if (!gain->fading) {
        return pbr_gain_ramp_at(gain, gain->ramp_done);
    }
    const pbr_fades *fades = gain->fades;
    float volume = pbr_scaled(pbr_fade_reached(&fades->volume), gain->seen.led, fades->factor);
    pbr_gains gains = pbr_gains_of(&gain->seen, volume, pbr_fade_reached(&fades->pan));
    if (gain->ramp_done >= PBR_RAMP_FRAMES) {
        return gains;
    }
    return confined(fades, pbr_gains_sum(gains, pbr_gain_ramp_at(gain, gain->ramp_done)));
}

// What the masters do from a frame on; lead NULL: there are none.
typedef struct pbr_drive {
    const pbr_lead *lead;
    float factor;
    bool driven;
} pbr_drive;

pbr_drive pbr_drive_of(const pbr_gain *gain);
pbr_drive pbr_drive_by(const pbr_lead *lead);

pbr_gains pbr_target_of(const pbr_setting *setting, const pbr_fade *volume, const pbr_fade *pan,
                        pbr_drive by);
// Starts a ramp from the gains heard now to the target, which may itself be moving.
void pbr_gain_ramp(pbr_gain *gain, pbr_gains now, pbr_gains target, bool fading);
// Goes on along these courses. before: the target so far.
void pbr_gain_turn(pbr_gain *gain, const pbr_setting *setting, pbr_fade volume, pbr_fade pan,
                   pbr_gains before, pbr_drive by);

#endif
