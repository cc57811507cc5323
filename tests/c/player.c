/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Players and their buffers. */
#include "check.h"

#include <time.h>

static atomic_int completed;

/* How buffers have ended, in order. The count is written last, so that whoever sees it sees the
 *  ends. */
static atomic_int end_count;
static perbus_end ends[16];

static void note_end(void *context, perbus_end end) {
    (void)context;
    int place = atomic_load(&end_count);
    ends[place] = end;
    atomic_store(&end_count, place + 1);
}

static void count_end(void *context, perbus_end end) {
    CHECK(end == PERBUS_END_PLAYED);
    count(context);
}

static void wait_for(atomic_int *number, int wanted) {
    const struct timespec pause = {0, 1000 * 1000};
    for (int wait = 0; wait < 10000 && atomic_load(number) < wanted; wait++) {
        nanosleep(&pause, NULL);
    }
    CHECK(atomic_load(number) == wanted);
}

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

    perbus_schedule plan = {PERBUS_FOLLOW, 0, count_end, &completed};
    perbus_schedule unknown = {PERBUS_FOLLOW, 16, count_end, &completed};
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
    wait_for(&completed, 1);
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
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_player_play_at_host_time, player, UINT64_MAX);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_play_at_host_time, player, perbus_get_host_time());
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
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_play_at_host_time, mixer, 1);
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
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_player_play_at_host_time, alone, 1);
    WORKS(perbus_engine_attach(engine, alone, &error));
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_player_play, alone);
    WORKS(perbus_engine_detach(engine, alone, &error));
    perbus_buffer_release(buffer);
    perbus_node_release(alone);
}

static perbus_buffer *ones(const perbus_format *format, uint32_t frames) {
    perbus_buffer *buffer = NULL;
    WORKS(perbus_buffer_create(format, frames, &buffer, &error));
    for (uint32_t c = 0; c < format->channels; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            perbus_buffer_get_channel(buffer, c)[i] = 1.0f;
        }
    }
    return buffer;
}

/* The source sounds, too: 0.5. */
static void players_end_as_asked(void) {
    perbus_buffer *buffer = ones(&STEREO, 600);
    const perbus_schedule plain = {PERBUS_FOLLOW, 0, note_end, NULL};
    const perbus_schedule loop = {PERBUS_FOLLOW, PERBUS_SCHEDULE_LOOPS, note_end, NULL};
    const perbus_schedule now = {PERBUS_FOLLOW, PERBUS_SCHEDULE_INTERRUPTS, note_end, NULL};
    float left, right;
    atomic_store(&end_count, 0);
    WORKS(perbus_player_schedule(player, buffer, &plain, &error));
    WORKS(perbus_player_schedule(player, buffer, &loop, &error));
    WORKS(perbus_player_play(player, &error));
    hear(&left, &right);
    hear(&left, &right);
    WORKS(perbus_player_schedule(player, buffer, &now, &error));
    WORKS(perbus_player_schedule(player, buffer, &loop, &error));
    hear(&left, &right);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_player_stop_after, player, -1.0);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_player_stop_after, player, NAN);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_player_pause_after, player, PERBUS_MAX_HALT + 1.0);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_stop_after, mixer, 0.01);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_pause_after, source, 0.01);
    NEAR(left, 1.5f);
    WORKS(perbus_player_pause_after(player, 511.0 / 48000.0, &error));
    hear(&left, &right);
    NEAR(left, 0.5f);
    WORKS(perbus_player_play(player, &error));
    hear(&left, &right);
    NEAR(left, 1.5f);
    WORKS(perbus_player_stop_after(player, 1024.0 / 48000.0, &error));
    hear(&left, &right);
    NEAR(left, 0.5f + 513.0f / 1024.0f);
    hear(&left, &right);
    NEAR(left, 0.5f + 1.0f / 1024.0f);
    wait_for(&end_count, 4);
    WORKS(perbus_player_schedule(player, buffer, &loop, &error));
    WORKS(perbus_engine_detach(engine, player, &error));
    wait_for(&end_count, 5);
    static const perbus_end wanted[] = {PERBUS_END_PLAYED, PERBUS_END_INTERRUPTED,
                                        PERBUS_END_PLAYED, PERBUS_END_STOPPED, PERBUS_END_DETACHED};
    for (int i = 0; i < 5; i++) {
        CHECK(ends[i] == wanted[i]);
    }
    WORKS(perbus_engine_attach(engine, player, &error));
    WORKS(perbus_engine_connect(engine, player, 0, mixer, 0, NULL, &error));
    perbus_buffer_release(buffer);
}

static void players_have_a_format(void) {
    const perbus_format mono = {48000.0, 1, PERBUS_LAYOUT_USUAL},
                        wrong = {0.0, 1, PERBUS_LAYOUT_USUAL};
    perbus_node *voice = NULL;
    perbus_buffer *one = ones(&mono, 600), *two = ones(&STEREO, 600);
    perbus_buffer *none = NULL;
    const perbus_schedule loop = {PERBUS_FOLLOW, PERBUS_SCHEDULE_LOOPS, NULL, NULL};
    float left, right;
    FAILS(PERBUS_ERROR_FORMAT, perbus_player_create_with_format, &wrong, &voice);
    WORKS(perbus_player_create_with_format(&mono, &voice, &error));
    WORKS(perbus_engine_attach(engine, voice, &error));
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_player_schedule, voice, one, NULL);
    WORKS(perbus_engine_connect(engine, voice, 0, mixer, 4, NULL, &error));
    FAILS(PERBUS_ERROR_FORMAT, perbus_player_schedule, voice, two, NULL);
    WORKS(perbus_player_schedule(voice, one, NULL, &error));
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect, engine, voice, 0, mixer, 5, &STEREO);
    const perbus_destination places[] = {{mixer, 4}, {mixer, 5}};
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect_many, engine, voice, 0, places, 2, &STEREO);
    WORKS(perbus_player_play(voice, &error));
    hear(&left, &right);
    NEAR(left, 1.5f);
    NEAR(right, 1.5f);
    WORKS(perbus_player_stop(voice, &error));
    WORKS(perbus_engine_connect_many(engine, voice, 0, places, 2, &STEREO, &error));
    WORKS(perbus_player_schedule(voice, two, NULL, &error));
    WORKS(perbus_buffer_create(&STEREO, 0, &none, &error));
    REJECTS(perbus_player_schedule, voice, none, &loop);
    WORKS(perbus_engine_detach(engine, voice, &error));
    perbus_node_release(voice);
    perbus_buffer_release(one);
    perbus_buffer_release(two);
    perbus_buffer_release(none);
}

void test_players(void) {
    players_play();
    players_start_at_a_frame_pause_and_stop();
    players_need_an_engine_and_a_connection();
    players_end_as_asked();
    players_have_a_format();
}
