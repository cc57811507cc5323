// SPDX-License-Identifier: MIT OR Apache-2.0
#include "gather.h"

#include <string.h>

static void flush_channel(const pbr_gathered *span, uint32_t channel, float *accumulator) {
    const pbr_term *terms = span->terms[channel];
    uint32_t count = span->counts[channel];
    pbr_mix(accumulator, terms, count, span->frames);
    for (uint32_t t = 0; t < count; t++) {
        pbr_meter *meter = span->meters[channel][t];
        if (meter != NULL) {
            pbr_meter_add(meter, channel, terms[t].samples, terms[t].from, terms[t].gain,
                          terms[t].done, span->frames);
        }
    }
}

void pbr_gather_flush(pbr_gather *gather) {
    for (uint32_t s = 0; s < gather->span_count; s++) {
        const pbr_gathered *span = &gather->spans[s];
        for (uint32_t c = 0; c < PBR_GATHERED_CHANNELS; c++) {
            if (span->counts[c] > 0) {
                flush_channel(span, c, gather->accumulators[c] + span->at);
            }
        }
    }
    for (uint32_t m = 0; m < gather->ending; m++) {
        pbr_meter_end(gather->endings[m], gather->block);
    }
    gather->span_count = 0;
    gather->ending = 0;
    gather->last = NULL;
}

pbr_gathered *pbr_gather_open(pbr_gather *gather, uint32_t at, uint32_t frames) {
    bool fits = gather->span_count < PBR_GATHERED_SPANS;
    for (uint32_t s = 0; s < gather->span_count; s++) {
        const pbr_gathered *span = &gather->spans[s];
        fits = fits && (at + frames <= span->at || span->at + span->frames <= at);
    }
    if (!fits) {
        pbr_gather_flush(gather);
    }
    pbr_gathered *opened = &gather->spans[gather->span_count++];
    opened->at = at;
    opened->frames = frames;
    memset(opened->counts, 0, sizeof opened->counts);
    return opened;
}
