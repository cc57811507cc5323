// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A meter: peak, RMS and clipped samples of a signal. The audio thread publishes them once a
// window; any thread reads them.
#ifndef PBR_METER_H
#define PBR_METER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "render/kernels/kernels.h"

// A window is at least this long (50 ms at 48 kHz) and ends with a block.
#define PBR_METER_FRAMES 2400u
// Left and right. Channels in the middle count on both sides; a mono signal is left only.
#define PBR_METER_CHANNELS 2u

typedef struct pbr_meter {
    // Of the last complete window; the clips since the meter was made.
    _Atomic float peak[PBR_METER_CHANNELS];
    _Atomic float rms[PBR_METER_CHANNELS];
    _Atomic uint64_t clips;
    // Audio thread only: the current window.
    float highest[PBR_METER_CHANNELS];
    double squares[PBR_METER_CHANNELS];
    uint64_t channels[PBR_METER_CHANNELS]; // a bit for each channel added to this side
    uint64_t over;
    uint32_t frames;
} pbr_meter;

// The side on which a channel of a layout counts.
static inline pbr_side pbr_metered_side(pbr_layout layout, uint32_t channel) {
    return layout == PBR_LAYOUT_MONO ? PBR_LEFT : pbr_layout_side(layout, channel);
}

// NULL when memory runs out.
pbr_meter *pbr_meter_create(void);

// Audio thread: measures one channel (below 64) of a part of the block, each sample times the gain
// of a pbr_term.
void pbr_meter_add(pbr_meter *meter, uint32_t channel, pbr_side side, const float *samples,
                   float from, float to, uint32_t done, uint32_t frames);
// Audio thread: the same for a part that was measured while it was mixed.
void pbr_meter_count(pbr_meter *meter, uint32_t channel, pbr_side side, pbr_measured part);
// Audio thread: ends a block; channels that were not added were silent in it.
void pbr_meter_end(pbr_meter *meter, uint32_t frames);

// What pbr_meter_read returns.
typedef struct pbr_reading {
    float peak[PBR_METER_CHANNELS]; // highest magnitude, linear
    float rms[PBR_METER_CHANNELS];  // linear
    uint64_t clips;                 // samples past full scale
} pbr_reading;

// Any thread, real-time safe.
pbr_reading pbr_meter_read(pbr_meter *meter);

#endif
