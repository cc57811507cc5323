/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "desk.h"

#include <time.h>

enum { BLOCKS_HEARD = 200, CALLBACK_FRAMES = 4800 };

static atomic_ullong tapped;

static void note_block(void *context, const perbus_tap_block *block) {
    (void)context;
    atomic_fetch_add(&tapped, block->frames);
}

static perbus_status one_buffer(desk *desk, const perbus_schedule *schedule, perbus_error *error) {
    return perbus_player_schedule(desk->player, desk->buffer, schedule, error);
}

static perbus_status one_segment(desk *desk, const perbus_schedule *schedule, perbus_error *error) {
    return perbus_player_schedule_segment(desk->streamer, desk->file, 100, 3000, schedule, error);
}

static void wait_for_ends(desk *desk) {
    const struct timespec pause = {0, 1000 * 1000};
    for (int i = 0; i < 20000 && atomic_load(&desk->ended) < desk->scheduled; i++) {
        nanosleep(&pause, NULL);
    }
}

/* Whatever is queued ends, a file perhaps before its last frame; each tapped frame comes or is
 *  counted as dropped. */
static void play_along(desk *desk, int who, unsigned every) {
    perbus_tap *tap = NULL;
    uint64_t dropped = 0, heard = 0;
    atomic_store(&tapped, 0);
    WORKS(perbus_tap_create(desk->main_mixer, 0, CALLBACK_FRAMES, note_block, &desk->destroyed,
                            count, &tap, &error));
    desk->given++;
    /* GNUstep does not survive it if there is no memory for a thread's first pool. */
    while (atomic_load(&tapped) == 0) {
        desk_hear(desk);
        heard += BLOCK;
        WORKS(perbus_tap_wait(tap, &error));
    }
    failing_elsewhere(who, every);
    for (int i = 0; i < BLOCKS_HEARD; i++, heard += BLOCK) {
        if (i % 10 == 0) {
            WORKS(desk_schedule(desk, 0, one_buffer, &error));
            WORKS(desk_schedule(desk, 0, one_segment, &error));
            WORKS(perbus_player_play(desk->player, &error));
            WORKS(perbus_player_play(desk->streamer, &error));
        }
        desk_hear(desk);
    }
    failing_elsewhere(0, 1);
    WORKS(perbus_tap_wait(tap, &error));
    WORKS(perbus_tap_get_dropped(tap, &dropped, &error));
    perbus_tap_destroy(tap);
    if (atomic_load(&tapped) + dropped != heard) {
        printf("%llu frames tapped and %llu dropped of %llu\n", atomic_load(&tapped),
               (unsigned long long)dropped, (unsigned long long)heard);
        check_failures++;
    }
    WORKS(perbus_player_stop(desk->player, &error));
    WORKS(perbus_player_stop(desk->streamer, &error));
    wait_for_ends(desk);
}

/* With memory, the file sounds as on a desk that has always had it. */
static void sounds_afterwards(desk *desk) {
    static float first[BLOCK];
    desk_hear(desk);
    desk_hear(desk);
    memcpy(first, desk->samples[0], sizeof first);
    WORKS(desk_schedule(desk, 0, one_segment, &error));
    WORKS(perbus_player_play(desk->streamer, &error));
    perbus_position position;
    desk_hear(desk);
    WORKS(perbus_player_get_position(desk->streamer, &position, &error));
    CHECK(position.file_frame == 100 + BLOCK && position.late_frames == 0);
}

void test_others(int who) {
    static desk made;
    for (unsigned every = 1; every <= 5; every++) {
        desk_create(&made);
        play_along(&made, who, every);
        sounds_afterwards(&made);
        desk_destroy(&made);
    }
}
