// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The audio thread's side of a player: through its queue, block by block.
#include "player_state.h"

typedef struct pbr_item pbr_item;

void pbr_player_catch_up(pbr_player *player) {
    if (player->run.end > 0) {
        player->cursor.time += player->run.base + player->run.position - player->run.began;
        player->cursor.position = player->run.position;
        if (player->run.base + player->run.position != player->run.began) {
            player->sounded_to = player->run.base + player->run.position;
        }
        player->run.end = player->run.position = 0;
        player->run.loops = false;
    }
}

void pbr_player_take_epoch(pbr_player *player, uint32_t epoch) {
    if (epoch == pbr_epoch_of(player->run.command)) {
        return;
    }
    player->run.command = (uint64_t)epoch << 32 | (uint32_t)player->run.command;
    pbr_item *next;
    while ((next = pbr_next_item(player->cursor.last)) != NULL &&
           (int32_t)(next->epoch - epoch) < 0) {
        if (player->horizon == player->cursor.last) {
            player->horizon = next;
        }
        player->cursor.last = next;
    }
    player->cursor.interruptions = 0;
    player->cursor.position = 0;
    player->cursor.time = 0;
    player->sounded_to = PBR_NOW;
}

static bool interrupts(const pbr_item *item) {
    return (item->clip.flags & (PBR_ITEM_INTERRUPTS | PBR_ITEM_INTERRUPTS_AT_LOOP)) != 0;
}

// What is queued while a block is rendered waits for the next one, so that all of the player's
// destinations hear the same; so does what was queued after a stop that this block has not seen.
static void move_horizon(pbr_player *player) {
    uint32_t epoch = pbr_epoch_of(player->run.command);
    pbr_item *next;
    while ((next = pbr_next_item(player->horizon)) != NULL && next->epoch == epoch) {
        player->horizon = next;
        player->cursor.interruptions += interrupts(next);
    }
}

void pbr_player_begin(pbr_player *player, int64_t now) {
    pbr_player_catch_up(player);
    // Counted before the list is looked at: what is missed now shows in the next block.
    player->run.scheduled = atomic_load_explicit(&player->scheduled, memory_order_acquire);
    uint64_t command = pbr_command_of(player);
    player->run.rolling = (command & PBR_PLAYING) != 0;
    pbr_player_take_epoch(player, pbr_epoch_of(command));
    move_horizon(player);
    if ((command & PBR_PLAY_MASK) != (player->run.command & PBR_PLAY_MASK)) {
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
    return cursor->last == player->horizon ? NULL : pbr_next_item(cursor->last);
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
    while ((next = pbr_next_item(cursor->last)) != target) {
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
        item = pbr_next_item(item);
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

bool pbr_player_joins(const pbr_player *player, int64_t since) {
    pbr_cursor cursor = player->cursor;
    return player->sounded_to == since && pbr_player_next(player, &cursor, 1).channels != NULL;
}

bool pbr_player_commit(pbr_player *player, int64_t now, uint32_t frames) {
    pbr_item *published = atomic_load_explicit(&player->head, memory_order_relaxed);
    for (uint32_t done = 0; done < frames;) {
        pbr_span span = pbr_player_next(player, &player->cursor, frames - done);
        done += span.frames;
        player->sounded_to = span.channels != NULL ? now + done : player->sounded_to;
    }
    // An item that ended on the block's last frame is over now, not at the next block's start.
    pbr_item *item = player->run.rolling ? upcoming(player, &player->cursor) : NULL;
    if (item != NULL && player->cursor.position > 0 &&
        player->cursor.position == item->clip.frames) {
        end_pass(player, &player->cursor, item);
        item = upcoming(player, &player->cursor);
    }
    if (item == NULL || (player->cursor.position == 0 && item->clip.start > player->cursor.time)) {
        player->sounded_to = PBR_NOW;
    }
    bool counts = player->run.rolling && player->cursor.delay == 0;
    if (counts) {
        player->start_at = PBR_NOW; // taken, whatever the clock is set to
    }
    // While it pauses or waits its time stands still.
    if (counts || player->cursor.time > 0) {
        atomic_store_explicit(&player->origin, now + frames - player->cursor.time,
                              memory_order_relaxed);
        atomic_store_explicit(&player->origin_epoch, pbr_epoch_of(player->run.command),
                              memory_order_release);
    }
    if (item != NULL) {
        start_run(player, now + frames, item);
    }
    atomic_store_explicit(&player->head, player->cursor.last, memory_order_release);
    return player->cursor.last != published;
}
