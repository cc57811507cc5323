// SPDX-License-Identifier: MIT OR Apache-2.0
#include "mix_batch.h"

#include <string.h>

// Whether one pass can both mix and measure the terms.
static bool metered_together(const pbr_mix_batch_span *span, uint32_t channel) {
    bool metered = false;
    for (uint32_t t = 0; t < span->counts[channel]; t++) {
        if (span->terms[channel][t].done < PBR_RAMP_FRAMES) {
            return false;
        }
        metered = metered || span->meters[channel][t] != NULL;
    }
    return metered && span->frames <= PBR_MEASURED_FRAMES;
}

static void flush_metered(const pbr_mix_batch_span *span, uint32_t channel, pbr_side side,
                          float *accumulator, bool first) {
    pbr_measured measured[PBR_MIX_WIDTH];
    uint32_t count = span->counts[channel];
    pbr_mix_metered(accumulator, span->terms[channel], count, span->frames, first, measured);
    for (uint32_t t = 0; t < count; t++) {
        if (span->meters[channel][t] != NULL) {
            pbr_meter_count(span->meters[channel][t], channel, side, measured[t]);
        }
    }
}

static void flush_channel(const pbr_mix_batch_span *span, uint32_t channel, pbr_layout layout,
                          float *accumulator, bool first) {
    const pbr_term *terms = span->terms[channel];
    uint32_t count = span->counts[channel];
    if (metered_together(span, channel)) {
        flush_metered(span, channel, pbr_metered_side(layout, channel), accumulator, first);
        return;
    }
    pbr_mix(accumulator, terms, count, span->frames, first);
    for (uint32_t t = 0; t < count; t++) {
        pbr_meter *meter = span->meters[channel][t];
        if (meter != NULL) {
            pbr_meter_add(meter, channel, pbr_metered_side(layout, channel), terms[t].samples,
                          terms[t].from, terms[t].gain, terms[t].done, span->frames);
        }
    }
}

static void clear_channel(const pbr_mix_batch *batch, uint32_t channel) {
    memset(batch->accumulators[channel], 0, batch->block * sizeof(float));
}

void pbr_mix_batch_flush(pbr_mix_batch *batch) {
    for (uint32_t s = 0; s < batch->span_count; s++) {
        const pbr_mix_batch_span *span = &batch->spans[s];
        for (uint32_t c = 0; c < PBR_BATCH_CHANNELS; c++) {
            if (span->counts[c] > 0) {
                bool first = batch->empty >> c & 1;
                if (first && span->frames < batch->block) {
                    clear_channel(batch, c);
                    first = false;
                }
                flush_channel(span, c, batch->layout, batch->accumulators[c] + span->at, first);
                batch->empty &= ~(1u << c);
            }
        }
    }
    for (uint32_t c = 0; batch->empty != 0 && c < PBR_BATCH_CHANNELS; c++) {
        if (batch->empty >> c & 1) {
            clear_channel(batch, c);
        }
    }
    batch->empty = 0;
    for (uint32_t m = 0; m < batch->ending; m++) {
        pbr_meter_end(batch->endings[m], batch->block);
    }
    batch->span_count = 0;
    batch->ending = 0;
    batch->last = NULL;
}

pbr_mix_batch_span *pbr_mix_batch_open(pbr_mix_batch *batch, uint32_t at, uint32_t frames) {
    bool fits = batch->span_count < PBR_BATCH_SPANS;
    for (uint32_t s = 0; s < batch->span_count; s++) {
        const pbr_mix_batch_span *span = &batch->spans[s];
        fits = fits && (at + frames <= span->at || span->at + span->frames <= at);
    }
    if (!fits) {
        pbr_mix_batch_flush(batch);
    }
    pbr_mix_batch_span *opened = &batch->spans[batch->span_count++];
    opened->at = at;
    opened->frames = frames;
    memset(opened->counts, 0, sizeof opened->counts);
    return opened;
}
