// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The control side of a player.
#include "player.h"

#include <stdlib.h>
#include <string.h>

#include "player_state.h"

pbr_player *pbr_player_retain(pbr_player *player) {
    atomic_fetch_add_explicit(&player->references, 1, memory_order_relaxed);
    return player;
}

// The item itself stays: the list needs one to append the next to.
static void discard_clip(pbr_player *player, struct pbr_item *item) {
    if (item->clip.owner != NULL) {
        if (item->clip.stream != NULL) {
            atomic_fetch_sub_explicit(&player->streaming, 1, memory_order_relaxed);
        }
        player->callbacks->discard(item->clip.owner);
        item->clip.owner = NULL;
    }
}

// Reports the items that the audio thread has used up, each with its end.
static void report_used(pbr_player *player, const struct pbr_item *head) {
    while (player->reported->place < head->place) {
        struct pbr_item *item = player->reported->next;
        player->reported = item;
        if (item->cut_until > item->place) {
            player->cut_until = item->cut_until;
            player->cut = item->cut;
        }
        pbr_end end = item->place < player->cut_until ? player->cut : PBR_END_PLAYED;
        struct pbr_stream *stream = item->clip.stream;
        if (end == PBR_END_PLAYED && stream != NULL && pbr_stream_has_failed(stream)) {
            end = PBR_END_FAILED;
        }
        player->callbacks->ended(item->clip.owner, end);
    }
}

// Reports everything queued, ahead of the audio thread.
static void report_rest(pbr_player *player, pbr_end end) {
    report_used(player, atomic_load_explicit(&player->head, memory_order_acquire));
    while (player->reported != player->wish.tail) {
        player->reported = player->reported->next;
        player->callbacks->ended(player->reported->clip.owner, end);
    }
}

void pbr_player_release(pbr_player *player) {
    if (player == NULL ||
        atomic_fetch_sub_explicit(&player->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    report_rest(player, PBR_END_DETACHED);
    for (struct pbr_item *item = player->first; item != NULL;) {
        struct pbr_item *next = item->next;
        discard_clip(player, item);
        free(item);
        item = next;
    }
    free(player);
}

static void share(pbr_shared_wish *shared, const pbr_wish *wish) {
    uint64_t words[PBR_WISH_WORDS];
    memcpy(words, wish, sizeof words);
    for (size_t i = 0; i < PBR_WISH_WORDS; i++) {
        atomic_store_explicit(&shared->words[i], words[i], memory_order_relaxed);
    }
}

static uint32_t free_slot(uint32_t newest, uint32_t before) {
    uint32_t slot = 0;
    while (slot == newest || slot == before) {
        slot++;
    }
    return slot;
}

static void set_wish(pbr_player *player, pbr_wish wish, uint64_t stamp) {
    uint32_t version = atomic_load_explicit(&player->version, memory_order_relaxed);
    uint32_t newest = pbr_newest_slot(version);
    uint32_t before = pbr_slot_before(version);
    uint32_t slot = free_slot(newest, before);
    if (stamp == PBR_AT_ONCE) {
        before = slot;
    } else if (player->wish.stamp != stamp && !player->skipped) {
        before = newest;
    }
    player->skipped = player->skipped && player->wish.stamp == stamp;
    wish.stamp = stamp;
    wish.offline = player->offline;
    // A block that reads the slot while it is being written sees that the version no longer names
    // it.
    atomic_thread_fence(memory_order_release);
    share(&player->slots[slot], &wish);
    player->wish = wish;
    atomic_store_explicit(&player->version,
                          pbr_version(pbr_version_count(version) + 1, slot, before),
                          memory_order_release);
}

pbr_player *pbr_player_create(const pbr_player_callbacks *callbacks) {
    pbr_player *player = pbr_line_alloc(sizeof *player);
    struct pbr_item *start = calloc(1, sizeof *start);
    if (player == NULL || start == NULL) {
        free(player);
        free(start);
        return NULL;
    }
    atomic_init(&player->references, 1);
    player->callbacks = callbacks;
    player->first = player->reported = start;
    player->wish.tail = player->wish.floor = start;
    player->taken = player->wish;
    set_wish(player, player->taken, player->taken.stamp);
    atomic_init(&player->head, start);
    atomic_init(&player->origin, PBR_NOW);
    player->start_at = PBR_NOW;
    player->awaited = player->awaited_to = PBR_NOW;
    player->sounded_to = PBR_NOW;
    player->horizon = start;
    player->cursor.last = start;
    return player;
}

uint64_t pbr_player_stamp(const pbr_player *player) {
    return player->wish.stamp;
}

void pbr_player_skip(pbr_player *player, bool skipped) {
    player->skipped = skipped;
}

void pbr_player_forget_stamps(pbr_player *player) {
    set_wish(player, player->wish, PBR_AT_ONCE);
}

bool pbr_player_schedule(pbr_player *player, const pbr_clip *clip, uint64_t stamp) {
    pbr_wish wish = player->wish;
    // Compared by place: the address of a freed item may be in use again.
    bool fresh = wish.tail->place == wish.floor_place;
    struct pbr_item *item = pbr_item_create(clip, wish.tail, player->first->place, fresh);
    if (item == NULL) {
        return false;
    }
    wish.tail->next = item;
    wish.tail = item;
    if (clip->stream != NULL) {
        atomic_fetch_add_explicit(&player->streaming, 1, memory_order_relaxed);
        wish.streams++;
    }
    set_wish(player, wish, stamp);
    return true;
}

uint64_t pbr_player_next_seek(const pbr_player *player) {
    return (uint64_t)player->wish.seeks + 1;
}

bool pbr_player_seek(pbr_player *player, uint64_t place, struct pbr_stream *stream,
                     uint64_t stamp) {
    pbr_wish wish = player->wish;
    uint64_t number = wish.seeks, pending = 2 * number;
    bool revoked =
        atomic_compare_exchange_strong_explicit(&player->progress.seek, &pending, 2 * (number + 1),
                                                memory_order_acq_rel, memory_order_acquire);
    if (!revoked) {
        atomic_store_explicit(&player->progress.seek, 2 * (number + 1), memory_order_release);
    }
    wish.seeks++;
    wish.sought = stream;
    wish.sought_place = place;
    wish.streams++;
    set_wish(player, wish, stamp);
    return revoked;
}

void pbr_player_set_offline(pbr_player *player, bool offline) {
    player->offline = offline;
}

uint64_t pbr_player_next_place(const pbr_player *player) {
    return player->wish.tail->place + 1;
}

void *pbr_player_current(const pbr_player *player, uint64_t *place) {
    struct pbr_item *head =
        atomic_load_explicit(&((pbr_player *)player)->head, memory_order_acquire);
    head = head->place < player->wish.floor_place ? player->wish.floor : head;
    if (head == player->wish.tail) {
        return NULL;
    }
    *place = head->next->place;
    return head->next->clip.owner;
}

pbr_progress *pbr_player_progress(pbr_player *player) {
    return &player->progress;
}

uint64_t pbr_player_sought(const pbr_player *player) {
    return pbr_progress_sought(&((pbr_player *)player)->progress);
}

uint64_t pbr_player_late(const pbr_player *player) {
    return atomic_load_explicit(&((pbr_player *)player)->late, memory_order_relaxed);
}

static void play(pbr_player *player, int64_t at, uint64_t host, uint64_t stamp) {
    pbr_wish wish = player->wish;
    wish.plays++;
    wish.play_at = at;
    wish.play_host = host;
    wish.playing = true;
    wish.halt = PBR_HALT_NONE;
    set_wish(player, wish, stamp);
}

void pbr_player_play(pbr_player *player, int64_t at, uint64_t stamp) {
    play(player, at, 0, stamp);
}

void pbr_player_play_at_host(pbr_player *player, uint64_t host, uint64_t stamp) {
    play(player, PBR_NOW, host, stamp);
}

int64_t pbr_player_start(const pbr_player *player, uint64_t *host) {
    *host = player->wish.play_host;
    return player->wish.play_at;
}

void pbr_player_pause(pbr_player *player, uint64_t stamp) {
    pbr_wish wish = player->wish;
    wish.playing = false;
    wish.halt = PBR_HALT_NONE;
    set_wish(player, wish, stamp);
}

void pbr_player_stop(pbr_player *player, pbr_end end, uint64_t stamp) {
    pbr_wish wish = player->wish;
    wish.epoch++;
    wish.floor = wish.tail;
    wish.floor_place = wish.tail->place;
    wish.playing = false;
    wish.halt = PBR_HALT_NONE;
    set_wish(player, wish, stamp);
    report_rest(player, end);
}

static bool has_halted(const pbr_player *player) {
    return player->wish.halt != PBR_HALT_NONE &&
           atomic_load_explicit(&((pbr_player *)player)->halted, memory_order_acquire) ==
               player->wish.halts;
}

bool pbr_player_is_playing(const pbr_player *player) {
    return player->wish.playing && !has_halted(player);
}

bool pbr_player_is_stopping(const pbr_player *player) {
    return player->wish.halt == PBR_HALT_STOP && pbr_player_is_playing(player);
}

bool pbr_player_halt(pbr_player *player, pbr_halt halt, uint64_t frames, uint64_t stamp) {
    if (!pbr_player_is_playing(player)) {
        return false;
    }
    pbr_wish wish = player->wish;
    wish.halts++;
    wish.halt = (uint8_t)halt;
    wish.halt_frames = frames;
    set_wish(player, wish, stamp);
    return true;
}

bool pbr_player_is_empty(const pbr_player *player) {
    const struct pbr_item *head =
        atomic_load_explicit(&((pbr_player *)player)->head, memory_order_acquire);
    return head->place >= player->wish.tail->place ||
           player->wish.floor_place >= player->wish.tail->place;
}

bool pbr_player_origin(const pbr_player *player, int64_t *origin) {
    pbr_player *shared = (pbr_player *)player;
    uint32_t epoch = atomic_load_explicit(&shared->origin_epoch, memory_order_acquire);
    int64_t found = atomic_load_explicit(&shared->origin, memory_order_relaxed);
    if (found == PBR_NOW || epoch != player->wish.epoch) {
        return false;
    }
    *origin = found;
    return true;
}

void pbr_player_collect(pbr_player *player, bool idle) {
    if (idle) {
        pbr_player_catch_up(player);
        // Everything asked for takes effect now: the wish before names items that are about to be
        // freed.
        set_wish(player, player->wish, PBR_AT_ONCE);
        pbr_player_take(player, &player->wish);
        pbr_player_publish(player);
    }
    struct pbr_item *head = atomic_load_explicit(&player->head, memory_order_acquire);
    report_used(player, head);
    while (player->first != head) {
        struct pbr_item *next = player->first->next;
        discard_clip(player, player->first);
        free(player->first);
        player->first = next;
    }
    discard_clip(player, head);
}
