/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Controls on their way, in double precision. */
#ifndef COURSE_H
#define COURSE_H

#include "render/gain/fade.h"

/* What a curve has when a part x of it is done, 0 to 1. */
double curve_at(pbr_curve curve, double from, double to, double x);

/* A control on its way. */
typedef struct course {
    double from, to;
    uint64_t done, frames;
    pbr_curve curve;
    unsigned request; /* the number of the fade, 0 for a set */
} course;

double value_at(const course *course, uint64_t done);
/* Between what it moves from here on. */
void range_of(const course *course, double *low, double *high);
bool moves(const course *course);
/* Whether a control takes another course: to be set to where it rests is none. */
bool redirected(const course *now, const course *seen);
/* From where it is to a value, in so many frames; 0 sets it. */
void redirect(course *course, float to, uint64_t frames, pbr_curve curve);

#endif
