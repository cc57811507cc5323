// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The lists of a plan while it is built.
#ifndef PBR_PLAN_LIST_H
#define PBR_PLAN_LIST_H

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

// Grows a list by `more` zeroed items and returns the first. NULL when memory runs out.
static inline void *pbr_grow(void **items, uint32_t *count, uint32_t *room, uint32_t more,
                             size_t size) {
    if (*count + more > *room) {
        uint32_t wider = *room == 0 ? 8 : *room * 2;
        wider = wider < *count + more ? *count + more : wider;
        void *moved = realloc(*items, wider * size);
        if (moved == NULL) {
            return NULL;
        }
        *items = moved;
        *room = wider;
    }
    void *first = (char *)*items + *count * size;
    memset(first, 0, more * size);
    *count += more;
    return first;
}

// The same for a list of the plan.
#define PBR_GROW(plan, list, more)                                                          \
    pbr_grow((void **)&(plan)->list.items, &(plan)->list.count, &(plan)->list.room, (more), \
             sizeof *(plan)->list.items)

#endif
