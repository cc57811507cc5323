// SPDX-License-Identifier: MIT OR Apache-2.0
#include "slab.h"

#include <stdlib.h>
#include <string.h>

// With a record each from malloc, the sanitizers see who uses one that was given back.
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define PBR_SLAB_IS_MALLOC 1
#endif
#endif

#if defined(PBR_SLAB_IS_MALLOC)

void *pbr_slab_take(pbr_slab *slab) {
    return pbr_line_alloc(slab->size);
}

void pbr_slab_give(pbr_slab *slab, void *record) {
    (void)slab;
    free(record);
}

#else

// What one look for memory fetches.
enum { RECORDS = 32 };

static void link_record(pbr_slab *slab, void *record) {
    *(void **)record = slab->free;
    slab->free = record;
}

static void fetch(pbr_slab *slab) {
    char *memory = aligned_alloc(PBR_LINE, RECORDS * slab->size);
    for (int i = RECORDS - 1; memory != NULL && i >= 0; i--) {
        link_record(slab, memory + (size_t)i * slab->size);
    }
}

void *pbr_slab_take(pbr_slab *slab) {
    pthread_mutex_lock(&slab->lock);
    if (slab->free == NULL) {
        fetch(slab);
    }
    void *record = slab->free;
    if (record != NULL) {
        slab->free = *(void **)record;
    }
    pthread_mutex_unlock(&slab->lock);
    return record != NULL ? memset(record, 0, slab->size) : NULL;
}

void pbr_slab_give(pbr_slab *slab, void *record) {
    pthread_mutex_lock(&slab->lock);
    link_record(slab, record);
    pthread_mutex_unlock(&slab->lock);
}

#endif
