// SPDX-License-Identifier: MIT OR Apache-2.0
#include "pool.h"

#include <stdlib.h>
#include <string.h>

// With each record from malloc, the sanitizers catch uses of one that was given back.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PBR_POOL_IS_MALLOC 1
#endif
#endif

#if defined(PBR_POOL_IS_MALLOC)

void *pbr_pool_take(pbr_pool *pool) {
    return pbr_line_alloc(pool->size);
}

void pbr_pool_give(pbr_pool *pool, void *record) {
    (void)pool;
    free(record);
}

#else

// Records fetched from the system at once.
enum { RECORDS = 32 };

static void link_record(pbr_pool *pool, void *record) {
    *(void **)record = pool->free;
    pool->free = record;
}

static void fetch(pbr_pool *pool) {
    char *memory = aligned_alloc(PBR_LINE, RECORDS * pool->size);
    for (int i = RECORDS - 1; memory != NULL && i >= 0; i--) {
        link_record(pool, memory + (size_t)i * pool->size);
    }
}

void *pbr_pool_take(pbr_pool *pool) {
    pthread_mutex_lock(&pool->lock);
    if (pool->free == NULL) {
        fetch(pool);
    }
    void *record = pool->free;
    if (record != NULL) {
        pool->free = *(void **)record;
    }
    pthread_mutex_unlock(&pool->lock);
    return record != NULL ? memset(record, 0, pool->size) : NULL;
}

void pbr_pool_give(pbr_pool *pool, void *record) {
    pthread_mutex_lock(&pool->lock);
    link_record(pool, record);
    pthread_mutex_unlock(&pool->lock);
}

#endif
