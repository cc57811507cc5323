// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An equalizer: bands in series and a gain after them, for any number of channels. It computes in
// double precision, which a narrow band at 20 Hz needs.
#ifndef PBR_EQUALIZER_H
#define PBR_EQUALIZER_H

#include "process.h"
#include "section.h"

typedef struct pbr_equalizer pbr_equalizer;

// The most channels and bands. Further channels of a block pass unchanged.
enum { PBR_EQUALIZER_CHANNELS = 64, PBR_EQUALIZER_BANDS = 256 };

// All bands bypassed, gain 0 dB. NULL when memory runs out.
pbr_equalizer *pbr_equalizer_create(uint32_t bands);
// As pbr_process's destroy.
void pbr_equalizer_free(void *equalizer);

// Control side, one thread at a time (the caller locks). A change is a ramp of PBR_RAMP_FRAMES from
// the next block on.
void pbr_equalizer_set_rate(pbr_equalizer *equalizer, double sample_rate);
void pbr_equalizer_set_band(pbr_equalizer *equalizer, uint32_t index, const pbr_band *band);
const pbr_band *pbr_equalizer_band(const pbr_equalizer *equalizer, uint32_t index);
uint32_t pbr_equalizer_band_count(const pbr_equalizer *equalizer);
void pbr_equalizer_set_gain(pbr_equalizer *equalizer, double decibels);
double pbr_equalizer_gain(const pbr_equalizer *equalizer);
// Passes everything through unchanged. The bands keep their settings.
void pbr_equalizer_set_bypass(pbr_equalizer *equalizer, bool bypass);
// Clears the state of the filters.
void pbr_equalizer_reset(pbr_equalizer *equalizer);

// Audio thread: a pbr_process_function.
pbr_sound pbr_equalizer_render(void *equalizer, const pbr_process_block *block);

#endif
