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

// What an exponential fade treats as silence: -80 dB.
#define PBR_FADE_FLOOR 1e-4f

// A fade as the control side requests it, in one word. 0 is none, and no two requests are equal.
typedef uint64_t pbr_fade_request;
#define PBR_FADE_LONGEST ((UINT64_C(1) << 44) - 1)

static inline pbr_fade_request pbr_make_fade_request(uint16_t number, pbr_curve curve,
                                                     uint64_t frames) {
    return (uint64_t)number << 48 | (uint64_t)curve << 44 | frames;
}

static inline pbr_curve pbr_fade_request_curve(pbr_fade_request request) {
    return (pbr_curve)(request >> 44 & 15);
}

static inline uint16_t pbr_fade_request_number(pbr_fade_request request) {
    return (uint16_t)(request >> 48);
}

// In place of a request that has been taken up: a point of the automation has taken over since.
// number: of the first request since a value was set.
static inline pbr_fade_request pbr_taken_over(uint16_t number) {
    return (uint64_t)number << 48 | UINT64_C(15) << 44;
}

static inline bool pbr_is_taken_over(pbr_fade_request request) {
    return (request >> 44 & 15) == 15;
}

typedef struct pbr_fade {
    float from;
    float to;
    uint64_t done;   // frames so far
    uint64_t frames; // 0: at rest at `to`
    pbr_curve curve;
} pbr_fade;

static inline pbr_fade pbr_fade_at_rest(float value) {
    return (pbr_fade){value, value, 0, 0, PBR_CURVE_LINEAR};
}

static inline bool pbr_fade_over(const pbr_fade *fade) {
    return fade->done >= fade->frames;
}

// The value after `done` frames: `from` after none, `to` with the last one and from then on.
float pbr_fade_at(const pbr_fade *fade, double done);
// The value now.
static inline float pbr_fade_reached(const pbr_fade *fade) {
    return pbr_fade_at(fade, (double)fade->done);
}
// The values after `done` + 1 frames and on: values[i] is pbr_fade_at(fade, done + 1 + i), but for the
// rounding of an exponential one.
void pbr_fade_trace(const pbr_fade *fade, uint64_t done, uint32_t frames, float *values);
// The range of the values from now on.
void pbr_fade_range(const pbr_fade *fade, float *low, float *high);

#endif
