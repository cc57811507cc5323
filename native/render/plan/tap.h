// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A tap: a ring that the audio thread fills with a bus's output and one other thread empties.
#ifndef PBR_TAP_H
#define PBR_TAP_H

#include <stdbool.h>
#include <stdint.h>

typedef struct pbr_tap pbr_tap;

// Room for at least `frames` frames. NULL when memory runs out. Reference-counted.
pbr_tap *pbr_tap_create(uint32_t channels, uint32_t frames);
pbr_tap *pbr_tap_retain(pbr_tap *tap);
void pbr_tap_release(pbr_tap *tap);

// Audio thread: appends as much of a block as fits; a reader that is too late misses the rest, which
// is counted. time: the engine time of the block's first frame.
void pbr_tap_write(pbr_tap *tap, const float *const *channels, uint32_t frames, int64_t time);

// Reader: frames ready, and the engine time of the first of them. gap: whether the frames that
// follow do not join them in time.
uint32_t pbr_tap_ready(pbr_tap *tap, int64_t *time, bool *gap);
// Copies `frames` (<= ready) frames and removes them.
void pbr_tap_read(pbr_tap *tap, float *const *channels, uint32_t frames);

// Any thread: frames that did not fit.
uint64_t pbr_tap_dropped(pbr_tap *tap);

#endif
