/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Calls that return nothing: each request of each of them fails once, on a desk that plays. */
#include "desk.h"

enum { REQUESTS = 4000 };

static perbus_status one_buffer(desk *desk, const perbus_schedule *schedule, perbus_error *error) {
    return perbus_player_schedule(desk->player, desk->buffer, schedule, error);
}

static perbus_status one_file(desk *desk, const perbus_schedule *schedule, perbus_error *error) {
    return perbus_player_schedule_file(desk->streamer, desk->file, schedule, error);
}

static void set_going(desk *desk) {
    WORKS(desk_schedule(desk, PERBUS_SCHEDULE_LOOPS, one_buffer, &error));
    WORKS(desk_schedule(desk, 0, one_buffer, &error));
    WORKS(desk_schedule(desk, 0, one_file, &error));
    WORKS(perbus_player_play(desk->player, &error));
    WORKS(perbus_player_play(desk->streamer, &error));
    WORKS(perbus_bus_set_masters(desk->engine, desk->subs[0], 0, &desk->master, 1, &error));
    desk_hear(desk);
}

static void end_engine(desk *desk) {
    perbus_engine_destroy(desk->engine);
    desk->engine = NULL;
}

static void end_tap(desk *desk) {
    perbus_tap_destroy(desk->tap);
    desk->tap = NULL;
}

static void end_master(desk *desk) {
    perbus_master_destroy(desk->master);
    desk->master = NULL;
}

static void end_files(desk *desk) {
    perbus_file_destroy(desk->file);
    perbus_file_destroy(desk->writing);
    desk->file = desk->writing = NULL;
}

static void end_nodes(desk *desk) {
    perbus_node_release(desk->player);
    perbus_node_release(desk->streamer);
    perbus_node_release(desk->spare);
    perbus_buffer_release(desk->buffer);
    desk->player = desk->streamer = desk->spare = NULL;
    desk->buffer = NULL;
}

void test_ends(int who) {
    static void (*const ends[])(desk *desk) = {end_engine, end_tap, end_master, end_files,
                                               end_nodes};
    static desk made;
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        bool failed = true;
        for (unsigned n = 1; failed && n < REQUESTS; n++) {
            desk_create(&made);
            set_going(&made);
            failing_begin(who, n);
            ends[i](&made);
            failed = failing_end();
            if (made.engine != NULL) {
                desk_hear(&made);
            }
            desk_destroy(&made);
        }
        CHECK(!failed);
    }
}
