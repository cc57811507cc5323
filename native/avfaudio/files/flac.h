// SPDX-License-Identifier: MIT OR Apache-2.0
//
// FLAC streams that do not state their length, are damaged, or whose rate or channels change inside:
// libsndfile plays on with what it can decode.
#ifndef PBF_FLAC_H
#define PBF_FLAC_H

#include "source.h"

typedef struct pbf_flac {
    uint32_t rate, channels, bits;
    uint32_t block;      // frames per block, if it is fixed
    int64_t audio_start; // the first block's place
} pbf_flac;

// A block's header.
typedef struct pbf_flac_block {
    uint32_t rate, channels, bits, frames; // rate and bits 0: those of the stream
    uint64_t number;                       // of the block, or of its first frame
    bool counts_frames;
} pbf_flac_block;

// Looks at the bytes that are decoded.
typedef struct pbf_flac_watch {
    pbf_flac info;
    int64_t next_at; // the place of the byte after the last that it has seen
    bool is_inside;  // a block has begun
    bool is_sure;    // and that was no chance
    pbf_flac_block block;
    uint16_t checksum; // of its bytes so far
    int64_t trouble;   // the first frame that is not decoded right; INT64_MAX if there is none
    bool has_changed;  // because the rate, channels or bits change there
} pbf_flac_watch;

// If the header states no length, that of the last block is filled in; likewise the smallest block.
void pbf_read_flac(pbf_source *source);
// False if the source has no header.
bool pbf_flac_watch_start(pbf_flac_watch *watch, pbf_source *source);
// These bytes of the source are read.
void pbf_flac_watch_bytes(pbf_flac_watch *watch, pbf_source *source, int64_t at,
                          const uint8_t *bytes, size_t count);

#endif
