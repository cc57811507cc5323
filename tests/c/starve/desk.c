/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include "desk.h"

#include <stdarg.h>
#include <time.h>
#include <unistd.h>

enum { SECOND = 48000 };

static char file_path[] = "/tmp/perbus-starve-XXXXXX";

void desk_make_file(void) {
    static float samples[SECOND];
    const float *channels[] = {samples};
    const perbus_file_settings settings = {.format = {48000.0, 1, PERBUS_LAYOUT_MONO}};
    perbus_file *file = NULL;
    int empty = mkstemp(file_path);
    CHECK(empty >= 0);
    close(empty);
    for (int i = 0; i < SECOND; i++) {
        samples[i] = (float)(i % 1000) / 4000.0f;
    }
    WORKS(perbus_file_create(file_path, &settings, &file, &error));
    WORKS(perbus_file_write(file, channels, 1, SECOND, &error));
    WORKS(perbus_file_finish(file, &error));
    perbus_file_destroy(file);
}

const char *desk_file_path(void) {
    return file_path;
}

void desk_remove_file(void) {
    unlink(file_path);
}

static bool render_voice(void *context, int64_t time, uint32_t frames, float *const *channels,
                         uint32_t channel_count) {
    (void)context;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = (float)((time + i) % 100) / 800.0f;
        }
    }
    return false;
}

static void make_nodes(desk *desk) {
    perbus_node **const nodes[] = {&desk->subs[0],   &desk->subs[1],  &desk->player,
                                   &desk->equalizer, &desk->matrix,   &desk->voices[0],
                                   &desk->voices[1], &desk->voices[2]};
    WORKS(perbus_mixer_create(&desk->subs[0], &error));
    WORKS(perbus_mixer_create(&desk->subs[1], &error));
    WORKS(perbus_player_create(&desk->player, &error));
    WORKS(perbus_equalizer_create(2, &desk->equalizer, &error));
    WORKS(perbus_matrix_create(1, 1, &desk->matrix, &error));
    WORKS(perbus_matrix_set_identity(desk->matrix, &error));
    for (int v = 0; v < VOICES; v++) {
        WORKS(perbus_source_create(&STEREO, render_voice, &desk->destroyed, count, &desk->voices[v],
                                   &error));
        desk->given++;
    }
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        WORKS(perbus_engine_attach(desk->engine, *nodes[i], &error));
    }
    WORKS(perbus_player_create_with_format(&(perbus_format){48000.0, 1, PERBUS_LAYOUT_MONO},
                                           &desk->streamer, &error));
    WORKS(perbus_engine_attach(desk->engine, desk->streamer, &error));
    WORKS(perbus_mixer_create(&desk->spare, &error));
}

static void connect(desk *desk, perbus_node *from, perbus_node *to, uint32_t bus) {
    WORKS(perbus_engine_connect(desk->engine, from, 0, to, bus, NULL, &error));
}

static void note_block(void *context, const perbus_tap_block *block) {
    (void)context;
    (void)block;
}

void desk_create(desk *desk) {
    memset(desk, 0, sizeof *desk);
    WORKS(perbus_engine_create_offline(&STEREO, BLOCK, &desk->engine, &error));
    WORKS(perbus_engine_create_offline(&STEREO, BLOCK, &desk->other, &error));
    WORKS(perbus_engine_create(&desk->device, &error));
    WORKS(perbus_engine_copy_main_mixer(desk->engine, &desk->main_mixer, &error));
    WORKS(perbus_engine_copy_input(desk->engine, &desk->input, &error));
    make_nodes(desk);
    connect(desk, desk->subs[0], desk->main_mixer, 0);
    connect(desk, desk->subs[1], desk->main_mixer, 1);
    connect(desk, desk->player, desk->main_mixer, 2);
    connect(desk, desk->streamer, desk->main_mixer, 3);
    connect(desk, desk->voices[0], desk->subs[0], 0);
    connect(desk, desk->voices[1], desk->equalizer, 0);
    connect(desk, desk->equalizer, desk->subs[1], 0);
    connect(desk, desk->voices[2], desk->matrix, 0);
    connect(desk, desk->matrix, desk->subs[1], 1);
    WORKS(perbus_buffer_create(&STEREO, 100, &desk->buffer, &error));
    for (uint32_t i = 0; i < 200; i++) {
        perbus_buffer_get_channel(desk->buffer, i % 2)[i / 2] = (float)(i % 7) / 20.0f;
    }
    WORKS(perbus_file_open(file_path, &desk->file, &error));
    WORKS(perbus_master_create(desk->engine, &desk->master, &error));
    WORKS(perbus_tap_create(desk->subs[0], 0, 4800, note_block, &desk->destroyed, count, &desk->tap,
                            &error));
    desk->given++;
    strcpy(desk->path, "/tmp/perbus-written-XXXXXX");
    int empty = mkstemp(desk->path);
    CHECK(empty >= 0);
    close(empty);
    const perbus_file_settings settings = {.format = {48000.0, 1, PERBUS_LAYOUT_MONO}};
    WORKS(perbus_file_create(desk->path, &settings, &desk->writing, &error));
    WORKS(perbus_engine_start(desk->engine, &error));
}

void desk_destroy(desk *desk) {
    perbus_node *const nodes[] = {
        desk->main_mixer, desk->subs[0],   desk->subs[1], desk->player, desk->streamer,
        desk->equalizer,  desk->matrix,    desk->input,   desk->spare,  desk->voices[0],
        desk->voices[1],  desk->voices[2], desk->made};
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        perbus_node_release(nodes[i]);
    }
    perbus_buffer_release(desk->buffer);
    perbus_buffer_release(desk->made_buffer);
    perbus_file_destroy(desk->file);
    perbus_file_destroy(desk->writing);
    perbus_file_destroy(desk->made_file);
    perbus_master_destroy(desk->master);
    perbus_master_destroy(desk->made_master);
    perbus_tap_destroy(desk->tap);
    perbus_tap_destroy(desk->made_tap);
    perbus_engine_destroy(desk->adopted);
    perbus_engine_destroy(desk->made_engine);
    perbus_engine_destroy(desk->device);
    perbus_engine_destroy(desk->other);
    perbus_engine_destroy(desk->engine);
    unlink(desk->path);
    if (atomic_load(&desk->ended) != desk->scheduled ||
        atomic_load(&desk->destroyed) != desk->given) {
        printf("%d of %d completions, %d of %d contexts\n", atomic_load(&desk->ended),
               desk->scheduled, atomic_load(&desk->destroyed), desk->given);
        check_failures++;
    }
}

void desk_hear(desk *desk) {
    float *channels[] = {desk->samples[0], desk->samples[1]};
    bool running = false;
    WORKS(perbus_engine_is_running(desk->engine, &running, &error));
    if (running) {
        WORKS(perbus_engine_render(desk->engine, BLOCK, channels, 2, &error));
    }
}

static char *at;
static const char *end;

static void say(const char *format, ...) {
    va_list values;
    va_start(values, format);
    at += vsnprintf(at, (size_t)(end - at), format, values);
    va_end(values);
    if (at >= end) {
        printf("a description is too long\n");
        exit(1);
    }
}

static int number_of(const desk *desk, uint64_t id) {
    perbus_node *const nodes[] = {desk->main_mixer, desk->subs[0],   desk->subs[1],
                                  desk->player,     desk->streamer,  desk->equalizer,
                                  desk->matrix,     desk->input,     desk->spare,
                                  desk->voices[0],  desk->voices[1], desk->voices[2]};
    for (int i = 0; i < (int)(sizeof nodes / sizeof *nodes); i++) {
        if (perbus_node_get_id(nodes[i]) == id) {
            return i;
        }
    }
    return -1;
}

static void describe_mixer(desk *desk, perbus_node *mixer, uint32_t buses) {
    float output = 0.0f;
    WORKS(perbus_mixer_get_output_volume(mixer, &output, &error));
    say(" output volume %g\n", (double)output);
    for (uint32_t bus = 0; bus < buses; bus++) {
        perbus_point point;
        perbus_format format;
        float volume = -1.0f, pan = -2.0f;
        if (perbus_track_input(desk->engine, mixer, bus, &point, NULL) != PERBUS_OK) {
            continue;
        }
        (void)perbus_bus_get_volume(desk->engine, mixer, bus, &volume, NULL);
        (void)perbus_bus_get_pan(desk->engine, mixer, bus, &pan, NULL);
        WORKS(perbus_node_get_input_format(mixer, bus, &format, &error));
        say("  %u: %d, volume %g, pan %g, %g Hz, %u channels\n", bus, number_of(desk, point.node),
            (double)volume, (double)pan, format.sample_rate, format.channels);
    }
}

static void describe_effects(desk *desk) {
    float gain = 0.0f, *levels = NULL;
    bool bypass = false;
    uint32_t rows = 0, columns = 0;
    for (uint32_t i = 0; i < 2; i++) {
        perbus_band band;
        WORKS(perbus_equalizer_get_band(desk->equalizer, i, &band, &error));
        say(" band %g %g %d;", (double)band.frequency, (double)band.gain, band.bypass);
    }
    WORKS(perbus_equalizer_get_global_gain(desk->equalizer, &gain, &error));
    WORKS(perbus_equalizer_get_bypass(desk->equalizer, &bypass, &error));
    say(" gain %g, bypass %d; levels", (double)gain, bypass);
    WORKS(perbus_matrix_copy_levels(desk->matrix, &levels, &rows, &columns, &error));
    for (uint32_t i = 0; i < rows * columns; i++) {
        say(" %g", (double)levels[i]);
    }
    perbus_levels_free(levels);
}

static void describe_players(desk *desk) {
    perbus_node *const players[] = {desk->player, desk->streamer};
    for (int i = 0; i < 2; i++) {
        perbus_position position = {0};
        bool playing = false;
        WORKS(perbus_player_is_playing(players[i], &playing, &error));
        WORKS(perbus_player_get_position(players[i], &position, &error));
        say("\nplaying %d at %lld, of the file %lld, %llu late", playing,
            (long long)position.player_frame, (long long)position.file_frame,
            (unsigned long long)position.late_frames);
    }
}

void desk_describe(desk *desk, char *text) {
    perbus_node *const nodes[] = {desk->main_mixer, desk->subs[0],  desk->subs[1],   desk->spare,
                                  desk->player,     desk->streamer, desk->equalizer, desk->matrix,
                                  desk->input,      desk->voices[0]};
    int64_t time = 0;
    bool running = false;
    float master = 0.0f;
    perbus_file_info info;
    at = text;
    end = text + TEXT;
    WORKS(perbus_engine_get_sample_time(desk->engine, &time, &error));
    WORKS(perbus_engine_is_running(desk->engine, &running, &error));
    WORKS(perbus_master_get_volume(desk->master, &master, &error));
    say("running %d at %lld, master %g\n", running, (long long)time, (double)master);
    for (size_t i = 0; i < sizeof nodes / sizeof *nodes; i++) {
        perbus_node_info node;
        float volume = -1.0f, pan = -2.0f;
        WORKS(perbus_node_get_info(nodes[i], &node, &error));
        (void)perbus_node_get_volume(nodes[i], &volume, NULL);
        (void)perbus_node_get_pan(nodes[i], &pan, NULL);
        say("%d: attached %d, %u in, %u out, volume %g, pan %g\n", (int)i, node.attached,
            node.inputs, node.outputs, (double)volume, (double)pan);
        if (i < 4) {
            describe_mixer(desk, nodes[i], node.attached ? node.inputs : 0);
        }
    }
    describe_effects(desk);
    describe_players(desk);
    WORKS(perbus_file_get_info(desk->writing, &info, &error));
    say("\nwritten %lld, buffer of %u", (long long)info.frames,
        perbus_buffer_get_frames(desk->buffer));
}

static void note_end(void *context, perbus_end how) {
    (void)how;
    atomic_fetch_add((atomic_int *)context, 1);
}

perbus_status desk_schedule(desk *desk, uint32_t flags,
                            perbus_status (*how)(struct desk *desk, const perbus_schedule *schedule,
                                                 perbus_error *error),
                            perbus_error *error) {
    const perbus_schedule schedule = {PERBUS_FOLLOW, flags, note_end, &desk->ended};
    perbus_status status = how(desk, &schedule, error);
    desk->scheduled += status == PERBUS_OK;
    return status;
}
