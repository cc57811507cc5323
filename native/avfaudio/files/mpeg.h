// SPDX-License-Identifier: MIT OR Apache-2.0
//
// MPEG audio files without a count of their frames: libsndfile guesses their length by the first
// frame, and reads no further than it guessed.
#ifndef PBF_MPEG_H
#define PBF_MPEG_H

#include "header.h"

// Counts the frames. Where the file does not, the source ends with so many zeros that no estimate is
// too low.
void pbf_read_mpeg(pbf_source *source, pbf_header *header);

#endif
