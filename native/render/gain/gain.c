// SPDX-License-Identifier: MIT OR Apache-2.0
#include "gain.h"

#include <math.h>
#include <stdlib.h>

#include "masters.h"
#include "meter.h"
#include "render/memory/pool.h"

static pbr_pool gains = PBR_POOL(pbr_gain);

pbr_gain *pbr_gain_create(float volume, float pan) {
    pbr_gain *gain = pbr_pool_take(&gains);
    if (gain == NULL) {
        return NULL;
    }
    atomic_init(&gain->volume, volume);
    atomic_init(&gain->pan, pan);
    atomic_init(&gain->references, 1);
    return gain;
}

pbr_gain *pbr_gain_retain(pbr_gain *gain) {
    atomic_fetch_add_explicit(&gain->references, 1, memory_order_relaxed);
    return gain;
}

void pbr_gain_release(pbr_gain *gain) {
    if (gain != NULL &&
        atomic_fetch_sub_explicit(&gain->references, 1, memory_order_acq_rel) == 1) {
        free(atomic_load_explicit(&gain->meter, memory_order_relaxed));
        if (gain->fades != NULL) {
            pbr_gain_chain_free(&gain->fades->volume_chain);
            pbr_gain_chain_free(&gain->fades->pan_chain);
            free(gain->fades);
        }
        pbr_pool_give(&gains, gain);
    }
}

pbr_meter *pbr_gain_get_or_create_meter(pbr_gain *gain) {
    pbr_meter *present = atomic_load_explicit(&gain->meter, memory_order_acquire);
    if (present != NULL) {
        return present;
    }
    pbr_meter *made = pbr_meter_create();
    if (made != NULL &&
        !atomic_compare_exchange_strong_explicit(&gain->meter, &present, made, memory_order_acq_rel,
                                                 memory_order_acquire)) {
        free(made);
        return present;
    }
    return made;
}

static pbr_fade at_rest(float value) {
    return (pbr_fade){value, value, 0, 0, PBR_CURVE_LINEAR};
}

// The gains of a volume and a pan.
static pbr_gains gains_of(const pbr_setting *setting, float volume, float pan) {
    if (!setting->on) {
        return (pbr_gains){0.0f, 0.0f, 0.0f};
    }
    return setting->law == PBR_LAW_CONSTANT_POWER ? pbr_constant_power(volume, pan)
                                                  : pbr_balance(volume, pan);
}

static float along(float from, float to, float share) {
    return from + (to - from) * share;
}

static float between(float value, float low, float high) {
    return fminf(fmaxf(value, low), high);
}

// The ramp after `done` of its frames.
static pbr_gains ramp_at(const pbr_gain *gain, uint32_t done) {
    float share = (float)done / (float)PBR_RAMP_FRAMES;
    return (pbr_gains){along(gain->from.left, gain->to.left, share),
                       along(gain->from.right, gain->to.right, share),
                       along(gain->from.plain, gain->to.plain, share)};
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

// How far the masters have come in this block, `frames` frames after where the gain is.
static double led_frames(const pbr_fades *fades, uint32_t frames) {
    return *fades->lead->offset + (fades->at + frames) * fades->lead->pace;
}

// The masters' product there.
static float factor_at(const pbr_gain *gain, uint32_t frames) {
    const pbr_fades *fades = gain->fades;
    return fades->driven ? pbr_masters_at(fades->lead->masters, led_frames(fades, frames))
                         : fades->factor;
}

// A volume times the product of its masters, if it has any.
static float scaled(float volume, bool led, float factor) {
    return led ? fminf(volume * factor, PBR_PRODUCT_LIMIT) : volume;
}

// While fading: the gains after `frames` more frames, with this factor.
static pbr_gains fading_by(const pbr_gain *gain, uint32_t frames, float factor) {
    const pbr_fades *fades = gain->fades;
    float volume = pbr_fade_at(&fades->volume, (double)(fades->volume.done + frames));
    pbr_gains gains = gains_of(&gain->seen, scaled(volume, gain->seen.led, factor),
                               pbr_fade_at(&fades->pan, (double)(fades->pan.done + frames)));
    if (gain->ramp_done + frames >= PBR_RAMP_FRAMES) {
        return gains;
    }
    return confined(fades, sum(gains, ramp_at(gain, gain->ramp_done + frames)));
}

static pbr_gains fading_at(const pbr_gain *gain, uint32_t frames) {
    return fading_by(gain, frames, gain->seen.led ? factor_at(gain, frames) : 1.0f);
}

// The gains of the last frame that was heard.
static pbr_gains gains_now(const pbr_gain *gain) {
    float factor = gain->seen.led ? gain->fades->factor : 1.0f;
    return gain->fading ? fading_by(gain, 0, factor) : ramp_at(gain, gain->ramp_done);
}

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
        *fade = at_rest(to.to);
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
        volumes[0] = scaled(volumes[0], true, factors[0]);
        volumes[1] = scaled(volumes[1], true, factors[1]);
    }
    fades->low = fades->high = now;
    for (uint32_t corner = 0; corner < 4; corner++) {
        take_in(&fades->low, &fades->high,
                gains_of(setting, volumes[corner / 2], pans[corner % 2]));
    }
}

// Starts a ramp from the gains heard now to the target, which may itself be moving.
static void ramp(pbr_gain *gain, pbr_gains now, pbr_gains target, bool fading) {
    gain->from = fading ? difference(now, target) : now;
    gain->to = fading ? (pbr_gains){0.0f, 0.0f, 0.0f} : target;
    gain->ramp_done = equal(now, target) ? PBR_RAMP_FRAMES : 0;
}

// The ramp goes on: the target has not jumped.
static void continue_ramp(pbr_gain *gain, pbr_gains target, bool fading) {
    if (fading && !gain->fading) {
        gain->from = difference(gain->from, gain->to);
        gain->to = (pbr_gains){0.0f, 0.0f, 0.0f};
    } else if (!fading && gain->fading) {
        gain->from = sum(gain->from, target);
        gain->to = target;
    }
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
    pbr_gains target = gains_of(&setting, setting.volume, setting.pan);
    if (!equal(gain->to, target)) {
        ramp(gain, ramp_at(gain, gain->ramp_done), target, false);
    }
    gain->landed = true;
    gain->still = false;
}

// The courses that volume and pan are on.
static pbr_fade course(const pbr_gain *gain, const pbr_fade *fade, float value,
                       pbr_fade_request request) {
    return gain->fading ? *fade : at_rest(pbr_is_taken_over(request) ? fade->to : value);
}

pbr_fade pbr_gain_volume(const pbr_gain *gain) {
    return course(gain, &gain->fades->volume, gain->seen.volume, gain->seen.volume_request);
}

static pbr_fade course_of_pan(const pbr_gain *gain) {
    return course(gain, &gain->fades->pan, gain->seen.pan, gain->seen.pan_request);
}

// What the masters do from a frame on; lead NULL: there are none.
typedef struct drive {
    const pbr_lead *lead;
    float factor;
    bool driven;
} drive;

static drive drive_of(const pbr_gain *gain) {
    const pbr_fades *fades = gain->fades;
    return gain->seen.led ? (drive){fades->lead, fades->factor, fades->driven}
                          : (drive){NULL, 1.0f, false};
}

static drive drive_by(const pbr_lead *lead) {
    return lead != NULL
               ? (drive){lead, pbr_masters_at(lead->masters, 0.0), lead->masters->moving_count > 0}
               : (drive){NULL, 1.0f, false};
}

static pbr_gains target_of(const pbr_setting *setting, const pbr_fade *volume, const pbr_fade *pan,
                           drive by) {
    return gains_of(setting, scaled(pbr_fade_reached(volume), by.lead != NULL, by.factor),
                    pbr_fade_reached(pan));
}

// Goes on along these courses. before: the target so far.
static void turn(pbr_gain *gain, const pbr_setting *setting, pbr_fade volume, pbr_fade pan,
                 pbr_gains before, drive by) {
    pbr_fades *fades = gain->fades;
    pbr_gains now = gains_now(gain);
    pbr_gains target = target_of(setting, &volume, &pan, by);
    bool fading = !pbr_fade_over(&volume) || !pbr_fade_over(&pan) || by.driven;
    bool confined_now = gain->fading && !equal(now, sum(before, ramp_at(gain, gain->ramp_done)));
    if (equal(before, target) && !confined_now) {
        continue_ramp(gain, target, fading);
    } else {
        ramp(gain, now, target, fading);
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

// lead: unless NULL, what the masters do from here on.
static void take_up(pbr_gain *gain, pbr_setting setting, const pbr_lead *lead) {
    pbr_fade volume = pbr_gain_volume(gain);
    pbr_fade pan = course_of_pan(gain);
    drive was = drive_of(gain);
    drive by = drive_by(lead);
    pbr_gains before = target_of(&gain->seen, &volume, &pan, was);
    bool moves = redirect(&volume, volume_of(gain, setting));
    moves = redirect(&pan, pan_of(gain, setting)) || moves;
    moves = moves || setting.on != gain->seen.on || setting.law != gain->seen.law ||
            by.factor != was.factor;
    if (moves || was.lead != NULL || by.lead != NULL) {
        turn(gain, &setting, volume, pan, before, by);
        gain->landed = gain->landed || moves;
    }
}

// The first block starts at the target, or where a fade was to start from.
static void start_fresh(pbr_gain *gain, pbr_setting setting, const pbr_lead *lead) {
    pbr_setting none = setting;
    none.volume_request = none.pan_request = 0;
    none.automated = gain->seen.automated;
    if (setting.volume_request != 0) {
        none.volume = atomic_load_explicit(&gain->volume_fade_origin, memory_order_relaxed);
    }
    if (setting.pan_request != 0) {
        none.pan = atomic_load_explicit(&gain->pan_fade_origin, memory_order_relaxed);
    }
    drive by = drive_by(lead);
    if (lead != NULL) {
        gain->fades->factor = by.factor;
        gain->fades->driven = false;
        gain->fades->at = 0;
    }
    gain->from = gain->to = gains_of(&none, scaled(none.volume, none.led, by.factor), none.pan);
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
    setting.led = true;
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

// Goes so many frames on.
static void go_on(pbr_gain *gain, uint32_t frames) {
    uint32_t left = PBR_RAMP_FRAMES - gain->ramp_done;
    gain->ramp_done += frames < left ? frames : left;
    if (gain->fading) {
        pbr_fades *fades = gain->fades;
        fades->volume.done += frames;
        fades->pan.done += frames;
        if (fades->driven) {
            fades->factor = factor_at(gain, frames);
            fades->driven = pbr_masters_move(fades->lead->masters, led_frames(fades, frames));
            fades->at += frames;
        }
        if (pbr_fade_over(&fades->volume) && pbr_fade_over(&fades->pan) && !fades->driven &&
            gain->ramp_done >= PBR_RAMP_FRAMES) {
            gain->fading = false;
            gain->from = gain->to =
                gains_of(&gain->seen, scaled(fades->volume.to, gain->seen.led, fades->factor),
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
    pbr_fade pan = course_of_pan(gain);
    drive by = drive_of(gain);
    pbr_gains before = target_of(&gain->seen, &volume, &pan, by);
    bool other_volume = pbr_gain_chain_start(&fades->volume_chain, time, &volume);
    bool other_pan = pbr_gain_chain_start(&fades->pan_chain, time, &pan);
    if (!other_volume && !other_pan) {
        return;
    }
    turn(gain, &gain->seen, volume, pan, before, by);
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

// The gains of the next frames. Returns how many of them come before a silent rest.
static uint32_t trace_part(const pbr_gain *gain, uint32_t at, uint32_t frames, pbr_trace trace) {
    uint32_t sounding = 0;
    for (uint32_t i = 0; i < frames; i++) {
        uint32_t left = PBR_RAMP_FRAMES - gain->ramp_done;
        pbr_gains frame = gain->fading ? fading_at(gain, i + 1)
                                       : ramp_at(gain, gain->ramp_done + (i < left ? i + 1 : left));
        trace[PBR_LEFT][at + i] = frame.left;
        trace[PBR_RIGHT][at + i] = frame.right;
        trace[PBR_PLAIN][at + i] = frame.plain;
        sounding = frame.plain != 0.0f ? i + 1 : sounding;
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
        double led = pbr_masters_end(fades->lead->masters) - led_frames(fades, 0);
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
    for (uint32_t i = 0; i < frames; i++) {
        pbr_gains frame = fading_at(gain, i + 1);
        trace[PBR_LEFT][i] = frame.left;
        trace[PBR_RIGHT][i] = frame.right;
        trace[PBR_PLAIN][i] = frame.plain;
    }
}
