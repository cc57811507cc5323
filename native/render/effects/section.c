// SPDX-License-Identifier: MIT OR Apache-2.0
#include "section.h"

#include <math.h>

static const double PI = 3.14159265358979323846;
static const double LN_2 = 0.69314718055994530942;
static const double SQRT_2 = 1.41421356237309504880;

// The cookbook's analog prototype, its frequency normalised to 1:
// (high s^2 + band s + low) / (s^2 + damping s + 1), at `scale` times the band's frequency.
typedef struct prototype {
    double high, band, low;
    double damping;
    double scale;
} prototype;

// 1/Q of a bandwidth in octaves. Near half the sample rate the formula grows without bound. It is
// limited at e^200, where the band cannot get wider, so that the numbers stay finite.
static double damping_of(double octaves, double w0) {
    double reach = LN_2 / 2.0 * octaves * w0 / sin(w0);
    return 2.0 * sinh(reach < 200.0 ? reach : 200.0);
}

static prototype prototype_of(const pbr_band *band, double w0) {
    double resonant = damping_of(band->bandwidth, w0);
    double amplitude = pow(10.0, band->gain / 40.0);
    double power = amplitude * amplitude;
    switch (band->filter) {
    case PBR_FILTER_LOW_PASS:
        return (prototype){0, 0, 1, SQRT_2, 1};
    case PBR_FILTER_HIGH_PASS:
        return (prototype){1, 0, 0, SQRT_2, 1};
    case PBR_FILTER_RESONANT_LOW_PASS:
        return (prototype){0, 0, 1, resonant, 1};
    case PBR_FILTER_RESONANT_HIGH_PASS:
        return (prototype){1, 0, 0, resonant, 1};
    case PBR_FILTER_BAND_PASS:
        return (prototype){0, resonant, 0, resonant, 1};
    case PBR_FILTER_BAND_STOP:
        return (prototype){1, 0, 1, resonant, 1};
    case PBR_FILTER_LOW_SHELF:
        return (prototype){1, amplitude * SQRT_2, power, SQRT_2, 1 / sqrt(amplitude)};
    case PBR_FILTER_HIGH_SHELF:
        return (prototype){power, amplitude * SQRT_2, 1, SQRT_2, sqrt(amplitude)};
    case PBR_FILTER_RESONANT_LOW_SHELF:
        return (prototype){1, amplitude * resonant, power, resonant, 1 / sqrt(amplitude)};
    case PBR_FILTER_RESONANT_HIGH_SHELF:
        return (prototype){power, amplitude * resonant, 1, resonant, sqrt(amplitude)};
    case PBR_FILTER_PARAMETRIC:
        break;
    }
    return (prototype){1, amplitude * resonant, 1, resonant / amplitude, 1};
}

pbr_section pbr_section_design(const pbr_band *band, double sample_rate) {
    // The numbers must be finite even above half the rate, where bands are refused or bypassed.
    double w0 = 2.0 * PI * fmin(band->frequency / sample_rate, 0.4999);
    prototype analog = prototype_of(band, w0);
    // The bilinear transform, solved for the states of the two integrators.
    double g = tan(w0 / 2.0) * analog.scale;
    double a1 = 1.0 / (1.0 + g * (g + analog.damping));
    double a2 = g * a1;
    double a3 = g * a2;
    double p = analog.band - analog.high * analog.damping;
    double q = analog.low - analog.high;
    pbr_section section = {.a = 2.0 * a1 - 1.0, .b = 2.0 * a3, .c = 2.0 * a2, .d = 1.0};
    if (!band->bypass) {
        section.c1 = p * a1 + q * a2;
        section.c2 = q * (1.0 - a3) - p * a2;
        section.d = analog.high + p * a2 + q * a3;
    }
    return section;
}
