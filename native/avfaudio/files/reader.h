// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Audio files, read as planar float at full scale 1, whatever library decodes them.
#ifndef PBF_READER_H
#define PBF_READER_H

#include "container.h"
#include "render/layout.h"

enum { PBF_MAX_CHANNELS = 64, PBF_MAX_RATE = 768000 };

typedef struct pbf_info {
    double rate;
    uint32_t channels;
    pbr_layout layout;             // the channels are in the order of WAV files
    int64_t frames;                // what the file has, or states to have
    const char *container, *codec; // static
    bool is_pcm, is_float;         // how the file keeps samples
    uint32_t bits;                 // of uncompressed samples, else 0
} pbf_info;

typedef struct pbf_reader pbf_reader;

// Takes the descriptor over, on failure too. NULL if it failed.
pbf_reader *pbf_reader_open(int fd, int64_t size, pbf_kind kind, pbf_failure *failure);
void pbf_reader_close(pbf_reader *reader);
const pbf_info *pbf_reader_info(const pbf_reader *reader);
int64_t pbf_reader_position(const pbf_reader *reader);
// How many of the samples read were NaN or infinite: they are read as 0.
uint64_t pbf_reader_invalid(const pbf_reader *reader);
// Reads that many frames, fewer only at the end or before a fault; the next call fails with that. 0
// at the end, -1 after a failure.
int64_t pbf_reader_read(pbf_reader *reader, float *const *planes, int64_t frames,
                        pbf_failure *failure);
// Moves to a frame from 0 to the length.
bool pbf_reader_seek(pbf_reader *reader, int64_t frame, pbf_failure *failure);

#endif
