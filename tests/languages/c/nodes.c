/* The runner in C: players, equalizers, matrix mixers, pan laws. */
#include <stdlib.h>

#include "lines.h"

static void schedule(void) {
    int *end = &ends[line];
    bool follows = strcmp(words[3], "-") == 0;
    perbus_schedule how = {follows ? PERBUS_FOLLOW : strtoll(words[3], NULL, 10), number(4),
                           buffer_ended, end};
    scheduled += good(perbus_desk_player_schedule(find(1), find(2), &how, &error));
}

static void make_buffer(void) {
    perbus_format of = format(2);
    uint32_t frames = number(4), seed = number(5);
    float *planar[2];
    for (uint32_t c = 0; c < of.channels; c++) {
        planar[c] = malloc(frames * sizeof(float));
        for (uint32_t f = 0; f < frames; f++) {
            planar[c][f] = sample(f, c, seed);
        }
    }
    perbus_desk_buffer *made;
    if (good(perbus_desk_buffer_create(&of, (const float *const *)planar, frames, &made, &error))) {
        keep(words[1], made, 0);
    }
    for (uint32_t c = 0; c < of.channels; c++) {
        free(planar[c]);
    }
}

static void levels(bool set) {
    float flat[MAX_WORDS];
    if (set) {
        uint32_t rows = number(2), columns = number(3);
        for (size_t i = 0; i < rows * columns; i++) {
            flat[i] = real(4 + i);
        }
        good(perbus_desk_matrix_set_levels(find(1), flat, rows, columns, &error));
        return;
    }
    uint32_t inputs = 0, outputs = 0;
    perbus_desk_matrix_get_dimensions(find(1), &inputs, &outputs, NULL);
    if (good(perbus_desk_matrix_get_levels(find(1), flat, inputs + 1, outputs + 1, &error))) {
        for (size_t i = 0; i < (inputs + 1) * (outputs + 1); i++) {
            bits(flat[i]);
        }
    }
}

bool run_nodes(void) {
    perbus_band band;
    uint32_t count, other;
    float value;
    bool yes;

    RUN("buffer", make_buffer())
    RUN("schedule", schedule())
    DO("play", player_play(find(1), &error))
    DO("play_at", player_play_at(find(1), strtoll(words[2], NULL, 10), &error))
    DO("pause", player_pause(find(1), &error))
    DO("stop", player_stop(find(1), &error))
    DO("stop_after", player_stop_after(find(1), seconds(2), &error))
    DO("pause_after", player_pause_after(find(1), seconds(2), &error))
    GET("playing", player_is_playing(find(1), &yes, &error), flag(yes))
    RUN("ends", (good(PERBUS_OK), show_ends()))

    GET("bands", equalizer_get_band_count(find(1), &count, &error), fprintf(out, " %u", count))
    GET("band", equalizer_get_band(find(1), number(2), &band, &error),
        (fprintf(out, " %d", band.type), bits(band.frequency), bits(band.gain),
         bits(band.bandwidth), flag(band.bypass)))
    if (is("set_band")) {
        band = (perbus_band){(int32_t)number(3), real(4), real(5), real(6), on(7)};
        good(perbus_desk_equalizer_set_band(find(1), number(2), &band, &error));
        return true;
    }
    DO("gain", equalizer_set_global_gain(find(1), real(2), &error))
    GET("get_gain", equalizer_get_global_gain(find(1), &value, &error), bits(value))
    DO("bypass", equalizer_set_bypassed(find(1), on(2), &error))
    GET("get_bypass", equalizer_is_bypassed(find(1), &yes, &error), flag(yes))

    GET("dimensions", matrix_get_dimensions(find(1), &count, &other, &error),
        fprintf(out, " %u %u", count, other))
    DO("crosspoint", matrix_set_crosspoint(find(1), number(2), number(3), real(4), &error))
    GET("get_crosspoint", matrix_get_crosspoint(find(1), number(2), number(3), &value, &error),
        bits(value))
    DO("input", matrix_set_input(find(1), number(2), real(3), &error))
    GET("get_input", matrix_get_input(find(1), number(2), &value, &error), bits(value))
    DO("output_level", matrix_set_output(find(1), number(2), real(3), &error))
    GET("get_output_level", matrix_get_output(find(1), number(2), &value, &error), bits(value))
    DO("master", matrix_set_master(find(1), real(2), &error))
    GET("get_master", matrix_get_master(find(1), &value, &error), bits(value))
    DO("enable_input", matrix_enable_input(find(1), number(2), on(3), &error))
    DO("enable_output", matrix_enable_output(find(1), number(2), on(3), &error))
    DO("identity", matrix_set_identity(find(1), &error))
    DO("clear", matrix_clear(find(1), &error))
    DO("invert", matrix_invert(find(1), &error))
    RUN("levels", levels(false))
    RUN("set_levels", levels(true))

    if (is("pan_laws")) {
        float gains[4];
        perbus_status status = perbus_pan_constant_power(real(1), &gains[0], &gains[1], &error);
        if (status == PERBUS_OK) {
            status = perbus_pan_linear(real(1), &gains[2], &gains[3], &error);
        }
        if (good(status)) {
            bits(gains[0]), bits(gains[1]), bits(gains[2]), bits(gains[3]);
        }
        return true;
    }
    return false;
}
