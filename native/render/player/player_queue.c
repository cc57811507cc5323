// SPDX-License-Identifier: MIT OR Apache-2.0
#include "player_queue.h"

#include <stdlib.h>

static const uint32_t flags_of[PBR_DUE_KINDS] = {PBR_ITEM_INTERRUPTS, PBR_ITEM_INTERRUPTS_AT_LOOP};

static pbr_link link_to(struct pbr_item *item) {
    return (pbr_link){item, item->place, item->clip.start};
}

static bool lies_behind(const pbr_link *link, uint64_t place) {
    return link->item != NULL && link->place > place;
}

// Puts the item on top of the chain.
static void chain_up(struct pbr_item *item, int kind, pbr_chain *chain, pbr_link newest,
                     uint64_t gone) {
    // Items that start no earlier than this one leave the chain for good: each is passed here once.
    pbr_link next = newest;
    while (lies_behind(&next, gone) && next.start >= item->clip.start) {
        next = next.item->chains[kind]->next;
    }
    item->chains[kind] = chain;
    item->newest[kind] = link_to(item);
    if (!lies_behind(&next, gone)) {
        return; // the chain ends where items have been freed
    }
    const pbr_chain *below = next.item->chains[kind];
    chain->next = next;
    chain->depth = below->depth + 1;
    chain->far = next;
    chain->far_depth = below->depth;
    // Two leaps of the same length become one: lengths as in a skew binary number.
    if (lies_behind(&below->far, gone)) {
        const pbr_chain *farther = below->far.item->chains[kind];
        if (below->depth - below->far_depth == below->far_depth - farther->far_depth) {
            chain->far = farther->far;
            chain->far_depth = farther->far_depth;
        }
    }
}

struct pbr_item *pbr_item_create(const pbr_clip *clip, struct pbr_item *tail, uint64_t gone,
                                 bool fresh) {
    size_t kinds = 0;
    for (int kind = 0; kind < PBR_DUE_KINDS; kind++) {
        kinds += (clip->flags & flags_of[kind]) != 0;
    }
    struct pbr_item *item = calloc(1, sizeof *item + kinds * sizeof(pbr_chain));
    if (item == NULL) {
        return NULL;
    }
    item->clip = *clip;
    item->before = tail;
    item->place = tail->place + 1;
    pbr_chain *chain = (pbr_chain *)(item + 1);
    for (int kind = 0; kind < PBR_DUE_KINDS; kind++) {
        pbr_link newest = fresh ? (pbr_link){NULL, 0, 0} : tail->newest[kind];
        item->newest[kind] = newest;
        if (clip->flags & flags_of[kind]) {
            chain_up(item, kind, chain++, newest, gone);
        }
    }
    return item;
}

struct pbr_item *pbr_item_interruption(const struct pbr_item *item, const struct pbr_item *horizon,
                                       int kind, int64_t time, int64_t *due) {
    pbr_link newest = horizon->newest[kind];
    if (!lies_behind(&newest, item->place)) {
        return NULL;
    }
    if (newest.start <= time) {
        return newest.item;
    }
    // Down to the last item that is not due yet.
    struct pbr_item *waits = newest.item;
    const pbr_chain *chain;
    for (;;) {
        PBR_STEP();
        chain = waits->chains[kind];
        if (lies_behind(&chain->far, item->place) && chain->far.start > time) {
            waits = chain->far.item;
        } else if (lies_behind(&chain->next, item->place) && chain->next.start > time) {
            waits = chain->next.item;
        } else {
            break;
        }
    }
    if (lies_behind(&chain->next, item->place)) {
        return chain->next.item;
    }
    *due = waits->clip.start < *due ? waits->clip.start : *due;
    return NULL;
}

bool pbr_item_awaits(const struct pbr_item *item, const struct pbr_item *horizon) {
    return lies_behind(&horizon->newest[PBR_DUE_AT_ONCE], item->place) ||
           lies_behind(&horizon->newest[PBR_DUE_AT_LOOP], item->place);
}
