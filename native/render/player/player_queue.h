// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The items of a player's queue, and which of them interrupts what plays: found in a number of steps
// that grows with the logarithm of the queue.
//
// Of the items that interrupt, one that has a newer one with the same or an earlier start never
// matters. What is left, from the newest item on, is a chain of ever earlier starts. Every item
// knows its next one on that chain and, as in a skip list, one much further down. Nothing of this
// changes once the item is queued, so that a block walks the chain of the newest item it knows of.
#ifndef PBR_PLAYER_QUEUE_H
#define PBR_PLAYER_QUEUE_H

#include "player.h"

// Which of two flags is looked for.
enum { PBR_DUE_AT_ONCE, PBR_DUE_AT_LOOP, PBR_DUE_KINDS };

// An item as others see it, without touching it: one that is used up may be gone.
typedef struct pbr_link {
    struct pbr_item *item; // NULL: none
    uint64_t place;
    int64_t start;
} pbr_link;

// An item's way down the chain.
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
    pbr_link newest[PBR_DUE_KINDS];   // the newest that interrupts, this one included
    pbr_chain *chains[PBR_DUE_KINDS]; // NULL unless this one interrupts
    // The audio thread writes before it is past the item: from here on, the items below this place
    // end so; 0: played.
    uint64_t cut_until;
    pbr_end cut;
};

// What tests count.
#ifdef PBR_COUNT_STEPS
extern uint64_t pbr_steps;
#define PBR_STEP() ((void)pbr_steps++)
#else
#define PBR_STEP() ((void)0)
#endif

// Control side. A new item to follow `tail`; NULL when memory runs out. Items up to the place `gone`
// are not touched; fresh: nothing that is queued before it counts any more.
struct pbr_item *pbr_item_create(const pbr_clip *clip, struct pbr_item *tail, uint64_t gone,
                                 bool fresh);

// Audio thread. Of the items from behind `item` to `horizon`, the newest that interrupts by `time`,
// or NULL; *due then becomes the earliest start of one that will, if that is before *due.
struct pbr_item *pbr_item_interruption(const struct pbr_item *item, const struct pbr_item *horizon,
                                       int kind, int64_t time, int64_t *due);
// Whether any will, at whatever time.
bool pbr_item_awaits(const struct pbr_item *item, const struct pbr_item *horizon);

#endif
