// SPDX-License-Identifier: MIT OR Apache-2.0
#include "gather.h"

void pbr_gather_flush(pbr_gather *gather) {
    for (uint32_t c = 0; c < PBR_GATHERED_CHANNELS; c++) {
        const pbr_term *terms = gather->terms[c];
        uint32_t count = gather->counts[c];
        if (count > 0) {
            pbr_mix(gather->accumulators[c], terms, count, gather->frames);
        }
        for (uint32_t t = 0; t < count; t++) {
            if (gather->meters[c][t] != NULL) {
                pbr_meter_add(gather->meters[c][t], c, terms[t].samples, terms[t].from,
                              terms[t].gain, terms[t].done, gather->frames);
            }
        }
        gather->counts[c] = 0;
    }
    for (uint32_t m = 0; m < gather->ending; m++) {
        pbr_meter_end(gather->endings[m], gather->frames);
    }
    gather->ending = 0;
    gather->last = NULL;
}
