// SPDX-License-Identifier: MIT OR Apache-2.0
#include "mix.h"

static void mix_one(float *restrict accumulator, const float *restrict a, float ga,
                    uint32_t frames) {
    for (uint32_t i = 0; i < frames; i++) {
        accumulator[i] += ga * a[i];
    }
}

static void mix_four(float *restrict accumulator, const pbr_term *terms, uint32_t frames) {
    const float *restrict a = terms[0].samples;
    const float *restrict b = terms[1].samples;
    const float *restrict c = terms[2].samples;
    const float *restrict d = terms[3].samples;
    const float ga = terms[0].gain, gb = terms[1].gain, gc = terms[2].gain, gd = terms[3].gain;
    for (uint32_t i = 0; i < frames; i++) {
        accumulator[i] += (ga * a[i] + gb * b[i]) + (gc * c[i] + gd * d[i]);
    }
}

void pbr_mix_steady(float *accumulator, const pbr_term *terms, uint32_t count, uint32_t frames) {
    if (count == PBR_MIX_WIDTH) {
        mix_four(accumulator, terms, frames);
        return;
    }
    for (uint32_t t = 0; t < count; t++) {
        mix_one(accumulator, terms[t].samples, terms[t].gain, frames);
    }
}

static uint32_t ramp_part(uint32_t done, uint32_t frames) {
    uint32_t left = done < PBR_RAMP_FRAMES ? PBR_RAMP_FRAMES - done : 0;
    return frames < left ? frames : left;
}

// Computed from the frame's place in the ramp, not by adding a step to the previous gain, so that
// no error builds up and blocks of any size give the same samples.
static float ramp_gain(float from, float delta, uint32_t place) {
    return from + delta * ((float)(int32_t)(place + 1) * (1.0f / (float)PBR_RAMP_FRAMES));
}

void pbr_mix_ramped(float *accumulator, const float *samples, float from, float to, uint32_t done,
                    uint32_t frames) {
    float *restrict out = accumulator;
    const float *restrict in = samples;
    uint32_t ramp = ramp_part(done, frames);
    float delta = to - from;
    for (uint32_t i = 0; i < ramp; i++) {
        out[i] += ramp_gain(from, delta, done + i) * in[i];
    }
    mix_one(accumulator + ramp, samples + ramp, to, frames - ramp);
}

void pbr_scale_ramped(float *samples, float from, float to, uint32_t done, uint32_t frames) {
    uint32_t ramp = ramp_part(done, frames);
    float delta = to - from;
    for (uint32_t i = 0; i < ramp; i++) {
        samples[i] *= ramp_gain(from, delta, done + i);
    }
    for (uint32_t i = ramp; i < frames; i++) {
        samples[i] *= to;
    }
}
