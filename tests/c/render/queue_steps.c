/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The number of steps that a block of a player takes, however much is queued. */
#include "queue.h"
#include "render/player/player_state.h"

/* How many steps the most expensive of some blocks takes with that many clips queued by `queue`. */
typedef void (*queue_by)(pbr_clip *clip, uint32_t number, uint32_t count);

static float one_frame[1] = {1};
static const float *one_channel[1] = {one_frame};
static uint32_t reported;

static void count_end(void *owner, pbr_end end) {
    (void)owner, (void)end;
    reported++;
}

static void keep(void *owner) {
    (void)owner;
}

static uint64_t dearest_block(queue_by queue, uint32_t count, bool stops) {
    static const pbr_player_callbacks counting = {count_end, keep};
    pbr_player *player = pbr_player_create(&counting);
    uint64_t most = 0;
    pbr_player_play(player, PBR_NOW, PBR_AT_ONCE);
    reported = 0;
    for (uint32_t i = 0; i < count; i++) {
        pbr_clip clip = {one_channel, 1, 1, 0, PBR_FOLLOW, 0, player, NULL};
        queue(&clip, i, count);
        pbr_player_schedule(player, &clip, PBR_AT_ONCE);
    }
    for (int64_t block = 0; block < 40; block++) {
        if (stops && block == 20) {
            pbr_player_stop(player, PBR_END_STOPPED, PBR_AT_ONCE);
        }
        pbr_steps = 0;
        pbr_player_begin(player, block * 64, 0, &PBR_NO_MOMENT);
        pbr_player_commit(player, block * 64, 64);
        most = pbr_steps > most ? pbr_steps : most;
    }
    pbr_player_stop(player, PBR_END_STOPPED, PBR_AT_ONCE);
    pbr_player_collect(player, true);
    CHECK(reported == count, "%u of %u have ended", reported, count);
    pbr_player_release(player);
    return most;
}

static void plain(pbr_clip *clip, uint32_t number, uint32_t count) {
    (void)clip, (void)number, (void)count;
}

static void all_at_once(pbr_clip *clip, uint32_t number, uint32_t count) {
    (void)number, (void)count;
    clip->flags = PBR_ITEM_INTERRUPTS;
}

static void rising(pbr_clip *clip, uint32_t number, uint32_t count) {
    (void)count;
    clip->flags = PBR_ITEM_INTERRUPTS | (number == 0 ? PBR_ITEM_LOOPS : 0);
    clip->start = number == 0 ? PBR_FOLLOW : 1000000 + (int64_t)number;
}

static void rising_soon(pbr_clip *clip, uint32_t number, uint32_t count) {
    (void)count;
    clip->flags = PBR_ITEM_INTERRUPTS;
    clip->start = (int64_t)number;
}

static void rising_late(pbr_clip *clip, uint32_t number, uint32_t count) {
    clip->flags = PBR_ITEM_INTERRUPTS;
    clip->start = (int64_t)number - (int64_t)count;
}

static void falling(pbr_clip *clip, uint32_t number, uint32_t count) {
    clip->flags = PBR_ITEM_INTERRUPTS | (number == 0 ? PBR_ITEM_LOOPS : 0);
    clip->start = number == 0 ? PBR_FOLLOW : 1000000 + (int64_t)(count - number);
}

static void at_the_loop(pbr_clip *clip, uint32_t number, uint32_t count) {
    (void)count;
    clip->flags = number == 0 ? PBR_ITEM_LOOPS : PBR_ITEM_INTERRUPTS_AT_LOOP;
    clip->start = number == 0 ? PBR_FOLLOW : 1000000 + (int64_t)number;
}

static void scattered(pbr_clip *clip, uint32_t number, uint32_t count) {
    (void)count;
    clip->flags = 1u + chance(7);
    clip->start = number % 3 == 0 ? PBR_FOLLOW : (int64_t)chance(5000);
}

static void empty(pbr_clip *clip, uint32_t number, uint32_t count) {
    (void)number, (void)count;
    clip->frames = 0;
}

/* A block of 64 frames: as many clips of one frame, each with a walk down the chain. */
void steps_are_bounded(void) {
    static const struct {
        const char *name;
        queue_by queue;
        uint64_t most;
    } kinds[] = {
        {"plain", plain, 1000},
        {"all at once", all_at_once, 1000},
        {"rising", rising, 4000},
        {"rising soon", rising_soon, 4000},
        {"rising late", rising_late, 1000},
        {"falling", falling, 4000},
        {"at the loop", at_the_loop, 4000},
        {"scattered", scattered, 4000},
        {"empty", empty, 10000},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        for (uint32_t count = 100; count <= 100000; count *= 10) {
            for (int stops = 0; stops < 2; stops++) {
                uint64_t steps = dearest_block(kinds[i].queue, count, stops != 0);
                CHECK(steps <= kinds[i].most, "%s, %u queued: %llu steps", kinds[i].name, count,
                      (unsigned long long)steps);
                printf("%s, %u queued: %llu steps\n", kinds[i].name, count,
                       (unsigned long long)steps);
            }
        }
    }
}
