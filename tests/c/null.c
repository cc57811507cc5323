/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* NULL for a required pointer is PERBUS_ERROR_INVALID_ARGUMENT everywhere. */
#include "check.h"

static void null_engines_and_nodes(void) {
    perbus_engine *no_engine = NULL;
    perbus_node *no_node = NULL;
    REJECTS(perbus_engine_prepare, no_engine);
    REJECTS(perbus_engine_start, no_engine);
    REJECTS(perbus_engine_pause, no_engine);
    REJECTS(perbus_engine_stop, no_engine);
    REJECTS(perbus_engine_reset, no_engine);
    REJECTS(perbus_engine_set_output_device, no_engine, "");
    REJECTS(perbus_engine_set_input_device, no_engine, "");
    REJECTS(perbus_engine_set_event_handler, no_engine, NULL, NULL, NULL);
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
    REJECTS(perbus_mixer_set_pan_law, no_node, PERBUS_PAN_LAW_BALANCE);
    REJECTS(perbus_player_play, no_node);
    REJECTS(perbus_player_play_at, no_node, 0);
    REJECTS(perbus_player_play_at_host_time, no_node, 1);
    REJECTS(perbus_player_pause, no_node);
    REJECTS(perbus_player_stop, no_node);
    REJECTS(perbus_player_stop_after, no_node, 0.1);
    REJECTS(perbus_player_pause_after, no_node, 0.1);
    perbus_position position;
    perbus_file *file = open_half();
    REJECTS(perbus_player_schedule_file, no_node, file, NULL);
    REJECTS(perbus_player_schedule_file, player, NULL, NULL);
    REJECTS(perbus_player_schedule_segment, no_node, file, 0, 1, NULL);
    REJECTS(perbus_player_schedule_segment, player, NULL, 0, 1, NULL);
    REJECTS(perbus_player_get_position, no_node, &position);
    REJECTS(perbus_player_get_position, player, NULL);
    REJECTS(perbus_player_seek, no_node, 0);
    perbus_file_destroy(file);
    CHECK(perbus_node_get_id(NULL) == 0);
    perbus_devices_free(NULL);
    perbus_engine_destroy(NULL);
    perbus_node_release(NULL);
    perbus_buffer_release(NULL);
    perbus_points_free(NULL);
    perbus_file_destroy(NULL);
}

static void null_times(void) {
    perbus_render_time time = {.known = 7};
    REJECTS(perbus_engine_get_render_time, NULL, &time);
    REJECTS(perbus_engine_get_render_time, engine, NULL);
    CHECK(time.known == 7);
}

static void null_adopted(void) {
    perbus_engine *adopted = NULL;
    perbus_node *node = NULL;
    void *native = NULL;
    perbus_format format = {0};
    uint32_t frames = 7;
    WORKS(perbus_engine_get_native(engine, &native, &error));
    REJECTS(perbus_engine_adopt, NULL, &adopted);
    REJECTS(perbus_engine_adopt, native, NULL);
    REJECTS(perbus_node_adopt, NULL, &node);
    REJECTS(perbus_node_adopt, native, NULL);
    REJECTS(perbus_format_from_native, NULL, &format);
    REJECTS(perbus_format_from_native, native, NULL);
    native = NULL;
    REJECTS(perbus_engine_get_native, NULL, &native);
    REJECTS(perbus_engine_get_native, engine, NULL);
    REJECTS(perbus_node_get_native, NULL, &native);
    REJECTS(perbus_node_get_native, player, NULL);
    REJECTS(perbus_engine_get_max_frames, NULL, &frames);
    REJECTS(perbus_engine_get_max_frames, engine, NULL);
    CHECK(adopted == NULL && node == NULL && native == NULL && frames == 7);
    CHECK(format.channels == 0);
}

static void null_devices(void) {
    perbus_engine *made = NULL;
    perbus_device *devices = NULL;
    perbus_device_status status;
    const perbus_device_options options = {.output = NULL};
    size_t count = 7;
    REJECTS(perbus_devices_copy, NULL, &count);
    REJECTS(perbus_devices_copy, &devices, NULL);
    REJECTS(perbus_engine_create_for_device, NULL, &made);
    REJECTS(perbus_engine_create_for_device, &options, NULL);
    REJECTS(perbus_engine_get_device_status, NULL, &status);
    REJECTS(perbus_engine_get_device_status, engine, NULL);
    CHECK(made == NULL && devices == NULL && count == 7);
}

static void null_files(void) {
    perbus_file *file = NULL;
    perbus_file_info info;
    float memory[16], *channels[] = {memory, memory};
    uint64_t read = 7;
    REJECTS(perbus_file_open, NULL, &file);
    REJECTS(perbus_file_open, "missing.wav", NULL);
    REJECTS(perbus_file_get_info, file, &info);
    REJECTS(perbus_file_read, file, channels, 2, 16, &read);
    REJECTS(perbus_file_seek, file, 0);
    const float *const samples[] = {memory, memory};
    const perbus_file_settings settings = {.format = STEREO};
    REJECTS(perbus_file_create, NULL, &settings, &file);
    REJECTS(perbus_file_create, "missing.wav", NULL, &file);
    REJECTS(perbus_file_create, "missing.wav", &settings, NULL);
    REJECTS(perbus_file_write, file, samples, 2, 16);
    REJECTS(perbus_file_finish, file);
    CHECK(file == NULL && read == 7);
}

static void ignore_block(void *context, const perbus_tap_block *block) {
    (void)context;
    (void)block;
}

static void null_taps(void) {
    perbus_tap *tap = NULL;
    uint64_t frames = 7;
    REJECTS(perbus_tap_create, NULL, 0, 4800, ignore_block, NULL, NULL, &tap);
    REJECTS(perbus_tap_create, mixer, 0, 4800, NULL, NULL, NULL, &tap);
    REJECTS(perbus_tap_create, mixer, 0, 4800, ignore_block, NULL, NULL, NULL);
    REJECTS(perbus_tap_wait, tap);
    REJECTS(perbus_tap_get_dropped, tap, &frames);
    CHECK(tap == NULL && frames == 7);
    WORKS(perbus_tap_create(mixer, 0, 4800, ignore_block, NULL, NULL, &tap, &error));
    REJECTS(perbus_tap_get_dropped, tap, NULL);
    perbus_tap_destroy(tap);
    perbus_tap_destroy(NULL);
    perbus_tap_discard(NULL);
}

static void null_outs(void) {
    REJECTS(perbus_engine_create, NULL);
    REJECTS(perbus_engine_create_offline, &STEREO, 512, NULL);
    REJECTS(perbus_engine_get_format, engine, NULL);
    REJECTS(perbus_engine_is_running, engine, NULL);
    REJECTS(perbus_engine_get_sample_time, engine, NULL);
    REJECTS(perbus_engine_copy_main_mixer, engine, NULL);
    REJECTS(perbus_engine_copy_output, engine, NULL);
    REJECTS(perbus_engine_copy_input, engine, NULL);
    REJECTS(perbus_engine_set_input, NULL, &STEREO, NULL, NULL, NULL);
    REJECTS(perbus_engine_set_input, engine, NULL, NULL, NULL, NULL);
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
    REJECTS(perbus_player_create_with_format, &STEREO, NULL);
    perbus_node *none = NULL;
    REJECTS(perbus_player_create_with_format, NULL, &none);
    REJECTS(perbus_player_is_playing, player, NULL);
    REJECTS(perbus_source_create, &STEREO, render_half, NULL, NULL, NULL);
}

void test_null_pointers(void) {
    null_engines_and_nodes();
    null_outs();
    null_devices();
    null_times();
    null_adopted();
    null_files();
    null_taps();
}
