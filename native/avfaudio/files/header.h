// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What libsndfile takes from headers at its word, or refuses, and other programs do not.
#ifndef PBF_HEADER_H
#define PBF_HEADER_H

#include "container.h"
#include "source.h"

typedef struct pbf_header {
    // Bytes of samples that a truncated file states and has; both 0 for a file that is whole.
    int64_t stated, present;
    int64_t frame_bytes; // of uncompressed samples, 0 if not known
    // Of compressed samples in blocks of one size; 0 if they are not, or not known.
    int64_t block_bytes, block_frames;
    // What to multiply samples by: those of 24 bits in the low bytes of 32 are read as 32 bits.
    float scale;
    // The exact length, where libsndfile can only estimate it; or -1.
    int64_t frames;
    int64_t speakers;       // WAV's mask of the channels' speakers, or -1 without one
    bool has_to_be_counted; // the estimate is no use, and nothing else says it
    bool has_changed;       // after those frames, sound of another rate or channel count follows
    const char *codec;      // NULL if libsndfile knows better
    const char *unreadable; // the codec, if no library reads it
} pbf_header;

// Reads the header, and patches the source where a size is a placeholder or off by a few bytes.
pbf_header pbf_read_header(pbf_source *source, pbf_container container);

#endif
