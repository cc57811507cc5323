// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A fade: one value on its way to another over a given number of frames, along a curve.
#ifndef PBR_FADE_H
#define PBR_FADE_H

#include <stdbool.h>
#include <stdint.h>

#include "render/choices.h"

typedef enum pbr_curve {
    PBR_CURVE_LINEAR = 0,
    PBR_CURVE_EQUAL_POWER = 1, // the square moves linearly
    PBR_CURVE_EXPONENTIAL = 2  // the level in decibels moves linearly
} pbr_curve;

// What an exponential fade takes silence for: -80 dB.
#define PBR_FADE_FLOOR 1e-4f

// A fade as the control side orders it, in one word: 0 is none; two orders are never the same.
typedef uint64_t pbr_order;
#define PBR_FADE_LONGEST ((UINT64_C(1) << 44) - 1)

static inline pbr_order pbr_fade_order(uint16_t number, pbr_curve curve, uint64_t frames) {
    return (uint64_t)number << 48 | (uint64_t)curve << 44 | frames;
}

static inline pbr_curve pbr_order_curve(pbr_order order) {
    return (pbr_curve)(order >> 44 & 15);
}

static inline uint16_t pbr_order_number(pbr_order order) {
    return (uint16_t)(order >> 48);
}

typedef struct pbr_fade {
    float from;
    float to;
    uint64_t done;   // frames gone
    uint64_t frames; // 0: settled at `to`
    pbr_curve curve;
} pbr_fade;

static inline bool pbr_fade_over(const pbr_fade *fade) {
    return fade->done >= fade->frames;
}

// The value after `done` frames: `from` after none, `to` with the last one and from then on.
float pbr_fade_at(const pbr_fade *fade, uint64_t done);
// The value after the frames that are gone.
static inline float pbr_fade_reached(const pbr_fade *fade) {
    return pbr_fade_at(fade, fade->done);
}

#endif
