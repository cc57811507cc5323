// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the control side asks of a gain, beyond setting it: fades, and what to do later.
#include <stdlib.h>

#include "gain.h"

static pbr_fade_request next_request(pbr_gain *gain, uint64_t frames, pbr_curve curve) {
    // 0 as a number would make an request of no frames and a linear curve no request.
    gain->last_request = gain->last_request == UINT16_MAX ? 1 : (uint16_t)(gain->last_request + 1);
    return pbr_make_fade_request(gain->last_request, curve, frames);
}

bool pbr_gain_prepare(pbr_gain *gain) {
    if (gain->fades == NULL) {
        gain->fades = calloc(1, sizeof *gain->fades);
    }
    return gain->fades != NULL;
}

// Puts a fade's end in place of the value. Until the audio thread has taken one up, fades that
// replace one another start from the value set before the first of them.
static void request_fade(_Atomic float *value, _Atomic float *origin, _Atomic uint16_t *first,
                         _Atomic pbr_fade_request *request, float to, pbr_fade_request next) {
    float from = atomic_exchange_explicit(value, to, memory_order_relaxed);
    if (atomic_load_explicit(request, memory_order_relaxed) == 0) {
        atomic_store_explicit(origin, from, memory_order_relaxed);
        atomic_store_explicit(first, pbr_fade_request_number(next), memory_order_relaxed);
    }
    atomic_store_explicit(request, next, memory_order_release);
}

bool pbr_gain_fade_volume(pbr_gain *gain, float volume, uint64_t frames, pbr_curve curve) {
    if (!pbr_gain_prepare(gain)) {
        return false;
    }
    atomic_store_explicit(&gain->source_volume, volume, memory_order_relaxed);
    request_fade(&gain->volume, &gain->volume_fade_origin, &gain->fades->volume_first_request,
                 &gain->volume_request, volume, next_request(gain, frames, curve));
    return true;
}

bool pbr_gain_fade_pan(pbr_gain *gain, float pan, uint64_t frames, pbr_curve curve) {
    if (!pbr_gain_prepare(gain)) {
        return false;
    }
    atomic_store_explicit(&gain->source_pan, pan, memory_order_relaxed);
    request_fade(&gain->pan, &gain->pan_fade_origin, &gain->fades->pan_first_request,
                 &gain->pan_request, pan, next_request(gain, frames, curve));
    return true;
}

// The audio thread looks at the chain after it has seen the bell, and before it sounds again.
static bool automate(pbr_gain *gain, pbr_gain_chain *chain, int64_t now, int64_t from,
                     const pbr_point *points, size_t count, pbr_retired **old) {
    if (!pbr_gain_chain_replace(chain, now, from, points, count, old)) {
        return false;
    }
    atomic_store_explicit(&gain->bell, true, memory_order_release);
    return true;
}

bool pbr_gain_automate_volume(pbr_gain *gain, int64_t now, int64_t from, const pbr_point *points,
                              size_t count, pbr_retired **old) {
    return pbr_gain_prepare(gain) &&
           automate(gain, &gain->fades->volume_chain, now, from, points, count, old);
}

bool pbr_gain_automate_pan(pbr_gain *gain, int64_t now, int64_t from, const pbr_point *points,
                           size_t count, pbr_retired **old) {
    return pbr_gain_prepare(gain) &&
           automate(gain, &gain->fades->pan_chain, now, from, points, count, old);
}
