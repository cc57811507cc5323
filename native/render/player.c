// SPDX-License-Identifier: MIT OR Apache-2.0
#include "player.h"

#include <stdlib.h>

#include "player_state.h"

typedef struct pbr_item pbr_item;
struct pbr_item {
    _Atomic(pbr_item *) next;
    uint64_t place; // in the order of scheduling
    uint32_t epoch;
    pbr_clip clip;
};

pbr_player *pbr_player_create(const pbr_player_callbacks *callbacks) {
    pbr_player *player = pbr_line_alloc(sizeof *player);
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
    atomic_init(&player->origin, PBR_NOW);
    player->start_at = PBR_NOW;
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
        player->callbacks->ended(player->reported->clip.owner);
    }
}

// The item itself stays: the list needs a used-up one to hang the next on.
static void discard_clip(pbr_player *player, pbr_item *item) {
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
    for (pbr_item *item = player->first; item != NULL;) {
        pbr_item *next = next_of(item);
        discard_clip(player, item);
        free(item);
        item = next;
    }
    free(player);
}

enum { PLAYING = 1 };
#define PLAY_MASK UINT64_C(0xFFFFFFFE)

static uint64_t command_of(const pbr_player *player) {
    return atomic_load_explicit(&((pbr_player *)player)->command, memory_order_acquire);
}

static uint32_t epoch_of(uint64_t command) {
    return (uint32_t)(command >> 32);
}

static void set_command(pbr_player *player, uint64_t command) {
    atomic_store_explicit(&player->command, command, memory_order_release);
}

bool pbr_player_schedule(pbr_player *player, const pbr_clip *clip) {
    pbr_item *item = calloc(1, sizeof *item);
    if (item == NULL) {
        return false;
    }
    item->clip = *clip;
    item->place = player->tail->place + 1;
    item->epoch = epoch_of(command_of(player));
    atomic_store_explicit(&player->tail->next, item, memory_order_release);
    player->tail = item;
    atomic_fetch_add_explicit(&player->scheduled, 1, memory_order_release);
    return true;
}

void pbr_player_play(pbr_player *player, int64_t at) {
    uint64_t command = command_of(player);
    atomic_store_explicit(&player->play_at, at, memory_order_relaxed);
    set_command(player, (command & ~PLAY_MASK) | ((command + 2) & PLAY_MASK) | PLAYING);
}

void pbr_player_pause(pbr_player *player) {
    set_command(player, command_of(player) & ~(uint64_t)PLAYING);
}

void pbr_player_stop(pbr_player *player) {
    set_command(player, (command_of(player) & ~(uint64_t)PLAYING) + (UINT64_C(1) << 32));
    atomic_store_explicit(&player->origin, PBR_NOW, memory_order_relaxed);
    report_through(player, player->tail);
}

bool pbr_player_is_playing(const pbr_player *player) {
    return (command_of(player) & PLAYING) != 0;
}

bool pbr_player_origin(const pbr_player *player, int64_t *origin) {
    int64_t found = atomic_load_explicit(&((pbr_player *)player)->origin, memory_order_relaxed);
    if (found == PBR_NOW) {
        return false;
    }
    *origin = found;
    return true;
}

// Ends a run: what it played is counted.
static void catch_up(pbr_player *player) {
    if (player->run.end > 0) {
        player->cursor.time += player->run.base + player->run.position - player->run.began;
        player->cursor.position = player->run.position;
        player->run.end = player->run.position = 0;
        player->run.loops = false;
    }
}

// Stopped items are used up the moment the audio thread sees the new epoch.
static void take_epoch(pbr_player *player, uint32_t epoch) {
    if (epoch == epoch_of(player->run.command)) {
        return;
    }
    player->run.command = (uint64_t)epoch << 32 | (uint32_t)player->run.command;
    pbr_item *next;
    while ((next = next_of(player->cursor.last)) != NULL && (int32_t)(next->epoch - epoch) < 0) {
        if (player->horizon == player->cursor.last) {
            player->horizon = next;
        }
        player->cursor.last = next;
    }
    player->cursor.interruptions = 0;
    player->cursor.position = 0;
    player->cursor.time = 0;
}

void pbr_player_collect(pbr_player *player, bool idle) {
    if (idle) {
        catch_up(player);
        take_epoch(player, epoch_of(command_of(player)));
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

static bool interrupts(const pbr_item *item) {
    return (item->clip.flags & (PBR_ITEM_INTERRUPTS | PBR_ITEM_INTERRUPTS_AT_LOOP)) != 0;
}

// What is queued while a block is rendered waits for the next one, so that all of the player's
// destinations hear the same; so does what was queued after a stop that this block has not seen.
static void move_horizon(pbr_player *player) {
    uint32_t epoch = epoch_of(player->run.command);
    pbr_item *next;
    while ((next = next_of(player->horizon)) != NULL && next->epoch == epoch) {
        player->horizon = next;
        player->cursor.interruptions += interrupts(next);
    }
}

void pbr_player_begin(pbr_player *player, int64_t now) {
    catch_up(player);
    // Counted before the list is looked at: what is missed now shows in the next block.
    player->run.scheduled = atomic_load_explicit(&player->scheduled, memory_order_acquire);
    uint64_t command = command_of(player);
    player->run.rolling = (command & PLAYING) != 0;
    take_epoch(player, epoch_of(command));
    move_horizon(player);
    if ((command & PLAY_MASK) != (player->run.command & PLAY_MASK)) {
        player->start_at = atomic_load_explicit(&player->play_at, memory_order_relaxed);
    }
    player->run.command = command;
    bool waits = player->start_at != PBR_NOW && player->start_at > now;
    int64_t delay = waits ? player->start_at - now : 0;
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
    cursor->interruptions -= interrupts(item);
}

// Uses up everything before `target`.
static void jump(pbr_cursor *cursor, const pbr_item *target) {
    pbr_item *next;
    while ((next = next_of(cursor->last)) != target) {
        use_up(cursor, next);
    }
    cursor->position = 0;
}

// The newest item behind `item` that interrupts it by now, or NULL; *next becomes the earliest
// start of one that will.
static const pbr_item *interruption(const pbr_player *player, const pbr_cursor *cursor,
                                    const pbr_item *item, uint32_t flag, int64_t *next) {
    const pbr_item *found = NULL;
    if (cursor->interruptions == 0) {
        return NULL;
    }
    while (item != player->horizon) {
        item = next_of(item);
        if (!(item->clip.flags & flag)) {
            continue;
        }
        if (item->clip.start <= cursor->time) {
            found = item;
        } else if (item->clip.start < *next) {
            *next = item->clip.start;
        }
    }
    return found;
}

// Ends a pass over `item`: on to an interruption that waited for it, round again, or past it.
static void end_pass(const pbr_player *player, pbr_cursor *cursor, pbr_item *item) {
    int64_t next = INT64_MAX;
    const pbr_item *target = interruption(player, cursor, item, PBR_ITEM_INTERRUPTS_AT_LOOP, &next);
    if (target != NULL) {
        jump(cursor, target);
    } else if ((item->clip.flags & PBR_ITEM_LOOPS) && item->clip.frames > 0) {
        cursor->position = 0;
    } else {
        use_up(cursor, item);
    }
}

static uint32_t shorter(uint32_t frames, int64_t limit) {
    return limit < (int64_t)frames ? (uint32_t)limit : frames;
}

pbr_span pbr_player_next(const pbr_player *player, pbr_cursor *cursor, uint32_t want) {
    if (!player->run.rolling) {
        return silence(want);
    }
    if (cursor->delay > 0) {
        uint32_t frames = shorter(want, cursor->delay);
        cursor->delay -= frames;
        return silence(frames);
    }
    for (;;) {
        pbr_item *item = upcoming(player, cursor);
        if (item == NULL) {
            cursor->time += want;
            return silence(want);
        }
        int64_t due = INT64_MAX;
        const pbr_item *target = interruption(player, cursor, item, PBR_ITEM_INTERRUPTS, &due);
        if (target != NULL) {
            jump(cursor, target);
            continue;
        }
        want = shorter(want, due - cursor->time);
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
        end_pass(player, cursor, item);
    }
}

// Begins a run where nothing but the item's end can come next.
static void start_run(pbr_player *player, int64_t now, const pbr_item *item) {
    pbr_run *run = &player->run;
    const pbr_cursor *cursor = &player->cursor;
    bool waits = cursor->delay > 0 || (cursor->position == 0 && item->clip.start > cursor->time);
    if (waits || cursor->interruptions > 0 || item->clip.channel_count == 0) {
        return;
    }
    run->base = now - cursor->position;
    run->began = now;
    run->position = cursor->position;
    run->end = item->clip.frames;
    run->loops = (item->clip.flags & PBR_ITEM_LOOPS) && run->end > 0;
    run->channels = item->clip.channels;
    run->channel_count = (uint16_t)item->clip.channel_count;
    if (run->channel_count <= 2) {
        // One look less on the way to the samples.
        run->sides[0] = item->clip.channels[0];
        run->sides[1] = item->clip.channels[run->channel_count - 1];
        run->channels = run->sides;
    }
}

bool pbr_player_commit(pbr_player *player, int64_t now, uint32_t frames) {
    pbr_item *published = atomic_load_explicit(&player->head, memory_order_relaxed);
    for (uint32_t done = 0; done < frames;) {
        done += pbr_player_next(player, &player->cursor, frames - done).frames;
    }
    // An item that ended on the block's last frame is over now, not at the next block's start.
    pbr_item *item = player->run.rolling ? upcoming(player, &player->cursor) : NULL;
    if (item != NULL && player->cursor.position > 0 &&
        player->cursor.position == item->clip.frames) {
        end_pass(player, &player->cursor, item);
        item = upcoming(player, &player->cursor);
    }
    if (player->run.rolling && player->cursor.delay == 0) {
        player->start_at = PBR_NOW; // taken, whatever the clock is set to
        atomic_store_explicit(&player->origin, now + frames - player->cursor.time,
                              memory_order_release);
    }
    if (item != NULL) {
        start_run(player, now + frames, item);
    }
    atomic_store_explicit(&player->head, player->cursor.last, memory_order_release);
    return player->cursor.last != published;
}
