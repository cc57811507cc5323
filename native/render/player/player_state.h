// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The inside of a player, and the common case of a block: the clip goes on and nothing happens.
#ifndef PBR_PLAYER_STATE_H
#define PBR_PLAYER_STATE_H

#include <stdatomic.h>

#include "render/memory/line.h"
#include "render/moment.h"
#include "player.h"
#include "player_queue.h"
#include "render/stream/stream.h"

// All that is needed while a player is within a clip that nothing interrupts. The rest of its state
// stays as it is until something happens.
typedef struct pbr_run {
    int64_t base;  // engine time minus position
    int64_t began; // engine time
    const float *const *channels;
    const float *sides[2]; // where `channels` points for clips with at most two
    uint32_t version;      // the version that was read
    uint32_t position;
    uint32_t end; // of the buffer; 0 if the player does not run
    uint16_t channel_count;
    bool rolling; // this block plays
    bool loops;
} pbr_run;

// Everything that the control side asks for. A block sees all of it or nothing.
typedef struct pbr_wish {
    uint64_t stamp;
    struct pbr_item *tail;  // the newest item
    struct pbr_item *floor; // everything up to it was stopped; it may have been freed
    uint64_t floor_place;
    struct pbr_stream *sought; // the stream of the last seek
    uint64_t sought_place;     // and its item
    int64_t play_at;
    uint64_t play_host; // the host time to play from instead, or 0
    uint64_t halt_frames;
    uint32_t epoch;   // counts stops
    uint32_t plays;   // counts plays
    uint32_t halts;   // counts the ramps to silence
    uint32_t seeks;   // counts seeks
    uint32_t streams; // counts streams that were scheduled or sought
    uint8_t halt;     // pbr_halt: what happens at the end of the last ramp, unless it was reversed
    bool playing;
    bool offline; // see pbr_player_set_offline
} pbr_wish;

enum { PBR_WISH_WORDS = sizeof(pbr_wish) / sizeof(uint64_t) };
_Static_assert(sizeof(pbr_wish) % sizeof(uint64_t) == 0, "it is copied word by word");

typedef struct pbr_shared_wish {
    _Atomic uint64_t words[PBR_WISH_WORDS];
} pbr_shared_wish;

// A version: a count, two bits for the slot of the newest wish, two for that of the one before, and
// a bit that is 0 in every published version.
enum { PBR_WISH_SLOTS = 3 };

static inline uint32_t pbr_version(uint32_t count, uint32_t newest, uint32_t before) {
    return count << 5 | newest << 3 | before << 1;
}

static inline uint32_t pbr_version_count(uint32_t version) {
    return version >> 5;
}

static inline uint32_t pbr_newest_slot(uint32_t version) {
    return version >> 3 & 3;
}

static inline uint32_t pbr_slot_before(uint32_t version) {
    return version >> 1 & 3;
}

struct pbr_player {
    // Control side writes, audio thread reads. The version names the slots of the newest wish and
    // of the one before its stamp. The next wish goes into another slot, so that a control thread
    // that is suspended while it writes prevents no block from reading.
    _Alignas(PBR_LINE) _Atomic uint32_t version;
    atomic_uint references;
    pbr_shared_wish slots[PBR_WISH_SLOTS];
    // Control side only. The list runs first .. head .. tail; items up to `reported` have ended.
    const pbr_player_callbacks *callbacks;
    pbr_wish wish;
    bool skipped; // no block will see the wish: the one before it stays the one before the next
    struct pbr_item *first;
    struct pbr_item *reported;
    uint64_t cut_until; // items below this place have ended like `cut`
    pbr_end cut;
    uint32_t inputs; // while a plan is finished: how many inputs read the player
    bool offline;
    _Atomic uint32_t streaming; // items that are streams
    // Audio thread only.
    _Alignas(PBR_LINE) pbr_run run;
    _Alignas(PBR_LINE) pbr_cursor cursor; // as of when the run began
    struct pbr_item *horizon;             // the newest item that this block knows of
    int64_t start_at;                     // engine time to wait for, or PBR_NOW
    uint64_t start_host;                  // the host time to wait for instead, or 0
    pbr_moment moment;                    // of this block
    int64_t block_time;                   // the player's time at the block's first frame
    int64_t sounded_to; // the time up to which clips sounded and had more to play; PBR_NOW: none
    pbr_ramp ramp;
    pbr_wish taken; // the wish that the last block took up
    uint64_t blocks;
    int64_t awaited; // blocks from here on, up to the next, go on with what has been awaited
    int64_t awaited_to;
    // Audio thread writes, control side reads.
    _Atomic(struct pbr_item *) head; // the newest item that has been used up
    _Atomic int64_t origin;          // PBR_NOW: none
    _Atomic uint32_t origin_epoch;   // `origin` is void if its block had not seen the last stop
    _Atomic uint32_t halted;         // the number of the last ramp that has ended
    pbr_progress progress;
    _Atomic uint64_t late; // frames
};

// Audio thread, or the control side while there is none.
// The start of a block. awaited: it goes on with what was awaited. awaits: it prepares for streams.
void pbr_player_begin_block(pbr_player *player, int64_t now, uint64_t seen,
                            const pbr_moment *moment, bool awaited, bool awaits);
// Takes up a wish: stopped items are used up, ramps begin or reverse.
void pbr_player_take(pbr_player *player, const pbr_wish *wish);
// Lets the control side know how far the queue has been used up.
void pbr_player_publish(pbr_player *player);
// Ends a run and counts what it played.
void pbr_player_catch_up(pbr_player *player);

static inline void pbr_player_prefetch(const pbr_player *player) {
    __builtin_prefetch(player);
    __builtin_prefetch(&player->run, 1);
}

// Whether nothing has been asked of the player and the block of `frames` frames from `now`
// continues the clip, ending before its end or, in a loop, passing it once.
static inline bool pbr_player_runs(pbr_player *player, int64_t now, uint32_t frames) {
    const pbr_run *run = &player->run;
    return run->version == atomic_load_explicit(&player->version, memory_order_acquire) &&
           now - run->position == run->base &&
           (frames < run->end - run->position || (run->loops && frames <= run->end));
}

// If so: the answer of pbr_player_joins.
static inline bool pbr_player_runs_joined(const pbr_player *player, int64_t since) {
    const pbr_run *run = &player->run;
    return run->base + run->position != run->began || player->sounded_to == since;
}

// And at the end of the block.
static inline void pbr_player_run(pbr_player *player, uint32_t frames) {
    pbr_run *run = &player->run;
    uint32_t left = run->end - run->position;
    if (frames < left) {
        run->position += frames;
    } else {
        run->position = frames - left;
        run->base += run->end;
    }
}

#endif
