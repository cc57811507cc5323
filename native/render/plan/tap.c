// SPDX-License-Identifier: MIT OR Apache-2.0
#include "tap.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

struct pbr_tap {
    atomic_uint references;
    uint32_t channels;
    uint32_t size; // frames, a power of two
    _Atomic uint64_t written;
    _Atomic uint64_t taken;
    _Atomic int64_t offset; // engine time of frame `written` minus its number
    float samples[];
};

pbr_tap *pbr_tap_create(uint32_t channels, uint32_t frames) {
    uint32_t size = 1;
    while (size < frames && size < (1u << 30)) {
        size *= 2;
    }
    pbr_tap *tap = calloc(1, sizeof *tap + (size_t)size * channels * sizeof(float));
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

void pbr_tap_write(pbr_tap *tap, const float *const *channels, uint32_t frames, int64_t time) {
    uint64_t written = atomic_load_explicit(&tap->written, memory_order_relaxed);
    uint64_t taken = atomic_load_explicit(&tap->taken, memory_order_acquire);
    uint32_t room = tap->size - (uint32_t)(written - taken);
    frames = frames < room ? frames : room;
    uint32_t at = (uint32_t)(written & (tap->size - 1));
    uint32_t head = until_end(tap, at, frames);
    for (uint32_t c = 0; c < tap->channels; c++) {
        float *ring = tap->samples + (size_t)c * tap->size;
        memcpy(ring + at, channels[c], head * sizeof(float));
        memcpy(ring, channels[c] + head, (frames - head) * sizeof(float));
    }
    atomic_store_explicit(&tap->offset, time - (int64_t)written, memory_order_relaxed);
    atomic_store_explicit(&tap->written, written + frames, memory_order_release);
}

uint32_t pbr_tap_ready(const pbr_tap *tap, int64_t *time) {
    pbr_tap *shared = (pbr_tap *)tap;
    uint64_t written = atomic_load_explicit(&shared->written, memory_order_acquire);
    uint64_t taken = atomic_load_explicit(&shared->taken, memory_order_relaxed);
    *time = (int64_t)taken + atomic_load_explicit(&shared->offset, memory_order_relaxed);
    return (uint32_t)(written - taken);
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
