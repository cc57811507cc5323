/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A C program that uses perbus.h as its readers would; c_api.rs compiles, links and runs it. What
 * is here is out of reach of the Rust API: NULL pointers, outs after failures, per-call errors. */
#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "perbus.h"

static int failures;

#define CHECK(condition)                                           \
    do {                                                           \
        if (!(condition)) {                                        \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            failures++;                                            \
        }                                                          \
    } while (0)

/* One call twice: with an error, which must say something, and with none. */
#define FAILS(status, function, ...)                                                             \
    do {                                                                                         \
        perbus_error error_ = {99, ""};                                                          \
        perbus_status with_ = function(__VA_ARGS__, &error_);                                    \
        perbus_status without_ = function(__VA_ARGS__, NULL);                                    \
        if (with_ != (status) || without_ != (status) || error_.message[0] == '\0') {            \
            printf("%s:%d: %s(%s) is %s, \"%s\"\n", __FILE__, __LINE__, #function, #__VA_ARGS__, \
                   perbus_status_name(with_), error_.message);                                   \
            failures++;                                                                          \
        }                                                                                        \
    } while (0)

#define REJECTS(...) FAILS(PERBUS_ERROR_INVALID_ARGUMENT, __VA_ARGS__)

#define WORKS(call)                                                                              \
    do {                                                                                         \
        perbus_error error = {0, ""};                                                            \
        perbus_status status = (call);                                                           \
        if (status != PERBUS_OK) {                                                               \
            printf("%s:%d: %s: %s: %s\n", __FILE__, __LINE__, #call, perbus_status_name(status), \
                   error.message);                                                               \
            exit(1);                                                                             \
        }                                                                                        \
    } while (0)

#define NEAR(value, expected) CHECK(fabsf((value) - (expected)) <= 1e-6f)

static const perbus_format STEREO = {48000.0, 2};

static perbus_engine *engine;
static perbus_node *mixer, *output, *player, *source;
static atomic_int completed, destroyed;

static bool render_half(void *context, int64_t time, uint32_t frames, float *const *channels,
                        uint32_t channel_count) {
    (void)context;
    (void)time;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = 0.5f;
        }
    }
    return false;
}

static void count(void *context) {
    atomic_fetch_add((atomic_int *)context, 1);
}

/* The last of 512 frames, left and right. */
static void hear(float *left, float *right) {
    static float samples[2][512];
    float *channels[] = {samples[0], samples[1]};
    WORKS(perbus_engine_render(engine, 512, channels, 2, &error));
    *left = samples[0][511];
    *right = samples[1][511];
}

static void make(void) {
    WORKS(perbus_engine_create_offline(&STEREO, 512, &engine, &error));
    WORKS(perbus_engine_copy_main_mixer(engine, &mixer, &error));
    WORKS(perbus_engine_copy_output(engine, &output, &error));
    WORKS(perbus_player_create(&player, &error));
    WORKS(perbus_source_create(&STEREO, render_half, &destroyed, count, &source, &error));
    WORKS(perbus_engine_attach(engine, player, &error));
    WORKS(perbus_engine_attach(engine, source, &error));
    WORKS(perbus_engine_connect(engine, player, 0, mixer, 0, &STEREO, &error));
    WORKS(perbus_engine_connect(engine, source, 0, mixer, 1, NULL, &error));
    WORKS(perbus_engine_start(engine, &error));
}

static void null_engines_and_nodes(void) {
    perbus_engine *no_engine = NULL;
    perbus_node *no_node = NULL;
    REJECTS(perbus_engine_prepare, no_engine);
    REJECTS(perbus_engine_start, no_engine);
    REJECTS(perbus_engine_pause, no_engine);
    REJECTS(perbus_engine_stop, no_engine);
    REJECTS(perbus_engine_reset, no_engine);
    REJECTS(perbus_engine_set_render_threads, no_engine, 1);
    REJECTS(perbus_engine_attach, no_engine, player);
    REJECTS(perbus_engine_attach, engine, no_node);
    REJECTS(perbus_engine_detach, no_engine, player);
    REJECTS(perbus_engine_detach, engine, no_node);
    REJECTS(perbus_engine_connect, no_engine, player, 0, mixer, 0, &STEREO);
    REJECTS(perbus_engine_connect, engine, no_node, 0, mixer, 0, &STEREO);
    REJECTS(perbus_engine_connect, engine, player, 0, no_node, 0, &STEREO);
    REJECTS(perbus_engine_disconnect_input, no_engine, mixer, 0);
    REJECTS(perbus_engine_disconnect_input, engine, no_node, 0);
    REJECTS(perbus_engine_disconnect_output, no_engine, player, 0);
    REJECTS(perbus_engine_disconnect_output, engine, no_node, 0);
    REJECTS(perbus_connection_set_volume, no_node, mixer, 0, 0.5f);
    REJECTS(perbus_connection_set_volume, player, no_node, 0, 0.5f);
    REJECTS(perbus_connection_set_pan, no_node, mixer, 0, 0.5f);
    REJECTS(perbus_connection_set_pan, player, no_node, 0, 0.5f);
    REJECTS(perbus_bus_set_volume, no_engine, mixer, 0, 0.5f);
    REJECTS(perbus_bus_set_volume, engine, no_node, 0, 0.5f);
    REJECTS(perbus_bus_set_pan, no_engine, mixer, 0, 0.5f);
    REJECTS(perbus_bus_set_pan, engine, no_node, 0, 0.5f);
    REJECTS(perbus_node_set_volume, no_node, 0.5f);
    REJECTS(perbus_node_set_pan, no_node, 0.5f);
    REJECTS(perbus_mixer_set_output_volume, no_node, 0.5f);
    REJECTS(perbus_player_play, no_node);
    REJECTS(perbus_player_play_at, no_node, 0);
    REJECTS(perbus_player_pause, no_node);
    REJECTS(perbus_player_stop, no_node);
    CHECK(perbus_node_get_id(NULL) == 0);
    perbus_engine_destroy(NULL);
    perbus_node_release(NULL);
    perbus_buffer_release(NULL);
    perbus_points_free(NULL);
}

static void null_outs(void) {
    REJECTS(perbus_engine_create, NULL);
    REJECTS(perbus_engine_create_offline, &STEREO, 512, NULL);
    REJECTS(perbus_engine_get_format, engine, NULL);
    REJECTS(perbus_engine_is_running, engine, NULL);
    REJECTS(perbus_engine_get_sample_time, engine, NULL);
    REJECTS(perbus_engine_copy_main_mixer, engine, NULL);
    REJECTS(perbus_engine_copy_output, engine, NULL);
    REJECTS(perbus_engine_render, engine, 16, NULL, 2);
    REJECTS(perbus_track_input, engine, mixer, 0, NULL);
    REJECTS(perbus_connection_get_volume, player, mixer, 0, NULL);
    REJECTS(perbus_connection_get_pan, player, mixer, 0, NULL);
    REJECTS(perbus_bus_get_volume, engine, mixer, 0, NULL);
    REJECTS(perbus_bus_get_pan, engine, mixer, 0, NULL);
    REJECTS(perbus_node_get_info, mixer, NULL);
    REJECTS(perbus_node_get_input_format, mixer, 0, NULL);
    REJECTS(perbus_node_get_output_format, mixer, 0, NULL);
    REJECTS(perbus_node_get_volume, player, NULL);
    REJECTS(perbus_node_get_pan, player, NULL);
    REJECTS(perbus_mixer_create, NULL);
    REJECTS(perbus_mixer_get_output_volume, mixer, NULL);
    REJECTS(perbus_mixer_get_next_bus, mixer, NULL);
    REJECTS(perbus_buffer_create, &STEREO, 1, NULL);
    REJECTS(perbus_player_create, NULL);
    REJECTS(perbus_player_is_playing, player, NULL);
    REJECTS(perbus_source_create, &STEREO, render_half, NULL, NULL, NULL);
}

/* Outs keep what they held. */
static void failures_leave_outs_alone(void) {
    const perbus_format format = {1.0, 3};
    perbus_engine *engine_out = engine;
    perbus_node *node_out = player;
    perbus_buffer *buffer_out = NULL;
    perbus_format format_out = format;
    perbus_point point = {7, 7}, *points = &point;
    perbus_node_info info = {true, 7, 7};
    size_t points_count = 7;
    float value = 7.0f;
    int64_t time = 7;
    uint32_t bus = 7;
    bool flag = true;
    REJECTS(perbus_engine_create_offline, NULL, 512, &engine_out);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_create_offline, &STEREO, 0, &engine_out);
    REJECTS(perbus_engine_get_format, NULL, &format_out);
    REJECTS(perbus_engine_is_running, NULL, &flag);
    REJECTS(perbus_engine_get_sample_time, NULL, &time);
    REJECTS(perbus_engine_copy_main_mixer, NULL, &node_out);
    REJECTS(perbus_engine_copy_output, NULL, &node_out);
    REJECTS(perbus_track_input, NULL, mixer, 0, &point);
    REJECTS(perbus_track_input, engine, NULL, 0, &point);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_track_input, engine, mixer, 5, &point);
    REJECTS(perbus_track_outputs, NULL, player, 0, &points, &points_count);
    REJECTS(perbus_track_outputs, engine, NULL, 0, &points, &points_count);
    REJECTS(perbus_track_outputs, engine, player, 0, NULL, &points_count);
    REJECTS(perbus_track_outputs, engine, player, 0, &points, NULL);
    REJECTS(perbus_connection_get_volume, NULL, mixer, 0, &value);
    REJECTS(perbus_connection_get_pan, player, NULL, 0, &value);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_connection_get_volume, player, mixer, 1, &value);
    FAILS(PERBUS_ERROR_NOT_MIXING, perbus_connection_get_volume, output, mixer, 0, &value);
    REJECTS(perbus_bus_get_volume, NULL, mixer, 0, &value);
    REJECTS(perbus_bus_get_pan, engine, NULL, 0, &value);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_bus_get_volume, engine, mixer, 5, &value);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_bus_get_pan, engine, player, 0, &value);
    REJECTS(perbus_node_get_info, NULL, &info);
    REJECTS(perbus_node_get_input_format, NULL, 0, &format_out);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_node_get_input_format, mixer, 8, &format_out);
    REJECTS(perbus_node_get_output_format, NULL, 0, &format_out);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_node_get_output_format, mixer, 1, &format_out);
    REJECTS(perbus_node_get_volume, NULL, &value);
    FAILS(PERBUS_ERROR_NOT_MIXING, perbus_node_get_pan, output, &value);
    REJECTS(perbus_mixer_get_output_volume, NULL, &value);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_mixer_get_output_volume, player, &value);
    REJECTS(perbus_mixer_get_next_bus, NULL, &bus);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_mixer_get_next_bus, output, &bus);
    REJECTS(perbus_buffer_create, NULL, 1, &buffer_out);
    FAILS(PERBUS_ERROR_FORMAT, perbus_buffer_create, &(perbus_format){48000.0, 0}, 1, &buffer_out);
    REJECTS(perbus_player_is_playing, NULL, &flag);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_is_playing, mixer, &flag);
    REJECTS(perbus_source_create, NULL, render_half, &destroyed, count, &node_out);
    REJECTS(perbus_source_create, &STEREO, NULL, &destroyed, count, &node_out);
    FAILS(PERBUS_ERROR_FORMAT, perbus_source_create, &(perbus_format){-1.0, 2}, render_half,
          &destroyed, count, &node_out);
    CHECK(engine_out == engine && node_out == player && buffer_out == NULL);
    CHECK(memcmp(&format_out, &format, sizeof format.sample_rate) == 0 && format_out.channels == 3);
    CHECK(point.node == 7 && point.bus == 7 && points == &point && points_count == 7);
    CHECK(info.attached && info.inputs == 7 && info.outputs == 7);
    CHECK(value == 7.0f && time == 7 && bus == 7 && flag);
    CHECK(atomic_load(&destroyed) == 0);
}

static void ranges(void) {
    const float wrong[] = {-1.5f, 1.5f, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_connection_set_volume, player, mixer, 0, wrong[i]);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_connection_set_pan, player, mixer, 0, wrong[i]);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_bus_set_volume, engine, mixer, 0, wrong[i]);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_bus_set_pan, engine, mixer, 0, wrong[i]);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_node_set_volume, player, wrong[i]);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_node_set_pan, player, wrong[i]);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_mixer_set_output_volume, mixer, wrong[i]);
    }
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect, engine, player, 0, mixer,
          PERBUS_MAX_BUSES, &STEREO);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_disconnect_input, engine, mixer, 8);
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect, engine, player, 0, mixer, 0,
          &(perbus_format){NAN, 2});
    float sample, *channels[] = {&sample, NULL};
    REJECTS(perbus_engine_render, engine, 1, channels, 2);
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_render, engine, 1, channels, 1);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_render, engine, 513, channels, 2);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_set_render_threads, engine, 0);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_set_render_threads, engine,
          PERBUS_MAX_RENDER_THREADS + 1);
    WORKS(perbus_engine_set_render_threads(engine, 2, &error));
    WORKS(perbus_engine_set_render_threads(engine, 1, &error));
    float volume = 0.0f, pan = 7.0f;
    WORKS(perbus_bus_get_volume(engine, mixer, 0, &volume, &error));
    WORKS(perbus_bus_get_pan(engine, mixer, 0, &pan, &error));
    CHECK(volume == 1.0f && pan == 0.0f);
}

static void per_bus_calls_are_heard(void) {
    float left, right, value = 0.0f;
    hear(&left, &right);
    NEAR(left, 0.5f);
    NEAR(right, 0.5f);
    /* Bus 1 is the source's: both ways lead to one fader. */
    WORKS(perbus_bus_set_volume(engine, mixer, 1, 0.5f, &error));
    WORKS(perbus_connection_get_volume(source, mixer, 1, &value, &error));
    CHECK(value == 0.5f);
    WORKS(perbus_connection_set_pan(source, mixer, 1, -0.5f, &error));
    WORKS(perbus_bus_get_pan(engine, mixer, 1, &value, &error));
    CHECK(value == -0.5f);
    hear(&left, &right);
    hear(&left, &right);
    NEAR(left, 0.25f);
    NEAR(right, 0.125f);
    WORKS(perbus_mixer_set_output_volume(mixer, 0.5f, &error));
    hear(&left, &right);
    hear(&left, &right);
    NEAR(left, 0.125f);
    WORKS(perbus_mixer_set_output_volume(mixer, 1.0f, &error));
    WORKS(perbus_node_set_volume(source, 1.0f, &error));
    WORKS(perbus_connection_get_volume(source, mixer, 1, &value, &error));
    CHECK(value == 1.0f);
    WORKS(perbus_connection_set_pan(source, mixer, 1, 0.0f, &error));
}

static void equalizers_in_between(void) {
    perbus_node *equalizer = NULL, *fresh = NULL;
    perbus_band band = {PERBUS_FILTER_LOW_SHELF, 2000.0f, 6.0f, 1.0f, false}, back;
    float value = 9.0f, left, right;
    uint32_t count = 9;
    bool bypass = true;
    REJECTS(perbus_equalizer_create, 1, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_equalizer_create, 0, &equalizer);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_equalizer_create, PERBUS_MAX_BANDS + 1, &equalizer);
    CHECK(equalizer == NULL);
    WORKS(perbus_equalizer_create(2, &equalizer, &error));
    REJECTS(perbus_equalizer_set_band, NULL, 0, &band);
    REJECTS(perbus_equalizer_set_band, equalizer, 0, NULL);
    REJECTS(perbus_equalizer_get_band, equalizer, 0, NULL);
    REJECTS(perbus_equalizer_get_band_count, equalizer, NULL);
    REJECTS(perbus_equalizer_set_global_gain, NULL, 0.0f);
    REJECTS(perbus_equalizer_get_global_gain, equalizer, NULL);
    REJECTS(perbus_equalizer_set_bypass, NULL, true);
    REJECTS(perbus_equalizer_get_bypass, equalizer, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_equalizer_set_band, mixer, 0, &band);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_equalizer_get_band_count, player, &count);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_equalizer_set_bypass, source, true);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_mixer_get_output_volume, equalizer, &value);
    FAILS(PERBUS_ERROR_NOT_MIXING, perbus_node_set_volume, equalizer, 0.5f);
    FAILS(PERBUS_ERROR_NOT_MIXING, perbus_connection_set_volume, equalizer, mixer, 2, 0.5f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_equalizer_set_band, equalizer, 2, &band);
    band.type = 11;
    FAILS(PERBUS_ERROR_INVALID_ARGUMENT, perbus_equalizer_set_band, equalizer, 0, &band);
    band.type = PERBUS_FILTER_LOW_SHELF;
    CHECK(count == 9 && value == 9.0f);

    /* Fed by nothing, the bus has its mixer's own parameter; with a source, the source's. */
    WORKS(perbus_engine_attach(engine, equalizer, &error));
    WORKS(perbus_engine_connect(engine, equalizer, 0, mixer, 2, &STEREO, &error));
    WORKS(perbus_bus_set_volume(engine, mixer, 2, 0.125f, &error));
    WORKS(perbus_bus_set_pan(engine, mixer, 2, -1.0f, &error));
    WORKS(perbus_bus_get_volume(engine, mixer, 2, &value, &error));
    NEAR(value, 0.125f);
    WORKS(perbus_bus_get_pan(engine, mixer, 2, &value, &error));
    NEAR(value, -1.0f);
    WORKS(perbus_source_create(&STEREO, render_half, NULL, NULL, &fresh, &error));
    WORKS(perbus_engine_attach(engine, fresh, &error));
    WORKS(perbus_engine_connect(engine, fresh, 0, equalizer, 0, &STEREO, &error));
    WORKS(perbus_bus_get_volume(engine, mixer, 2, &value, &error));
    NEAR(value, 1.0f);
    WORKS(perbus_bus_set_volume(engine, mixer, 2, 0.25f, &error));
    WORKS(perbus_connection_get_volume(fresh, mixer, 2, &value, &error));
    NEAR(value, 0.25f);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_bus_set_volume, engine, mixer, 3, 0.1f);
    WORKS(perbus_mixer_get_output_volume(mixer, &value, &error));
    NEAR(value, 1.0f);

    band.frequency = 24000.0f;
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_equalizer_set_band, equalizer, 1, &band);
    band.frequency = 2000.0f;
    WORKS(perbus_equalizer_set_band(equalizer, 1, &band, &error));
    WORKS(perbus_equalizer_get_band(equalizer, 1, &back, &error));
    CHECK(back.type == band.type && back.frequency == 2000.0f && back.gain == 6.0f && !back.bypass);
    WORKS(perbus_equalizer_get_bypass(equalizer, &bypass, &error));
    CHECK(!bypass);
    WORKS(perbus_equalizer_set_bypass(equalizer, true, &error));
    WORKS(perbus_engine_detach(engine, equalizer, &error));
    WORKS(perbus_connection_get_volume(fresh, mixer, 2, &value, &error));
    NEAR(value, 1.0f);
    WORKS(perbus_engine_detach(engine, fresh, &error));
    perbus_node_release(equalizer);
    perbus_node_release(fresh);
    hear(&left, &right);
}

static void players_play(void) {
    perbus_buffer *buffer = NULL, *mono = NULL;
    WORKS(perbus_buffer_create(&STEREO, 2000, &buffer, &error));
    WORKS(perbus_buffer_create(&(perbus_format){48000.0, 1}, 10, &mono, &error));
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

static void tracking_tells_what_the_engine_has(void) {
    perbus_point point = {0, 9}, *points = NULL;
    size_t points_count = 0;
    WORKS(perbus_track_input(engine, mixer, 1, &point, &error));
    CHECK(point.node == perbus_node_get_id(source) && point.bus == 0);
    WORKS(perbus_track_outputs(engine, source, 0, &points, &points_count, &error));
    CHECK(points_count == 1 && points[0].node == perbus_node_get_id(mixer) && points[0].bus == 1);
    perbus_points_free(points);
    WORKS(perbus_engine_disconnect_input(engine, mixer, 1, &error));
    WORKS(perbus_track_outputs(engine, source, 0, &points, &points_count, &error));
    CHECK(points_count == 0 && points == NULL);
}

static void other_engines_and_detached_nodes(void) {
    perbus_engine *other = NULL;
    perbus_point point;
    WORKS(perbus_engine_create_offline(&STEREO, 64, &other, &error));
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_engine_attach, other, player);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_engine_detach, other, player);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_track_input, other, mixer, 0, &point);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_bus_set_volume, other, mixer, 0, 0.5f);
    FAILS(PERBUS_ERROR_CYCLE, perbus_engine_connect, engine, mixer, 0, mixer, 3, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_detach, engine, mixer);
    WORKS(perbus_engine_detach(engine, player, &error));
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_engine_detach, engine, player);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_engine_connect, engine, player, 0, mixer, 0, NULL);
    /* Detached, it may go to the other one. */
    WORKS(perbus_engine_attach(other, player, &error));
    perbus_engine_destroy(other);
}

static void matrices(void) {
    perbus_node *matrix = NULL;
    perbus_node *untouched = (perbus_node *)&failures;
    REJECTS(perbus_matrix_create, 1, 1, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_create, 0, 1, &untouched);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_create, 1, PERBUS_MAX_MATRIX_BUSES + 1,
          &untouched);
    CHECK(untouched == (perbus_node *)&failures);
    WORKS(perbus_matrix_create(2, 3, &matrix, &error));

    perbus_node_info info;
    WORKS(perbus_node_get_info(matrix, &info, &error));
    CHECK(!info.attached && info.inputs == 2 && info.outputs == 3);
    float value = 7.0f, other = 7.0f;
    float *levels = &value;
    uint32_t rows = 7, columns = 7;
    const float one[1] = {1.0f};

    /* Without a matrix, with another kind of node, without outs. */
    perbus_node *const wrong[] = {NULL, mixer};
    for (int i = 0; i < 2; i++) {
        perbus_status status = i == 0 ? PERBUS_ERROR_INVALID_ARGUMENT : PERBUS_ERROR_WRONG_KIND;
        FAILS(status, perbus_matrix_get_dimensions, wrong[i], &rows, &columns);
        FAILS(status, perbus_matrix_set_crosspoint, wrong[i], 0, 0, 1.0f);
        FAILS(status, perbus_matrix_get_crosspoint, wrong[i], 0, 0, &value);
        FAILS(status, perbus_matrix_set_input, wrong[i], 0, 1.0f);
        FAILS(status, perbus_matrix_get_input, wrong[i], 0, &value);
        FAILS(status, perbus_matrix_set_output, wrong[i], 0, 1.0f);
        FAILS(status, perbus_matrix_get_output, wrong[i], 0, &value);
        FAILS(status, perbus_matrix_set_master, wrong[i], 1.0f);
        FAILS(status, perbus_matrix_get_master, wrong[i], &value);
        FAILS(status, perbus_matrix_enable_input, wrong[i], 0, true);
        FAILS(status, perbus_matrix_enable_output, wrong[i], 0, true);
        FAILS(status, perbus_matrix_copy_levels, wrong[i], &levels, &rows, &columns);
        FAILS(status, perbus_matrix_set_levels, wrong[i], one, 1, 1);
        FAILS(status, perbus_matrix_set_identity, wrong[i]);
        FAILS(status, perbus_matrix_clear, wrong[i]);
        FAILS(status, perbus_matrix_invert, wrong[i]);
    }
    REJECTS(perbus_matrix_get_dimensions, matrix, NULL, &columns);
    REJECTS(perbus_matrix_get_dimensions, matrix, &rows, NULL);
    REJECTS(perbus_matrix_get_crosspoint, matrix, 0, 0, NULL);
    REJECTS(perbus_matrix_get_input, matrix, 0, NULL);
    REJECTS(perbus_matrix_get_output, matrix, 0, NULL);
    REJECTS(perbus_matrix_get_master, matrix, NULL);
    REJECTS(perbus_matrix_copy_levels, matrix, NULL, &rows, &columns);
    REJECTS(perbus_matrix_copy_levels, matrix, &levels, NULL, &columns);
    REJECTS(perbus_matrix_copy_levels, matrix, &levels, &rows, NULL);
    REJECTS(perbus_matrix_set_levels, matrix, NULL, 5, 7);
    REJECTS(perbus_matrix_set_levels, matrix, one, 1, 1);
    REJECTS(perbus_pan_constant_power, 0.0f, NULL, &other);
    REJECTS(perbus_pan_constant_power, 0.0f, &value, NULL);
    REJECTS(perbus_pan_linear, 0.0f, NULL, &other);
    REJECTS(perbus_pan_linear, 0.0f, &value, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_pan_linear, 1.5f, &value, &other);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_matrix_get_crosspoint, matrix, 4, 0, &value);
    CHECK(value == 7.0f && other == 7.0f && rows == 7 && columns == 7 && levels == &value);

    /* Stereo on every bus until connected; rows are inputs. */
    WORKS(perbus_matrix_set_crosspoint(matrix, 3, 5, -0.5f, &error));
    WORKS(perbus_matrix_set_input(matrix, 3, 0.25f, &error));
    WORKS(perbus_matrix_set_output(matrix, 5, 0.75f, &error));
    WORKS(perbus_matrix_set_master(matrix, 1.0f, &error));
    WORKS(perbus_matrix_copy_levels(matrix, &levels, &rows, &columns, &error));
    CHECK(rows == 5 && columns == 7);
    CHECK(levels[3 * 7 + 5] == -0.5f && levels[3 * 7 + 6] == 0.25f);
    CHECK(levels[4 * 7 + 5] == 0.75f && levels[4 * 7 + 6] == 1.0f);
    perbus_levels_free(levels);
    perbus_levels_free(NULL);
    perbus_node_release(matrix);
}

int main(void) {
    CHECK(perbus_version() == PERBUS_VERSION);
    CHECK(strcmp(perbus_status_name(PERBUS_ERROR_CYCLE), "PERBUS_ERROR_CYCLE") == 0);
    CHECK(strcmp(perbus_status_name((perbus_status)1), "unknown status") == 0);
    make();
    null_engines_and_nodes();
    null_outs();
    failures_leave_outs_alone();
    ranges();
    per_bus_calls_are_heard();
    equalizers_in_between();
    players_play();
    tracking_tells_what_the_engine_has();
    matrices();
    other_engines_and_detached_nodes();
    perbus_node_release(mixer);
    perbus_node_release(output);
    perbus_node_release(player);
    perbus_node_release(source);
    CHECK(atomic_load(&destroyed) == 0);
    perbus_engine_destroy(engine);
    CHECK(atomic_load(&destroyed) == 1 && atomic_load(&completed) == 1);
    return failures == 0 ? 0 : 1;
}
