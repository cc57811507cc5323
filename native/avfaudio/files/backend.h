// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What decodes a file: one of two libraries.
#ifndef PBF_BACKEND_H
#define PBF_BACKEND_H

#include "header.h"
#include "reader.h"

typedef struct pbf_backend pbf_backend;

struct pbf_backend {
    pbf_info info;
    bool is_cut;      // the file ends within a piece of sound that cannot be decoded
    bool has_changed; // sound of another rate or channel count follows
    int64_t position; // of the next frame that is read
    // Reads up to that many frames, from frame `at` of the planes on. 0 at the end, -1 on failure.
    int64_t (*read)(pbf_backend *backend, float *const *planes, int64_t at, int64_t frames,
                    pbf_failure *failure);
    bool (*seek)(pbf_backend *backend, int64_t frame, pbf_failure *failure);
    void (*close)(pbf_backend *backend);
};

// The source has to outlive them. NULL if it failed.
pbf_backend *pbf_open_sound(pbf_source *source, pbf_kind kind, pbf_failure *failure);
pbf_backend *pbf_open_vorbis(pbf_source *source, pbf_kind kind, pbf_failure *failure);

// The channels of Vorbis and Opus, which have an order of their own: at [i] the one that is the
// i-th in WAV's. Sets the layout as well.
const uint8_t *pbf_ogg_order(pbf_info *info);
// The layout of so many channels in the orders of FLAC and Ogg, which fix it by their number.
pbr_layout pbf_fixed_layout(uint32_t channels);

#endif
