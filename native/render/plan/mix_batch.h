// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Collects the terms of a mix, per output channel, until there are enough for a full pass over the
// bus. Metered terms are measured right after their pass, while they are in the cache. Audio
// thread.
#ifndef PBR_MIX_BATCH_H
#define PBR_MIX_BATCH_H

#include <stddef.h>

#include "render/gain/meter.h"
#include "render/kernels/mix.h"

// Output channels that are collected; further ones are mixed at once.
enum { PBR_BATCH_CHANNELS = 8 };

// Parts of the block that are collected at the same time. Players of the same length that started
// together loop in the same frame, which makes two parts.
enum { PBR_BATCH_SPANS = 2 };

// Samples of a term that are prefetched when it is added.
enum { PBR_BATCH_PREFETCH = 128 };

// Frames at .. at + frames of the block.
typedef struct pbr_mix_batch_span {
    uint32_t at;
    uint32_t frames;
    uint32_t counts[PBR_BATCH_CHANNELS];
    pbr_term terms[PBR_BATCH_CHANNELS][PBR_MIX_WIDTH];
    pbr_meter *meters[PBR_BATCH_CHANNELS][PBR_MIX_WIDTH]; // of the terms, or NULL
} pbr_mix_batch_span;

typedef struct pbr_mix_batch {
    float *const *accumulators;
    pbr_layout layout; // of the bus
    uint32_t block;    // frames in the block
    uint32_t empty;    // a bit for each channel without a sample yet: its memory is undefined
    uint32_t span_count;
    uint32_t ending; // meters whose block ends once their terms have been measured
    const pbr_meter *last;
    pbr_mix_batch_span spans[PBR_BATCH_SPANS];
    // Each of them has a term that is still to be mixed.
    pbr_meter *endings[PBR_BATCH_SPANS * PBR_BATCH_CHANNELS * PBR_MIX_WIDTH];
} pbr_mix_batch;

// empty: the bus, of at most PBR_BATCH_CHANNELS channels, has no samples yet. All of its channels
// are written by the flush at the latest.
static inline void pbr_mix_batch_begin(pbr_mix_batch *batch, float *const *accumulators,
                                       pbr_layout layout, uint32_t block, bool empty) {
    batch->accumulators = accumulators;
    batch->layout = layout;
    batch->block = block;
    batch->empty = empty ? (1u << pbr_layout_channels(layout)) - 1 : 0;
    batch->span_count = 0;
    batch->ending = 0;
    batch->last = NULL;
}

// Mixes and measures everything collected. Must be called before anything is mixed past the batch,
// so that the terms of every sample stay in the order of the inputs.
void pbr_mix_batch_flush(pbr_mix_batch *batch);

// Starts to collect for this part of the block. Anything that overlaps it otherwise is mixed first.
pbr_mix_batch_span *pbr_mix_batch_open(pbr_mix_batch *batch, uint32_t at, uint32_t frames);

// Adds a term to a part of the block and a channel below PBR_BATCH_CHANNELS. `meter`, unless NULL,
// measures it after its gain.
static inline void pbr_mix_batch_add(pbr_mix_batch *batch, uint32_t at, uint32_t frames,
                                     uint32_t channel, const pbr_term *term, pbr_meter *meter) {
    pbr_mix_batch_span *span = batch->spans;
    uint32_t s = 0;
    while (s < batch->span_count && (span->at != at || span->frames != frames)) {
        span++;
        s++;
    }
    if (s == batch->span_count || span->counts[channel] == PBR_MIX_WIDTH) {
        span = pbr_mix_batch_open(batch, at, frames);
    }
    // By the time of the pass, the first lines of the samples have arrived, and the processor's own
    // prefetcher has seen the pattern.
    for (uint32_t i = 0; i < PBR_BATCH_PREFETCH; i += 16) {
        __builtin_prefetch(term->samples + i);
    }
    uint32_t place = span->counts[channel]++;
    span->terms[channel][place] = *term;
    span->meters[channel][place] = meter;
    if (meter != NULL) {
        batch->last = meter;
    }
}

// pbr_meter_end for the input that was added last, deferred until its terms have been measured.
static inline void pbr_mix_batch_end_meter(pbr_mix_batch *batch, pbr_meter *meter) {
    if (batch->last == meter) {
        batch->endings[batch->ending++] = meter;
    } else {
        pbr_meter_end(meter, batch->block);
    }
}

#endif
