// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where a block stands in host time.
#ifndef PBR_MOMENT_H
#define PBR_MOMENT_H

#include <math.h>
#include <stdint.h>

// When a frame is heard, and how fast those after it follow.
typedef struct pbr_moment {
    uint64_t host; // nanoseconds of the monotonic clock; 0: not known
    double pace;   // frames per nanosecond
} pbr_moment;

#define PBR_NO_MOMENT ((pbr_moment){0, 0.0})

// The frames from the moment to a host time, which may be before it.
static inline int64_t pbr_moment_frames(const pbr_moment *moment, uint64_t host) {
    return llround((double)(int64_t)(host - moment->host) * moment->pace);
}

// The moment so many frames later.
static inline pbr_moment pbr_moment_after(pbr_moment moment, double frames) {
    if (moment.host != 0) {
        moment.host += (uint64_t)llround(frames / moment.pace);
    }
    return moment;
}

#endif
