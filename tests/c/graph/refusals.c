/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What an engine could not render is refused by the call that would bring it about. */
#include "graph.h"
#include "world.h"

static const perbus_band HIGH = {PERBUS_FILTER_PARAMETRIC, 30000.0f, 6.0f, 0.5f, false};

static void hears(perbus_engine *engine, float expected) {
    float left[64], right[64], *channels[] = {left, right};
    for (int i = 0; i < 20; i++) {
        WORKS(perbus_engine_render(engine, 64, channels, 2, &error));
    }
    NEAR(left[63], expected);
}

/* Set while any rate is still possible. */
static void a_band_past_half_the_rate(void) {
    perbus_engine *engine;
    perbus_node *main, *source, *equalizer;
    perbus_error error = {0, ""};
    perbus_point point;
    const perbus_format half = {.sample_rate = 24000.0, .channels = 2};
    WORKS(perbus_engine_create_offline(&STEREO, 64, &engine, &error));
    WORKS(perbus_engine_copy_main_mixer(engine, &main, &error));
    WORKS(perbus_source_create(&STEREO, render_half, NULL, NULL, &source, &error));
    WORKS(perbus_equalizer_create(2, &equalizer, &error));
    WORKS(perbus_equalizer_set_band(equalizer, 1, &HIGH, &error));
    WORKS(perbus_engine_attach(engine, source, &error));
    WORKS(perbus_engine_attach(engine, equalizer, &error));
    WORKS(perbus_engine_connect(engine, source, 0, main, 0, NULL, &error));
    WORKS(perbus_engine_start(engine, &error));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect, engine, equalizer, 0, main, 0, &STEREO);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect, engine, equalizer, 0, main, 0, NULL);
    const perbus_destination two[] = {{main, 0}, {main, 3}};
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect_many, engine, equalizer, 0, two, 2,
          &STEREO);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_add_destinations, engine, equalizer, 0, two, 2);
    CHECK(perbus_engine_connect(engine, equalizer, 0, main, 0, &STEREO, &error) ==
          PERBUS_ERROR_OUT_OF_RANGE);
    CHECK(strstr(error.message, "band 1") && strstr(error.message, "30000") &&
          strstr(error.message, "24000"));
    WORKS(perbus_track_input(engine, main, 0, &point, &error));
    CHECK(point.node == perbus_node_get_id(source));
    hears(engine, 0.5f);
    /* It does not matter if it is off, or once the rate allows it, or at the input. */
    perbus_band band = HIGH;
    band.bypass = true;
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_equalizer_set_band, equalizer, 1, &band);
    band.frequency = 20000.0f;
    band.bypass = false;
    WORKS(perbus_equalizer_set_band(equalizer, 1, &band, &error));
    WORKS(perbus_engine_connect(engine, equalizer, 0, main, 0, &STEREO, &error));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect, engine, equalizer, 0, main, 0, &half);
    WORKS(perbus_engine_connect(engine, source, 0, equalizer, 0, &half, &error));
    hears(engine, 0.5f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_equalizer_set_band, equalizer, 1, &HIGH);
    perbus_node_release(main);
    perbus_node_release(source);
    perbus_node_release(equalizer);
    perbus_engine_destroy(engine);
}

/* Each bus alone would be accepted. */
static void a_matrix_of_too_many_channels(void) {
    enum { BUSES = 16 };
    perbus_engine *engine;
    perbus_node *main, *source, *matrix;
    perbus_destination all[BUSES];
    const perbus_format wide = {.sample_rate = 48000.0, .channels = 64};
    float left[64], right[64], *channels[] = {left, right};
    WORKS(perbus_engine_create_offline(&STEREO, 64, &engine, &error));
    WORKS(perbus_engine_copy_main_mixer(engine, &main, &error));
    WORKS(perbus_source_create(&wide, render_half, NULL, NULL, &source, &error));
    WORKS(perbus_matrix_create(BUSES, 1, &matrix, &error));
    WORKS(perbus_engine_attach(engine, source, &error));
    WORKS(perbus_engine_attach(engine, matrix, &error));
    WORKS(perbus_engine_connect(engine, matrix, 0, main, 0, &STEREO, &error));
    WORKS(perbus_engine_start(engine, &error));
    for (uint32_t i = 0; i < BUSES; i++) {
        all[i] = (perbus_destination){matrix, i};
    }
    FAILS(PERBUS_ERROR_EXCEPTION, perbus_engine_connect_many, engine, source, 0, all, BUSES, &wide);
    WORKS(perbus_engine_render(engine, 64, channels, 2, &error));
    WORKS(perbus_engine_connect_many(engine, source, 0, all, BUSES / 4, &wide, &error));
    WORKS(perbus_engine_render(engine, 64, channels, 2, &error));
    perbus_node_release(main);
    perbus_node_release(source);
    perbus_node_release(matrix);
    perbus_engine_destroy(engine);
}

void test_refusals(void) {
    a_band_past_half_the_rate();
    a_matrix_of_too_many_channels();
}
