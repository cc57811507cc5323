// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Random numbers for the tests of the kernels: the same ones in every run and on every processor.
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

static uint32_t state = 1;

static inline uint32_t below(uint32_t limit) {
    state ^= state << 13;
    state ^= state >> 17;
    state ^= state << 5;
    return state % limit;
}

static inline float any(float limit) {
    return ((float)below(20001) / 10000.0f - 1.0f) * limit;
}

#endif
