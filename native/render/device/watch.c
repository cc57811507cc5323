// SPDX-License-Identifier: MIT OR Apache-2.0
#include "watch.h"

#include "clock.h"
#include "device.h"

void pbr_watch_set_active(pbr_watch *watch, bool active) {
    watch->progress = pbr_device_now();
    watch->active = active;
}

unsigned pbr_watch_poll(pbr_watch *watch, uint64_t frames, uint64_t xruns, double latency,
                        double patience) {
    unsigned events = 0;
    uint64_t now = pbr_device_now();
    double longest = 4.0 * latency > patience ? 4.0 * latency : patience;
    if (!watch->active || atomic_load(&watch->suspended) || frames != watch->seen_frames) {
        watch->seen_frames = frames;
        watch->progress = now;
    } else if ((double)(now - watch->progress) > longest * 1e9) {
        atomic_store(&watch->lost, true);
    }
    if (atomic_load(&watch->lost) && !watch->reported) {
        watch->reported = true;
        events |= PBR_DEVICE_LOST;
    }
    unsigned moves = atomic_load(&watch->moves);
    events |= moves != watch->seen_moves ? PBR_DEVICE_MOVED : 0;
    events |= xruns != watch->seen_xruns ? PBR_DEVICE_XRUN : 0;
    watch->seen_moves = moves;
    watch->seen_xruns = xruns;
    return events;
}
