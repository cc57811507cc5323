// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The items of a player's queue. Which of them interrupts the current one is found in a number of
// steps that grows with the logarithm of the queue.
//
// Of the items that interrupt, one that is followed by another with the same or an earlier start
// never matters. The rest, from the newest item on, form a chain of ever earlier starts. Every item
// links to the next one on that chain and, as in a skip list, to one much further down. The links
// never change once the item is queued, so a block walks the chain of the newest item it knows of.
#ifndef PBR_PLAYER_QUEUE_H
#define PBR_PLAYER_QUEUE_H

#include "player.h"

// Which of the two flags is searched for.
enum { PBR_DUE_AT_ONCE, PBR_DUE_AT_LOOP, PBR_DUE_KINDS };

// An item as others refer to it without reading it: one that has been used up may have been freed.
typedef struct pbr_link {
    struct pbr_item *item; // NULL: none
    uint64_t place;
    int64_t start;
} pbr_link;

// An item's links down the chain.
typedef struct pbr_chain {
    pbr_link next;
    pbr_link far;
    uint32_t depth;
    uint32_t far_depth;
} pbr_chain;

struct pbr_item {
    struct pbr_item *next;
    struct pbr_item *before;
    uint64_t place; // in the order of scheduling
    pbr_clip clip;
    pbr_link newest[PBR_DUE_KINDS];   // the newest that interrupts, including this one
    pbr_chain *chains[PBR_DUE_KINDS]; // NULL unless this one interrupts
    // The audio thread writes these before it has passed the item: from here on, the items below
    // this place end like this; 0: played.
    uint64_t cut_until;
    pbr_end cut;
};

// Counted by tests.
#ifdef PBR_COUNT_STEPS
extern uint64_t pbr_steps;
#define PBR_STEP() ((void)pbr_steps++)
#else
#define PBR_STEP() ((void)0)
#endif

// Control side. A new item that will follow `tail`; NULL when memory runs out. Items up to the
// place `gone` are not read. fresh: nothing queued before it counts any more.
struct pbr_item *pbr_item_create(const pbr_clip *clip, struct pbr_item *tail, uint64_t gone,
                                 bool fresh);

// Audio thread. Of the items after `item` up to `horizon`, the newest that interrupts by `time`. If
// there is none: NULL, and *due becomes the earliest start of one that will, if that is before
// *due.
struct pbr_item *pbr_item_interruption(const struct pbr_item *item, const struct pbr_item *horizon,
                                       int kind, int64_t time, int64_t *due);
// Whether any of them will interrupt, at any time.
bool pbr_item_awaits(const struct pbr_item *item, const struct pbr_item *horizon);

#endif
