/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "world.h"

static uint32_t state = 1;
static const uint8_t *fed;
static size_t left;

void random_seed(uint32_t seed) {
    state = seed * 2654435761u + 1;
    left = 0;
}

void random_feed(const uint8_t *bytes, size_t count) {
    random_seed(0);
    fed = bytes;
    left = count;
}

uint32_t random_below(uint32_t limit) {
    if (left > 0) {
        left--;
        return *fed++ % limit;
    }
    state = state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(state >> 8) * limit) >> 24);
}
