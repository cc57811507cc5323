// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where a gain goes: its course, and the ramp to it from wherever it is. Audio thread.
#include "gain_course.h"

static void take_in(pbr_gains *low, pbr_gains *high, pbr_gains gains) {
    low->left = fminf(low->left, gains.left);
    low->right = fminf(low->right, gains.right);
    low->plain = fminf(low->plain, gains.plain);
    high->left = fmaxf(high->left, gains.left);
    high->right = fmaxf(high->right, gains.right);
    high->plain = fmaxf(high->plain, gains.plain);
}

// Confines the ramp to what lies between the gains heard now and those that the fades pass through.
static void confine(pbr_fades *fades, const pbr_setting *setting, pbr_gains now,
                    const pbr_lead *lead) {
    float volumes[2];
    float pans[2] = {pbr_fade_reached(&fades->pan), fades->pan.to};
    pbr_fade_range(&fades->volume, &volumes[0], &volumes[1]);
    if (lead != NULL) {
        float factors[2];
        pbr_masters_range(lead->masters, &factors[0], &factors[1]);
        volumes[0] = pbr_scaled(volumes[0], true, factors[0]);
        volumes[1] = pbr_scaled(volumes[1], true, factors[1]);
    }
    fades->low = fades->high = now;
    for (uint32_t corner = 0; corner < 4; corner++) {
        take_in(&fades->low, &fades->high,
                pbr_gains_of(setting, volumes[corner / 2], pans[corner % 2]));
    }
}

void pbr_gain_ramp(pbr_gain *gain, pbr_gains now, pbr_gains target, bool fading) {
    gain->from = fading ? pbr_gains_difference(now, target) : now;
    gain->to = fading ? (pbr_gains){0.0f, 0.0f, 0.0f} : target;
    gain->ramp_done = pbr_gains_equal(now, target) ? PBR_RAMP_FRAMES : 0;
}

// The ramp goes on: the target has not jumped.
static void continue_ramp(pbr_gain *gain, pbr_gains target, bool fading) {
    if (fading && !gain->fading) {
        gain->from = pbr_gains_difference(gain->from, gain->to);
        gain->to = (pbr_gains){0.0f, 0.0f, 0.0f};
    } else if (!fading && gain->fading) {
        gain->from = pbr_gains_sum(gain->from, target);
        gain->to = target;
    }
}

pbr_drive pbr_drive_of(const pbr_gain *gain) {
    const pbr_fades *fades = gain->fades;
    return gain->seen.led ? (pbr_drive){fades->lead, fades->factor, fades->driven}
                          : (pbr_drive){NULL, 1.0f, false};
}

pbr_drive pbr_drive_by(const pbr_lead *lead) {
    return lead != NULL ? (pbr_drive){lead, pbr_masters_at(lead->masters, 0.0),
                                      lead->masters->moving_count > 0}
                        : (pbr_drive){NULL, 1.0f, false};
}

pbr_gains pbr_target_of(const pbr_setting *setting, const pbr_fade *volume, const pbr_fade *pan,
                        pbr_drive by) {
    return pbr_gains_of(setting, pbr_scaled(pbr_fade_reached(volume), by.lead != NULL, by.factor),
                        pbr_fade_reached(pan));
}

void pbr_gain_turn(pbr_gain *gain, const pbr_setting *setting, pbr_fade volume, pbr_fade pan,
                   pbr_gains before, pbr_drive by) {
    pbr_fades *fades = gain->fades;
    pbr_gains now = pbr_gain_now(gain);
    pbr_gains target = pbr_target_of(setting, &volume, &pan, by);
    bool fading = !pbr_fade_over(&volume) || !pbr_fade_over(&pan) || by.driven;
    bool confined_now =
        gain->fading &&
        !pbr_gains_equal(now, pbr_gains_sum(before, pbr_gain_ramp_at(gain, gain->ramp_done)));
    if (pbr_gains_equal(before, target) && !confined_now) {
        continue_ramp(gain, target, fading);
    } else {
        pbr_gain_ramp(gain, now, target, fading);
    }
    gain->fading = fading;
    if (fading) {
        fades->volume = volume;
        fades->pan = pan;
        confine(fades, setting, now, by.lead);
    }
    if (gain->seen.led || by.lead != NULL) {
        fades->lead = by.lead;
        fades->factor = by.factor;
        fades->driven = by.driven;
    }
    gain->still = false;
}
