// SPDX-License-Identifier: MIT OR Apache-2.0
#include "player.h"

#include <stdlib.h>

typedef struct pbr_item pbr_item;
struct pbr_item {
    _Atomic(pbr_item *) next;
    uint64_t place; // in the order of scheduling
    uint64_t epoch;
    pbr_clip clip;
};

struct pbr_player {
    atomic_uint references;
    pbr_player_callbacks callbacks;
    // Control side only. The list runs first .. head .. tail; items up to `reported` have ended.
    pbr_item *first;
    pbr_item *reported;
    pbr_item *tail;
    // Control side writes, audio thread reads.
    atomic_bool playing;
    _Atomic uint64_t epoch; // stop() adds one: items of an older epoch are dead
    _Atomic int64_t play_at;
    // Audio thread writes, control side reads.
    _Atomic(pbr_item *) head; // newest used-up item
    _Atomic int64_t origin;
    atomic_bool has_origin;
    // Audio thread only.
    uint64_t seen_epoch;
    bool rolling;      // this block plays
    pbr_item *horizon; // newest item that this block knows of
    pbr_cursor cursor;
};

pbr_player *pbr_player_create(pbr_player_callbacks callbacks) {
    pbr_player *player = calloc(1, sizeof *player);
    pbr_item *start = calloc(1, sizeof *start);
    if (player == NULL || start == NULL) {
        free(player);
        free(start);
        return NULL;
    }
    atomic_init(&player->references, 1);
    player->callbacks = callbacks;
    player->first = player->reported = player->tail = start;
    atomic_init(&player->head, start);
    atomic_init(&player->play_at, PBR_NOW);
    player->horizon = start;
    player->cursor.last = start;
    return player;
}

pbr_player *pbr_player_retain(pbr_player *player) {
    atomic_fetch_add_explicit(&player->references, 1, memory_order_relaxed);
    return player;
}

static pbr_item *next_of(const pbr_item *item) {
    return atomic_load_explicit(&((pbr_item *)item)->next, memory_order_acquire);
}

static void report_through(pbr_player *player, const pbr_item *item) {
    // A stop reports to the tail at once, ahead of the audio thread.
    while (player->reported->place < item->place) {
        player->reported = next_of(player->reported);
        player->callbacks.ended(player->reported->clip.owner);
    }
}

// The item itself stays: the list needs a used-up one to hang the next on.
static void discard_clip(pbr_player *player, pbr_item *item) {
    if (item->clip.owner != NULL) {
        player->callbacks.discard(item->clip.owner);
        item->clip.owner = NULL;
    }
}

void pbr_player_release(pbr_player *player) {
    if (player == NULL ||
        atomic_fetch_sub_explicit(&player->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    report_through(player, player->tail);
    for (pbr_item *item = player->first; item != NULL;) {
        pbr_item *next = next_of(item);
        discard_clip(player, item);
        free(item);
        item = next;
    }
    free(player);
}

bool pbr_player_schedule(pbr_player *player, const pbr_clip *clip) {
    pbr_item *item = calloc(1, sizeof *item);
    if (item == NULL) {
        return false;
    }
    item->clip = *clip;
    item->place = player->tail->place + 1;
    item->epoch = atomic_load_explicit(&player->epoch, memory_order_relaxed);
    atomic_store_explicit(&player->tail->next, item, memory_order_release);
    player->tail = item;
    return true;
}

void pbr_player_play(pbr_player *player, int64_t at) {
    atomic_store_explicit(&player->play_at, at, memory_order_relaxed);
    atomic_store_explicit(&player->playing, true, memory_order_release);
}

void pbr_player_pause(pbr_player *player) {
    atomic_store_explicit(&player->playing, false, memory_order_release);
}

void pbr_player_stop(pbr_player *player) {
    pbr_player_pause(player);
    atomic_fetch_add_explicit(&player->epoch, 1, memory_order_seq_cst);
    atomic_store_explicit(&player->has_origin, false, memory_order_relaxed);
    report_through(player, player->tail);
}

bool pbr_player_is_playing(const pbr_player *player) {
    return atomic_load_explicit(&((pbr_player *)player)->playing, memory_order_relaxed);
}

bool pbr_player_origin(const pbr_player *player, int64_t *origin) {
    pbr_player *shared = (pbr_player *)player;
    if (!atomic_load_explicit(&shared->has_origin, memory_order_acquire)) {
        return false;
    }
    *origin = atomic_load_explicit(&shared->origin, memory_order_relaxed);
    return true;
}

// Stopped items are used up the moment the audio thread sees the new epoch.
static void take_epoch(pbr_player *player) {
    uint64_t epoch = atomic_load_explicit(&player->epoch, memory_order_seq_cst);
    if (epoch == player->seen_epoch) {
        return;
    }
    player->seen_epoch = epoch;
    pbr_item *next;
    while ((next = next_of(player->cursor.last)) != NULL && next->epoch != epoch) {
        if (player->horizon == player->cursor.last) {
            player->horizon = next;
        }
        player->cursor.last = next;
    }
    player->cursor.interrupt = NULL;
    player->cursor.position = 0;
    player->cursor.time = 0;
}

void pbr_player_collect(pbr_player *player, bool idle) {
    if (idle) {
        take_epoch(player);
        atomic_store_explicit(&player->head, player->cursor.last, memory_order_release);
    }
    pbr_item *head = atomic_load_explicit(&player->head, memory_order_acquire);
    report_through(player, head);
    while (player->first != head) {
        pbr_item *next = next_of(player->first);
        discard_clip(player, player->first);
        free(player->first);
        player->first = next;
    }
    discard_clip(player, head);
}

// What is queued while a block is rendered waits for the next one, so that all of the player's
// destinations hear the same. A newly queued interruption takes effect when due; the newest wins.
static void move_horizon(pbr_player *player) {
    pbr_item *next;
    while ((next = next_of(player->horizon)) != NULL) {
        player->horizon = next;
        if (next->clip.flags & (PBR_ITEM_INTERRUPTS | PBR_ITEM_INTERRUPTS_AT_LOOP)) {
            player->cursor.interrupt = next;
        }
    }
}

void pbr_player_begin(pbr_player *player, int64_t now) {
    player->rolling = atomic_load_explicit(&player->playing, memory_order_acquire);
    take_epoch(player);
    move_horizon(player);
    int64_t at = atomic_load_explicit(&player->play_at, memory_order_relaxed);
    int64_t delay = at == PBR_NOW || at <= now ? 0 : at - now;
    player->cursor.delay = delay > UINT32_MAX ? UINT32_MAX : (uint32_t)delay;
}

pbr_cursor pbr_player_cursor(const pbr_player *player) {
    return player->cursor;
}

static pbr_item *upcoming(const pbr_player *player, const pbr_cursor *cursor) {
    return cursor->last == player->horizon ? NULL : next_of(cursor->last);
}

static pbr_span silence(uint32_t frames) {
    return (pbr_span){NULL, 0, 0, frames};
}

static void use_up(pbr_cursor *cursor, pbr_item *item) {
    cursor->last = item;
    cursor->position = 0;
    if (cursor->interrupt == item) {
        cursor->interrupt = NULL;
    }
}

// Uses up everything before the interrupting item.
static void jump(pbr_cursor *cursor) {
    pbr_item *next;
    while ((next = next_of(cursor->last)) != cursor->interrupt) {
        cursor->last = next;
    }
    cursor->position = 0;
    cursor->interrupt = NULL;
}

static uint32_t shorter(uint32_t frames, int64_t limit) {
    return limit < (int64_t)frames ? (uint32_t)limit : frames;
}

pbr_span pbr_player_next(const pbr_player *player, pbr_cursor *cursor, uint32_t want) {
    if (!player->rolling) {
        return silence(want);
    }
    if (cursor->delay > 0) {
        uint32_t frames = shorter(want, cursor->delay);
        cursor->delay -= frames;
        return silence(frames);
    }
    for (;;) {
        pbr_item *item = upcoming(player, cursor);
        pbr_item *interrupt = cursor->interrupt;
        if (interrupt != NULL && interrupt != item &&
            !(interrupt->clip.flags & PBR_ITEM_INTERRUPTS_AT_LOOP)) {
            if (interrupt->clip.start <= cursor->time) {
                jump(cursor);
                continue;
            }
            want = shorter(want, interrupt->clip.start - cursor->time);
        }
        if (item == NULL) {
            cursor->time += want;
            return silence(want);
        }
        if (cursor->position == 0 && item->clip.start > cursor->time) {
            uint32_t frames = shorter(want, item->clip.start - cursor->time);
            cursor->time += frames;
            return silence(frames);
        }
        uint32_t left = item->clip.frames - cursor->position;
        if (left > 0) {
            pbr_span span = {item->clip.channels, item->clip.channel_count, cursor->position,
                             shorter(want, left)};
            cursor->position += span.frames;
            cursor->time += span.frames;
            return span;
        }
        bool interrupted = interrupt != NULL && interrupt != item &&
                           (interrupt->clip.flags & PBR_ITEM_INTERRUPTS_AT_LOOP);
        if (interrupted) {
            jump(cursor);
        } else if ((item->clip.flags & PBR_ITEM_LOOPS) && item->clip.frames > 0) {
            cursor->position = 0;
        } else {
            use_up(cursor, item);
        }
    }
}

bool pbr_player_commit(pbr_player *player, int64_t now, uint32_t frames) {
    pbr_item *published = atomic_load_explicit(&player->head, memory_order_relaxed);
    for (uint32_t done = 0; done < frames;) {
        done += pbr_player_next(player, &player->cursor, frames - done).frames;
    }
    // An item that ended on the block's last frame is over now, not at the next block's start.
    pbr_item *item = player->rolling ? upcoming(player, &player->cursor) : NULL;
    if (item != NULL && player->cursor.position == item->clip.frames && player->cursor.delay == 0 &&
        !(item->clip.flags & PBR_ITEM_LOOPS)) {
        use_up(&player->cursor, item);
    }
    if (player->rolling && player->cursor.delay == 0) {
        atomic_store_explicit(&player->origin, now + frames - player->cursor.time,
                              memory_order_relaxed);
        atomic_store_explicit(&player->has_origin, true, memory_order_release);
    }
    atomic_store_explicit(&player->head, player->cursor.last, memory_order_release);
    return player->cursor.last != published;
}
