/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Every function of perbus.h, called from a source's render function: those that might wait are
 *  refused and do nothing, the others work. `make check` compares with the header, so that none is
 *  forgotten. */
#include "check.h"

enum { FRAMES = 64, VOICES = 40 };

/* What the render functions call: an engine of their own, which renders them, and another one. */
static struct desk {
    perbus_engine *engine, *other, *device;
    perbus_node *main_mixer, *output, *subs[2], *voices[VOICES];
    perbus_node *player, *equalizer, *matrix, *spare;
    perbus_buffer *buffer;
    perbus_master *master;
    perbus_file *file;
    perbus_tap *tap;
    void *av_engine, *av_player;
    atomic_int refused, wrong; /* calls, over all threads */
} desk;

#define REFUSED(call)                                                                         \
    do {                                                                                      \
        perbus_error error = {7, ""};                                                         \
        perbus_status with = (call);                                                          \
        atomic_fetch_add(&desk.refused, 1);                                                   \
        if (with != PERBUS_ERROR_IN_RENDER || error.os_code != 0 ||                           \
            strstr(error.message, "render function") == NULL) {                               \
            printf("%s:%d: %s is %s\n", __FILE__, __LINE__, #call, perbus_status_name(with)); \
            atomic_fetch_add(&desk.wrong, 1);                                                 \
        }                                                                                     \
    } while (0)

#define ALLOWED(condition)                                         \
    do {                                                           \
        if (!(condition)) {                                        \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            atomic_fetch_add(&desk.wrong, 1);                      \
        }                                                          \
    } while (0)

static void completed(void *context, perbus_end end) {
    (void)end;
    (void)context;
}

static void engine_calls(perbus_engine *of) {
    perbus_engine *made = NULL;
    perbus_node *node = NULL;
    perbus_format format = STEREO;
    bool flag;
    int64_t time;
    float memory[2][FRAMES], *channels[] = {memory[0], memory[1]};
    REFUSED(perbus_engine_create(&made, &error));
    REFUSED(perbus_engine_create_offline(&format, FRAMES, &made, &error));
    REFUSED(perbus_engine_get_format(of, &format, &error));
    REFUSED(perbus_engine_prepare(of, &error));
    REFUSED(perbus_engine_start(of, &error));
    REFUSED(perbus_engine_pause(of, &error));
    REFUSED(perbus_engine_stop(of, &error));
    REFUSED(perbus_engine_reset(of, &error));
    REFUSED(perbus_engine_is_running(of, &flag, &error));
    REFUSED(perbus_engine_set_render_threads(of, 1, &error));
    REFUSED(perbus_engine_render(of, FRAMES, channels, 2, &error));
    REFUSED(perbus_engine_get_sample_time(of, &time, &error));
    perbus_render_time where;
    REFUSED(perbus_engine_get_render_time(of, &where, &error));
    ALLOWED(perbus_get_host_time() > 0);
    REFUSED(perbus_engine_copy_main_mixer(of, &node, &error));
    REFUSED(perbus_engine_copy_output(of, &node, &error));
    REFUSED(perbus_engine_copy_input(of, &node, &error));
    REFUSED(perbus_engine_set_input(of, &format, NULL, NULL, NULL, &error));
    ALLOWED(made == NULL && node == NULL);
}

static void adopting_calls(perbus_engine *of) {
    perbus_engine *made = NULL;
    perbus_node *node = NULL;
    void *native = NULL;
    perbus_format format = {0};
    uint32_t frames = 7;
    ALLOWED(perbus_engine_get_native(of, &native, NULL) == PERBUS_OK && native == desk.av_engine);
    ALLOWED(perbus_node_get_native(desk.player, &native, NULL) == PERBUS_OK);
    ALLOWED(native == desk.av_player);
    ALLOWED(perbus_engine_get_max_frames(of, &frames, NULL) == PERBUS_OK && frames == FRAMES);
    REFUSED(perbus_engine_adopt(desk.av_engine, &made, &error));
    REFUSED(perbus_node_adopt(desk.av_player, &node, &error));
    REFUSED(perbus_format_from_native(desk.av_player, &format, &error));
    ALLOWED(made == NULL && node == NULL && format.channels == 0);
}

static void device_calls(perbus_engine *of) {
    const perbus_device_options options = {.block = FRAMES};
    perbus_engine *made = NULL;
    perbus_device *devices = NULL;
    perbus_device_status status;
    size_t count = 7;
    REFUSED(perbus_devices_copy(&devices, &count, &error));
    REFUSED(perbus_engine_create_for_device(&options, &made, &error));
    REFUSED(perbus_engine_set_output_device(of, NULL, &error));
    REFUSED(perbus_engine_set_input_device(of, NULL, &error));
    REFUSED(perbus_engine_get_device_status(of, &status, &error));
    REFUSED(perbus_engine_set_event_handler(of, NULL, NULL, NULL, &error));
    perbus_devices_free(NULL);
    ALLOWED(devices == NULL && count == 7 && made == NULL);
}

static void graph_calls(void) {
    perbus_engine *of = desk.engine;
    perbus_destination two[] = {{desk.subs[0], 50}, {desk.subs[1], 50}};
    perbus_point point, *points = NULL;
    perbus_node *node = NULL, **nodes = NULL;
    size_t count = 7;
    REFUSED(perbus_engine_attach(of, desk.spare, &error));
    REFUSED(perbus_engine_detach(of, desk.player, &error));
    REFUSED(perbus_engine_copy_nodes(of, &nodes, &count, &error));
    REFUSED(perbus_engine_copy_node(of, perbus_node_get_id(desk.player), &node, &error));
    REFUSED(perbus_engine_begin_batch(of, &error));
    REFUSED(perbus_engine_begin_edit(of, &error));
    REFUSED(perbus_engine_end_batch(of, &error));
    REFUSED(perbus_engine_connect(of, desk.player, 0, desk.main_mixer, 9, NULL, &error));
    REFUSED(perbus_engine_connect_many(of, desk.player, 0, two, 2, NULL, &error));
    REFUSED(perbus_engine_add_destinations(of, desk.player, 0, two, 2, &error));
    REFUSED(perbus_engine_disconnect_input(of, desk.main_mixer, 2, &error));
    REFUSED(perbus_engine_disconnect_output(of, desk.player, 0, &error));
    REFUSED(perbus_track_input(of, desk.main_mixer, 2, &point, &error));
    REFUSED(perbus_track_outputs(of, desk.player, 0, &points, &count, &error));
    ALLOWED(points == NULL && count == 7 && node == NULL && nodes == NULL);
    perbus_points_free(points);
    perbus_nodes_free(nodes, 0);
}

static void gain_calls(void) {
    perbus_node *voice = desk.voices[0], *sub = desk.subs[0];
    perbus_connection_change change = {voice, sub, 0, 0.0f, 0.0f};
    const perbus_automation_point point = {PERBUS_MAX_TIME, 0.5f, 0, PERBUS_CURVE_LINEAR};
    perbus_meter meter;
    float value = 7.0f;
    REFUSED(perbus_connection_set_volume(voice, sub, 0, 0.0f, &error));
    REFUSED(perbus_connection_get_volume(voice, sub, 0, &value, &error));
    REFUSED(perbus_connection_set_pan(voice, sub, 0, 1.0f, &error));
    REFUSED(perbus_connection_get_pan(voice, sub, 0, &value, &error));
    REFUSED(perbus_connection_fade_volume(voice, sub, 0, 0.0f, 9, PERBUS_CURVE_LINEAR, &error));
    REFUSED(perbus_connection_fade_pan(voice, sub, 0, 1.0f, 9, &error));
    REFUSED(perbus_connection_get_meter(voice, sub, 0, &meter, &error));
    REFUSED(perbus_connections_apply(desk.engine, &change, 1, &error));
    REFUSED(perbus_bus_set_volume(desk.engine, sub, 0, 0.0f, &error));
    REFUSED(perbus_bus_get_volume(desk.engine, sub, 0, &value, &error));
    REFUSED(perbus_bus_set_pan(desk.engine, sub, 0, 1.0f, &error));
    REFUSED(perbus_bus_get_pan(desk.engine, sub, 0, &value, &error));
    REFUSED(perbus_bus_fade_volume(desk.engine, sub, 0, 0.0f, 9, PERBUS_CURVE_LINEAR, &error));
    REFUSED(perbus_bus_fade_pan(desk.engine, sub, 0, 1.0f, 9, &error));
    REFUSED(perbus_mixer_get_meter(sub, &meter, &error));
    REFUSED(perbus_connection_automate(voice, sub, 0, PERBUS_CONTROL_VOLUME, 0, &point, 1, &error));
    REFUSED(perbus_bus_automate(desk.engine, sub, 0, PERBUS_CONTROL_PAN, 0, &point, 1, &error));
    REFUSED(perbus_mixer_automate_output_volume(sub, 0, &point, 1, &error));
    perbus_master *master = NULL;
    REFUSED(perbus_master_create(desk.engine, &master, &error));
    perbus_master_destroy(NULL);
    REFUSED(perbus_master_set_volume(desk.master, 0.0f, &error));
    REFUSED(perbus_master_get_volume(desk.master, &value, &error));
    REFUSED(perbus_master_fade_volume(desk.master, 0.0f, 9, PERBUS_CURVE_LINEAR, &error));
    REFUSED(perbus_master_automate(desk.master, 0, &point, 1, &error));
    REFUSED(perbus_bus_set_masters(desk.engine, sub, 0, &desk.master, 1, &error));
    ALLOWED(master == NULL);
    REFUSED(perbus_mixer_fade_output_volume(sub, 0.0f, 9, PERBUS_CURVE_LINEAR, &error));
    ALLOWED(value == 7.0f);
}

static void node_calls(void) {
    perbus_node *sub = desk.subs[0], *made = NULL;
    perbus_node_info info;
    perbus_format format = STEREO;
    float value = 7.0f;
    uint32_t bus;
    REFUSED(perbus_node_get_info(sub, &info, &error));
    REFUSED(perbus_node_get_input_format(sub, 0, &format, &error));
    REFUSED(perbus_node_get_output_format(sub, 0, &format, &error));
    REFUSED(perbus_node_set_volume(sub, 0.0f, &error));
    REFUSED(perbus_node_get_volume(sub, &value, &error));
    REFUSED(perbus_node_set_pan(sub, 1.0f, &error));
    REFUSED(perbus_node_get_pan(sub, &value, &error));
    REFUSED(perbus_mixer_create(&made, &error));
    REFUSED(perbus_mixer_set_output_volume(sub, 0.0f, &error));
    REFUSED(perbus_mixer_set_pan_law(sub, PERBUS_PAN_LAW_CONSTANT_POWER, &error));
    REFUSED(perbus_mixer_get_output_volume(sub, &value, &error));
    REFUSED(perbus_mixer_reserve(sub, 100, &error));
    REFUSED(perbus_mixer_get_next_bus(sub, &bus, &error));
    REFUSED(perbus_source_create(&format, render_half, NULL, NULL, &made, &error));
    ALLOWED(value == 7.0f && made == NULL);
}

static void player_calls(void) {
    perbus_node *player = desk.player, *made = NULL;
    perbus_buffer *buffer = NULL;
    perbus_schedule schedule = {PERBUS_FOLLOW, 0, completed, NULL};
    bool flag;
    REFUSED(perbus_buffer_create(&STEREO, 9, &buffer, &error));
    REFUSED(perbus_buffer_set_frames(desk.buffer, 1, &error));
    REFUSED(perbus_player_create(&made, &error));
    REFUSED(perbus_player_create_with_format(&STEREO, &made, &error));
    REFUSED(perbus_player_schedule(player, desk.buffer, &schedule, &error));
    perbus_position position;
    REFUSED(perbus_player_schedule_file(player, desk.file, &schedule, &error));
    REFUSED(perbus_player_schedule_segment(player, desk.file, 0, 1, &schedule, &error));
    REFUSED(perbus_player_get_position(player, &position, &error));
    REFUSED(perbus_player_seek(player, 0, &error));
    REFUSED(perbus_player_play(player, &error));
    REFUSED(perbus_player_play_at(player, 0, &error));
    REFUSED(perbus_player_play_at_host_time(player, 1, &error));
    REFUSED(perbus_player_pause(player, &error));
    REFUSED(perbus_player_stop(player, &error));
    REFUSED(perbus_player_stop_after(player, 0.1, &error));
    REFUSED(perbus_player_pause_after(player, 0.1, &error));
    REFUSED(perbus_player_is_playing(player, &flag, &error));
    ALLOWED(buffer == NULL && made == NULL);
    ALLOWED(perbus_buffer_get_frames(desk.buffer) == FRAMES);
    ALLOWED(perbus_buffer_get_channel(desk.buffer, 1) != NULL);
}

static void effect_calls(void) {
    perbus_node *equalizer = desk.equalizer, *made = NULL;
    perbus_band band = {PERBUS_FILTER_PARAMETRIC, 1000.0f, 6.0f, 1.0f, false};
    uint32_t count;
    float gain;
    bool bypass;
    REFUSED(perbus_equalizer_create(1, &made, &error));
    REFUSED(perbus_equalizer_get_band_count(equalizer, &count, &error));
    REFUSED(perbus_equalizer_set_band(equalizer, 0, &band, &error));
    REFUSED(perbus_equalizer_get_band(equalizer, 0, &band, &error));
    REFUSED(perbus_equalizer_set_global_gain(equalizer, 6.0f, &error));
    REFUSED(perbus_equalizer_get_global_gain(equalizer, &gain, &error));
    REFUSED(perbus_equalizer_set_bypass(equalizer, true, &error));
    REFUSED(perbus_equalizer_get_bypass(equalizer, &bypass, &error));
    ALLOWED(made == NULL);
}

static void matrix_calls(void) {
    perbus_node *matrix = desk.matrix, *made = NULL;
    uint32_t rows, columns;
    float value, *levels = NULL, nine[9] = {0};
    REFUSED(perbus_matrix_create(1, 1, &made, &error));
    REFUSED(perbus_matrix_get_dimensions(matrix, &rows, &columns, &error));
    REFUSED(perbus_matrix_set_crosspoint(matrix, 0, 0, 1.0f, &error));
    REFUSED(perbus_matrix_get_crosspoint(matrix, 0, 0, &value, &error));
    REFUSED(perbus_matrix_set_input(matrix, 0, 1.0f, &error));
    REFUSED(perbus_matrix_get_input(matrix, 0, &value, &error));
    REFUSED(perbus_matrix_set_output(matrix, 0, 1.0f, &error));
    REFUSED(perbus_matrix_get_output(matrix, 0, &value, &error));
    REFUSED(perbus_matrix_set_master(matrix, 1.0f, &error));
    REFUSED(perbus_matrix_get_master(matrix, &value, &error));
    REFUSED(perbus_matrix_enable_input(matrix, 0, false, &error));
    REFUSED(perbus_matrix_enable_output(matrix, 0, false, &error));
    REFUSED(perbus_matrix_copy_levels(matrix, &levels, &rows, &columns, &error));
    REFUSED(perbus_matrix_set_levels(matrix, nine, 3, 3, &error));
    REFUSED(perbus_matrix_set_identity(matrix, &error));
    REFUSED(perbus_matrix_clear(matrix, &error));
    REFUSED(perbus_matrix_invert(matrix, &error));
    ALLOWED(made == NULL && levels == NULL);
    perbus_levels_free(levels);
}

static void real_time_safe_calls(void) {
    float left = 0.0f, right = 0.0f;
    ALLOWED(perbus_version() == PERBUS_VERSION);
    ALLOWED(strcmp(perbus_status_name(PERBUS_ERROR_IN_RENDER), "PERBUS_ERROR_IN_RENDER") == 0);
    ALLOWED(perbus_node_get_id(desk.player) != 0);
    ALLOWED(perbus_pan_linear(1.0f, &left, &right, NULL) == PERBUS_OK && right == 1.0f);
    ALLOWED(perbus_pan_constant_power(-1.0f, &left, &right, NULL) == PERBUS_OK && left == 1.0f);
}

static void file_calls(void) {
    perbus_file *made = NULL;
    perbus_file_info info;
    uint64_t read = 7;
    float memory[FRAMES], *channels[] = {memory};
    REFUSED(perbus_file_open("/dev/null", &made, &error));
    REFUSED(perbus_file_get_info(desk.file, &info, &error));
    REFUSED(perbus_file_read(desk.file, channels, 1, FRAMES, &read, &error));
    REFUSED(perbus_file_seek(desk.file, 100, &error));
    REFUSED(perbus_file_set_decoder(NULL, &error));
    const perbus_file_settings settings = {.format = STEREO};
    const float *const samples[] = {memory};
    REFUSED(perbus_file_create("/dev/null", &settings, &made, &error));
    REFUSED(perbus_file_write(desk.file, samples, 1, FRAMES, &error));
    REFUSED(perbus_file_finish(desk.file, &error));
    perbus_file_destroy(NULL);
    ALLOWED(made == NULL && read == 7);
}

static void ignore_block(void *context, const perbus_tap_block *block) {
    (void)context;
    (void)block;
}

static void tap_calls(void) {
    perbus_tap *made = NULL;
    uint64_t frames = 7;
    REFUSED(perbus_tap_create(desk.subs[0], 0, 4800, ignore_block, NULL, NULL, &made, &error));
    REFUSED(perbus_tap_wait(desk.tap, &error));
    REFUSED(perbus_tap_get_dropped(desk.tap, &frames, &error));
    perbus_tap_destroy(NULL);
    perbus_tap_discard(NULL);
    ALLOWED(made == NULL && frames == 7);
}

static bool render_and_call(void *context, int64_t time, uint32_t frames, float *const *channels,
                            uint32_t channel_count) {
    (void)context;
    engine_calls(desk.engine);
    engine_calls(desk.other);
    adopting_calls(desk.engine);
    device_calls(desk.device);
    graph_calls();
    gain_calls();
    node_calls();
    player_calls();
    effect_calls();
    matrix_calls();
    file_calls();
    tap_calls();
    real_time_safe_calls();
    return render_half(NULL, time, frames, channels, channel_count);
}

static void make(void) {
    WORKS(perbus_engine_create_offline(&STEREO, FRAMES, &desk.engine, &error));
    WORKS(perbus_engine_create_offline(&STEREO, FRAMES, &desk.other, &error));
    WORKS(perbus_engine_start(desk.other, &error));
    WORKS(perbus_engine_create(&desk.device, &error));
    WORKS(perbus_engine_copy_main_mixer(desk.engine, &desk.main_mixer, &error));
    WORKS(perbus_master_create(desk.engine, &desk.master, &error));
    for (uint32_t s = 0; s < 2; s++) {
        WORKS(perbus_mixer_create(&desk.subs[s], &error));
        WORKS(perbus_engine_attach(desk.engine, desk.subs[s], &error));
        WORKS(
            perbus_engine_connect(desk.engine, desk.subs[s], 0, desk.main_mixer, s, NULL, &error));
    }
    for (uint32_t v = 0; v < VOICES; v++) {
        WORKS(perbus_source_create(&STEREO, v < 2 ? render_and_call : render_half, NULL, NULL,
                                   &desk.voices[v], &error));
        WORKS(perbus_engine_attach(desk.engine, desk.voices[v], &error));
        WORKS(perbus_engine_connect(desk.engine, desk.voices[v], 0, desk.subs[v % 2], v / 2, NULL,
                                    &error));
    }
    WORKS(perbus_player_create(&desk.player, &error));
    WORKS(perbus_engine_get_native(desk.engine, &desk.av_engine, &error));
    WORKS(perbus_node_get_native(desk.player, &desk.av_player, &error));
    WORKS(perbus_engine_attach(desk.engine, desk.player, &error));
    WORKS(perbus_engine_connect(desk.engine, desk.player, 0, desk.main_mixer, 2, NULL, &error));
    WORKS(perbus_equalizer_create(1, &desk.equalizer, &error));
    WORKS(perbus_matrix_create(1, 1, &desk.matrix, &error));
    WORKS(perbus_mixer_create(&desk.spare, &error));
    WORKS(perbus_buffer_create(&STEREO, FRAMES, &desk.buffer, &error));
    desk.file = open_half();
    WORKS(perbus_tap_create(desk.main_mixer, 0, 4800, ignore_block, NULL, NULL, &desk.tap, &error));
    WORKS(perbus_engine_start(desk.engine, &error));
}

static void end(void) {
    for (uint32_t v = 0; v < VOICES; v++) {
        perbus_node_release(desk.voices[v]);
    }
    perbus_node *others[] = {desk.subs[0],   desk.subs[1], desk.main_mixer, desk.player,
                             desk.equalizer, desk.matrix,  desk.spare};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        perbus_node_release(others[i]);
    }
    perbus_buffer_release(desk.buffer);
    perbus_file_destroy(desk.file);
    perbus_tap_destroy(desk.tap);
    perbus_master_destroy(desk.master);
    perbus_engine_destroy(desk.engine);
    perbus_engine_destroy(desk.other);
    perbus_engine_destroy(desk.device);
}

static float render_desk(void) {
    static float memory[2][FRAMES];
    float *channels[] = {memory[0], memory[1]};
    WORKS(perbus_engine_render(desk.engine, FRAMES, channels, 2, &error));
    return memory[0][FRAMES - 1];
}

static void what_might_wait_is_refused(void) {
    perbus_node_info info;
    make();
    for (uint32_t threads = 1; threads <= 2; threads++) {
        WORKS(perbus_engine_set_render_threads(desk.engine, threads, &error));
        for (int block = 0; block < 20; block++) {
            NEAR(render_desk(), VOICES * 0.5f);
        }
    }
    CHECK(atomic_load(&desk.refused) > 1000 && atomic_load(&desk.wrong) == 0);
    /* Nothing has changed, and calls from here are not refused. */
    WORKS(perbus_node_get_info(desk.spare, &info, &error));
    CHECK(!info.attached);
    WORKS(perbus_node_get_info(desk.main_mixer, &info, &error));
    CHECK(info.inputs == 8);
    CHECK(perbus_buffer_get_frames(desk.buffer) == FRAMES);
    end();
}

void test_render_functions(void) {
    what_might_wait_is_refused();
}
