// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PBF_OGG_H
#define PBF_OGG_H

#include "source.h"

typedef struct pbf_ogg_end {
    bool is_cut;     // the last page is not complete
    bool is_chained; // it belongs to a stream that does not begin the file
} pbf_ogg_end;

pbf_ogg_end pbf_read_ogg_end(pbf_source *source);
// The first frame, at 48 kHz, that an Opus file has no whole page for; INT64_MAX if it has them all.
int64_t pbf_opus_trouble(pbf_source *source);
// How many streams follow each other; 0 if a damaged page is in the way.
int pbf_count_links(pbf_source *source);

#endif
