// SPDX-License-Identifier: MIT OR Apache-2.0
#include "source.h"

#include <stdlib.h>

pbr_source *pbr_source_create(pbr_pull_function pull, void (*destroy)(void *), void *context) {
    pbr_source *source = calloc(1, sizeof *source);
    if (source != NULL) {
        atomic_init(&source->references, 1);
        source->pull = pull;
        source->destroy = destroy;
        source->context = context;
        source->sounded_to = INT64_MIN;
    }
    return source;
}

pbr_source *pbr_source_retain(pbr_source *source) {
    atomic_fetch_add_explicit(&source->references, 1, memory_order_relaxed);
    return source;
}

void pbr_source_release(pbr_source *source) {
    if (source != NULL &&
        atomic_fetch_sub_explicit(&source->references, 1, memory_order_acq_rel) == 1) {
        source->destroy(source->context);
        free(source);
    }
}

void pbr_source_set_shut(pbr_source *source, bool shut) {
    atomic_store_explicit(&source->shut, shut, memory_order_seq_cst);
}
