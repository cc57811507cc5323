// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The inner loops, for every instruction set that the processor may have. Planar float32; pointers
// need no alignment beyond a float's; an accumulator overlaps no source. Everything but the choice
// is for the audio thread and real-time safe.
//
// A sample's sum is computed term by term, in the order of the terms. So it depends neither on the
// block size nor on which terms share a pass, and instruction sets that fuse multiplication and
// addition (all but the baseline) agree to the bit.
#ifndef PBR_KERNELS_H
#define PBR_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

#include "render/choices.h"

// One source channel and its gain, which is g(k) = from + (gain - from) * (k + 1) / PBR_RAMP_FRAMES
// at place k of its ramp, and `gain` after the ramp. The first sample is at place `done`; from
// PBR_RAMP_FRAMES on, the term is steady.
typedef struct pbr_term {
    const float *samples;
    float gain;
    float from;
    uint32_t done;
} pbr_term;

// The most terms that share a pass over the accumulator.
#define PBR_MIX_WIDTH 8u

// A float sum of squares keeps its precision over this many samples.
#define PBR_MEASURED_FRAMES 1024u

typedef struct pbr_measured {
    float highest; // magnitude; NaN is ignored
    float squares; // their sum
    uint32_t over; // samples past full scale
} pbr_measured;

typedef struct pbr_kernels {
    const char *name;
    // accumulator[i] += the sum of the terms' g(done + i) * samples[i], for any number of terms.
    // first: overwrites the accumulator, unless there is no term.
    void (*mix)(float *accumulator, const pbr_term *terms, uint32_t count, uint32_t frames,
                bool first);
    // The same for steady terms and at most PBR_MEASURED_FRAMES, and measures gain * samples[i] of
    // each.
    void (*mix_metered)(float *accumulator, const pbr_term *terms, uint32_t count, uint32_t frames,
                        bool first, pbr_measured *measured);
    // samples[i] *= g(done + i) of a ramp from `from` to `to`.
    void (*scale)(float *samples, float from, float to, uint32_t done, uint32_t frames);
    // Measures g(done + i) * samples[i], at most PBR_MEASURED_FRAMES of them.
    pbr_measured (*measure)(const float *samples, float from, float to, uint32_t done,
                            uint32_t frames);
} pbr_kernels;

// The kernels that this processor can run, the preferred first and the baseline last; NULL past the
// end.
const pbr_kernels *pbr_kernels_at(uint32_t index);

// The kernels of this name, if the processor can run them; otherwise (and for NULL) the preferred
// ones.
const pbr_kernels *pbr_kernels_named(const char *name);

// Chooses for the whole process: pbr_kernels_named with the environment variable PERBUS_ISA
// (baseline, avx2, avx512, neon). Only the first call has an effect. Any thread but the audio
// thread, before anything is rendered.
void pbr_kernels_choose(void);

// The chosen ones.
const pbr_kernels *pbr_kernels_chosen(void);

#endif
