// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Cache lines. What control threads write and what the audio thread writes lie in different lines,
// and so do the controls of different buses: a moving fader slows down nothing but the next block's
// read of it.
#ifndef PBR_LINE_H
#define PBR_LINE_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define PBR_LINE 64

// Zeroed memory that starts on a line; size is a multiple of one. Freed by free().
static inline void *pbr_line_alloc(size_t size) {
    void *memory = aligned_alloc(PBR_LINE, size);
    return memory != NULL ? memset(memory, 0, size) : NULL;
}

// Likewise, for what the audio thread is the first to write: calloc's memory may be without pages
// until then. Not empty.
static inline void *pbr_touched_alloc(size_t count, size_t size) {
    if (count > (SIZE_MAX - PBR_LINE) / size) {
        return NULL;
    }
    return pbr_line_alloc((count * size + PBR_LINE - 1) & -(size_t)PBR_LINE);
}

#endif
