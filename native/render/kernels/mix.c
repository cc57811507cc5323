// SPDX-License-Identifier: MIT OR Apache-2.0
#include "mix.h"

void pbr_mix(float *accumulator, const pbr_term *terms, uint32_t count, uint32_t frames,
             bool first) {
    pbr_kernels_chosen()->mix(accumulator, terms, count, frames, first);
}

void pbr_mix_metered(float *accumulator, const pbr_term *terms, uint32_t count, uint32_t frames,
                     bool first, pbr_measured *measured) {
    pbr_kernels_chosen()->mix_metered(accumulator, terms, count, frames, first, measured);
}

void pbr_scale_ramped(float *samples, float from, float to, uint32_t done, uint32_t frames) {
    pbr_kernels_chosen()->scale(samples, from, to, done, frames);
}

pbr_measured pbr_measure(const float *samples, float from, float to, uint32_t done,
                         uint32_t frames) {
    return pbr_kernels_chosen()->measure(samples, from, to, done, frames);
}
