// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Audio files, written through libsndfile.
#ifndef PBF_WRITER_H
#define PBF_WRITER_H

#include "failure.h"
#include "render/layout.h"

typedef enum pbf_type { PBF_WRITE_WAV, PBF_WRITE_FLAC, PBF_WRITE_VORBIS } pbf_type;

typedef struct pbf_writing {
    pbf_type type;
    uint32_t bits; // 16, 24, or 32 for float
    double rate;   // Hz, a whole number
    uint32_t channels;
    pbr_layout layout;
    double quality; // of Vorbis, 0 to 1
} pbf_writing;

typedef struct pbf_writer pbf_writer;

// Makes the file, or empties the one that is there. NULL if that failed.
pbf_writer *pbf_writer_open(const char *path, const pbf_writing *writing, pbf_failure *failure);
// Appends frames, rounded to the file's bits and clipped where they are integers.
bool pbf_writer_write(pbf_writer *writer, const float *const *planes, int64_t frames,
                      pbf_failure *failure);
// Completes and closes the file. The writer is gone afterwards, on failure, too.
bool pbf_writer_finish(pbf_writer *writer, pbf_failure *failure);

#endif
