// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The inside of an equalizer, shared by the control side and the audio thread.
#ifndef PBR_EQUALIZER_STATE_H
#define PBR_EQUALIZER_STATE_H

#include "render/choices.h"
#include "equalizer.h"

// Two channels are filtered at once.
typedef double pbr_pair __attribute__((vector_size(16)));

enum { PBR_EQUALIZER_PAIRS = PBR_EQUALIZER_CHANNELS / 2 };

// One consistent set of all parameters, in the form that the audio thread needs.
typedef struct pbr_equalizer_set {
    float gain;
    pbr_section sections[];
} pbr_equalizer_set;

// Added to a set's index: the audio thread has not taken it yet.
#define PBR_EQUALIZER_NEW 4u

typedef struct pbr_running {
    pbr_section from, to;
    uint32_t ramp_done; // PBR_RAMP_FRAMES when steady
    bool active;        // not flat, or not yet
    pbr_pair s1[PBR_EQUALIZER_PAIRS], s2[PBR_EQUALIZER_PAIRS];
} pbr_running;

struct pbr_equalizer {
    uint32_t band_count;
    // Control side.
    pbr_band *bands;
    double sample_rate, gain;
    bool bypass;
    uint32_t writing; // the set that only this side touches
    // Between the sides: the third set, from whichever side swapped last.
    pbr_equalizer_set *sets[3];
    atomic_uint middle;
    atomic_bool reset;
    // Audio thread.
    uint32_t reading; // the set that only this side touches
    bool fresh;       // nothing rendered yet: the first block starts at the target
    bool ringing;     // some filter state is not zero
    int64_t next_time;
    float gain_from, gain_to;
    uint32_t gain_done;
    pbr_running *running;
};

#endif
