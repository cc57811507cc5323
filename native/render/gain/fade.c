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

void pbr_fade_range(const pbr_fade *fade, float *low, float *high) {
    float reached = pbr_fade_reached(fade);
    *low = fminf(reached, fade->to);
    *high = fmaxf(reached, fade->to);
    if (fade->curve == PBR_CURVE_EXPONENTIAL) {
        *high = fmaxf(*high, PBR_FADE_FLOOR);
    }
}
