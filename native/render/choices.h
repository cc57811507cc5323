// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Choices where Apple's behaviour is undocumented, each in one place. If a Mac measures otherwise,
// it is changed here and nowhere else. conformance/choices.json has the resulting values for the
// tests.
#ifndef PBR_CHOICES_H
#define PBR_CHOICES_H

#include <math.h>
#include <stdint.h>

#include "layout.h"

// Gain and pan changes are linear ramps of this many frames (10 ms at 48 kHz): one sample moves by
// at most 1/480 = 0.21 % of the change.
#define PBR_RAMP_FRAMES 480u

// A new mixer has this many input buses; connecting past the last one adds more.
#define PBR_MIXER_INPUTS 8u

// A new matrix mixer has this many input and output buses, each with this many channels until it is
// connected or given a format.
#define PBR_MATRIX_BUSES 1u
#define PBR_MATRIX_CHANNELS 2u

// connect:to:format: frees the source's earlier connection before it picks a mixer's bus.
#define PBR_CONNECT_FREES_FIRST 1

// connect:toConnectionPoints: keeps a listed connection that exists already in the same format,
// with its volume and pan.
#define PBR_CONNECT_KEEPS_LISTED 1

// Stopping the engine keeps a player's queue but clears its playing state.
#define PBR_ENGINE_STOP_KEEPS_QUEUE 1

// The format of an engine without a device, outside manual rendering.
#define PBR_NOMINAL_RATE 44100.0
#define PBR_NOMINAL_CHANNELS 2u

// Sample rate conversion: libsamplerate's medium filter. A 1 kHz tone has a signal-to-error ratio
// of at least 126 dB, at 70 ns per channel and frame when converting up (44.1 to 48 kHz), and that
// times the ratio when converting down. The fastest filter has 103 dB at 35 ns; the best one has
// 140 dB at 210 ns and three times the delay. The delay is the filter's look-ahead, a constant
// number of input frames: 47 when converting up (1.07 ms from 44.1 kHz), 46 times the ratio when
// converting down (51 from 48 to 44.1 kHz). Signals that need no conversion are not delayed to
// match. A converter takes about 150 KB per channel, most of it the library's, and 0.15 ms to
// create.
#define PBR_CONVERTER SRC_SINC_MEDIUM_QUALITY

// A node is rendered once per block, for one number of frames, so a node with several connections
// cannot follow two clocks. A connection is refused if it would change the rate between such a
// split and the mixer where its paths meet, unless the rate changes in the same way on all of them.

// The gains that result from a volume and a pan, by the side of the output channel.
typedef struct pbr_gains {
    float left;
    float right;
    float plain; // for channels in the middle, and the only channel of a mono output
} pbr_gains;

_Static_assert(offsetof(pbr_gains, right) == PBR_RIGHT * sizeof(float) &&
                   offsetof(pbr_gains, plain) == PBR_PLAIN * sizeof(float),
               "a side is a gain's place");

static inline float pbr_gains_on(const pbr_gains *gains, pbr_side side) {
    return *(const float *)((const char *)gains + side * sizeof(float));
}

// Linear balance: unity on both sides at the centre; the far side falls to 0 at the ends. This is
// the law of a console's balance knob. A mono source is panned by it after the up-mix.
static inline pbr_gains pbr_balance(float volume, float pan) {
    pbr_gains gains;
    gains.left = pan > 0.0f ? volume * (1.0f - pan) : volume;
    gains.right = pan < 0.0f ? volume * (1.0f + pan) : volume;
    gains.plain = volume;
    return gains;
}

// Constant power, for mono sources only: the squares of both sides add up to one, so that each is at
// -3 dB at the centre. The far side is exactly 0 at the ends. Apple's mixers do not have it.
static inline pbr_gains pbr_constant_power(float volume, float pan) {
    const float quarter = 0.78539816f; // pi / 4
    pbr_gains gains;
    gains.left = pan < 1.0f ? volume * cosf((pan + 1.0f) * quarter) : 0.0f;
    gains.right = pan < 1.0f ? volume * sinf((pan + 1.0f) * quarter) : volume;
    gains.plain = volume;
    return gains;
}

// Channel conversion. A speaker that the output lacks goes to its neighbours, with the coefficients
// of ITU-R BS.775, not normalised: the centre to both fronts, a surround to the front of its side,
// at -3 dB; the LFE is left out. Side and back surrounds replace each other at unity, so that
// folding in two steps equals folding in one. Mono output is the mean of the stereo fold: BS.775's
// mono, 3 dB lower. Mono input goes to both fronts at unity, so that pan affects it.
#define PBR_FOLD_CENTRE 0.70710678f
#define PBR_FOLD_SURROUND 0.70710678f
#define PBR_FOLD_MONO 0.5f

// One term of a channel conversion: output[out] += factor * gain * input[in].
typedef struct pbr_route {
    uint8_t in;
    uint8_t out;
    uint8_t side; // a pbr_side: which gain
    float factor;
} pbr_route;

// Whether pbr_make_routes loses no channel. Discrete channels go by number and must fit, or all go
// into one.
static inline bool pbr_layout_converts(pbr_layout in, pbr_layout out) {
    uint32_t from = pbr_layout_channels(in);
    uint32_t to = pbr_layout_channels(out);
    return from <= to || to == 1 ||
           (pbr_layout_speakers(in) != NULL && pbr_layout_speakers(out) != NULL);
}

// The most routes that pbr_make_routes writes.
static inline uint32_t pbr_route_limit(pbr_layout in) {
    return 2 * pbr_layout_channels(in);
}

static inline uint32_t pbr_add_route(pbr_route *routes, uint32_t count, uint32_t in, uint32_t to,
                                     pbr_layout out, float factor) {
    routes[count] =
        (pbr_route){(uint8_t)in, (uint8_t)to, (uint8_t)pbr_layout_side(out, to), factor};
    return count + 1;
}

// The channel of the speaker, or -1.
static inline int pbr_channel_of(const uint8_t *speakers, pbr_speaker speaker) {
    for (int c = 0; speakers[c] != PBR_SPEAKER_NONE; c++) {
        if (speakers[c] == speaker) {
            return c;
        }
    }
    return -1;
}

// Routes one channel of a known layout into a known layout that has fronts.
static inline uint32_t pbr_route_speaker(uint32_t in, pbr_speaker speaker, pbr_layout out,
                                         pbr_route *routes, uint32_t count) {
    const uint8_t *speakers = pbr_layout_speakers(out);
    int same = pbr_channel_of(speakers, speaker);
    if (same >= 0) {
        return pbr_add_route(routes, count, in, (uint32_t)same, out, 1.0f);
    }
    if (speaker == PBR_LFE) {
        return count;
    }
    if (speaker == PBR_CENTRE) {
        count = pbr_add_route(routes, count, in, 0, out, PBR_FOLD_CENTRE);
        return pbr_add_route(routes, count, in, 1, out, PBR_FOLD_CENTRE);
    }
    bool back = speaker == PBR_BACK_LEFT || speaker == PBR_BACK_RIGHT;
    bool left = speaker == PBR_SIDE_LEFT || speaker == PBR_BACK_LEFT;
    int other = pbr_channel_of(speakers, back ? (left ? PBR_SIDE_LEFT : PBR_SIDE_RIGHT)
                                              : (left ? PBR_BACK_LEFT : PBR_BACK_RIGHT));
    return other >= 0 ? pbr_add_route(routes, count, in, (uint32_t)other, out, 1.0f)
                      : pbr_add_route(routes, count, in, left ? 0 : 1, out, PBR_FOLD_SURROUND);
}

// The share of a channel in mono: the mean of its shares in the stereo fold.
static inline float pbr_mono_factor(pbr_layout in, uint32_t channel) {
    const uint8_t *speakers = pbr_layout_speakers(in);
    if (speakers == NULL) {
        return 1.0f / (float)pbr_layout_channels(in);
    }
    switch (speakers[channel]) {
    case PBR_FRONT_LEFT:
    case PBR_FRONT_RIGHT:
        return PBR_FOLD_MONO;
    case PBR_CENTRE:
        return PBR_FOLD_MONO * 2.0f * PBR_FOLD_CENTRE;
    case PBR_LFE:
        return 0.0f;
    default:
        return PBR_FOLD_MONO * PBR_FOLD_SURROUND;
    }
}

// All routes from one layout to another; none if pbr_layout_converts says no.
static inline uint32_t pbr_make_routes(pbr_layout in, pbr_layout out, pbr_route *routes) {
    uint32_t from = pbr_layout_channels(in);
    uint32_t to = pbr_layout_channels(out);
    const uint8_t *speakers = pbr_layout_speakers(in);
    uint32_t count = 0;
    if (from == 1) {
        for (uint32_t c = 0; c < to && c < 2; c++) {
            count = pbr_add_route(routes, count, 0, c, out, 1.0f);
        }
        return count;
    }
    for (uint32_t c = 0; c < from && pbr_layout_converts(in, out); c++) {
        if (to == 1) {
            float factor = pbr_mono_factor(in, c);
            count = factor != 0.0f ? pbr_add_route(routes, count, c, 0, out, factor) : count;
        } else if (speakers == NULL || pbr_layout_speakers(out) == NULL) {
            count = pbr_add_route(routes, count, c, c, out, 1.0f);
        } else {
            count = pbr_route_speaker(c, (pbr_speaker)speakers[c], out, routes, count);
        }
    }
    return count;
}

#endif
