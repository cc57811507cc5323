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

float pbr_fade_at(const pbr_fade *fade, uint64_t done) {
    if (done >= fade->frames) {
        return fade->to;
    }
    return done == 0 ? fade->from : shaped(fade, (double)done / (double)fade->frames);
}
