// SPDX-License-Identifier: MIT OR Apache-2.0
#include "fade.h"

#include <math.h>

static float shaped(const pbr_fade *fade, double share) {
    double from = fade->from;
    double to = fade->to;
    switch (fade->curve) {
    case PBR_CURVE_EQUAL_POWER:
        return (float)sqrt((1.0 - share) * from * from + share * to * to);
    case PBR_CURVE_EXPONENTIAL:
        from = from > PBR_FADE_FLOOR ? from : PBR_FADE_FLOOR;
        to = to > PBR_FADE_FLOOR ? to : PBR_FADE_FLOOR;
        return (float)(from * pow(to / from, share));
    case PBR_CURVE_LINEAR:
        break;
    }
    return (float)(from + (to - from) * share);
}

float pbr_fade_at(const pbr_fade *fade, double done) {
    double frames = (double)fade->frames;
    if (done >= frames) {
        return fade->to;
    }
    return done <= 0.0 ? fade->from : shaped(fade, done / frames);
}

// An exponential fade between two of these multiples of frames is computed by multiplication: pow
// for every frame is most of what a fade costs. In double, 64 products are off by less than a float
// shows.
#define STRIDE 64u

// The factors of the frames of a stride.
static void make_steps(double step, double steps[STRIDE]) {
    steps[0] = 1.0;
    for (uint32_t i = 1; i < STRIDE; i++) {
        steps[i] = steps[i - 1] * step;
    }
}

static void trace_exponential(const pbr_fade *fade, uint64_t first, uint32_t frames,
                              float *values) {
    double from = fmax(fade->from, PBR_FADE_FLOOR);
    double ratio = fmax(fade->to, PBR_FADE_FLOOR) / from;
    double total = (double)fade->frames;
    double steps[STRIDE];
    make_steps(pow(ratio, 1.0 / total), steps);
    for (uint32_t i = 0; i < frames;) {
        uint32_t within = (uint32_t)((first + i) % STRIDE);
        uint32_t count = STRIDE - within < frames - i ? STRIDE - within : frames - i;
        double start = from * pow(ratio, (double)(first + i - within) / total);
        for (uint32_t j = 0; j < count; j++) {
            values[i + j] = (float)(start * steps[within + j]);
        }
        i += count;
    }
}

void pbr_fade_trace(const pbr_fade *fade, uint64_t done, uint32_t frames, float *values) {
    uint64_t first = done + 1;
    uint64_t left = fade->frames > first ? fade->frames - first : 0;
    uint32_t moving = left < frames ? (uint32_t)left : frames;
    if (moving > 0 && fade->curve == PBR_CURVE_EXPONENTIAL) {
        trace_exponential(fade, first, moving, values);
    } else {
        // A copy: what is written cannot change it, which lets the loop be vectorised.
        const pbr_fade moved = *fade;
        double total = (double)moved.frames;
        for (uint32_t i = 0; i < moving; i++) {
            values[i] = shaped(&moved, ((double)first + (double)(int32_t)i) / total);
        }
    }
    for (uint32_t i = moving; i < frames; i++) {
        values[i] = fade->to;
    }
}

void pbr_fade_range(const pbr_fade *fade, float *low, float *high) {
    float reached = pbr_fade_reached(fade);
    *low = fminf(reached, fade->to);
    *high = fmaxf(reached, fade->to);
    if (fade->curve == PBR_CURVE_EXPONENTIAL) {
        *high = fmaxf(*high, PBR_FADE_FLOOR);
    }
}
