// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The inside of a stream: from its file to frames at the player's rate.
#ifndef PBR_DECODE_H
#define PBR_DECODE_H

#include <stddef.h>

#include "stream.h"

// Frames that are converted at a time. Whatever the ring has room for, the pieces are the same, and
// so is the sound.
enum { PBR_PIECE = 256 };

typedef struct pbr_decoding pbr_decoding;

// Opens the reader at a frame of the stream. NULL without memory, or if it cannot be opened.
pbr_decoding *pbr_decoding_open(const pbr_stream *stream, int64_t frame);
void pbr_decoding_close(pbr_decoding *decoding, const pbr_stream *stream);
// The next frames of the stream, into the planes from `at` on; at most PBR_PIECE if the rate is
// converted. The frame of the stream from which on they are silence because reading has failed, or
// PBR_UNCUT.
int64_t pbr_decoding_read(pbr_decoding *decoding, const pbr_stream *stream, float *const *planes,
                          int64_t at, int64_t frames);
// Samples, not frames, for `channels` planes; NULL without memory.
float **pbr_planes_create(uint32_t channels, size_t frames);

#endif
