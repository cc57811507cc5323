// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The terms of a mix wait here, per output channel, until a full pass over the bus is together.
// Metered ones are measured straight after their pass, while they are in the cache. Audio thread.
#ifndef PBR_GATHER_H
#define PBR_GATHER_H

#include "meter.h"
#include "mix.h"

// Output channels that gather; further ones are mixed at once.
enum { PBR_GATHERED_CHANNELS = 8 };

typedef struct pbr_gather {
    float *const *accumulators;
    uint32_t frames; // the block's: terms that wait are as long
    uint32_t ending; // meters whose block ends when their terms have been measured
    const pbr_meter *last;
    uint32_t counts[PBR_GATHERED_CHANNELS];
    pbr_term terms[PBR_GATHERED_CHANNELS][PBR_MIX_WIDTH];
    pbr_meter *meters[PBR_GATHERED_CHANNELS][PBR_MIX_WIDTH]; // of the terms, or NULL
    // Every one of them has a term that waits.
    pbr_meter *endings[PBR_GATHERED_CHANNELS * PBR_MIX_WIDTH];
} pbr_gather;

static inline void pbr_gather_begin(pbr_gather *gather, float *const *accumulators,
                                    uint32_t frames) {
    gather->accumulators = accumulators;
    gather->frames = frames;
    gather->ending = 0;
    gather->last = NULL;
    for (uint32_t c = 0; c < PBR_GATHERED_CHANNELS; c++) {
        gather->counts[c] = 0;
    }
}

// Mixes and measures what waits. To be called before anything is mixed past the gather, so that
// the terms' order is the inputs' whatever the block size.
void pbr_gather_flush(pbr_gather *gather);

// A term of the block's length into a channel below PBR_GATHERED_CHANNELS; `meter`, unless it is
// NULL, measures it after its gain.
static inline void pbr_gather_add(pbr_gather *gather, uint32_t channel, const pbr_term *term,
                                  pbr_meter *meter) {
    if (gather->counts[channel] == PBR_MIX_WIDTH) {
        pbr_gather_flush(gather);
    }
    uint32_t place = gather->counts[channel]++;
    gather->terms[channel][place] = *term;
    gather->meters[channel][place] = meter;
    if (meter != NULL) {
        gather->last = meter;
    }
}

// pbr_meter_end for the input that was added last, once its terms have been measured.
static inline void pbr_gather_end_meter(pbr_gather *gather, pbr_meter *meter) {
    if (gather->last == meter) {
        gather->endings[gather->ending++] = meter;
    } else {
        pbr_meter_end(meter, gather->frames);
    }
}

#endif
