// SPDX-License-Identifier: MIT OR Apache-2.0
#include "gain.h"

#include <stdlib.h>

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

// The courses that volume and pan are on.
static pbr_fade course(const pbr_gain *gain, const pbr_fade *fade, float value,
                       pbr_fade_request request) {
    return gain->fading ? *fade : pbr_fade_at_rest(pbr_is_taken_over(request) ? fade->to : value);
}

pbr_fade pbr_gain_volume(const pbr_gain *gain) {
    return course(gain, &gain->fades->volume, gain->seen.volume, gain->seen.volume_request);
}

pbr_fade pbr_gain_pan(const pbr_gain *gain) {
    return course(gain, &gain->fades->pan, gain->seen.pan, gain->seen.pan_request);
}
