/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Equalizers, and the bus that one feeds. */
#include "check.h"

void test_equalizers(void) {
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

    /* Without a source, the bus has its mixer's own parameter; with one, the source's. */
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
    WORKS(perbus_equalizer_get_band_count(equalizer, &count, &error));
    CHECK(count == 2);
    WORKS(perbus_equalizer_set_global_gain(equalizer, -6.0f, &error));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_equalizer_set_global_gain, equalizer, 24.5f);
    WORKS(perbus_equalizer_get_global_gain(equalizer, &value, &error));
    CHECK(value == -6.0f);
    WORKS(perbus_engine_detach(engine, equalizer, &error));
    WORKS(perbus_connection_get_volume(fresh, mixer, 2, &value, &error));
    NEAR(value, 1.0f);
    WORKS(perbus_engine_detach(engine, fresh, &error));
    perbus_node_release(equalizer);
    perbus_node_release(fresh);
    hear(&left, &right);
}
