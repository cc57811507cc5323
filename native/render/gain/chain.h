// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What one control is to do later: points, each a fade or a set that starts at a given frame. A
// control thread appends to the list and replaces its end; the audio thread walks along it.
#ifndef PBR_CHAIN_H
#define PBR_CHAIN_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fade.h"
#include "render/memory/retired.h"

typedef struct pbr_point {
    int64_t asked;   // when it is to start, on the engine's clock: points are ordered by it
    int64_t start;   // the same on the clock of the plan that renders the control
    uint64_t frames; // 0: a set
    float value;
    pbr_curve curve;
} pbr_point;

typedef struct pbr_points pbr_points;

// Zeroed, it is empty.
typedef struct pbr_gain_chain {
    _Atomic(pbr_points *) points; // control side writes
    uint64_t numbered;            // control side: points so far
    // Audio thread only. A list that has been replaced may be gone: `list` is its number, and `next`
    // the place in it.
    uint64_t list;
    uint64_t taken; // the number of the last point that has started
    uint32_t next;
} pbr_gain_chain;

// Control side, one thread at a time.

// Frees what is left; no audio thread may know the chain any more.
void pbr_gain_chain_free(pbr_gain_chain *chain);
// Puts the points in place of all those that start at `from` or later. They are in ascending order,
// none starts before `from`. What started before `now` and no longer counts is dropped. Both times
// are the engine's. *old: a list to be retired, or NULL. False, and nothing changed, without memory.
bool pbr_gain_chain_replace(pbr_gain_chain *chain, int64_t now, int64_t from,
                            const pbr_point *points, size_t count, pbr_retired **old);

// Audio thread.

// The next point, if it starts before `end`.
const pbr_point *pbr_gain_chain_due(pbr_gain_chain *chain, int64_t end);
// Whether any point is still to start.
bool pbr_gain_chain_waits(pbr_gain_chain *chain);

// Starts those points that start at `time` or should have started earlier: the control goes on along
// `fade`, which has come up to `time`. Of several late ones the last counts. A point that is late
// goes on as if it had started in time. False if there are none.
bool pbr_gain_chain_start(pbr_gain_chain *chain, int64_t time, pbr_fade *fade);

#endif
