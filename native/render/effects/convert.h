// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Sample rate conversion of one connection. The clocks of all rates start at the same moment, so
// the time alone determines how many frames go in: converters of the same pair of rates stay in
// step, whatever the block size and whenever they were created.
#ifndef PBR_CONVERT_H
#define PBR_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#include "render/sound.h"

// The largest ratio of two rates.
#define PBR_MAX_RATIO 256

// Frames that go in and come out in the same time, in lowest terms.
typedef struct pbr_ratio {
    int64_t in;
    int64_t out;
} pbr_ratio;

// Rates in Hz, rounded to a millihertz. Both parts are 0 if PBR_MAX_RATIO is exceeded.
pbr_ratio pbr_ratio_of(double in, double out);
static inline bool pbr_ratio_valid(pbr_ratio ratio) {
    return ratio.in > 0;
}
// The input's clock when the output's shows `time` (>= 0): the first input frame that is not over.
// Quotient and remainder are handled separately, so that nothing overflows.
static inline int64_t pbr_ratio_time(pbr_ratio ratio, int64_t time) {
    int64_t rest = time % ratio.out * ratio.in;
    return time / ratio.out * ratio.in + (rest + ratio.out - 1) / ratio.out;
}

typedef struct pbr_convert pbr_convert;

// For blocks of at most max_frames output frames. NULL when memory runs out. Reference-counted.
pbr_convert *pbr_convert_create(pbr_ratio ratio, uint32_t channels, uint32_t max_frames);
pbr_convert *pbr_convert_retain(pbr_convert *convert);
void pbr_convert_release(pbr_convert *convert);
bool pbr_convert_fits(const pbr_convert *convert, pbr_ratio ratio, uint32_t channels,
                      uint32_t max_frames);

// By how many input frames the output is late.
uint32_t pbr_convert_delay(const pbr_convert *convert);

// Any thread: the next block starts from silence.
void pbr_convert_clear(pbr_convert *convert);

// Audio thread, real-time safe. A block is one begin, all of its input, and one read.

// time: of the block's first output frame. If it does not follow the previous block, the converter
// starts afresh.
void pbr_convert_begin(pbr_convert *convert, int64_t time);
// channels NULL: silence. quiet: silent frames at the end.
void pbr_convert_write(pbr_convert *convert, const float *const *channels, uint32_t frames,
                       uint32_t quiet);
// Writes nothing if the block is silent. Sound that is still inside the filter counts as sound.
pbr_sound pbr_convert_read(pbr_convert *convert, float *const *channels, uint32_t frames);

#endif
