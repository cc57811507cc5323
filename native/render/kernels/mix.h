// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The kernels that the process has chosen (kernels.h). Audio thread, real-time safe.
#ifndef PBR_MIX_H
#define PBR_MIX_H

#include "kernels.h"

// Adds the terms to the accumulator, in their order. The samples depend neither on the block size
// nor on how many terms a call takes. first: overwrites the accumulator.
void pbr_mix(float *accumulator, const pbr_term *terms, uint32_t count, uint32_t frames,
             bool first);

// The same for steady terms and at most PBR_MEASURED_FRAMES; also measures what each adds.
void pbr_mix_metered(float *accumulator, const pbr_term *terms, uint32_t count, uint32_t frames,
                     bool first, pbr_measured *measured);

// samples[i] *= g(done + i) with the ramp's g of pbr_term.
void pbr_scale_ramped(float *samples, float from, float to, uint32_t done, uint32_t frames);

// Measures g(done + i) * samples[i], at most PBR_MEASURED_FRAMES frames.
pbr_measured pbr_measure(const float *samples, float from, float to, uint32_t done,
                         uint32_t frames);

#endif
