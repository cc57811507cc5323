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

float pbr_fade_reached(const pbr_fade *fade) {
    if (fade->done == 0) {
        return fade->from;
    }
    return fade->done >= fade->frames ? fade->to
                                      : shaped(fade, (double)fade->done / (double)fade->frames);
}

float pbr_fade_at(const pbr_fade *fade, uint64_t frame) {
    uint64_t done = frame + 1;
    float value =
        done >= fade->frames ? fade->to : shaped(fade, (double)done / (double)fade->frames);
    if (fade->heard == fade->from || done >= PBR_RAMP_FRAMES) {
        return value;
    }
    // What is heard beside the curve goes away as a ramp would; of a short fade, no further out than
    // its ends.
    float share = (float)done / (float)PBR_RAMP_FRAMES;
    float beside = value + (fade->heard - fade->from) * (1.0f - share);
    float low = fminf(fade->heard, fminf(fade->from, fade->to));
    float high = fmaxf(fade->heard, fmaxf(fade->from, fade->to));
    return fminf(fmaxf(beside, low), high);
}

float pbr_fade_now(const pbr_fade *fade) {
    if (pbr_fade_over(fade)) {
        return fade->to;
    }
    return fade->done == 0 ? fade->heard : pbr_fade_at(fade, fade->done - 1);
}
