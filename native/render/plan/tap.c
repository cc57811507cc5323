// SPDX-License-Identifier: MIT OR Apache-2.0
#include "tap.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "render/memory/line.h"

struct pbr_tap {
    atomic_uint references;
    uint32_t channels;
    uint32_t size; // frames, a power of two
    _Atomic uint64_t written;
    _Atomic uint64_t taken;
    _Atomic uint64_t dropped;
    // Engine time of a frame minus its number: of the next frame to be read, and of those from
    // `gap` on. The reader clears `gap` when it gets there; 0 means none.
    _Atomic int64_t offset;
    _Atomic int64_t next_offset;
    _Atomic uint64_t gap;
    int64_t last_offset; // the writer's own
    float samples[];
};

pbr_tap *pbr_tap_create(uint32_t channels, uint32_t frames) {
    uint32_t size = 1;
    while (size < frames && size < (1u << 30)) {
        size *= 2;
    }
    pbr_tap *tap = pbr_touched_alloc(1, sizeof *tap + (size_t)size * channels * sizeof(float));
    if (tap != NULL) {
        atomic_init(&tap->references, 1);
        tap->channels = channels;
        tap->size = size;
    }
    return tap;
}

pbr_tap *pbr_tap_retain(pbr_tap *tap) {
    atomic_fetch_add_explicit(&tap->references, 1, memory_order_relaxed);
    return tap;
}

void pbr_tap_release(pbr_tap *tap) {
    if (tap != NULL && atomic_fetch_sub_explicit(&tap->references, 1, memory_order_acq_rel) == 1) {
        free(tap);
    }
}

// The part of a run that fits before the ring's end.
static uint32_t until_end(const pbr_tap *tap, uint32_t at, uint32_t frames) {
    return frames < tap->size - at ? frames : tap->size - at;
}

// Makes the time of the next frame known. False while the reader has not reached the last gap.
static bool note_time(pbr_tap *tap, uint64_t written, uint64_t taken, int64_t time) {
    int64_t offset = time - (int64_t)written;
    if (offset == tap->last_offset) {
        return true;
    }
    if (written == taken) {
        atomic_store_explicit(&tap->offset, offset, memory_order_relaxed);
    } else if (atomic_load_explicit(&tap->gap, memory_order_acquire) == 0) {
        atomic_store_explicit(&tap->next_offset, offset, memory_order_relaxed);
        atomic_store_explicit(&tap->gap, written, memory_order_release);
    } else {
        return false;
    }
    tap->last_offset = offset;
    return true;
}

void pbr_tap_write(pbr_tap *tap, const float *const *channels, uint32_t frames, int64_t time) {
    uint64_t written = atomic_load_explicit(&tap->written, memory_order_relaxed);
    uint64_t taken = atomic_load_explicit(&tap->taken, memory_order_acquire);
    uint32_t room = tap->size - (uint32_t)(written - taken);
    uint32_t fits = frames < room ? frames : room;
    if (fits > 0 && !note_time(tap, written, taken, time)) {
        fits = 0;
    }
    uint32_t at = (uint32_t)(written & (tap->size - 1));
    uint32_t head = until_end(tap, at, fits);
    for (uint32_t c = 0; c < tap->channels; c++) {
        float *ring = tap->samples + (size_t)c * tap->size;
        memcpy(ring + at, channels[c], head * sizeof(float));
        memcpy(ring, channels[c] + head, (fits - head) * sizeof(float));
    }
    if (fits < frames) {
        uint64_t dropped = atomic_load_explicit(&tap->dropped, memory_order_relaxed);
        atomic_store_explicit(&tap->dropped, dropped + frames - fits, memory_order_relaxed);
    }
    atomic_store_explicit(&tap->written, written + fits, memory_order_release);
}

uint32_t pbr_tap_ready(pbr_tap *tap, int64_t *time, bool *gap) {
    uint64_t written = atomic_load_explicit(&tap->written, memory_order_acquire);
    uint64_t taken = atomic_load_explicit(&tap->taken, memory_order_relaxed);
    uint64_t end = atomic_load_explicit(&tap->gap, memory_order_acquire);
    if (end != 0 && end == taken) {
        int64_t offset = atomic_load_explicit(&tap->next_offset, memory_order_relaxed);
        atomic_store_explicit(&tap->offset, offset, memory_order_relaxed);
        atomic_store_explicit(&tap->gap, 0, memory_order_release);
        end = 0;
    }
    *time = (int64_t)taken + atomic_load_explicit(&tap->offset, memory_order_relaxed);
    *gap = end != 0;
    return (uint32_t)((end != 0 ? end : written) - taken);
}

uint64_t pbr_tap_dropped(pbr_tap *tap) {
    return atomic_load_explicit(&tap->dropped, memory_order_relaxed);
}

void pbr_tap_read(pbr_tap *tap, float *const *channels, uint32_t frames) {
    uint64_t taken = atomic_load_explicit(&tap->taken, memory_order_relaxed);
    uint32_t at = (uint32_t)(taken & (tap->size - 1));
    uint32_t head = until_end(tap, at, frames);
    for (uint32_t c = 0; c < tap->channels; c++) {
        const float *ring = tap->samples + (size_t)c * tap->size;
        memcpy(channels[c], ring + at, head * sizeof(float));
        memcpy(channels[c] + head, ring, (frames - head) * sizeof(float));
    }
    atomic_store_explicit(&tap->taken, taken + frames, memory_order_release);
}
