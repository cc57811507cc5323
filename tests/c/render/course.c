/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "course.h"

#include <math.h>

double curve_at(pbr_curve curve, double from, double to, double x) {
    switch (curve) {
    case PBR_CURVE_EQUAL_POWER:
        return sqrt((1 - x) * from * from + x * to * to);
    case PBR_CURVE_EXPONENTIAL:
        from = fmax(from, (double)PBR_FADE_FLOOR);
        to = fmax(to, (double)PBR_FADE_FLOOR);
        return from * pow(to / from, x);
    default:
        return from + (to - from) * x;
    }
}

double value_at(const course *course, uint64_t done) {
    if (done >= course->frames) {
        return course->to;
    }
    double x = (double)done / (double)course->frames;
    return done == 0 ? course->from : curve_at(course->curve, course->from, course->to, x);
}

void range_of(const course *course, double *low, double *high) {
    double now = value_at(course, course->done);
    *low = fmin(now, course->to);
    *high = fmax(now, course->to);
    if (course->curve == PBR_CURVE_EXPONENTIAL && course->frames > 0) {
        *high = fmax(*high, (double)PBR_FADE_FLOOR);
    }
}

bool moves(const course *course) {
    return course->done < course->frames;
}

static bool differs(const course *one, const course *other) {
    return one->to != other->to || one->request != other->request;
}

bool redirected(const course *now, const course *seen) {
    return differs(now, seen) && !(now->request == 0 && !moves(seen) && now->to == seen->to);
}

void redirect(course *course, float to, uint64_t frames, pbr_curve curve) {
    double from = frames > 0 ? value_at(course, course->done) : (double)to;
    static unsigned requests;
    *course = (struct course){from, (double)to, 0, frames, curve, frames > 0 ? ++requests : 0};
}
