// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The choices that Apple does not document, each in one place. What a Mac measures differently is
// changed here and nowhere else; conformance/choices.json says what they come to, for the tests.
#ifndef PBR_CHOICES_H
#define PBR_CHOICES_H

#include <stdint.h>

// Gain and pan changes are linear ramps of this many frames (10 ms at 48 kHz): one sample moves by
// at most 1/480 = 0.21 % of the change.
#define PBR_RAMP_FRAMES 480u

// A new mixer has this many input buses; connecting past the last one adds more.
#define PBR_MIXER_INPUTS 8u

// A new matrix mixer has this many input and output buses, each of so many channels until it is
// connected or given a format.
#define PBR_MATRIX_BUSES 1u
#define PBR_MATRIX_CHANNELS 2u

// connect:to:format: frees the source's earlier connection before it picks a mixer's bus.
#define PBR_CONNECT_FREES_FIRST 1

// connect:toConnectionPoints: keeps a listed connection that is there already in the same format,
// with its volume and pan.
#define PBR_CONNECT_KEEPS_LISTED 1

// Stopping the engine leaves a player's queue as it is but clears its playing state.
#define PBR_ENGINE_STOP_KEEPS_QUEUE 1

// Format of an engine without a device and outside manual rendering.
#define PBR_NOMINAL_RATE 44100.0
#define PBR_NOMINAL_CHANNELS 2u

// Sample rate conversion: libsamplerate's middle filter. 1 kHz comes out with 126 dB and more of
// signal over error, at 70 ns a channel and frame upward (as 44.1 to 48 kHz) and times the ratio
// downward; the fastest filter has 103 dB at 35 ns, the best one 140 dB at 210 ns and three times
// the delay. The delay is the filter's look-ahead, constant and whole input frames: 47 at the
// source's rate upward (1.07 ms from 44.1 kHz), 46 times the ratio downward (51 from 48 to 44.1
// kHz). What needs no conversion is not delayed to match. A converter takes some 150 KB a channel,
// most of it the library's, and 0.15 ms to make.
#define PBR_CONVERTER SRC_SINC_MEDIUM_QUALITY

// A node is rendered once a block, for one number of frames. One with several connections cannot
// follow two clocks: a connection is refused when it would change the rate between such a split and
// the mixer where its paths meet, unless it changes in the same way on all of them.

// What one bus's volume and pan come to, per output channel.
typedef struct pbr_gains {
    float left;  // output channel 0 of two or more
    float right; // output channel 1 of two or more
    float plain; // every other channel, and the only one of a mono output
} pbr_gains;

// Linear balance: unity on both sides at the centre, the far side falls to 0 at the ends. The law
// of a console's balance knob; a mono source is panned by it after the up-mix.
static inline pbr_gains pbr_balance(float volume, float pan) {
    pbr_gains gains;
    gains.left = pan > 0.0f ? volume * (1.0f - pan) : volume;
    gains.right = pan < 0.0f ? volume * (1.0f + pan) : volume;
    gains.plain = volume;
    return gains;
}

// One term of a channel conversion: output[out] += factor * gain * input[in].
typedef struct pbr_route {
    uint16_t in;
    uint16_t out;
    float factor;
} pbr_route;

// How many routes pbr_make_routes writes at most.
static inline uint32_t pbr_route_limit(uint32_t in, uint32_t out) {
    return in > out ? in : (out > 2 && in == 1 ? 2 : out);
}

// Up- and down-mix. Mono goes to the first two channels at unity; anything to mono is the mean of
// its channels; otherwise channel n goes to channel n and what has no counterpart is left out.
static inline uint32_t pbr_make_routes(uint32_t in, uint32_t out, pbr_route *routes) {
    uint32_t count = 0;
    if (in == 1) {
        for (uint32_t c = 0; c < (out < 2 ? out : 2); c++) {
            routes[count++] = (pbr_route){0, (uint16_t)c, 1.0f};
        }
    } else if (out == 1) {
        for (uint32_t c = 0; c < in; c++) {
            routes[count++] = (pbr_route){(uint16_t)c, 0, 1.0f / (float)in};
        }
    } else {
        for (uint32_t c = 0; c < (in < out ? in : out); c++) {
            routes[count++] = (pbr_route){(uint16_t)c, (uint16_t)c, 1.0f};
        }
    }
    return count;
}

#endif
