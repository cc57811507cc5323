// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One second-order section of an equalizer: turns a band's frequency, gain and bandwidth into the
// coefficients for the audio thread.
#ifndef PBR_SECTION_H
#define PBR_SECTION_H

#include <stdbool.h>

// The values are those of AVAudioUnitEQFilterType.
typedef enum pbr_filter {
    PBR_FILTER_PARAMETRIC = 0,
    PBR_FILTER_LOW_PASS = 1,
    PBR_FILTER_HIGH_PASS = 2,
    PBR_FILTER_RESONANT_LOW_PASS = 3,
    PBR_FILTER_RESONANT_HIGH_PASS = 4,
    PBR_FILTER_BAND_PASS = 5,
    PBR_FILTER_BAND_STOP = 6,
    PBR_FILTER_LOW_SHELF = 7,
    PBR_FILTER_HIGH_SHELF = 8,
    PBR_FILTER_RESONANT_LOW_SHELF = 9,
    PBR_FILTER_RESONANT_HIGH_SHELF = 10
} pbr_filter;

typedef struct pbr_band {
    pbr_filter filter;
    double frequency; // Hz, above 0 and below half the sample rate
    double bandwidth; // octaves
    double gain;      // dB
    bool bypass;
} pbr_band;

// The section in state-variable form, per frame, with e = x - s2:
//   y = d x + (c1 s1 + c2 s2);  s1' = a s1 + c e;  s2' = (s2 + c s1) + b e
// A biquad's direct forms have the same response, but the meaning of their states depends on the
// coefficients, so that a change while sound passes makes low bands thump. These states are the
// filter's own band-pass and low-pass outputs. Their update never adds energy (it is the bilinear
// transform of a passive circuit), and neither does any mean of two such updates, so that a ramp
// between any two sections is stable.
typedef struct pbr_section {
    double a, b, c;
    double c1, c2, d;
} pbr_section;

// The filters of R. Bristow-Johnson's Audio EQ Cookbook, bandwidth in octaves; those without
// resonance are Butterworth (passes) or of shelf slope 1. A bypassed band is flat.
pbr_section pbr_section_design(const pbr_band *band, double sample_rate);

// The output equals the input bit for bit: there is nothing to compute.
static inline bool pbr_section_flat(const pbr_section *section) {
    return section->c1 == 0.0 && section->c2 == 0.0 && section->d == 1.0;
}

// A section between two others, share 0 to 1.
static inline pbr_section pbr_section_between(const pbr_section *from, const pbr_section *to,
                                              double share) {
    pbr_section mean;
    mean.a = from->a + (to->a - from->a) * share;
    mean.b = from->b + (to->b - from->b) * share;
    mean.c = from->c + (to->c - from->c) * share;
    mean.c1 = from->c1 + (to->c1 - from->c1) * share;
    mean.c2 = from->c2 + (to->c2 - from->c2) * share;
    mean.d = from->d + (to->d - from->d) * share;
    return mean;
}

#endif
