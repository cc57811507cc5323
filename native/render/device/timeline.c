// SPDX-License-Identifier: MIT OR Apache-2.0
#include "timeline.h"

// Seconds over which answers are averaged. A device whose clock is off by 100 ppm is followed with a
// lag of 0.2 ms.
#define AVERAGED 2.0

// Nanoseconds: answers farther off than this mean that the device has moved or run dry, if several of
// them follow each other.
#define FAR 20e6
enum { MOST_JUMPS = 3 };

// duration: of the block, in seconds.
static void adjust(pbr_timeline *line, double heard, double duration) {
    double error = heard - line->next;
    bool far = fabs(error) > FAR;
    line->jumps = far ? line->jumps + 1 : 0;
    if (line->averaged == 0.0 || line->jumps > MOST_JUMPS) {
        line->next = heard;
        line->averaged = duration;
        line->jumps = 0;
    } else if (!far) {
        double averaged = line->averaged + duration;
        line->averaged = averaged < AVERAGED ? averaged : AVERAGED;
        line->next += error * duration / averaged;
    }
}

pbr_moment pbr_timeline_next(pbr_timeline *line, double rate, uint32_t frames, uint64_t now,
                             double answer, double guess) {
    if (line->begin == 0) {
        *line = (pbr_timeline){.begin = now, .next = guess * 1e9};
    }
    if (answer >= 0.0) {
        adjust(line, (double)(now - line->begin) + answer * 1e9, frames / rate);
    }
    pbr_moment moment = {line->begin + (uint64_t)llround(line->next), rate * 1e-9};
    line->next += frames / moment.pace;
    return moment;
}
