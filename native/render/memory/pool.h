// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Small records of one kind, close together: a walk over the faders of thousands of buses, or a
// block that mixes them, then stays within few pages. Control side, any thread.
#ifndef PBR_POOL_H
#define PBR_POOL_H

#include <pthread.h>
#include <stddef.h>

#include "line.h"

typedef struct pbr_pool {
    pthread_mutex_t lock;
    size_t size;
    void *free; // each points to the next
} pbr_pool;

// A pool for records of a type. It never returns memory to the system.
#define PBR_POOL(type) \
    {PTHREAD_MUTEX_INITIALIZER, (sizeof(type) + PBR_LINE - 1) & -(size_t)PBR_LINE, NULL}

// A zeroed record that starts on a cache line; NULL when memory runs out.
void *pbr_pool_take(pbr_pool *pool);
void pbr_pool_give(pbr_pool *pool, void *record);

#endif
