// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The audio thread's side of a player: through its queue, block by block.
#include "player_cursor.h"

typedef struct pbr_item pbr_item;

// A block passes this many items without frames; those behind them wait for the next.
enum { MAX_EMPTY = 4096 };

pbr_cursor pbr_player_cursor(const pbr_player *player) {
    return player->cursor;
}

static void use_up(pbr_cursor *cursor, pbr_item *item) {
    cursor->last = item;
    pbr_cursor_restart(cursor);
}

// Frames of the buffer or of this pass over the stream. `fails`: the stream ends there because it
// cannot be read any further.
static uint64_t frames_of(const pbr_player *player, const pbr_cursor *cursor, const pbr_item *item,
                          bool *fails) {
    struct pbr_stream *stream = item->clip.stream;
    *fails = false;
    if (stream == NULL) {
        return item->clip.frames;
    }
    pbr_stream_look(stream, player->blocks);
    int64_t end = pbr_stream_pass_end(stream, cursor->pass);
    *fails = stream->seen_cut <= end;
    end = *fails ? stream->seen_cut : end;
    return end > cursor->base ? (uint64_t)(end - cursor->base) : 0;
}

// Where the item starts, in the player's time.
static int64_t start_of(const pbr_player *player, const pbr_item *item) {
    return item->clip.host != 0 && player->moment.host != 0
               ? player->block_time + pbr_moment_frames(&player->moment, item->clip.host)
               : item->clip.start;
}

// Ends a pass over `item`: goes on to an interruption that waited for it, loops, or leaves it.
static void end_pass(const pbr_player *player, pbr_player *marks, pbr_cursor *cursor,
                     pbr_item *item) {
    int64_t due = INT64_MAX;
    pbr_item *target =
        pbr_item_interruption(item, player->horizon, PBR_DUE_AT_LOOP, cursor->time, &due);
    bool fails;
    uint64_t frames = frames_of(player, cursor, item, &fails);
    bool loops =
        (item->clip.flags & PBR_ITEM_LOOPS) && !fails && (frames > 0 || item->clip.stream != NULL);
    if (loops && item->clip.stream != NULL) {
        cursor->base += (int64_t)frames;
        cursor->pass++;
    }
    if (!loops) {
        use_up(cursor, item);
    }
    if (target != NULL) {
        pbr_cursor_cut(marks, cursor, target->before, PBR_END_INTERRUPTED);
    }
    cursor->position = 0;
}

// Whether the current item has been played to its end.
static bool is_over(const pbr_player *player, const pbr_cursor *cursor, const pbr_item *item) {
    bool fails;
    return item != NULL && cursor->position > 0 &&
           cursor->position >= frames_of(player, cursor, item, &fails);
}

static uint32_t shorter(uint32_t frames, int64_t limit) {
    return limit < (int64_t)frames ? (uint32_t)limit : frames;
}

// Counts the player's frames and those of a ramp, whether they sound or not.
static pbr_span silence(const pbr_player *player, pbr_cursor *cursor, uint32_t frames,
                        bool counts) {
    cursor->ramped += player->ramp.frames > cursor->ramped ? frames : 0;
    cursor->time += counts ? frames : 0;
    return (pbr_span){.frames = frames};
}

// The next frames of a stream, as many as are together in its ring. What is not ready is silent and
// lost: the player stays in time.
static pbr_span stream_span(const pbr_cursor *cursor, struct pbr_stream *stream, uint32_t frames) {
    int64_t frame = cursor->base + (int64_t)cursor->position;
    int64_t ready = stream->seen_written - frame;
    pbr_span span = {.frames = frames, .stream = stream, .frame = frame};
    if (ready > 0) {
        span.channels = (const float *const *)stream->planes;
        span.channel_count = stream->feed.channels;
        span.offset = (uint32_t)(frame % stream->capacity);
        span.frames = shorter(shorter(frames, ready), stream->capacity - span.offset);
    }
    return span;
}

// Pauses or stops at the end of the ramp to silence.
static bool has_halted(const pbr_player *player, pbr_player *marks, pbr_cursor *cursor) {
    const pbr_ramp *ramp = &player->ramp;
    if (cursor->halted != PBR_HALT_NONE) {
        return true;
    }
    if (ramp->frames == 0 || ramp->to > 0 || cursor->ramped < ramp->frames) {
        return false;
    }
    pbr_item *item = pbr_player_upcoming(player, cursor);
    if (is_over(player, cursor, item)) {
        end_pass(player, marks, cursor, item);
    }
    cursor->halted = (pbr_halt)player->taken.halt;
    if (cursor->halted == PBR_HALT_STOP) {
        pbr_cursor_stop(marks, cursor, player->horizon);
    }
    return true;
}

static pbr_span next(const pbr_player *player, pbr_player *marks, pbr_cursor *cursor,
                     uint32_t want) {
    PBR_STEP();
    if (!player->run.rolling || has_halted(player, marks, cursor)) {
        return (pbr_span){.frames = want};
    }
    const pbr_ramp *ramp = player->ramp.frames > cursor->ramped ? &player->ramp : NULL;
    if (ramp != NULL && ramp->frames - cursor->ramped < want) {
        want = (uint32_t)(ramp->frames - cursor->ramped);
    }
    if (cursor->delay > 0) {
        uint32_t frames = shorter(want, cursor->delay);
        cursor->delay -= frames;
        return silence(player, cursor, frames, false);
    }
    for (;;) {
        PBR_STEP();
        pbr_item *item = pbr_player_upcoming(player, cursor);
        if (item == NULL) {
            return silence(player, cursor, want, true);
        }
        if (is_over(player, cursor, item)) {
            end_pass(player, marks, cursor, item);
            continue;
        }
        int64_t due = INT64_MAX;
        pbr_item *target =
            pbr_item_interruption(item, player->horizon, PBR_DUE_AT_ONCE, cursor->time, &due);
        if (target != NULL) {
            pbr_cursor_cut(marks, cursor, target->before, PBR_END_INTERRUPTED);
            continue;
        }
        want = shorter(want, due - cursor->time);
        bool begins = cursor->position == 0 && cursor->pass == 0;
        int64_t start = begins ? start_of(player, item) : PBR_FOLLOW;
        if (start > cursor->time) {
            return silence(player, cursor, shorter(want, start - cursor->time), true);
        }
        bool fails;
        uint64_t left = frames_of(player, cursor, item, &fails) - cursor->position;
        if (left > 0) {
            uint32_t frames = left < want ? (uint32_t)left : want;
            pbr_span span = {.channels = item->clip.channels,
                             .channel_count = item->clip.channel_count,
                             .offset = (uint32_t)cursor->position,
                             .frames = frames};
            if (item->clip.stream != NULL) {
                span = stream_span(cursor, item->clip.stream, frames);
            }
            span.ramp = ramp;
            span.ramped = cursor->ramped;
            cursor->position += span.frames;
            cursor->time += span.frames;
            cursor->ramped += ramp != NULL ? span.frames : 0;
            return span;
        }
        if (cursor->empty++ == MAX_EMPTY) {
            cursor->empty--;
            return silence(player, cursor, want, true);
        }
        end_pass(player, marks, cursor, item);
    }
}

pbr_span pbr_player_next(const pbr_player *player, pbr_cursor *cursor, uint32_t want) {
    return next(player, NULL, cursor, want);
}

// Begins a run if nothing but the item's end can come next.
static void start_run(pbr_player *player, int64_t now, const pbr_item *item) {
    pbr_run *run = &player->run;
    const pbr_cursor *cursor = &player->cursor;
    bool waits =
        cursor->delay > 0 || (cursor->position == 0 && start_of(player, item) > cursor->time);
    if (waits || player->ramp.frames > 0 || item->clip.channel_count == 0 ||
        item->clip.stream != NULL || pbr_item_awaits(item, player->horizon)) {
        return;
    }
    run->base = now - cursor->position;
    run->began = now;
    run->position = (uint32_t)cursor->position;
    run->end = item->clip.frames;
    run->loops = (item->clip.flags & PBR_ITEM_LOOPS) && run->end > 0;
    run->channels = item->clip.channels;
    run->channel_count = (uint16_t)item->clip.channel_count;
    if (run->channel_count <= 2) {
        // Saves an indirection on the way to the samples.
        run->sides[0] = item->clip.channels[0];
        run->sides[1] = item->clip.channels[run->channel_count - 1];
        run->channels = run->sides;
    }
}

bool pbr_player_joins(const pbr_player *player, int64_t since) {
    pbr_cursor cursor = player->cursor;
    return player->sounded_to == since && pbr_player_next(player, &cursor, 1).channels != NULL;
}

static void end_ramp(pbr_player *player) {
    if (player->run.rolling && has_halted(player, player, &player->cursor)) {
        player->run.rolling = false;
        pbr_player_drop_ramp(player);
        atomic_store_explicit(&player->halted, player->taken.halts, memory_order_release);
    } else if (player->ramp.frames > 0 && player->cursor.ramped >= player->ramp.frames) {
        pbr_player_drop_ramp(player);
    }
}

static void tell_origin(pbr_player *player, int64_t origin) {
    atomic_store_explicit(&player->origin, origin, memory_order_relaxed);
    atomic_store_explicit(&player->origin_epoch, player->taken.epoch, memory_order_release);
}

// Whether the span is silent for want of frames; not because another thread has just stopped it.
static bool is_late(const pbr_span *span) {
    return span->stream != NULL && span->channels == NULL &&
           !atomic_load_explicit(&span->stream->dropped, memory_order_relaxed);
}

bool pbr_player_commit(pbr_player *player, int64_t now, uint32_t frames) {
    pbr_item *published = atomic_load_explicit(&player->head, memory_order_relaxed);
    bool rolled = player->run.rolling;
    uint64_t late = 0;
    for (uint32_t done = 0; done < frames;) {
        pbr_span span = next(player, player, &player->cursor, frames - done);
        done += span.frames;
        player->sounded_to = span.channels != NULL ? now + done : player->sounded_to;
        late += is_late(&span) ? span.frames : 0;
    }
    // An item that ends on the block's last frame is over now, not at the start of the next block.
    pbr_item *item = rolled ? pbr_player_upcoming(player, &player->cursor) : NULL;
    if (is_over(player, &player->cursor, item)) {
        end_pass(player, player, &player->cursor, item);
    }
    end_ramp(player);
    bool counts = rolled && player->cursor.delay == 0;
    if (counts) {
        // The start has been taken, whatever the clocks are set to later.
        player->start_at = PBR_NOW;
        player->start_host = 0;
    }
    if (player->cursor.halted == PBR_HALT_STOP) {
        tell_origin(player, PBR_NOW);
    } else if (counts || player->cursor.time > 0) {
        // While the player is paused or waits, its time stands still.
        tell_origin(player, now + frames - player->cursor.time);
    }
    item = player->run.rolling ? pbr_player_upcoming(player, &player->cursor) : NULL;
    if (item == NULL ||
        (player->cursor.position == 0 && start_of(player, item) > player->cursor.time)) {
        player->sounded_to = PBR_NOW;
    }
    if (item != NULL) {
        start_run(player, now + frames, item);
    }
    if (now + frames >= player->awaited_to) {
        player->awaited_to = PBR_NOW;
    }
    if (late > 0) {
        atomic_fetch_add_explicit(&player->late, late, memory_order_relaxed);
    }
    pbr_player_publish(player);
    return player->cursor.last != published || late > 0;
}

void pbr_player_publish(pbr_player *player) {
    const pbr_cursor *cursor = &player->cursor;
    const pbr_item *item = pbr_player_upcoming(player, cursor);
    if (item != NULL && item->clip.stream != NULL) {
        atomic_store_explicit(&item->clip.stream->consumed,
                              cursor->base + (int64_t)cursor->position, memory_order_release);
    }
    // In this order: the item may be freed once it is the head.
    uint64_t place = cursor->last->place;
    atomic_store_explicit(&player->head, cursor->last, memory_order_release);
    atomic_store_explicit(&player->progress.passed, place, memory_order_release);
}
