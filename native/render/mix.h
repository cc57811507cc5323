// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The kernels: planar float32 into an accumulator. Audio thread, real-time safe. Pointers need no
// alignment; the accumulator overlaps no source.
#ifndef PBR_MIX_H
#define PBR_MIX_H

#include <stdint.h>

#include "choices.h"

// One source channel at a constant gain.
typedef struct pbr_term {
    const float *samples;
    float gain;
} pbr_term;

// How many terms one pass over the accumulator takes.
#define PBR_MIX_WIDTH 4u

// accumulator[i] += sum of terms[t].gain * terms[t].samples[i], count <= PBR_MIX_WIDTH.
void pbr_mix_steady(float *accumulator, const pbr_term *terms, uint32_t count, uint32_t frames);

// accumulator[i] += g(done + i) * samples[i] with g(k) = from + (to - from) * (k + 1) /
// PBR_RAMP_FRAMES, and g = to once the ramp is over. The same samples whatever the block size.
void pbr_mix_ramped(float *accumulator, const float *samples, float from, float to, uint32_t done,
                    uint32_t frames);

// samples[i] *= g(done + i).
void pbr_scale_ramped(float *samples, float from, float to, uint32_t done, uint32_t frames);

#endif
