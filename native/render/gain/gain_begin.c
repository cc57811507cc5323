// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How a gain takes up what has been set and requested, at a block's start. Audio thread.
#include "gain_course.h"

// Whether the audio thread has taken up none of the requests that this one replaces.
static bool starts_from_value(pbr_fade_request request, pbr_fade_request seen, uint16_t first) {
    if (pbr_is_taken_over(seen)) {
        return pbr_fade_request_number(seen) != first;
    }
    uint16_t last = (uint16_t)(pbr_fade_request_number(request) - first);
    return seen == 0 || (uint16_t)(pbr_fade_request_number(seen) - first) > last;
}

// Where one control is to go from this block on.
typedef struct control {
    float to, seen_to;
    pbr_fade_request request, seen_request;
    const _Atomic float *origin;
    const _Atomic uint16_t *first; // NULL: there has never been a request
} control;

static control volume_of(const pbr_gain *gain, pbr_setting setting) {
    return (control){setting.volume,
                     gain->seen.volume,
                     setting.volume_request,
                     gain->seen.volume_request,
                     &gain->volume_fade_origin,
                     gain->fades != NULL ? &gain->fades->volume_first_request : NULL};
}

static control pan_of(const pbr_gain *gain, pbr_setting setting) {
    return (control){setting.pan,
                     gain->seen.pan,
                     setting.pan_request,
                     gain->seen.pan_request,
                     &gain->pan_fade_origin,
                     gain->fades != NULL ? &gain->fades->pan_first_request : NULL};
}

// Redirects `fade`, on which the control has been so far. False if nothing changes: it is already
// where it was set to.
static bool redirect(pbr_fade *fade, control to) {
    if (to.request == to.seen_request && to.to == to.seen_to) {
        return false;
    }
    if (to.request == 0 || to.request == to.seen_request || to.first == NULL) {
        bool there = pbr_fade_over(fade) && fade->to == to.to;
        *fade = pbr_fade_at_rest(to.to);
        return !there;
    }
    bool afresh = starts_from_value(to.request, to.seen_request,
                                    atomic_load_explicit(to.first, memory_order_relaxed));
    float from =
        afresh ? atomic_load_explicit(to.origin, memory_order_relaxed) : pbr_fade_reached(fade);
    *fade = (pbr_fade){from, to.to, 0, to.request & PBR_FADE_LONGEST,
                       pbr_fade_request_curve(to.request)};
    return true;
}

// Whether nothing fades, nothing starts to, and what was set last still counts.
static bool is_plain(const pbr_gain *gain, pbr_setting setting) {
    return !gain->fading && !pbr_is_taken_over(gain->seen.volume_request) &&
           !pbr_is_taken_over(gain->seen.pan_request) &&
           (setting.volume_request == 0 || setting.volume_request == gain->seen.volume_request) &&
           (setting.pan_request == 0 || setting.pan_request == gain->seen.pan_request) &&
           !setting.led && !gain->seen.led;
}

// What take_up does when nothing fades: then `to` is the target so far.
static void take_up_plain(pbr_gain *gain, pbr_setting setting) {
    if (setting.volume == gain->seen.volume && setting.pan == gain->seen.pan &&
        setting.on == gain->seen.on && setting.law == gain->seen.law) {
        return;
    }
    pbr_gains target = pbr_gains_of(&setting, setting.volume, setting.pan);
    if (!pbr_gains_equal(gain->to, target)) {
        pbr_gain_ramp(gain, pbr_gain_ramp_at(gain, gain->ramp_done), target, false);
    }
    gain->landed = true;
    gain->still = false;
}

// lead: unless NULL, what the masters do from here on.
static void take_up(pbr_gain *gain, pbr_setting setting, const pbr_lead *lead) {
    pbr_fade volume = pbr_gain_volume(gain);
    pbr_fade pan = pbr_gain_pan(gain);
    pbr_drive was = pbr_drive_of(gain);
    pbr_drive by = pbr_drive_by(lead);
    pbr_gains before = pbr_target_of(&gain->seen, &volume, &pan, was);
    bool moves = redirect(&volume, volume_of(gain, setting));
    moves = redirect(&pan, pan_of(gain, setting)) || moves;
    moves = moves || setting.on != gain->seen.on || setting.law != gain->seen.law ||
            by.factor != was.factor;
    if (moves || was.lead != NULL || by.lead != NULL) {
        pbr_gain_turn(gain, &setting, volume, pan, before, by);
        gain->landed = gain->landed || moves;
    }
}

// The first block starts at the target, or where a fade was to start from.
static void start_fresh(pbr_gain *gain, pbr_setting setting, const pbr_lead *lead) {
    pbr_setting none = setting;
    none.volume_request = none.pan_request = 0;
    none.automated = gain->seen.automated;
    none.plan = gain->seen.plan;
    if (setting.volume_request != 0) {
        none.volume = atomic_load_explicit(&gain->volume_fade_origin, memory_order_relaxed);
    }
    if (setting.pan_request != 0) {
        none.pan = atomic_load_explicit(&gain->pan_fade_origin, memory_order_relaxed);
    }
    pbr_drive by = pbr_drive_by(lead);
    if (lead != NULL) {
        gain->fades->factor = by.factor;
        gain->fades->driven = false;
        gain->fades->at = 0;
    }
    gain->from = gain->to =
        pbr_gains_of(&none, pbr_scaled(none.volume, none.led, by.factor), none.pan);
    gain->ramp_done = PBR_RAMP_FRAMES;
    gain->fading = false;
    gain->seen = none;
    // Without a request, control threads may be making `fades` right now.
    if (!is_plain(gain, setting)) {
        take_up(gain, setting, lead);
    }
    gain->landed = false;
}

static void note(pbr_gain *gain, pbr_setting setting) {
    if (setting.automated) {
        atomic_exchange_explicit(&gain->bell, false, memory_order_acq_rel);
        gain->still = false;
    }
    setting.automated = setting.automated || gain->seen.automated;
    setting.plan = gain->seen.plan;
    gain->seen = setting;
}

void pbr_gain_begin(pbr_gain *gain, pbr_setting setting) {
    if (!pbr_gain_changed(gain, setting)) {
        return;
    }
    if (!gain->rendered) {
        start_fresh(gain, setting, NULL);
    } else if (is_plain(gain, setting)) {
        take_up_plain(gain, setting);
    } else {
        take_up(gain, setting, NULL);
    }
    note(gain, setting);
}

void pbr_gain_begin_led(pbr_gain *gain, pbr_setting setting, const pbr_lead *lead) {
    if (!pbr_gain_changed(gain, setting) && !lead->masters->changed) {
        return;
    }
    if (!gain->rendered) {
        start_fresh(gain, setting, lead);
    } else {
        take_up(gain, setting, lead);
    }
    note(gain, setting);
}

pbr_setting pbr_gain_renew(pbr_gain *gain, pbr_setting setting) {
    const pbr_setting *seen = &gain->seen;
    if (pbr_is_taken_over(seen->volume_request) &&
        atomic_load_explicit(&gain->volume_request, memory_order_acquire) == seen->volume_request) {
        setting.volume = seen->volume;
        setting.volume_request = seen->volume_request;
    }
    if (pbr_is_taken_over(seen->pan_request) &&
        atomic_load_explicit(&gain->pan_request, memory_order_acquire) == seen->pan_request) {
        setting.pan = seen->pan;
        setting.pan_request = seen->pan_request;
    }
    return setting;
}
