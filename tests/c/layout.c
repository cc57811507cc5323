/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Channel layouts: which a format may have, which an engine reports, which a connection refuses. */
#include "check.h"

static const uint32_t channels_of[] = {0, 0, 1, 2, 3, 4, 5, 6, 8, 8};
enum { LAYOUTS = sizeof channels_of / sizeof channels_of[0] };

static perbus_format of(uint32_t channels, perbus_layout layout) {
    return (perbus_format){.sample_rate = 48000.0, .channels = channels, .layout = layout};
}

static void a_layout_has_one_channel_count(void) {
    for (uint32_t channels = 1; channels <= 9; channels++) {
        for (int layout = PERBUS_LAYOUT_MONO; layout < LAYOUTS; layout++) {
            perbus_buffer *buffer = NULL;
            perbus_format format = of(channels, (perbus_layout)layout);
            if (channels == channels_of[layout]) {
                WORKS(perbus_buffer_create(&format, 1, &buffer, &error));
                perbus_buffer_release(buffer);
            } else {
                FAILS(PERBUS_ERROR_FORMAT, perbus_buffer_create, &format, 1, &buffer);
                CHECK(buffer == NULL);
            }
        }
    }
    perbus_format format = of(2, (perbus_layout)LAYOUTS);
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect, engine, source, 0, mixer, 1, &format);
    format.layout = (perbus_layout)-1;
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect, engine, source, 0, mixer, 1, &format);
}

static void report(uint32_t channels, perbus_layout given, perbus_layout reported) {
    perbus_engine *own = NULL;
    perbus_format format = of(channels, given);
    WORKS(perbus_engine_create_offline(&format, 64, &own, &error));
    WORKS(perbus_engine_get_format(own, &format, &error));
    CHECK(format.channels == channels && format.layout == reported);
    perbus_engine_destroy(own);
}

static void what_an_engine_reports(void) {
    static const perbus_layout usual[] = {
        [1] = PERBUS_LAYOUT_MONO, [2] = PERBUS_LAYOUT_STEREO, [4] = PERBUS_LAYOUT_QUAD,
        [6] = PERBUS_LAYOUT_5_1,  [8] = PERBUS_LAYOUT_7_1,    [64] = PERBUS_LAYOUT_DISCRETE,
    };
    for (uint32_t channels = 1; channels <= 64; channels++) {
        perbus_layout expected = usual[channels] != 0 ? usual[channels] : PERBUS_LAYOUT_DISCRETE;
        report(channels, PERBUS_LAYOUT_USUAL, expected);
        report(channels, PERBUS_LAYOUT_DISCRETE, channels > 2 ? PERBUS_LAYOUT_DISCRETE : expected);
    }
    for (int layout = PERBUS_LAYOUT_MONO; layout < LAYOUTS; layout++) {
        report(channels_of[layout], (perbus_layout)layout, (perbus_layout)layout);
    }
}

static void surround_into_stereo(void) {
    perbus_node *surround = NULL;
    float left, right, before_left, before_right;
    perbus_format format = of(6, PERBUS_LAYOUT_5_1);
    hear(&before_left, &before_right);
    WORKS(perbus_source_create(&format, render_half, NULL, NULL, &surround, &error));
    WORKS(perbus_engine_attach(engine, surround, &error));
    WORKS(perbus_engine_connect(engine, surround, 0, mixer, 5, NULL, &error));
    WORKS(perbus_node_get_input_format(mixer, 5, &format, &error));
    CHECK(format.channels == 6 && format.layout == PERBUS_LAYOUT_5_1);
    hear(&left, &right);
    /* Front, centre and surround; no LFE. */
    NEAR(left - before_left, 0.5f * (1.0f + 2.0f * 0.70710678f));
    NEAR(right - before_right, 0.5f * (1.0f + 2.0f * 0.70710678f));
    WORKS(perbus_engine_detach(engine, surround, &error));
    perbus_node_release(surround);
}

static void channels_that_would_be_lost(void) {
    perbus_node *stems = NULL, *group = NULL, *made = NULL;
    perbus_error error_out = {0, ""};
    float left, right, before_left, before_right;
    const perbus_format five = of(5, PERBUS_LAYOUT_USUAL), six = of(6, PERBUS_LAYOUT_DISCRETE);
    const perbus_format surround = of(5, PERBUS_LAYOUT_5_0);
    hear(&before_left, &before_right);
    WORKS(perbus_source_create(&five, render_half, NULL, NULL, &stems, &error));
    WORKS(perbus_mixer_create(&group, &error));
    WORKS(perbus_engine_attach(engine, stems, &error));
    WORKS(perbus_engine_attach(engine, group, &error));

    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect, engine, stems, 0, mixer, 5, NULL);
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect, engine, stems, 0, mixer, 5, &STEREO);
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect, engine, stems, 0, mixer, 5, &six);
    perbus_destination two[] = {{mixer, 5}, {group, 0}};
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect_many, engine, stems, 0, two, 2, &five);
    perbus_engine_connect(engine, stems, 0, mixer, 5, NULL, &error_out);
    CHECK(strstr(error_out.message, "5 channels (discrete) at 48000 Hz") != NULL);
    CHECK(strstr(error_out.message, "2 (stereo) at 48000 Hz") != NULL);
    CHECK(strstr(error_out.message, "through a matrix") != NULL);

    /* The format that a player was made with counts, too. */
    WORKS(perbus_player_create_with_format(&five, &made, &error));
    WORKS(perbus_engine_attach(engine, made, &error));
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect, engine, made, 0, mixer, 6, NULL);
    WORKS(perbus_engine_connect(engine, made, 0, mixer, 6, &surround, &error));
    WORKS(perbus_engine_detach(engine, made, &error));
    perbus_node_release(made);

    /* A group that is not connected onward accepts them; then it cannot become stereo, nor feed a
     *  stereo mixer. */
    WORKS(perbus_engine_connect(engine, stems, 0, group, 3, NULL, &error));
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect, engine, group, 0, mixer, 5, NULL);
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_connect, engine, group, 0, mixer, 5, &five);
    hear(&left, &right);
    NEAR(left, before_left);
    NEAR(right, before_right);
    /* With a layout there is a way. */
    WORKS(perbus_engine_connect(engine, group, 0, mixer, 5, &surround, &error));
    hear(&left, &right);
    CHECK(left > before_left + 1.0f);

    WORKS(perbus_engine_detach(engine, stems, &error));
    WORKS(perbus_engine_detach(engine, group, &error));
    perbus_node_release(stems);
    perbus_node_release(group);
}

void test_layouts(void) {
    a_layout_has_one_channel_count();
    what_an_engine_reports();
    surround_into_stereo();
    channels_that_would_be_lost();
}
