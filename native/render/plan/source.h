// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A callback that makes sound on the audio thread. Reference-counted; `destroy` runs on a control
// thread.
#ifndef PBR_SOURCE_H
#define PBR_SOURCE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

typedef enum pbr_pull {
    PBR_PULL_OK = 0,
    PBR_PULL_SILENT,      // only zeros: the buffers need not be filled
    PBR_PULL_FAILED,      // no data: heard as silence
    PBR_PULL_INSUFFICIENT // an input ran dry: heard as silence and reported to the renderer
} pbr_pull;

// Fills channels[c][0 .. frames), or points channels[c] at `frames` samples of its own that stay
// valid until the next call. time: engine time of the first frame, at the source's rate.
typedef pbr_pull (*pbr_pull_function)(void *context, int64_t time, uint32_t frames,
                                      uint32_t channel_count, float **channels);

typedef struct pbr_source {
    atomic_uint references;
    atomic_bool shut;
    pbr_pull_function pull;
    void (*destroy)(void *context);
    void *context;
    int64_t sounded_to; // audio thread: the time after the last block that was not silent
} pbr_source;

// NULL when memory runs out; the context then still belongs to the caller.
pbr_source *pbr_source_create(pbr_pull_function pull, void (*destroy)(void *), void *context);
pbr_source *pbr_source_retain(pbr_source *source);
void pbr_source_release(pbr_source *source);
// Control side: a source that is shut is silent, and blocks that begin later do not call it.
void pbr_source_set_shut(pbr_source *source, bool shut);

#endif
