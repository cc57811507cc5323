// SPDX-License-Identifier: MIT OR Apache-2.0
//
// When the frames of a device are heard. A sound system's answers jitter by milliseconds, so they are
// averaged: time follows the frames at the nominal rate, and drifts towards the answers.
#ifndef PBR_DEVICE_TIMELINE_H
#define PBR_DEVICE_TIMELINE_H

#include <stdbool.h>

#include "render/moment.h"

typedef struct pbr_timeline {
    uint64_t begin;  // host time, in nanoseconds; 0: no block has been rendered
    double next;     // nanoseconds from there until the next frame is heard
    double averaged; // seconds of answers in the average, up to the most that count
    uint32_t jumps;  // answers in a row that are far off
} pbr_timeline;

// The moment of the next block, of so many frames. now: host time. answer: seconds from now until it
// is heard, less than 0 if the sound system does not know; then `guess` serves the first block.
pbr_moment pbr_timeline_next(pbr_timeline *line, double rate, uint32_t frames, uint64_t now,
                             double answer, double guess);

#endif
