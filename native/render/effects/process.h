// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A callback that changes one bus's samples on the audio thread: what an effect node does. Counted;
// `destroy` runs on a control thread.
#ifndef PBR_PROCESS_H
#define PBR_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "render/sound.h"

// One block, planar. in[c] may be out[c]; otherwise they do not overlap, and in[c] is not to be
// written to.
typedef struct pbr_process_block {
    int64_t time; // engine time of the first frame; a gap since the last block clears tails
    uint32_t frames;
    uint32_t channels;
    pbr_sound sound; // of the input; if that is silent, in[c] is out[c]
    const float *const *in;
    float *const *out;
} pbr_process_block;

// Fills block->out, and says what that holds. A tail sounds.
typedef pbr_sound (*pbr_process_function)(void *context, const pbr_process_block *block);

typedef struct pbr_process {
    atomic_uint references;
    pbr_process_function function;
    void (*destroy)(void *context);
    void *context;
} pbr_process;

// NULL when memory runs out; then context stays the caller's.
pbr_process *pbr_process_create(pbr_process_function function, void (*destroy)(void *),
                                void *context);
pbr_process *pbr_process_retain(pbr_process *process);
void pbr_process_release(pbr_process *process);

#endif
