// SPDX-License-Identifier: MIT OR Apache-2.0
#include "chain.h"

#include <stdlib.h>
#include <string.h>

// Points that have started are kept this long: to start late, one needs those before it.
enum { KEPT = 2, LEAST_ROOM = 16 };

typedef struct entry {
    pbr_point point;
    uint64_t number; // ascending: later calls have higher numbers, and theirs come last in a list
} entry;

struct pbr_points {
    pbr_retired retired;
    uint64_t number;        // no other list of the chain has it
    _Atomic uint32_t count; // never falls: entries below it do not change
    uint32_t room;
    entry entries[];
};

static void free_points(pbr_retired *retired) {
    free(retired);
}

void pbr_gain_chain_free(pbr_gain_chain *chain) {
    free(atomic_load_explicit(&chain->points, memory_order_relaxed));
}

// The first entry at `first` or later that is asked for at `time` or later.
static uint32_t asked_from(const pbr_points *list, uint32_t first, uint32_t count, int64_t time) {
    while (first < count) {
        uint32_t middle = first + (count - first) / 2;
        if (list->entries[middle].point.asked < time) {
            first = middle + 1;
        } else {
            count = middle;
        }
    }
    return first;
}

// The first entry at `first` or later that starts after `time`.
static uint32_t starts_after(const pbr_points *list, uint32_t first, uint32_t count, int64_t time) {
    while (first < count) {
        uint32_t middle = first + (count - first) / 2;
        if (list->entries[middle].point.start <= time) {
            first = middle + 1;
        } else {
            count = middle;
        }
    }
    return first;
}

static void append(pbr_gain_chain *chain, pbr_points *list, uint32_t at, const pbr_point *points,
                   size_t count) {
    for (size_t i = 0; i < count; i++) {
        list->entries[at + i] = (entry){points[i], ++chain->numbered};
    }
    atomic_store_explicit(&list->count, (uint32_t)(at + count), memory_order_release);
}

bool pbr_gain_chain_replace(pbr_gain_chain *chain, int64_t now, int64_t from,
                            const pbr_point *points, size_t count, pbr_retired **old) {
    pbr_points *list = atomic_load_explicit(&chain->points, memory_order_relaxed);
    uint32_t present = list != NULL ? atomic_load_explicit(&list->count, memory_order_relaxed) : 0;
    uint32_t kept = list != NULL ? asked_from(list, 0, present, from) : 0;
    *old = NULL;
    if (kept == present && (count == 0 || (list != NULL && count <= list->room - kept))) {
        if (count > 0) {
            append(chain, list, kept, points, count);
        }
        return true;
    }
    uint32_t begun = list != NULL ? asked_from(list, 0, kept, now) : 0;
    uint32_t dropped = begun > KEPT ? begun - KEPT : 0;
    uint32_t carried = kept - dropped;
    if (count > UINT32_MAX / 2 || carried > UINT32_MAX / 4) {
        return false;
    }
    // Room for as many again, so that appending costs the same whatever there is.
    size_t room = 2 * (carried + count) > LEAST_ROOM ? 2 * (carried + count) : LEAST_ROOM;
    room = room < UINT32_MAX ? room : UINT32_MAX;
    pbr_points *made = malloc(sizeof *made + room * sizeof *made->entries);
    if (made == NULL) {
        return false;
    }
    made->retired.free = free_points;
    made->number = list != NULL ? list->number + 1 : 1;
    made->room = (uint32_t)room;
    atomic_init(&made->count, 0);
    if (carried > 0) {
        memcpy(made->entries, list->entries + dropped, carried * sizeof *made->entries);
    }
    append(chain, made, carried, points, count);
    atomic_store_explicit(&chain->points, made, memory_order_seq_cst);
    *old = list != NULL ? &list->retired : NULL;
    return true;
}

// The list as it is now, and up to where: the chain's place is in it. NULL: nothing waits.
static const pbr_points *find_place(pbr_gain_chain *chain, uint32_t *count) {
    const pbr_points *list = atomic_load_explicit(&chain->points, memory_order_seq_cst);
    if (list == NULL) {
        return NULL;
    }
    *count = atomic_load_explicit(&((pbr_points *)list)->count, memory_order_acquire);
    if (list->number != chain->list) {
        uint32_t first = 0;
        for (uint32_t end = *count; first < end;) {
            uint32_t middle = first + (end - first) / 2;
            if (list->entries[middle].number <= chain->taken) {
                first = middle + 1;
            } else {
                end = middle;
            }
        }
        chain->next = first;
        chain->list = list->number;
    }
    return chain->next < *count ? list : NULL;
}

const pbr_point *pbr_gain_chain_due(pbr_gain_chain *chain, int64_t end) {
    uint32_t count;
    const pbr_points *list = find_place(chain, &count);
    if (list == NULL || list->entries[chain->next].point.start >= end) {
        return NULL;
    }
    return &list->entries[chain->next].point;
}

bool pbr_gain_chain_waits(pbr_gain_chain *chain) {
    uint32_t count;
    return find_place(chain, &count) != NULL;
}

// Where the control is once the point has started and `done` of its frames are over.
static pbr_fade started(const pbr_point *point, float from, uint64_t done) {
    return point->frames == 0 ? (pbr_fade){point->value, point->value, 0, 0, PBR_CURVE_LINEAR}
                              : (pbr_fade){from, point->value, done, point->frames, point->curve};
}

// Where the fade was so many frames ago.
static float reached_before(const pbr_fade *fade, uint64_t frames) {
    return fade->done >= frames ? pbr_fade_at(fade, fade->done - frames) : fade->from;
}

bool pbr_gain_chain_start(pbr_gain_chain *chain, int64_t time, pbr_fade *fade) {
    uint32_t count;
    const pbr_points *list = find_place(chain, &count);
    if (list == NULL || list->entries[chain->next].point.start > time) {
        return false;
    }
    uint32_t last = chain->next;
    if (last + 1 < count && list->entries[last + 1].point.start <= time) {
        last = starts_after(list, last + 1, count, time) - 1;
    }
    const pbr_point *point = &list->entries[last].point;
    uint64_t late = (uint64_t)(time - point->start);
    float from;
    if (last == chain->next) {
        from = reached_before(fade, late);
    } else {
        // The one before it has not been heard.
        const pbr_point *before = &list->entries[last - 1].point;
        float start = last - 1 > chain->next
                          ? list->entries[last - 2].point.value
                          : reached_before(fade, (uint64_t)(time - before->start));
        pbr_fade skipped = started(before, start, 0);
        from = pbr_fade_at(&skipped, (uint64_t)(point->start - before->start));
    }
    *fade = started(point, from, late);
    chain->taken = list->entries[last].number;
    chain->next = last + 1;
    return true;
}
