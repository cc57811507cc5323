// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A gain: the volume and pan of one connection, or a mixer's output volume. Control threads write
// the atomics; the audio thread turns a change into a ramp. Gains are reference-counted, because
// several plans may name one.
//
// Volume, pan and the on/off switch have a target for every frame: a value that was set, or a point
// on a fade. Whenever the target jumps, the difference between what is heard and the new target is
// stored for each output channel, and decays linearly within PBR_RAMP_FRAMES. A ramp is that
// difference and nothing else: it is never converted back into a volume and a pan. A change that
// takes effect where nothing sounds leaves no difference.
#ifndef PBR_GAIN_H
#define PBR_GAIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/choices.h"
#include "chain.h"
#include "render/memory/line.h"

_Static_assert(ATOMIC_INT_LOCK_FREE == 2, "the audio thread needs lock-free 32-bit atomics");

typedef enum pbr_pan_law { PBR_LAW_BALANCE, PBR_LAW_CONSTANT_POWER } pbr_pan_law;

// A gain's controls, as the audio thread has read them for a block.
typedef struct pbr_setting {
    float volume;
    float pan;
    pbr_fade_request volume_request;
    pbr_fade_request pan_request;
    bool on;
    bool automated; // there are new points, or there have ever been any
    bool led;       // the gain has masters
    uint8_t law;    // a pbr_pan_law
    uint32_t plan;  // of `seen` only: the stamp of the last plan that the gain was in
} pbr_setting;

// How the masters of a gain lead it in a plan.
typedef struct pbr_lead {
    const struct pbr_masters *masters;
    double pace;          // frames of the masters' clock per frame of the gain's
    const double *offset; // how far the masters' clock is ahead when the gain's block begins
} pbr_lead;

// The fades that the audio thread makes of the requests, and the masters.
typedef struct pbr_fades {
    pbr_fade volume;
    pbr_fade pan;
    // A ramp on top of the fades never leaves the range between its start and the values that they
    // pass through: a fade may end long before the ramp does.
    pbr_gains low;
    pbr_gains high;
    // Of a gain with masters.
    const pbr_lead *lead;
    float factor; // the masters' product in the last frame
    bool driven;  // it moves
    uint32_t at;  // how many frames of the block are behind
    // Control threads write: the number of the first request since a value was set.
    _Atomic uint16_t volume_first_request;
    _Atomic uint16_t pan_first_request;
    // What is to come.
    pbr_gain_chain volume_chain;
    pbr_gain_chain pan_chain;
    bool traced;     // audio thread: this block's frames are counted already
    uint64_t listed; // control side: the last plan that lists the gain as a master
} pbr_fades;

// Heard as volume 0; panned by constant power.
enum { PBR_DISABLED = 1, PBR_CONSTANT_POWER = 2 };

typedef struct pbr_gain {
    // Control threads write.
    _Alignas(PBR_LINE) _Atomic float volume;
    _Atomic float pan;
    _Atomic pbr_fade_request volume_request; // how to get to the volume; 0: by the usual ramp
    _Atomic pbr_fade_request pan_request;
    _Atomic float volume_fade_origin; // the value set before the first request
    _Atomic float pan_fade_origin;
    _Atomic uint8_t switches; // of PBR_DISABLED and the like
    atomic_bool bell;         // there are new points; the audio thread clears it
    uint16_t last_request;    // control side: its number
    atomic_uint references;
    _Atomic(struct pbr_meter *) meter; // NULL until first asked for; freed with the gain
    struct pbr_fades *fades;           // the same; made before the first request
    // The value that the source set last, whatever else has set the gain since. Not heard, but it
    // shares this cache line.
    _Atomic float source_volume;
    _Atomic float source_pan;
    // Audio thread only.
    _Alignas(PBR_LINE) pbr_setting seen;
    // The ramp. While volume or pan fades, it is added to them and goes from `from` to zero.
    pbr_gains from;
    pbr_gains to;
    uint32_t ramp_done; // frames of the ramp rendered so far; PBR_RAMP_FRAMES when steady
    bool fading;        // volume or pan is on a fade, or the ramp on top of it is not over
    bool rendered;      // false: the first block starts at the target
    bool landed;        // this block has taken up a change: pbr_gain_land must be called
    bool still;         // it has been rendered, and none of the above is going on
} pbr_gain;
_Static_assert(offsetof(pbr_gain, seen) == PBR_LINE, "a control call touches one cache line");
_Static_assert(sizeof(pbr_gain) == 2 * PBR_LINE, "and so does the audio thread");

// The highest product of a volume and its masters.
#define PBR_PRODUCT_LIMIT 4.0f

pbr_gain *pbr_gain_create(float volume, float pan);
// Makes a gain ready to have masters, or to be one. Control side; false without memory.
bool pbr_gain_prepare(pbr_gain *gain);
pbr_gain *pbr_gain_retain(pbr_gain *gain);
void pbr_gain_release(pbr_gain *gain);

// The gain's meter, made by the first call; NULL when memory runs out. Any thread.
struct pbr_meter *pbr_gain_get_or_create_meter(pbr_gain *gain);

// Any thread, real-time safe. The value is written before the request, and read after it: otherwise
// a block could see no request together with the old value, and jump to the end of the fade that is
// being replaced.
static inline void pbr_gain_set_volume(pbr_gain *gain, float volume) {
    atomic_store_explicit(&gain->volume, volume, memory_order_relaxed);
    atomic_store_explicit(&gain->volume_request, 0, memory_order_release);
}

static inline void pbr_gain_set_pan(pbr_gain *gain, float pan) {
    atomic_store_explicit(&gain->pan, pan, memory_order_relaxed);
    atomic_store_explicit(&gain->pan_request, 0, memory_order_release);
}

// The same for a value that is set on the source.
static inline void pbr_gain_set_volume_from_source(pbr_gain *gain, float volume) {
    atomic_store_explicit(&gain->source_volume, volume, memory_order_relaxed);
    pbr_gain_set_volume(gain, volume);
}

static inline void pbr_gain_set_pan_from_source(pbr_gain *gain, float pan) {
    atomic_store_explicit(&gain->source_pan, pan, memory_order_relaxed);
    pbr_gain_set_pan(gain, pan);
}

// Control side, one thread at a time and inside a bulk change: fades from where the audio thread is
// (for a gain never rendered: from its value so far) to the new value, over `frames` frames (1 to
// PBR_FADE_LONGEST), starting with the next block. The new value counts as set on the source.
// False, and nothing changed, without memory.
bool pbr_gain_fade_volume(pbr_gain *gain, float volume, uint64_t frames, pbr_curve curve);
bool pbr_gain_fade_pan(pbr_gain *gain, float pan, uint64_t frames, pbr_curve curve);

// Control side, the same: what the volume or pan is to do later, as pbr_gain_chain_replace.
bool pbr_gain_automate_volume(pbr_gain *gain, int64_t now, int64_t from, const pbr_point *points,
                              size_t count, pbr_retired **old);
bool pbr_gain_automate_pan(pbr_gain *gain, int64_t now, int64_t from, const pbr_point *points,
                           size_t count, pbr_retired **old);

// Control side, the settings of a block that is to come: those read before a point took over are no
// news.
pbr_setting pbr_gain_renew(pbr_gain *gain, pbr_setting setting);

static inline void pbr_gain_switch(pbr_gain *gain, uint8_t which, bool on) {
    // Compilers of plans call it for every gain, and most have nothing to change.
    bool is_on = atomic_load_explicit(&gain->switches, memory_order_relaxed) & which;
    if (is_on == on) {
        return;
    }
    if (on) {
        atomic_fetch_or_explicit(&gain->switches, which, memory_order_relaxed);
    } else {
        atomic_fetch_and_explicit(&gain->switches, (uint8_t)~which, memory_order_relaxed);
    }
}

static inline void pbr_gain_set_enabled(pbr_gain *gain, bool enabled) {
    pbr_gain_switch(gain, PBR_DISABLED, !enabled);
}

static inline bool pbr_gain_is_enabled(const pbr_gain *gain) {
    return (atomic_load_explicit(&((pbr_gain *)gain)->switches, memory_order_relaxed) &
            PBR_DISABLED) == 0;
}

static inline void pbr_gain_set_pan_law(pbr_gain *gain, pbr_pan_law law) {
    pbr_gain_switch(gain, PBR_CONSTANT_POWER, law == PBR_LAW_CONSTANT_POWER);
}

static inline pbr_setting pbr_gain_read(pbr_gain *gain) {
    pbr_fade_request volume_request =
        atomic_load_explicit(&gain->volume_request, memory_order_acquire);
    pbr_fade_request pan_request = atomic_load_explicit(&gain->pan_request, memory_order_acquire);
    uint8_t switches = atomic_load_explicit(&gain->switches, memory_order_relaxed);
    pbr_setting setting = {
        .volume = atomic_load_explicit(&gain->volume, memory_order_relaxed),
        .pan = atomic_load_explicit(&gain->pan, memory_order_relaxed),
        .volume_request = volume_request,
        .pan_request = pan_request,
        .on = (switches & PBR_DISABLED) == 0,
        .automated = atomic_load_explicit(&gain->bell, memory_order_acquire),
        .law = switches & PBR_CONSTANT_POWER ? PBR_LAW_CONSTANT_POWER : PBR_LAW_BALANCE,
    };
    return setting;
}

static inline bool pbr_gain_changed(const pbr_gain *gain, pbr_setting setting) {
    return setting.volume != gain->seen.volume || setting.pan != gain->seen.pan ||
           setting.volume_request != gain->seen.volume_request ||
           setting.pan_request != gain->seen.pan_request || setting.on != gain->seen.on ||
           setting.automated || setting.led != gain->seen.led || setting.law != gain->seen.law ||
           !gain->rendered;
}

// Audio thread: takes up a change at a block's start. May be called again before the block is
// rendered.
void pbr_gain_begin(pbr_gain *gain, pbr_setting setting);
// The same for a gain that has masters, after pbr_masters_begin; `setting` says so. May be left out
// for a block in which neither changes. `lead` must last until the next call.
void pbr_gain_begin_led(pbr_gain *gain, pbr_setting setting, const pbr_lead *lead);
// The course of the volume from here on, of a gain that is prepared: without masters and ramp.
pbr_fade pbr_gain_volume(const pbr_gain *gain);
pbr_fade pbr_gain_pan(const pbr_gain *gain);
// Audio thread, after a change has been taken up and before the block is mixed. joined: the signal
// sounds in the block's first frame and in the one before. If it does not, nobody hears the
// difference, and the gain starts at its new values.
static inline void pbr_gain_land(pbr_gain *gain, bool joined) {
    if (gain->landed && !joined) {
        gain->from = gain->to;
        gain->ramp_done = PBR_RAMP_FRAMES;
    }
    gain->landed = false;
}

// The same for a gain that is in the plan with this stamp from now on. last: that of the plan which
// rendered the block before. If the gain was not in that one, nobody has heard it for a while.
static inline void pbr_gain_enter(pbr_gain *gain, uint32_t last) {
    if (gain->seen.plan != last) {
        gain->landed = true;
        pbr_gain_land(gain, false);
    }
}

static inline bool pbr_gain_is_steady(const pbr_gain *gain) {
    return gain->ramp_done >= PBR_RAMP_FRAMES && !gain->fading;
}

// Audio thread, at the end of a block: counts its frames.
void pbr_gain_advance(pbr_gain *gain, uint32_t frames);
static inline void pbr_gain_end(pbr_gain *gain, uint32_t frames) {
    if (!gain->still) {
        pbr_gain_advance(gain, frames);
    }
}

// The gains of a block, frame by frame: trace[side][i] is that of frame i.
typedef float *pbr_trace[PBR_SIDES];

// While fading: the gains of the block's first `frames` frames.
void pbr_gain_trace(const pbr_gain *gain, uint32_t frames, pbr_trace trace);

// Whether a point of the volume or pan starts before `end`, on the clock of the plan.
static inline bool pbr_gain_is_due(const pbr_gain *gain, int64_t end) {
    return gain->seen.automated && (pbr_gain_chain_due(&gain->fades->volume_chain, end) != NULL ||
                                    pbr_gain_chain_due(&gain->fades->pan_chain, end) != NULL);
}

// How many of the next frames come before a point starts.
uint32_t pbr_gain_until_point(pbr_gain *gain, int64_t time, uint32_t frames);
// Takes up the points that start at `time`, where the gain is.
void pbr_gain_start_points(pbr_gain *gain, int64_t time);
// If a point is due, before the block is mixed: takes up all that start in it, and writes the gains
// of all its frames. The gain goes on to the end of the block. joined: whether the signal sounds in a
// frame, and in the one before. Returns in how many frames at the end nothing comes through.
uint32_t pbr_gain_trace_points(pbr_gain *gain, int64_t time, uint32_t frames,
                               bool (*joined)(void *context, uint32_t frame), void *context,
                               pbr_trace trace);

// Whether nothing of the block comes through.
static inline bool pbr_gain_silent(const pbr_gain *gain) {
    return gain->to.plain == 0.0f && gain->ramp_done >= PBR_RAMP_FRAMES &&
           !(gain->fading && gain->seen.on);
}

// Before pbr_gain_end: in how many frames at the end of the block nothing comes through.
uint32_t pbr_gain_quiet(const pbr_gain *gain, uint32_t frames);

#endif
