// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The control side of a player.
#include "player.h"

#include <stdlib.h>

#include "player_state.h"

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
    player->first = player->reported = player->tail = start;
    atomic_init(&player->head, start);
    atomic_init(&player->play_at, PBR_NOW);
    atomic_init(&player->origin, PBR_NOW);
    player->start_at = PBR_NOW;
    player->sounded_to = PBR_NOW;
    player->horizon = start;
    player->cursor.last = start;
    return player;
}

pbr_player *pbr_player_retain(pbr_player *player) {
    atomic_fetch_add_explicit(&player->references, 1, memory_order_relaxed);
    return player;
}

static void report_through(pbr_player *player, const struct pbr_item *item) {
    // A stop reports to the tail at once, ahead of the audio thread.
    while (player->reported->place < item->place) {
        player->reported = pbr_next_item(player->reported);
        player->callbacks->ended(player->reported->clip.owner);
    }
}

// The item itself stays: the list needs a used-up one to hang the next on.
static void discard_clip(pbr_player *player, struct pbr_item *item) {
    if (item->clip.owner != NULL) {
        player->callbacks->discard(item->clip.owner);
        item->clip.owner = NULL;
    }
}

void pbr_player_release(pbr_player *player) {
    if (player == NULL ||
        atomic_fetch_sub_explicit(&player->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    report_through(player, player->tail);
    for (struct pbr_item *item = player->first; item != NULL;) {
        struct pbr_item *next = pbr_next_item(item);
        discard_clip(player, item);
        free(item);
        item = next;
    }
    free(player);
}

static void set_command(pbr_player *player, uint64_t command) {
    atomic_store_explicit(&player->command, command, memory_order_release);
}

bool pbr_player_schedule(pbr_player *player, const pbr_clip *clip) {
    struct pbr_item *item = calloc(1, sizeof *item);
    if (item == NULL) {
        return false;
    }
    item->clip = *clip;
    item->place = player->tail->place + 1;
    item->epoch = pbr_epoch_of(pbr_command_of(player));
    atomic_store_explicit(&player->tail->next, item, memory_order_release);
    player->tail = item;
    atomic_fetch_add_explicit(&player->scheduled, 1, memory_order_release);
    return true;
}

void pbr_player_play(pbr_player *player, int64_t at) {
    uint64_t command = pbr_command_of(player);
    atomic_store_explicit(&player->play_at, at, memory_order_relaxed);
    set_command(player, (command & ~PBR_PLAY_MASK) | ((command + 2) & PBR_PLAY_MASK) | PBR_PLAYING);
}

void pbr_player_pause(pbr_player *player) {
    set_command(player, pbr_command_of(player) & ~(uint64_t)PBR_PLAYING);
}

void pbr_player_stop(pbr_player *player) {
    set_command(player, (pbr_command_of(player) & ~(uint64_t)PBR_PLAYING) + (UINT64_C(1) << 32));
    report_through(player, player->tail);
}

bool pbr_player_is_playing(const pbr_player *player) {
    return (pbr_command_of(player) & PBR_PLAYING) != 0;
}

bool pbr_player_origin(const pbr_player *player, int64_t *origin) {
    pbr_player *shared = (pbr_player *)player;
    uint32_t epoch = atomic_load_explicit(&shared->origin_epoch, memory_order_acquire);
    int64_t found = atomic_load_explicit(&shared->origin, memory_order_relaxed);
    if (found == PBR_NOW || epoch != pbr_epoch_of(pbr_command_of(player))) {
        return false;
    }
    *origin = found;
    return true;
}

void pbr_player_collect(pbr_player *player, bool idle) {
    if (idle) {
        pbr_player_catch_up(player);
        pbr_player_take_epoch(player, pbr_epoch_of(pbr_command_of(player)));
        atomic_store_explicit(&player->head, player->cursor.last, memory_order_release);
    }
    struct pbr_item *head = atomic_load_explicit(&player->head, memory_order_acquire);
    report_through(player, head);
    while (player->first != head) {
        struct pbr_item *next = pbr_next_item(player->first);
        discard_clip(player, player->first);
        free(player->first);
        player->first = next;
    }
    discard_clip(player, head);
}
