/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A failed call changes nothing: outs, gains, connections. */
#include "check.h"

/* Outs keep what they held. */
static void failures_leave_outs_alone(void) {
    const perbus_format format = {.sample_rate = 1.0, .channels = 3};
    perbus_engine *engine_out = engine;
    perbus_node *node_out = player;
    perbus_buffer *buffer_out = NULL;
    perbus_format format_out = format;
    perbus_point point = {7, 7}, *points = &point;
    perbus_node_info info = {true, 7, 7, PERBUS_KIND_OTHER};
    size_t points_count = 7;
    float value = 7.0f;
    int64_t time = 7;
    uint32_t bus = 7;
    bool flag = true;
    REJECTS(perbus_engine_create_offline, NULL, 512, &engine_out);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_create_offline, &STEREO, 0, &engine_out);
    REJECTS(perbus_engine_get_format, NULL, &format_out);
    REJECTS(perbus_engine_is_running, NULL, &flag);
    REJECTS(perbus_engine_set_render_threads, NULL, 1);
    REJECTS(perbus_engine_get_sample_time, NULL, &time);
    REJECTS(perbus_engine_copy_main_mixer, NULL, &node_out);
    REJECTS(perbus_engine_copy_output, NULL, &node_out);
    REJECTS(perbus_engine_copy_input, NULL, &node_out);
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
    FAILS(PERBUS_ERROR_FORMAT, perbus_buffer_create,
          &(perbus_format){.sample_rate = 48000.0, .channels = 0}, 1, &buffer_out);
    REJECTS(perbus_player_is_playing, NULL, &flag);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_is_playing, mixer, &flag);
    REJECTS(perbus_source_create, NULL, render_half, &destroyed, count, &node_out);
    REJECTS(perbus_source_create, &STEREO, NULL, &destroyed, count, &node_out);
    FAILS(PERBUS_ERROR_FORMAT, perbus_source_create,
          &(perbus_format){.sample_rate = -1.0, .channels = 2}, render_half, &destroyed, count,
          &node_out);
    CHECK(engine_out == engine && node_out == player && buffer_out == NULL);
    CHECK(memcmp(&format_out, &format, sizeof format.sample_rate) == 0 && format_out.channels == 3);
    CHECK(point.node == 7 && point.bus == 7 && points == &point && points_count == 7);
    CHECK(info.attached && info.inputs == 7 && info.outputs == 7);
    CHECK(value == 7.0f && time == 7 && bus == 7 && flag);
    CHECK(atomic_load(&destroyed) == 0);
}

static void ranges(void) {
    const float volumes[] = {-0.01f, 4.01f, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof volumes / sizeof *volumes; i++) {
        float wrong = volumes[i];
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_connection_set_volume, player, mixer, 0, wrong);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_bus_set_volume, engine, mixer, 0, wrong);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_node_set_volume, player, wrong);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_mixer_set_output_volume, mixer, wrong);
        const perbus_connection_change change = {player, mixer, 0, wrong, 0.0f};
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_connections_apply, engine, &change, 1);
    }
    perbus_error error = {0, ""};
    CHECK(perbus_bus_set_volume(engine, mixer, 0, 4.01f, &error) == PERBUS_ERROR_OUT_OF_RANGE);
    CHECK(strcmp(error.message, "volume 4.01 is not in 0 to 4") == 0);
    const float pans[] = {-1.01f, 1.5f, NAN, INFINITY, -INFINITY};
    for (size_t i = 0; i < sizeof pans / sizeof *pans; i++) {
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_connection_set_pan, player, mixer, 0, pans[i]);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_bus_set_pan, engine, mixer, 0, pans[i]);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_node_set_pan, player, pans[i]);
    }
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect, engine, player, 0, mixer,
          PERBUS_MAX_BUSES, &STEREO);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_disconnect_input, engine, mixer, 8);
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect, engine, player, 0, mixer, 0,
          &(perbus_format){.sample_rate = NAN, .channels = 2});
    float sample, *channels[] = {&sample, NULL};
    REJECTS(perbus_engine_render, engine, 1, channels, 2);
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_render, engine, 1, channels, 1);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_render, engine, 513, channels, 2);
    float volume = 0.0f, pan = 7.0f;
    WORKS(perbus_bus_get_volume(engine, mixer, 0, &volume, &error));
    WORKS(perbus_bus_get_pan(engine, mixer, 0, &pan, &error));
    CHECK(volume == 1.0f && pan == 0.0f);
}

void test_failures(void) {
    failures_leave_outs_alone();
    ranges();
}
