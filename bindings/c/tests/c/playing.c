/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Players, buffers, files. */
#include "desk.h"

#include <errno.h>
#include <unistd.h>

static void completed(void *context, perbus_end end) {
    CHECK(end == PERBUS_END_STOPPED || end == PERBUS_END_PLAYED);
    atomic_fetch_add((atomic_int *)context, 1);
}

static perbus_desk_buffer *buffer_of(const float *samples, uint32_t frames) {
    perbus_desk_buffer *buffer;
    WORKS(perbus_desk_buffer_create(&MONO, &samples, frames, &buffer, &error));
    return buffer;
}

void test_playing(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_node *player;
    atomic_int played = 0;
    bool playing;
    int64_t time;
    float ramp[4] = {0.25f, 0.5f, 0.75f, 1.0f};
    perbus_desk_buffer *buffer = buffer_of(ramp, 4);
    ramp[0] = 9.0f;
    WORKS(perbus_desk_player_create(stage.engine, &player, &error));
    WORKS(perbus_desk_engine_connect(stage.engine, player, 0, stage.mixer, 0, NULL, &error));
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_player_play, stage.mixer);
    WORKS(perbus_desk_player_schedule(player, buffer, NULL, &error));
    perbus_schedule loop = {PERBUS_FOLLOW, PERBUS_SCHEDULE_LOOPS, completed, &played};
    WORKS(perbus_desk_player_schedule(player, buffer, &loop, &error));
    WORKS(perbus_desk_player_is_playing(player, &playing, &error));
    CHECK(!playing);
    WORKS(perbus_desk_player_play(player, &error));
    CHECK(last_of(&stage, 9) == 0.25f);
    WORKS(perbus_desk_player_pause(player, &error));
    CHECK(last_of(&stage, 1) == 0.0f);
    WORKS(perbus_desk_player_play_at(player, 12, &error));
    CHECK(last_of(&stage, 3) == 0.5f);
    WORKS(perbus_desk_engine_get_sample_time(stage.engine, &time, &error));
    CHECK(time == 13);
    WORKS(perbus_desk_player_stop(player, &error));
    wait_for(&played, 1);
    loop.flags = 16;
    REJECTS(perbus_desk_player_schedule, player, buffer, &loop);
    loop.flags = 0;
    loop.start = INT64_MAX;
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_player_schedule, player, buffer, &loop);
    CHECK(atomic_load(&played) == 1);

    bool running;
    WORKS(perbus_desk_engine_pause(stage.engine, &error));
    WORKS(perbus_desk_engine_is_running(stage.engine, &running, &error));
    CHECK(!running);
    WORKS(perbus_desk_engine_prepare(stage.engine, &error));
    WORKS(perbus_desk_engine_start(stage.engine, &error));
    WORKS(perbus_desk_engine_reset(stage.engine, &error));
    WORKS(perbus_desk_engine_get_sample_time(stage.engine, &time, &error));
    CHECK(time == 0);
    WORKS(perbus_desk_engine_stop(stage.engine, &error));
    FAILS(PERBUS_ERROR_NOT_RUNNING, perbus_desk_player_play, player);
    perbus_desk_buffer_release(buffer);
    perbus_desk_node_release(player);
    end_stage(&stage);
}

typedef struct pair {
    perbus_desk_node *players[2];
    perbus_desk_buffer *buffer;
} pair;

static void start_both(void *context) {
    pair *pair = context;
    for (int i = 0; i < 2; i++) {
        WORKS(perbus_desk_player_schedule(pair->players[i], pair->buffer, NULL, &error));
        WORKS(perbus_desk_player_play(pair->players[i], &error));
    }
}

static void count_it(void *context) {
    ++*(int *)context;
}

static void test_batches_of_closed_engines(void) {
    stage stage;
    make_stage(&stage);
    int runs = 0;
    WORKS(perbus_desk_engine_batch(stage.engine, count_it, &runs, &error));
    WORKS(perbus_desk_engine_close(stage.engine, &error));
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_batch, stage.engine, count_it, &runs);
    CHECK(runs == 1);
    end_stage(&stage);
}

void test_batches_and_ramps(void) {
    test_batches_of_closed_engines();
    stage stage;
    make_stage(&stage);
    pair pair;
    float long_one[2048];
    bool playing;
    for (int i = 0; i < 2048; i++) {
        long_one[i] = 0.25f;
    }
    pair.buffer = buffer_of(long_one, 2048);
    WORKS(perbus_desk_engine_disconnect_output(stage.engine, stage.source, 0, &error));
    for (uint32_t i = 0; i < 2; i++) {
        WORKS(perbus_desk_player_create_with_format(stage.engine, &MONO, &pair.players[i], &error));
        WORKS(perbus_desk_engine_connect(stage.engine, pair.players[i], 0, stage.mixer, i, NULL,
                                         &error));
    }
    WORKS(perbus_desk_engine_batch(stage.engine, start_both, &pair, &error));
    NEAR(first_of(&stage, 64), 0.5f);
    REJECTS(perbus_desk_engine_batch, stage.engine, NULL, NULL);
    /* 480 frames of a ramp: half of it is left after 240. */
    WORKS(perbus_desk_player_pause_after(pair.players[0], 0.01, &error));
    WORKS(perbus_desk_player_stop_after(pair.players[1], 0.01, &error));
    last_of(&stage, 240);
    NEAR(first_of(&stage, 1), 0.25f);
    last_of(&stage, 239);
    NEAR(first_of(&stage, 1), 0.0f);
    WORKS(perbus_desk_player_is_playing(pair.players[1], &playing, &error));
    CHECK(!playing);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_player_stop_after, pair.players[1], -1.0);
    perbus_desk_buffer_release(pair.buffer);
    perbus_desk_node_release(pair.players[0]);
    perbus_desk_node_release(pair.players[1]);
    end_stage(&stage);
}

void test_sound_files(void) {
    stage stage;
    make_stage(&stage);
    char name[] = "/tmp/perbus-desk-XXXXXX", copy[sizeof name + 8];
    CHECK(mkdtemp(name) != NULL);
    snprintf(copy, sizeof copy, "%s/a.wav", name);
    settled(&stage);
    WORKS(perbus_desk_engine_render_to_wav(stage.engine, copy, 0.01, &error));
    perbus_desk_buffer *buffer;
    perbus_format format;
    uint32_t frames;
    const float *samples;
    WORKS(perbus_desk_buffer_load(copy, 48000.0, &buffer, &error));
    WORKS(perbus_desk_buffer_get_format(buffer, &format, &error));
    WORKS(perbus_desk_buffer_get_frames(buffer, &frames, &error));
    CHECK(format.sample_rate == 48000.0 && format.channels == 1 && frames == 480);
    WORKS(perbus_desk_buffer_get_channel(buffer, 0, &samples, &error));
    CHECK(samples[479] == 0.5f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_buffer_get_channel, buffer, 1, &samples);

    perbus_file *file;
    const perbus_file_settings settings = {.format = {48000.0, 2, PERBUS_LAYOUT_USUAL},
                                           .type = PERBUS_FILE_FLAC,
                                           .samples = PERBUS_FILE_INT_16};
    WORKS(perbus_file_create(copy, &settings, &file, &error));
    const float *both[] = {samples, samples};
    WORKS(perbus_file_write(file, both, 2, 200, &error));
    WORKS(perbus_file_finish(file, &error));
    perbus_file_destroy(file);
    perbus_desk_buffer_release(buffer);
    WORKS(perbus_desk_buffer_load(copy, 24000.0, &buffer, &error));
    WORKS(perbus_desk_buffer_get_frames(buffer, &frames, &error));
    CHECK(frames == 100);
    perbus_desk_buffer_release(buffer);
    WORKS(perbus_desk_buffer_load_with_limit(copy, 24000.0, 800, &buffer, &error));
    perbus_desk_buffer_release(buffer);
    FAILS(PERBUS_ERROR_FILE, perbus_desk_buffer_load_with_limit, copy, 24000.0, 799, &buffer);

    perbus_file_info info;
    WORKS(perbus_desk_file_open(copy, &file, &error));
    WORKS(perbus_file_get_info(file, &info, &error));
    CHECK(info.frames == 200 && info.format.channels == 2 &&
          strcmp(info.codec, "FLAC 16 bit") == 0);
    perbus_file_destroy(file);
    /* What AVFAudio does not read. */
    char other[sizeof name + 8], command[256];
    snprintf(other, sizeof other, "%s/a.m4a", name);
    snprintf(command, sizeof command, "ffmpeg -v error -i %s -c:a alac %s", copy, other);
    CHECK(system(command) == 0);
    WORKS(perbus_desk_file_open(other, &file, &error));
    WORKS(perbus_file_get_info(file, &info, &error));
    CHECK(info.frames == 200 && strcmp(info.codec, "ALAC") == 0);
    perbus_file_destroy(file);
    CHECK(remove(other) == 0);
    REJECTS(perbus_desk_file_open, NULL, &file);
    REJECTS(perbus_desk_file_open, copy, NULL);

    CHECK(remove(copy) == 0 && remove(name) == 0);
    FAILS(PERBUS_ERROR_FILE, perbus_desk_file_open, copy, &file);
    FAILS(PERBUS_ERROR_FILE, perbus_desk_buffer_load, copy, 48000.0, &buffer);
    perbus_error missing;
    CHECK(perbus_desk_buffer_load(copy, 48000.0, &buffer, &missing) == PERBUS_ERROR_FILE);
    CHECK(missing.os_code == ENOENT && strstr(missing.message, copy) != NULL);
    FAILS(PERBUS_ERROR_FILE, perbus_desk_engine_render_to_wav, stage.engine, copy, 0.01);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_engine_render_to_wav, stage.engine, copy, -1.0);
    end_stage(&stage);
}

static void failed(void *context, perbus_end end) {
    CHECK(end == PERBUS_END_FAILED);
    atomic_fetch_add((atomic_int *)context, 1);
}

/* Writes a ramp of 1000 frames. */
static void write_ramp(const char *path, uint32_t channels) {
    float ramp[1000];
    for (int i = 0; i < 1000; i++) {
        ramp[i] = (float)i / 1024.0f;
    }
    const float *planar[] = {ramp, ramp};
    perbus_file *file;
    const perbus_file_settings settings = {.format = {48000.0, channels, PERBUS_LAYOUT_USUAL}};
    WORKS(perbus_file_create(path, &settings, &file, &error));
    WORKS(perbus_file_write(file, planar, channels, 1000, &error));
    WORKS(perbus_file_finish(file, &error));
    perbus_file_destroy(file);
}

static void refuse_files(stage *stage, perbus_desk_node *player, perbus_file *file,
                         const char *path) {
    perbus_desk_node *other;
    perbus_position position;
    atomic_int never = 0;
    perbus_schedule schedule = {PERBUS_FOLLOW, 0, completed, &never};
    const int64_t bad[][2] = {{0, 0}, {0, 1001}, {1000, 1}, {-1, 2}, {1, -1}, {1, INT64_MAX}};
    for (int i = 0; i < 6; i++) {
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_player_schedule_segment, player, file,
              bad[i][0], bad[i][1], &schedule);
    }
    schedule.flags = 16;
    REJECTS(perbus_desk_player_schedule_file, player, file, &schedule);
    REJECTS(perbus_desk_player_schedule_file, player, NULL, NULL);
    REJECTS(perbus_desk_player_schedule_file, NULL, file, NULL);
    REJECTS(perbus_desk_player_schedule_segment, player, NULL, 0, 1, NULL);
    REJECTS(perbus_desk_player_get_position, player, NULL);
    REJECTS(perbus_desk_player_get_position, NULL, &position);
    REJECTS(perbus_desk_player_seek, NULL, 0);
    REJECTS(perbus_desk_player_create_for_file, NULL, file, &other);
    REJECTS(perbus_desk_player_create_for_file, stage->engine, NULL, &other);
    REJECTS(perbus_desk_player_create_for_file, stage->engine, file, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_player_schedule_file, stage->mixer, file, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_player_get_position, stage->mixer, &position);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_player_seek, stage->mixer, 0);
    perbus_file *stereo;
    write_ramp(path, 2);
    WORKS(perbus_desk_file_open(path, &stereo, &error));
    FAILS(PERBUS_ERROR_FORMAT, perbus_desk_player_schedule_file, player, stereo, NULL);
    perbus_file_destroy(stereo);
    CHECK(atomic_load(&never) == 0);
}

void test_playing_files(void) {
    stage stage;
    make_stage(&stage);
    char folder[] = "/tmp/perbus-desk-XXXXXX", path[sizeof folder + 8], cut[sizeof folder + 8];
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/a.wav", folder);
    snprintf(cut, sizeof cut, "%s/cut.wav", folder);
    write_ramp(path, 1);
    perbus_file *file;
    perbus_desk_node *player;
    perbus_position position;
    atomic_int ended = 0;
    perbus_schedule schedule = {PERBUS_FOLLOW, 0, completed, &ended};
    WORKS(perbus_desk_file_open(path, &file, &error));
    WORKS(perbus_desk_player_create_for_file(stage.engine, file, &player, &error));
    WORKS(perbus_desk_engine_disconnect_output(stage.engine, stage.source, 0, &error));
    WORKS(perbus_desk_engine_connect(stage.engine, player, 0, stage.mixer, 0, NULL, &error));
    FAILS(PERBUS_ERROR_INVALID_ARGUMENT, perbus_desk_player_seek, player, 0);
    WORKS(perbus_desk_player_get_position(player, &position, &error));
    CHECK(position.file_frame == -1 && position.file_frames == 0);
    WORKS(perbus_desk_player_schedule_file(player, file, &schedule, &error));
    WORKS(perbus_desk_player_schedule_segment(player, file, 10, 20, &schedule, &error));
    schedule.flags = PERBUS_SCHEDULE_LOOPS;
    WORKS(perbus_desk_player_schedule_segment(player, file, 500, 4, &schedule, &error));
    WORKS(perbus_desk_player_play(player, &error));
    CHECK(first_of(&stage, 300) == 0.0f);
    CHECK(first_of(&stage, 1) == 300.0f / 1024.0f);
    WORKS(perbus_desk_player_seek(player, 990, &error));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_player_seek, player, 1000);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_player_seek, player, -1);
    CHECK(last_of(&stage, 10) == 999.0f / 1024.0f);
    CHECK(last_of(&stage, 20) == 29.0f / 1024.0f);
    CHECK(last_of(&stage, 7) == 502.0f / 1024.0f);
    WORKS(perbus_desk_player_get_position(player, &position, &error));
    CHECK(position.player_frame == 338 && position.file_frame == 503);
    CHECK(position.file_frames == 1000 && position.late_frames == 0);
    refuse_files(&stage, player, file, cut);
    WORKS(perbus_desk_player_stop(player, &error));
    wait_for(&ended, 3);
    perbus_file_destroy(file);

    write_ramp(cut, 1);
    CHECK(truncate(cut, 2000) == 0);
    atomic_int failures = 0;
    schedule = (perbus_schedule){PERBUS_FOLLOW, 0, failed, &failures};
    WORKS(perbus_desk_file_open(cut, &file, &error));
    WORKS(perbus_desk_player_schedule_file(player, file, &schedule, &error));
    perbus_file_destroy(file);
    WORKS(perbus_desk_player_play(player, &error));
    CHECK(last_of(&stage, 400) == 399.0f / 1024.0f);
    last_of(&stage, 512);
    wait_for(&failures, 1);
    perbus_desk_node_release(player);
    CHECK(remove(path) == 0 && remove(cut) == 0 && remove(folder) == 0);
    end_stage(&stage);
}
