// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where a block of samples sounds, as stated by its producer: samples are not searched for zeros. A
// gain that changes where nothing sounds starts at its new value.
#ifndef PBR_SOUND_H
#define PBR_SOUND_H

#include <stdbool.h>
#include <stdint.h>

typedef struct pbr_sound {
    bool silent;    // all zeros
    bool joined;    // its first frame sounds, and so did the one before
    uint32_t quiet; // silent frames at its end; all of them if it is silent
    uint32_t late;  // the same at its beginning
} pbr_sound;

static inline pbr_sound pbr_no_sound(uint32_t frames) {
    return (pbr_sound){true, false, frames, frames};
}

// The mix of two sounds.
static inline pbr_sound pbr_sound_both(pbr_sound one, pbr_sound other) {
    one.silent = one.silent && other.silent;
    one.joined = one.joined || other.joined;
    one.quiet = one.quiet < other.quiet ? one.quiet : other.quiet;
    one.late = one.late < other.late ? one.late : other.late;
    return one;
}

typedef struct pbr_sound_block {
    pbr_sound sound;
    uint32_t frames;
} pbr_sound_block;

// Whether a frame of the pbr_sound_block sounds, and the one before it.
static inline bool pbr_sound_block_joined(void *context, uint32_t frame) {
    const pbr_sound_block *block = context;
    const pbr_sound *sound = &block->sound;
    return frame == 0
               ? sound->joined
               : !sound->silent && frame > sound->late && frame < block->frames - sound->quiet;
}

#endif
