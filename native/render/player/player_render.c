// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The audio thread's side of a player: through its queue, block by block.
#include <math.h>
#include <string.h>

#include "player_state.h"
#include "render/stream/feeder.h"

typedef struct pbr_item pbr_item;

// A block passes this many items without frames; those behind them wait for the next.
enum { MAX_EMPTY = 4096 };

// How often a block tries to read a wish that is being replaced. Then it keeps the last one.
enum { READ_ATTEMPTS = 16 };

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

static void read_shared(pbr_shared_wish *shared, pbr_wish *wish) {
    uint64_t words[PBR_WISH_WORDS];
    for (size_t i = 0; i < PBR_WISH_WORDS; i++) {
        words[i] = atomic_load_explicit(&shared->words[i], memory_order_relaxed);
    }
    memcpy(wish, words, sizeof words);
}

// The newest wish up to the stamp `seen`. False if there is none to be had: the last one stays in
// effect.
static bool read_wish(pbr_player *player, uint64_t seen, pbr_wish *wish, uint32_t *version) {
    for (int attempt = 0; attempt < READ_ATTEMPTS; attempt++) {
        uint32_t found = atomic_load_explicit(&player->version, memory_order_acquire);
        pbr_wish newest, before;
        read_shared(&player->slots[pbr_newest_slot(found)], &newest);
        read_shared(&player->slots[pbr_slot_before(found)], &before);
        atomic_thread_fence(memory_order_acquire);
        if (atomic_load_explicit(&player->version, memory_order_relaxed) != found) {
            continue;
        }
        bool all = newest.stamp <= seen;
        *wish = all ? newest : before;
        // A version that is never published, so that the next block looks again in any case.
        *version = all ? found : found | 1;
        return wish->stamp <= seen;
    }
    return false;
}

static void go_to_start(pbr_cursor *cursor) {
    cursor->position = 0;
    cursor->pass = 0;
    cursor->base = 0;
}

// Everything queued up to `last` ends, including the current item.
static void cut(pbr_player *marks, pbr_cursor *cursor, pbr_item *last, pbr_end end) {
    if (cursor->last != last && marks != NULL) {
        pbr_item *first = cursor->last->next;
        first->cut_until = last->place + 1;
        first->cut = end;
    }
    cursor->last = last;
    go_to_start(cursor);
}

static void no_ramp(pbr_player *player) {
    player->ramp.frames = 0;
    player->cursor.ramped = 0;
}

static double gain_now(const pbr_player *player) {
    const pbr_ramp *ramp = &player->ramp;
    if (ramp->frames == 0) {
        return 1;
    }
    double share = (double)player->cursor.ramped / (double)ramp->frames;
    return ramp->from + (ramp->to - ramp->from) * share;
}

static void stop_here(pbr_player *marks, pbr_cursor *cursor, pbr_item *horizon) {
    cut(marks, cursor, horizon, PBR_END_STOPPED);
    cursor->time = 0;
}

static void take_halt(pbr_player *player, const pbr_wish *wish) {
    const pbr_wish *taken = &player->taken;
    uint32_t halted = atomic_load_explicit(&player->halted, memory_order_relaxed);
    bool over = taken->halt != PBR_HALT_NONE && halted == taken->halts;
    if (wish->halts != taken->halts && wish->halt != PBR_HALT_NONE) {
        if (over && wish->plays == taken->plays) {
            // It had ended before this was asked for: there is nothing left to ramp.
            if (wish->halt == PBR_HALT_STOP) {
                stop_here(player, &player->cursor, player->horizon);
            }
            atomic_store_explicit(&player->halted, wish->halts, memory_order_release);
            return;
        }
        double gain = over ? 1 : gain_now(player);
        player->ramp = (pbr_ramp){gain, 0, wish->halt_frames};
        player->cursor.ramped = 0;
    } else if (wish->halt == PBR_HALT_NONE && taken->halt != PBR_HALT_NONE) {
        double gain = gain_now(player);
        double slope =
            player->ramp.frames > 0 ? player->ramp.from / (double)player->ramp.frames : 0;
        if (over || !wish->playing || !(slope > 0) || gain >= 1) {
            no_ramp(player);
        } else {
            player->ramp = (pbr_ramp){gain, 1, (uint64_t)ceil((1 - gain) / slope)};
            player->cursor.ramped = 0;
        }
    }
}

static pbr_item *upcoming(const pbr_player *player, const pbr_cursor *cursor) {
    return cursor->last == player->horizon ? NULL : cursor->last->next;
}

// Unless another seek has followed, or the item has been used up by now.
static void take_seek(pbr_player *player, const pbr_wish *wish) {
    pbr_item *item = upcoming(player, &player->cursor);
    uint64_t pending = 2 * (uint64_t)wish->seeks;
    if (item != NULL && item->place == wish->sought_place &&
        atomic_compare_exchange_strong_explicit(&player->progress.seek, &pending, pending + 1,
                                                memory_order_acq_rel, memory_order_relaxed)) {
        item->clip.stream = wish->sought;
        go_to_start(&player->cursor);
    }
}

void pbr_player_take(pbr_player *player, const pbr_wish *wish) {
    pbr_cursor *cursor = &player->cursor;
    if (wish->epoch != player->taken.epoch) {
        // Stopped items are used up as soon as this is seen; the control side has reported them.
        if (wish->floor_place > cursor->last->place) {
            cursor->last = wish->floor;
        }
        go_to_start(cursor);
        cursor->time = 0;
        no_ramp(player);
        player->taken.halt = PBR_HALT_NONE;
        player->sounded_to = PBR_NOW;
    }
    player->horizon = wish->tail;
    if (!wish->playing) {
        no_ramp(player);
    }
    take_halt(player, wish);
    if (wish->seeks != player->taken.seeks) {
        take_seek(player, wish);
    }
    if (wish->plays != player->taken.plays) {
        player->start_at = wish->play_at;
    }
    player->taken = *wish;
}

// awaited: the block goes on with what was awaited. awaits: this prepares for streams.
static void begin(pbr_player *player, int64_t now, uint64_t seen, bool awaited, bool awaits) {
    pbr_player_catch_up(player);
    pbr_wish wish;
    uint32_t version;
    if (!awaited && read_wish(player, seen, &wish, &version)) {
        if (wish.offline && !awaits && wish.streams != player->taken.streams) {
            version |= 1; // the next block prepares for it
        } else {
            pbr_player_take(player, &wish);
        }
        player->run.version = version;
    }
    player->blocks++;
    const pbr_wish *taken = &player->taken;
    bool halted = taken->halt != PBR_HALT_NONE &&
                  atomic_load_explicit(&player->halted, memory_order_relaxed) == taken->halts;
    player->run.rolling = taken->playing && !halted;
    bool waits = player->start_at != PBR_NOW && player->start_at > now;
    int64_t delay = waits ? player->start_at - now : 0;
    player->cursor.delay = delay > UINT32_MAX ? UINT32_MAX : (uint32_t)delay;
    if (delay > 0 && player->ramp.to > 0) {
        no_ramp(player); // what starts later starts at its own gain
    }
    player->cursor.empty = 0;
    player->cursor.halted = PBR_HALT_NONE;
}

// Whatever is queued during a block waits for the next one, so that all of the player's
// destinations hear the same.
void pbr_player_begin(pbr_player *player, int64_t now, uint64_t seen) {
    begin(player, now, seen, now >= player->awaited && now < player->awaited_to, false);
}

pbr_cursor pbr_player_cursor(const pbr_player *player) {
    return player->cursor;
}

static void use_up(pbr_cursor *cursor, pbr_item *item) {
    cursor->last = item;
    go_to_start(cursor);
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
        cut(marks, cursor, target->before, PBR_END_INTERRUPTED);
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
    pbr_item *item = upcoming(player, cursor);
    if (is_over(player, cursor, item)) {
        end_pass(player, marks, cursor, item);
    }
    cursor->halted = (pbr_halt)player->taken.halt;
    if (cursor->halted == PBR_HALT_STOP) {
        stop_here(marks, cursor, player->horizon);
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
        pbr_item *item = upcoming(player, cursor);
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
            cut(marks, cursor, target->before, PBR_END_INTERRUPTED);
            continue;
        }
        want = shorter(want, due - cursor->time);
        bool begins = cursor->position == 0 && cursor->pass == 0;
        if (begins && item->clip.start > cursor->time) {
            return silence(player, cursor, shorter(want, item->clip.start - cursor->time), true);
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
    bool waits = cursor->delay > 0 || (cursor->position == 0 && item->clip.start > cursor->time);
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
        no_ramp(player);
        atomic_store_explicit(&player->halted, player->taken.halts, memory_order_release);
    } else if (player->ramp.frames > 0 && player->cursor.ramped >= player->ramp.frames) {
        no_ramp(player);
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
    pbr_item *item = rolled ? upcoming(player, &player->cursor) : NULL;
    if (is_over(player, &player->cursor, item)) {
        end_pass(player, player, &player->cursor, item);
    }
    end_ramp(player);
    bool counts = rolled && player->cursor.delay == 0;
    if (counts) {
        player->start_at = PBR_NOW; // the start has been taken, whatever the clock is set to later
    }
    if (player->cursor.halted == PBR_HALT_STOP) {
        tell_origin(player, PBR_NOW);
    } else if (counts || player->cursor.time > 0) {
        // While the player is paused or waits, its time stands still.
        tell_origin(player, now + frames - player->cursor.time);
    }
    item = player->run.rolling ? upcoming(player, &player->cursor) : NULL;
    if (item == NULL || (player->cursor.position == 0 && item->clip.start > player->cursor.time)) {
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
    return player->cursor.last != published;
}

void pbr_player_publish(pbr_player *player) {
    const pbr_cursor *cursor = &player->cursor;
    const pbr_item *item = upcoming(player, cursor);
    if (item != NULL && item->clip.stream != NULL) {
        atomic_store_explicit(&item->clip.stream->consumed,
                              cursor->base + (int64_t)cursor->position, memory_order_release);
    }
    // In this order: the item may be freed once it is the head.
    uint64_t place = cursor->last->place;
    atomic_store_explicit(&player->head, cursor->last, memory_order_release);
    atomic_store_explicit(&player->progress.passed, place, memory_order_release);
}

// Walks through the block, until a stream is not ready.
static pbr_span find_unready(const pbr_player *player, uint32_t frames, uint32_t *done) {
    pbr_cursor cursor = player->cursor;
    for (*done = 0; *done < frames;) {
        pbr_span span = pbr_player_next(player, &cursor, frames - *done);
        if (span.stream != NULL && span.channels == NULL) {
            return span;
        }
        if (span.stream != NULL &&
            span.stream->seen_written - span.frame < (int64_t)span.stream->capacity / 2) {
            pbr_feeder_nudge(span.stream);
        }
        *done += span.frames;
    }
    return (pbr_span){.frames = 0};
}

uint32_t pbr_player_await(pbr_player *player, int64_t now, uint64_t seen, uint32_t frames) {
    if (atomic_load_explicit(&player->streaming, memory_order_relaxed) == 0) {
        return frames;
    }
    uint32_t done = 0;
    begin(player, now, seen, false, true);
    player->awaited = now;
    for (;;) {
        pbr_span span = find_unready(player, frames, &done);
        struct pbr_stream *stream = span.stream;
        if (stream == NULL) {
            break;
        }
        int64_t written = stream->seen_written, cut = stream->seen_cut;
        pbr_awaited found = pbr_feeder_await(stream, span.frame + span.frames, done == 0);
        player->blocks++; // looks again
        pbr_stream_look(stream, player->blocks);
        if (stream->seen_written == written && stream->seen_cut == cut) {
            // There is no room, or it has been stopped meanwhile.
            done = found == PBR_AWAITED_CROWDED ? done : frames;
            break;
        }
    }
    player->awaited_to = now + (done > 0 ? done : 1);
    return done > 0 ? done : 1;
}
