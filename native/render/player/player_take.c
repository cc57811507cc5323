// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The start of a block: what the control side has asked for takes effect.
#include <math.h>
#include <string.h>

#include "player_cursor.h"

typedef struct pbr_item pbr_item;

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

static double gain_now(const pbr_player *player) {
    const pbr_ramp *ramp = &player->ramp;
    if (ramp->frames == 0) {
        return 1;
    }
    double share = (double)player->cursor.ramped / (double)ramp->frames;
    return ramp->from + (ramp->to - ramp->from) * share;
}

static void take_halt(pbr_player *player, const pbr_wish *wish) {
    const pbr_wish *taken = &player->taken;
    uint32_t halted = atomic_load_explicit(&player->halted, memory_order_relaxed);
    bool over = taken->halt != PBR_HALT_NONE && halted == taken->halts;
    if (wish->halts != taken->halts && wish->halt != PBR_HALT_NONE) {
        if (over && wish->plays == taken->plays) {
            // It had ended before this was asked for: there is nothing left to ramp.
            if (wish->halt == PBR_HALT_STOP) {
                pbr_cursor_stop(player, &player->cursor, player->horizon);
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
            pbr_player_drop_ramp(player);
        } else {
            player->ramp = (pbr_ramp){gain, 1, (uint64_t)ceil((1 - gain) / slope)};
            player->cursor.ramped = 0;
        }
    }
}

// Unless another seek has followed, or the item has been used up by now.
static void take_seek(pbr_player *player, const pbr_wish *wish) {
    pbr_item *item = pbr_player_upcoming(player, &player->cursor);
    uint64_t pending = 2 * (uint64_t)wish->seeks;
    if (item != NULL && item->place == wish->sought_place &&
        atomic_compare_exchange_strong_explicit(&player->progress.seek, &pending, pending + 1,
                                                memory_order_acq_rel, memory_order_relaxed)) {
        item->clip.stream = wish->sought;
        pbr_cursor_restart(&player->cursor);
    }
}

void pbr_player_take(pbr_player *player, const pbr_wish *wish) {
    pbr_cursor *cursor = &player->cursor;
    if (wish->epoch != player->taken.epoch) {
        // Stopped items are used up as soon as this is seen; the control side has reported them.
        if (wish->floor_place > cursor->last->place) {
            cursor->last = wish->floor;
        }
        pbr_cursor_restart(cursor);
        cursor->time = 0;
        pbr_player_drop_ramp(player);
        player->taken.halt = PBR_HALT_NONE;
        player->sounded_to = PBR_NOW;
    }
    player->horizon = wish->tail;
    if (!wish->playing) {
        pbr_player_drop_ramp(player);
    }
    take_halt(player, wish);
    if (wish->seeks != player->taken.seeks) {
        take_seek(player, wish);
    }
    if (wish->plays != player->taken.plays) {
        player->start_at = wish->play_at;
        player->start_host = wish->play_host;
    }
    player->taken = *wish;
}

// For how long the player waits from `now` on.
static int64_t frames_to_start(const pbr_player *player, int64_t now) {
    int64_t frames = 0;
    if (player->start_host != 0 && player->moment.host != 0) {
        frames = pbr_moment_frames(&player->moment, player->start_host);
    } else if (player->start_at != PBR_NOW) {
        frames = player->start_at - now;
    }
    return frames > 0 ? frames : 0;
}

void pbr_player_begin_block(pbr_player *player, int64_t now, uint64_t seen,
                            const pbr_moment *moment, bool awaited, bool awaits) {
    pbr_player_catch_up(player);
    player->moment = *moment;
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
    int64_t delay = frames_to_start(player, now);
    player->cursor.delay = delay > UINT32_MAX ? UINT32_MAX : (uint32_t)delay;
    player->block_time = player->cursor.time - delay;
    if (delay > 0 && player->ramp.to > 0) {
        pbr_player_drop_ramp(player); // what starts later starts at its own gain
    }
    player->cursor.empty = 0;
    player->cursor.halted = PBR_HALT_NONE;
}

// Whatever is queued during a block waits for the next one, so that all of the player's
// destinations hear the same.
void pbr_player_begin(pbr_player *player, int64_t now, uint64_t seen, const pbr_moment *moment) {
    pbr_player_begin_block(player, now, seen, moment,
                           now >= player->awaited && now < player->awaited_to, false);
}
