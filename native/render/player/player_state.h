// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The inside of a player, and the way that most blocks take: the clip goes on, and nothing happens.
#ifndef PBR_PLAYER_STATE_H
#define PBR_PLAYER_STATE_H

#include <stdatomic.h>

#include "render/memory/line.h"
#include "player.h"
#include "player_queue.h"

// While a player is in the midst of a clip that nothing interrupts, this is all there is to it: the
// rest of its state lies still until something happens.
typedef struct pbr_run {
    int64_t base;  // engine time less position
    int64_t began; // engine time
    const float *const *channels;
    const float *sides[2]; // what `channels` is of clips with at most two
    uint32_t version;      // seen
    uint32_t position;
    uint32_t end; // the clip's; 0 when the player does not run
    uint16_t channel_count;
    bool rolling; // this block plays
    bool loops;
} pbr_run;

// What the control side asks for: a block sees all of it or nothing.
typedef struct pbr_wish {
    uint64_t stamp;
    struct pbr_item *tail;  // the newest item
    struct pbr_item *floor; // everything up to it was stopped; it may be gone
    uint64_t floor_place;
    int64_t play_at;
    uint64_t halt_frames;
    uint32_t epoch; // a stop adds one
    uint32_t plays; // counts them
    uint32_t halts; // counts the ramps to silence
    uint8_t halt;   // pbr_halt: what is to come at the last one's end, unless it was taken back
    bool playing;
} pbr_wish;

enum { PBR_WISH_WORDS = sizeof(pbr_wish) / sizeof(uint64_t) };
_Static_assert(sizeof(pbr_wish) % sizeof(uint64_t) == 0, "it is copied word by word");

typedef struct pbr_shared_wish {
    _Atomic uint64_t words[PBR_WISH_WORDS];
} pbr_shared_wish;

// A version: a count, two bits for the newest wish's slot, two for the slot of the one before, and a
// bit that is 0 in every version that was published.
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
    // Control side writes, audio thread reads. The version says in which slots the newest wish and
    // the one before its stamp are; the next wish goes into another slot, so that a control thread
    // that is halted while it writes keeps no block from reading.
    _Alignas(PBR_LINE) _Atomic uint32_t version;
    atomic_uint references;
    pbr_shared_wish slots[PBR_WISH_SLOTS];
    // Control side only. The list runs first .. head .. tail; items up to `reported` have ended.
    const pbr_player_callbacks *callbacks;
    pbr_wish wish;
    bool skipped; // no block will be at the wish: the one before it stays what is before the next
    struct pbr_item *first;
    struct pbr_item *reported;
    uint64_t cut_until; // items below this place have ended by `cut`
    pbr_end cut;
    uint32_t inputs; // while a plan is finished: how many of its inputs read the player
    // Audio thread only.
    _Alignas(PBR_LINE) pbr_run run;
    _Alignas(PBR_LINE) pbr_cursor cursor; // as of when the run began
    struct pbr_item *horizon;             // newest item that this block knows of
    int64_t start_at;                     // engine time to wait for, or PBR_NOW
    int64_t sounded_to; // time up to which clips sounded, and were to sound on; PBR_NOW: none
    pbr_ramp ramp;
    pbr_wish taken; // as of the last block that looked
    // Audio thread writes, control side reads.
    _Atomic(struct pbr_item *) head; // newest used-up item
    _Atomic int64_t origin;          // PBR_NOW: none
    _Atomic uint32_t origin_epoch;   // of a block that has not seen a stop, it is void
    _Atomic uint32_t halted;         // the number of the last ramp that has come to its end
};

// Audio thread, or the control side while there is none.
// Takes up a wish: stopped items are used up, ramps begin or turn back.
void pbr_player_take(pbr_player *player, const pbr_wish *wish);
// Ends a run: what it played is counted.
void pbr_player_catch_up(pbr_player *player);

static inline void pbr_player_prefetch(const pbr_player *player) {
    __builtin_prefetch(player);
    __builtin_prefetch(&player->run, 1);
}

// Whether the block of `frames` frames from `now` is the next stretch of the clip, short of its end
// or once past a loop's, and nothing has been asked of the player.
static inline bool pbr_player_runs(pbr_player *player, int64_t now, uint32_t frames) {
    const pbr_run *run = &player->run;
    return run->version == atomic_load_explicit(&player->version, memory_order_acquire) &&
           now - run->position == run->base &&
           (frames < run->end - run->position || (run->loops && frames <= run->end));
}

// Then: as pbr_player_joins.
static inline bool pbr_player_runs_joined(const pbr_player *player, int64_t since) {
    const pbr_run *run = &player->run;
    return run->base + run->position != run->began || player->sounded_to == since;
}

// And: the block is over.
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
