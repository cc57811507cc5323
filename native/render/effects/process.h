// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A callback that processes the samples of a bus on the audio thread: what an effect node does.
// Reference-counted; `destroy` runs on a control thread.
#ifndef PBR_PROCESS_H
#define PBR_PROCESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "render/sound.h"

// One block, planar. in[c] may be out[c]; otherwise they do not overlap, and in[c] must not be
// written.
typedef struct pbr_process_block {
    int64_t time; // engine time of the first frame; a gap after the last block clears tails
    uint32_t frames;
    uint32_t channels;
    pbr_sound sound; // of the input; if it is silent, in[c] is out[c]
    const float *const *in;
    float *const *out;
} pbr_process_block;

// Fills block->out and returns where it sounds. A tail counts as sound.
typedef pbr_sound (*pbr_process_function)(void *context, const pbr_process_block *block);

typedef struct pbr_process {
    atomic_uint references;
    pbr_process_function function;
    void (*destroy)(void *context);
    void *context;
} pbr_process;

// NULL when memory runs out; the context then still belongs to the caller.
pbr_process *pbr_process_create(pbr_process_function function, void (*destroy)(void *),
                                void *context);
pbr_process *pbr_process_retain(pbr_process *process);
void pbr_process_release(pbr_process *process);

#endif
