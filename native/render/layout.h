// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Channel layouts: which speaker each channel of a format feeds, and on which side it stands.
#ifndef PBR_LAYOUT_H
#define PBR_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Numbered like Core Audio's layout tags, whose low 16 bits are the channel count. One and two
// channels are always mono and stereo. A layout that is not in the table below is discrete: its
// channels have numbers but no speakers.
typedef uint32_t pbr_layout;
#define PBR_LAYOUT_MONO ((100u << 16) | 1)
#define PBR_LAYOUT_STEREO ((101u << 16) | 2)
#define PBR_LAYOUT_3_0 ((113u << 16) | 3)
#define PBR_LAYOUT_QUAD ((108u << 16) | 4)
#define PBR_LAYOUT_QUAD_ITU ((132u << 16) | 4)
#define PBR_LAYOUT_QUAD_WAVE ((185u << 16) | 4)
#define PBR_LAYOUT_5_0 ((117u << 16) | 5)
#define PBR_LAYOUT_5_0_WAVE ((186u << 16) | 5)
#define PBR_LAYOUT_5_1 ((121u << 16) | 6)
#define PBR_LAYOUT_5_1_WAVE ((187u << 16) | 6)
#define PBR_LAYOUT_7_1 ((189u << 16) | 8)
#define PBR_LAYOUT_7_1_MPEG ((128u << 16) | 8)
#define PBR_LAYOUT_DISCRETE 0xFFFF0000u // plus the channel count

typedef enum pbr_speaker {
    PBR_SPEAKER_NONE, // past the last channel
    PBR_FRONT_LEFT,
    PBR_FRONT_RIGHT,
    PBR_CENTRE,
    PBR_LFE,
    PBR_SIDE_LEFT, // the surrounds of layouts that have only two
    PBR_SIDE_RIGHT,
    PBR_BACK_LEFT,
    PBR_BACK_RIGHT
} pbr_speaker;

// Which of the gains of a pbr_gains applies to a channel.
typedef enum pbr_side { PBR_LEFT, PBR_RIGHT, PBR_PLAIN } pbr_side;
enum { PBR_SIDES = 3 };

static inline uint32_t pbr_layout_channels(pbr_layout layout) {
    return layout & 0xFFFF;
}

// The channels' speakers, ending in PBR_SPEAKER_NONE; NULL for a discrete layout.
static inline const uint8_t *pbr_layout_speakers(pbr_layout layout) {
    enum { L = PBR_FRONT_LEFT, R, C, LFE, SL, SR, BL, BR };
    static const struct {
        pbr_layout layout;
        uint8_t speakers[9];
    } table[] = {
        {PBR_LAYOUT_MONO, {C}},
        {PBR_LAYOUT_STEREO, {L, R}},
        {PBR_LAYOUT_3_0, {L, R, C}},
        {PBR_LAYOUT_QUAD, {L, R, SL, SR}},
        {PBR_LAYOUT_QUAD_ITU, {L, R, SL, SR}},
        {PBR_LAYOUT_QUAD_WAVE, {L, R, BL, BR}},
        {PBR_LAYOUT_5_0, {L, R, C, SL, SR}},
        {PBR_LAYOUT_5_0_WAVE, {L, R, C, BL, BR}},
        {PBR_LAYOUT_5_1, {L, R, C, LFE, SL, SR}},
        {PBR_LAYOUT_5_1_WAVE, {L, R, C, LFE, BL, BR}},
        {PBR_LAYOUT_7_1, {L, R, C, LFE, BL, BR, SL, SR}},
        {PBR_LAYOUT_7_1_MPEG, {L, R, C, LFE, SL, SR, BL, BR}},
    };
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (table[i].layout == layout) {
            return table[i].speakers;
        }
    }
    return NULL;
}

// The layout of a format with this channel count and tag, which may be any tag.
static inline pbr_layout pbr_layout_of(uint32_t tag, uint32_t channels) {
    if (channels <= 2) {
        return channels == 2 ? PBR_LAYOUT_STEREO : PBR_LAYOUT_MONO;
    }
    bool known = pbr_layout_channels(tag) == channels && pbr_layout_speakers(tag) != NULL;
    return known ? tag : PBR_LAYOUT_DISCRETE | channels;
}

// The layout that a channel count alone stands for.
static inline pbr_layout pbr_layout_usual(uint32_t channels) {
    static const pbr_layout usual[] = {
        0, 0, 0, 0, PBR_LAYOUT_QUAD, 0, PBR_LAYOUT_5_1, 0, PBR_LAYOUT_7_1};
    return pbr_layout_of(channels < sizeof usual / sizeof usual[0] ? usual[channels] : 0, channels);
}

// The side of a channel. Discrete channels form pairs, the even ones left and the odd ones right;
// the last of an odd number stands in the middle.
static inline pbr_side pbr_layout_side(pbr_layout layout, uint32_t channel) {
    const uint8_t *speakers = pbr_layout_speakers(layout);
    if (speakers == NULL) {
        bool alone = channel % 2 == 0 && channel + 1 == pbr_layout_channels(layout);
        return alone ? PBR_PLAIN : (channel % 2 == 0 ? PBR_LEFT : PBR_RIGHT);
    }
    switch (speakers[channel]) {
    case PBR_FRONT_LEFT:
    case PBR_SIDE_LEFT:
    case PBR_BACK_LEFT:
        return PBR_LEFT;
    case PBR_FRONT_RIGHT:
    case PBR_SIDE_RIGHT:
    case PBR_BACK_RIGHT:
        return PBR_RIGHT;
    default:
        return PBR_PLAIN;
    }
}

#endif
