// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What happens to a stream by itself, playing or recording.
#ifndef PBR_WATCH_H
#define PBR_WATCH_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef struct pbr_watch {
    // Set by the backend, from any thread.
    atomic_bool lost;
    atomic_bool suspended; // by the sound system: that is no loss
    atomic_uint moves;
    // The rest belongs to whoever polls: what was seen last.
    bool active; // blocks are expected
    bool reported;
    unsigned seen_moves;
    uint64_t seen_xruns;
    uint64_t seen_frames;
    uint64_t progress; // when seen_frames changed
} pbr_watch;

// Blocks are expected from now on, or not.
void pbr_watch_set_active(pbr_watch *watch, bool active);
// What has happened since the last time, as PBR_DEVICE_LOST and so on, given the counts of the stream
// so far. It counts as lost after `patience` seconds without a block, or four times its latency if
// that is longer.
unsigned pbr_watch_poll(pbr_watch *watch, uint64_t frames, uint64_t xruns, double latency,
                        double patience);

#endif
