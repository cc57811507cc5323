// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sample rate conversion of one connection. Clocks of all rates count from the same moment, so that
// how many frames go in follows from the time alone: converters of one pair of rates stay in step,
// whatever the block size and whenever they were made.
#ifndef PBR_CONVERT_H
#define PBR_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#include "render/sound.h"

// The furthest apart that two rates may be: one second of one is 256 of the other.
#define PBR_MAX_RATIO 256

// Frames that go in and come out in the same time, in lowest terms.
typedef struct pbr_ratio {
    int64_t in;
    int64_t out;
} pbr_ratio;

// Rates in Hz, taken to the nearest millihertz. Both parts are 0 when PBR_MAX_RATIO is exceeded.
pbr_ratio pbr_ratio_of(double in, double out);
static inline bool pbr_ratio_valid(pbr_ratio ratio) {
    return ratio.in > 0;
}
// The input's clock when the output's shows `time` (>= 0): the first input frame that is not over.
// The quotient and the rest apart, so that nothing overflows.
static inline int64_t pbr_ratio_time(pbr_ratio ratio, int64_t time) {
    int64_t rest = time % ratio.out * ratio.in;
    return time / ratio.out * ratio.in + (rest + ratio.out - 1) / ratio.out;
}

typedef struct pbr_convert pbr_convert;

// For blocks of at most max_frames output frames. NULL when memory runs out. Counted.
pbr_convert *pbr_convert_create(pbr_ratio ratio, uint32_t channels, uint32_t max_frames);
pbr_convert *pbr_convert_retain(pbr_convert *convert);
void pbr_convert_release(pbr_convert *convert);
bool pbr_convert_fits(const pbr_convert *convert, pbr_ratio ratio, uint32_t channels,
                      uint32_t max_frames);

// Any thread: the next block starts from silence.
void pbr_convert_clear(pbr_convert *convert);

// Audio thread, real-time safe. A block is one begin, then all of its input, then one read.

// time: of the block's first output frame. One that does not follow the block before starts anew.
void pbr_convert_begin(pbr_convert *convert, int64_t time);
// channels NULL: silence. quiet: frames at the end in which nothing sounds.
void pbr_convert_write(pbr_convert *convert, const float *const *channels, uint32_t frames,
                       uint32_t quiet);
// Nothing is written when the block is silent. What the filter holds on to sounds.
pbr_sound pbr_convert_read(pbr_convert *convert, float *const *channels, uint32_t frames);

#endif
