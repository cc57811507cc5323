/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Fades of a connection, and the meters of connections and mixers; only on the portable engine. */
#include "check.h"

static void fades_end_where_they_are_sent(void) {
    float left, right, value = 0.0f;
    hear(&left, &right);
    NEAR(left, 0.5f);
    WORKS(perbus_connection_fade_volume(source, mixer, 1, 0.0f, 1024, PERBUS_CURVE_LINEAR, &error));
    WORKS(perbus_connection_get_volume(source, mixer, 1, &value, &error));
    CHECK(value == 0.0f);
    hear(&left, &right);
    NEAR(left, 0.25f);
    hear(&left, &right);
    NEAR(left, 0.0f);
    WORKS(perbus_connection_fade_volume(source, mixer, 1, 1.0f, 512, PERBUS_CURVE_EQUAL_POWER,
                                        &error));
    WORKS(perbus_connection_fade_pan(source, mixer, 1, -1.0f, 512, &error));
    hear(&left, &right);
    NEAR(left, 0.5f);
    NEAR(right, 0.0f);

    REJECTS(perbus_connection_fade_volume, NULL, mixer, 1, 0.5f, 512, PERBUS_CURVE_LINEAR);
    REJECTS(perbus_connection_fade_pan, source, NULL, 1, 0.5f, 512);
    REJECTS(perbus_connection_fade_volume, source, mixer, 1, 0.5f, 512, (perbus_curve)3);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_connection_fade_volume, source, mixer, 1, 4.01f, 512,
          PERBUS_CURVE_LINEAR);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_connection_fade_volume, source, mixer, 1, 0.5f, 0,
          PERBUS_CURVE_LINEAR);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_connection_fade_pan, source, mixer, 1, 0.5f,
          PERBUS_MAX_FADE + 1);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_connection_fade_pan, source, mixer, 1, -1.5f, 512);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_connection_fade_volume, source, mixer, 0, 0.5f, 512,
          PERBUS_CURVE_LINEAR);
    FAILS(PERBUS_ERROR_NOT_MIXING, perbus_connection_fade_pan, output, mixer, 1, 0.5f, 512);
    hear(&left, &right);
    hear(&left, &right);
    NEAR(left, 0.5f);
    NEAR(right, 0.0f);
    WORKS(perbus_connection_set_pan(source, mixer, 1, 0.0f, &error));
}

/* The same by bus, of the source that feeds it. */
static void buses_fade(void) {
    float left, right, value = 0.0f;
    WORKS(perbus_bus_fade_volume(engine, mixer, 1, 0.5f, 512, PERBUS_CURVE_LINEAR, &error));
    WORKS(perbus_bus_fade_pan(engine, mixer, 1, 1.0f, 512, &error));
    WORKS(perbus_connection_get_volume(source, mixer, 1, &value, &error));
    CHECK(value == 0.5f);
    hear(&left, &right);
    NEAR(left, 0.0f);
    NEAR(right, 0.25f);

    REJECTS(perbus_bus_fade_volume, NULL, mixer, 1, 0.5f, 512, PERBUS_CURVE_LINEAR);
    REJECTS(perbus_bus_fade_volume, engine, NULL, 1, 0.5f, 512, PERBUS_CURVE_LINEAR);
    REJECTS(perbus_bus_fade_pan, NULL, mixer, 1, 0.5f, 512);
    REJECTS(perbus_bus_fade_pan, engine, NULL, 1, 0.5f, 512);
    REJECTS(perbus_bus_fade_volume, engine, mixer, 1, 0.5f, 512, (perbus_curve)3);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_bus_fade_volume, engine, mixer, 1, 4.01f, 512,
          PERBUS_CURVE_LINEAR);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_bus_fade_volume, engine, mixer, 1, 0.5f, 0,
          PERBUS_CURVE_LINEAR);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_bus_fade_pan, engine, mixer, 1, -1.5f, 512);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_bus_fade_pan, engine, mixer, 3, 0.5f, 512);
    WORKS(perbus_bus_fade_volume(engine, mixer, 1, 1.0f, 1, PERBUS_CURVE_LINEAR, &error));
    WORKS(perbus_bus_fade_pan(engine, mixer, 1, 0.0f, 1, &error));
    hear(&left, &right);
    hear(&left, &right);
}

/* A finished fade while the pan is on a ramp: setting its value once more is not heard. */
static void what_is_set_again_is_not_heard(void) {
    float heard[2][2];
    for (int again = 0; again < 2; again++) {
        WORKS(perbus_connection_fade_volume(source, mixer, 1, 0.25f, 256, PERBUS_CURVE_LINEAR,
                                            &error));
        hear(&heard[again][0], &heard[again][1]);
        WORKS(perbus_connection_fade_pan(source, mixer, 1, 0.5f, 2048, &error));
        hear(&heard[again][0], &heard[again][1]);
        if (again) {
            WORKS(perbus_connection_set_volume(source, mixer, 1, 0.25f, &error));
        }
        hear(&heard[again][0], &heard[again][1]);
        WORKS(perbus_connection_set_volume(source, mixer, 1, 1.0f, &error));
        WORKS(perbus_connection_set_pan(source, mixer, 1, 0.0f, &error));
        float left, right;
        hear(&left, &right);
        hear(&left, &right);
    }
    CHECK(heard[0][0] == heard[1][0] && heard[0][1] == heard[1][1]);
}

static void meters_read_what_is_heard(void) {
    const perbus_meter untouched = {{7.0f, 7.0f}, {7.0f, 7.0f}, 7};
    perbus_meter meter = untouched;
    float left, right;
    REJECTS(perbus_connection_get_meter, NULL, mixer, 1, &meter);
    REJECTS(perbus_connection_get_meter, source, mixer, 1, NULL);
    REJECTS(perbus_mixer_get_meter, NULL, &meter);
    REJECTS(perbus_mixer_get_meter, mixer, NULL);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_connection_get_meter, source, mixer, 0, &meter);
    FAILS(PERBUS_ERROR_NOT_MIXING, perbus_connection_get_meter, output, mixer, 0, &meter);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_mixer_get_meter, player, &meter);
    CHECK(meter.peak[0] == 7.0f && meter.rms[1] == 7.0f && meter.clips == 7);
    WORKS(perbus_connection_get_meter(source, mixer, 1, &meter, &error));
    WORKS(perbus_mixer_get_meter(mixer, &meter, &error));
    WORKS(perbus_connection_set_volume(source, mixer, 1, 0.5f, &error));
    for (int block = 0; block < 12; block++) {
        hear(&left, &right);
    }
    WORKS(perbus_connection_get_meter(source, mixer, 1, &meter, &error));
    NEAR(meter.peak[0], 0.25f);
    NEAR(meter.rms[1], 0.25f);
    CHECK(meter.clips == 0);
    WORKS(perbus_mixer_get_meter(mixer, &meter, &error));
    NEAR(meter.peak[1], 0.25f);
    WORKS(perbus_connection_set_volume(source, mixer, 1, 1.0f, &error));
}

void test_fades_and_meters(void) {
    fades_end_where_they_are_sent();
    buses_fade();
    what_is_set_again_is_not_heard();
    meters_read_what_is_heard();
}
