// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Small records of one kind, close together: a walk over the faders of thousands of buses, or a
// block that mixes them, then stays within few pages. Control side, any thread.
#ifndef PBR_SLAB_H
#define PBR_SLAB_H

#include <pthread.h>
#include <stddef.h>

#include "line.h"

typedef struct pbr_slab {
    pthread_mutex_t lock;
    size_t size;
    void *free; // each points to the next
} pbr_slab;

// For records of a type; what was once taken from the system is kept for the next of them.
#define PBR_SLAB(type) \
    {PTHREAD_MUTEX_INITIALIZER, (sizeof(type) + PBR_LINE - 1) & -(size_t)PBR_LINE, NULL}

// A zeroed record that starts on a cache line; NULL when memory runs out.
void *pbr_slab_take(pbr_slab *slab);
void pbr_slab_give(pbr_slab *slab, void *record);

#endif
