// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The terms of a mix wait here, per output channel, until a full pass over the bus is together.
// Metered ones are measured straight after their pass, while they are in the cache. Audio thread.
#ifndef PBR_MIX_BATCH_H
#define PBR_MIX_BATCH_H

#include <stddef.h>

#include "render/gain/meter.h"
#include "render/kernels/mix.h"

// Output channels that batch; further ones are mixed at once.
enum { PBR_BATCH_CHANNELS = 8 };

// Parts of the block that batch at the same time: players of one length that started together
// have the seams of their loops in one place, and so two parts.
enum { PBR_BATCH_SPANS = 2 };

// Samples of a term that are fetched when it is added.
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
    pbr_layout layout; // the bus's
    uint32_t block;    // the block's length
    uint32_t empty; // a bit a channel that nothing has been written to: its memory holds no sound
    uint32_t span_count;
    uint32_t ending; // meters whose block ends when their terms have been measured
    const pbr_meter *last;
    pbr_mix_batch_span spans[PBR_BATCH_SPANS];
    // Every one of them has a term that waits.
    pbr_meter *endings[PBR_BATCH_SPANS * PBR_BATCH_CHANNELS * PBR_MIX_WIDTH];
} pbr_mix_batch;

// empty: the bus's channels, at most PBR_BATCH_CHANNELS of them, hold nothing yet: they are
// written, at the latest by the flush.
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

// Mixes and measures what waits. To be called before anything is mixed past the batch, so that
// every sample's terms keep the order of the inputs.
void pbr_mix_batch_flush(pbr_mix_batch *batch);

// Makes the span one that gathers; what overlaps it otherwise is mixed first.
pbr_mix_batch_span *pbr_mix_batch_open(pbr_mix_batch *batch, uint32_t at, uint32_t frames);

// A term into a part of the block and a channel below PBR_BATCH_CHANNELS; `meter`, unless it is
// NULL, measures it after its gain.
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
    // The pass comes later: by then the samples' first lines have arrived, and the processor has
    // noticed where they lead.
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

// pbr_meter_end for the input that was added last, once its terms have been measured.
static inline void pbr_mix_batch_end_meter(pbr_mix_batch *batch, pbr_meter *meter) {
    if (batch->last == meter) {
        batch->endings[batch->ending++] = meter;
    } else {
        pbr_meter_end(meter, batch->block);
    }
}

#endif
