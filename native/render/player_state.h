// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The inside of a player, and the way that most blocks take: the clip goes on, and nothing happens.
#ifndef PBR_PLAYER_STATE_H
#define PBR_PLAYER_STATE_H

#include <stdatomic.h>

#include "line.h"
#include "player.h"

struct pbr_item {
    _Atomic(struct pbr_item *) next;
    uint64_t place; // in the order of scheduling
    uint32_t epoch;
    pbr_clip clip;
};

// While a player is in the midst of a clip that nothing interrupts, this is all there is to it: the
// rest of its state lies still until something happens.
typedef struct pbr_run {
    uint64_t command; // seen
    int64_t base;     // engine time less position
    int64_t began;    // engine time
    const float *const *channels;
    const float *sides[2]; // what `channels` is of clips with at most two
    uint32_t scheduled;    // seen
    uint32_t position;
    uint32_t end; // the clip's; 0 when the player does not run
    uint16_t channel_count;
    bool rolling; // this block plays
    bool loops;
} pbr_run;

struct pbr_player {
    // Control side writes, audio thread reads. The command is one word, so that a block sees a stop
    // and the play after it together: epoch in the high half (a stop adds one: items of an older
    // epoch are dead), the count of plays in the low half, shifted by one, and whether to play.
    _Alignas(PBR_LINE) _Atomic uint64_t command;
    _Atomic int64_t play_at;
    _Atomic uint32_t scheduled; // counts them
    atomic_uint references;
    // Control side only. The list runs first .. head .. tail; items up to `reported` have ended.
    const pbr_player_callbacks *callbacks;
    struct pbr_item *first;
    struct pbr_item *reported;
    struct pbr_item *tail;
    uint32_t inputs; // while a plan is finished: how many of its inputs read the player
    // Audio thread only.
    _Alignas(PBR_LINE) pbr_run run;
    _Alignas(PBR_LINE) pbr_cursor cursor; // as of when the run began
    struct pbr_item *horizon;             // newest item that this block knows of
    int64_t start_at;                     // engine time to wait for, or PBR_NOW
    int64_t sounded_to; // time up to which clips sounded, and were to sound on; PBR_NOW: none
    // Audio thread writes, control side reads.
    _Atomic(struct pbr_item *) head; // newest used-up item
    _Atomic int64_t origin;          // PBR_NOW: none
    _Atomic uint32_t origin_epoch;   // of a block that has not seen a stop, it is void
};

enum { PBR_PLAYING = 1 };
#define PBR_PLAY_MASK UINT64_C(0xFFFFFFFE)

static inline uint64_t pbr_command_of(const pbr_player *player) {
    return atomic_load_explicit(&((pbr_player *)player)->command, memory_order_acquire);
}

static inline uint32_t pbr_epoch_of(uint64_t command) {
    return (uint32_t)(command >> 32);
}

static inline struct pbr_item *pbr_next_item(const struct pbr_item *item) {
    return atomic_load_explicit(&((struct pbr_item *)item)->next, memory_order_acquire);
}

// Audio thread, or the control side while there is none.
// Stopped items are used up the moment the audio thread sees the new epoch.
void pbr_player_take_epoch(pbr_player *player, uint32_t epoch);
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
    return run->command == atomic_load_explicit(&player->command, memory_order_acquire) &&
           run->scheduled == atomic_load_explicit(&player->scheduled, memory_order_acquire) &&
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
