// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The control side of an equalizer: sets the bands and hands them to the audio thread.
#include "equalizer.h"

#include <math.h>
#include <stdlib.h>

#include "equalizer_state.h"

static double linear(double decibels) {
    return pow(10.0, decibels / 20.0);
}

// Writes a complete set and swaps it with the one in between, so that neither side ever waits.
static void publish(pbr_equalizer *equalizer) {
    pbr_equalizer_set *set = equalizer->sets[equalizer->writing];
    for (uint32_t i = 0; i < equalizer->band_count; i++) {
        pbr_band band = equalizer->bands[i];
        band.bypass = band.bypass || equalizer->bypass;
        set->sections[i] = pbr_section_design(&band, equalizer->sample_rate);
    }
    set->gain = equalizer->bypass ? 1.0f : (float)linear(equalizer->gain);
    uint32_t old = atomic_exchange_explicit(
        &equalizer->middle, equalizer->writing | PBR_EQUALIZER_NEW, memory_order_acq_rel);
    equalizer->writing = old & ~PBR_EQUALIZER_NEW;
}

static bool allocate(pbr_equalizer *equalizer, uint32_t bands) {
    size_t set_size = sizeof(pbr_equalizer_set) + bands * sizeof(pbr_section);
    for (uint32_t i = 0; i < 3; i++) {
        equalizer->sets[i] = calloc(1, set_size);
        if (equalizer->sets[i] == NULL) {
            return false;
        }
    }
    // One more than needed: calloc may return NULL for none.
    equalizer->bands = calloc(bands + 1, sizeof *equalizer->bands);
    equalizer->running = calloc(bands + 1, sizeof *equalizer->running);
    return equalizer->bands != NULL && equalizer->running != NULL;
}

pbr_equalizer *pbr_equalizer_create(uint32_t bands) {
    pbr_equalizer *equalizer = calloc(1, sizeof *equalizer);
    if (equalizer == NULL || bands > PBR_EQUALIZER_BANDS || !allocate(equalizer, bands)) {
        pbr_equalizer_free(equalizer);
        return NULL;
    }
    equalizer->band_count = bands;
    equalizer->sample_rate = PBR_NOMINAL_RATE;
    equalizer->writing = 0;
    equalizer->reading = 2;
    atomic_init(&equalizer->middle, 1);
    equalizer->fresh = true;
    for (uint32_t i = 0; i < bands; i++) {
        equalizer->bands[i] = (pbr_band){PBR_FILTER_PARAMETRIC, 1000.0, 0.5, 0.0, true};
    }
    publish(equalizer);
    return equalizer;
}

void pbr_equalizer_free(void *context) {
    pbr_equalizer *equalizer = context;
    if (equalizer == NULL) {
        return;
    }
    for (uint32_t i = 0; i < 3; i++) {
        free(equalizer->sets[i]);
    }
    free(equalizer->bands);
    free(equalizer->running);
    free(equalizer);
}

void pbr_equalizer_set_rate(pbr_equalizer *equalizer, double sample_rate) {
    if (equalizer->sample_rate != sample_rate) {
        equalizer->sample_rate = sample_rate;
        publish(equalizer);
    }
}

void pbr_equalizer_set_band(pbr_equalizer *equalizer, uint32_t index, const pbr_band *band) {
    equalizer->bands[index] = *band;
    publish(equalizer);
}

const pbr_band *pbr_equalizer_band(const pbr_equalizer *equalizer, uint32_t index) {
    return &equalizer->bands[index];
}

uint32_t pbr_equalizer_band_count(const pbr_equalizer *equalizer) {
    return equalizer->band_count;
}

void pbr_equalizer_set_gain(pbr_equalizer *equalizer, double decibels) {
    equalizer->gain = decibels;
    publish(equalizer);
}

double pbr_equalizer_gain(const pbr_equalizer *equalizer) {
    return equalizer->gain;
}

void pbr_equalizer_set_bypass(pbr_equalizer *equalizer, bool bypass) {
    equalizer->bypass = bypass;
    publish(equalizer);
}

void pbr_equalizer_reset(pbr_equalizer *equalizer) {
    atomic_store_explicit(&equalizer->reset, true, memory_order_release);
}
