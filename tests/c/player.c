/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Players and their buffers. */
#include "check.h"

#include <time.h>

static atomic_int completed;

static void players_play(void) {
    perbus_buffer *buffer = NULL, *mono = NULL;
    WORKS(perbus_buffer_create(&STEREO, 2000, &buffer, &error));
    WORKS(perbus_buffer_create(&(perbus_format){.sample_rate = 48000.0, .channels = 1}, 10, &mono,
                               &error));
    for (uint32_t c = 0; c < 2; c++) {
        float *samples = perbus_buffer_get_channel(buffer, c);
        for (uint32_t i = 0; i < 2000; i++) {
            samples[i] = 0.25f;
        }
    }
    CHECK(perbus_buffer_get_channel(buffer, 2) == NULL);
    CHECK(perbus_buffer_get_channel(NULL, 0) == NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_buffer_set_frames, buffer, 2001);
    REJECTS(perbus_buffer_set_frames, NULL, 1);
    WORKS(perbus_buffer_set_frames(buffer, 1536, &error));
    CHECK(perbus_buffer_get_frames(buffer) == 1536 && perbus_buffer_get_frames(NULL) == 0);

    perbus_schedule plan = {PERBUS_FOLLOW, 0, count, &completed};
    perbus_schedule unknown = {PERBUS_FOLLOW, 8, count, &completed};
    REJECTS(perbus_player_schedule, NULL, buffer, &plan);
    REJECTS(perbus_player_schedule, player, NULL, &plan);
    REJECTS(perbus_player_schedule, player, buffer, &unknown);
    FAILS(PERBUS_ERROR_FORMAT, perbus_player_schedule, player, mono, &plan);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_schedule, mixer, buffer, &plan);
    CHECK(atomic_load(&completed) == 0);

    WORKS(perbus_player_schedule(player, buffer, NULL, &error));
    WORKS(perbus_player_schedule(player, buffer, &plan, &error));
    perbus_buffer_release(buffer);
    perbus_buffer_release(mono);
    WORKS(perbus_player_play(player, &error));
    float left, right;
    for (int block = 0; block < 6; block++) {
        hear(&left, &right);
    }
    NEAR(left, 0.75f);
    hear(&left, &right);
    NEAR(left, 0.5f);
    const struct timespec pause = {0, 1000 * 1000};
    for (int wait = 0; wait < 10000 && atomic_load(&completed) == 0; wait++) {
        nanosleep(&pause, NULL);
    }
    CHECK(atomic_load(&completed) == 1);
}

static void players_start_at_a_frame_pause_and_stop(void) {
    perbus_buffer *buffer = NULL;
    int64_t now = 0;
    float left, right;
    bool playing = true;
    const perbus_schedule loop = {PERBUS_FOLLOW, PERBUS_SCHEDULE_LOOPS, NULL, NULL};
    WORKS(perbus_player_stop(player, &error));
    WORKS(perbus_player_is_playing(player, &playing, &error));
    CHECK(!playing);
    WORKS(perbus_buffer_create(&STEREO, 16, &buffer, &error));
    for (uint32_t i = 0; i < 16; i++) {
        perbus_buffer_get_channel(buffer, 0)[i] = 0.25f;
    }
    WORKS(perbus_player_schedule(player, buffer, &loop, &error));
    perbus_buffer_release(buffer);
    WORKS(perbus_engine_get_sample_time(engine, &now, &error));
    WORKS(perbus_player_play_at(player, now + 512, &error));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_player_play_at, player, PERBUS_MAX_TIME + 1);
    hear(&left, &right);
    NEAR(left, 0.5f);
    hear(&left, &right);
    NEAR(left, 0.75f);
    NEAR(right, 0.5f);
    WORKS(perbus_player_is_playing(player, &playing, &error));
    CHECK(playing);
    WORKS(perbus_player_pause(player, &error));
    hear(&left, &right);
    NEAR(left, 0.5f);
    WORKS(perbus_player_stop(player, &error));

    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_play, source);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_play_at, mixer, 0);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_pause, mixer);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_stop, output);
}

static void players_need_an_engine_and_a_connection(void) {
    perbus_node *alone = NULL;
    perbus_buffer *buffer = NULL;
    WORKS(perbus_player_create(&alone, &error));
    WORKS(perbus_buffer_create(&STEREO, 16, &buffer, &error));
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_player_schedule, alone, buffer, NULL);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_player_play, alone);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_player_play_at, alone, 0);
    WORKS(perbus_engine_attach(engine, alone, &error));
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_player_play, alone);
    WORKS(perbus_engine_detach(engine, alone, &error));
    perbus_buffer_release(buffer);
    perbus_node_release(alone);
}

void test_players(void) {
    players_play();
    players_start_at_a_frame_pause_and_stop();
    players_need_an_engine_and_a_connection();
}
