/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Volume and pan by bus and by connection. */
#include "check.h"

static void per_bus_calls_are_heard(void) {
    float left, right, value = 0.0f;
    hear(&left, &right);
    NEAR(left, 0.5f);
    NEAR(right, 0.5f);
    /* The source feeds bus 1: both ways lead to the same fader. */
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
    WORKS(perbus_bus_set_pan(engine, mixer, 1, 0.0f, &error));
    WORKS(perbus_bus_get_volume(engine, mixer, 1, &value, &error));
    CHECK(value == 1.0f);
}

static void many_at_once(void) {
    float left, right, value = 0.0f;
    perbus_engine *other = NULL;
    perbus_connection_change changes[] = {{source, mixer, 1, 0.5f, -1.0f},
                                          {player, mixer, 0, 0.25f, 0.5f}};
    WORKS(perbus_connections_apply(engine, changes, 2, &error));
    WORKS(perbus_connections_apply(engine, NULL, 0, &error));
    WORKS(perbus_connection_get_pan(player, mixer, 0, &value, &error));
    CHECK(value == 0.5f);
    hear(&left, &right);
    hear(&left, &right);
    NEAR(left, 0.25f);
    NEAR(right, 0.0f);

    /* The second entry is invalid, so the first is not set either. */
    changes[0].volume = changes[1].volume = 1.0f;
    changes[1].pan = 1.5f;
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_connections_apply, engine, changes, 2);
    changes[1] = (perbus_connection_change){player, mixer, 5, 1.0f, 0.0f};
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_connections_apply, engine, changes, 2);
    changes[1] = (perbus_connection_change){output, mixer, 0, 1.0f, 0.0f};
    FAILS(PERBUS_ERROR_NOT_MIXING, perbus_connections_apply, engine, changes, 2);
    changes[1] = (perbus_connection_change){NULL, mixer, 0, 1.0f, 0.0f};
    REJECTS(perbus_connections_apply, engine, changes, 2);
    REJECTS(perbus_connections_apply, engine, NULL, 2);
    REJECTS(perbus_connections_apply, NULL, changes, 1);
    WORKS(perbus_engine_create_offline(&STEREO, 64, &other, &error));
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_connections_apply, other, changes, 1);
    perbus_engine_destroy(other);
    WORKS(perbus_connection_get_volume(source, mixer, 1, &value, &error));
    CHECK(value == 0.5f);

    changes[0] = (perbus_connection_change){source, mixer, 1, 1.0f, 0.0f};
    changes[1] = (perbus_connection_change){player, mixer, 0, 1.0f, 0.0f};
    WORKS(perbus_connections_apply(engine, changes, 2, &error));
}

/* What would clip a converter is no limit of the mix. */
static void volumes_amplify(void) {
    float left, right, value = 0.0f;
    WORKS(perbus_bus_set_volume(engine, mixer, 1, 4.0f, &error));
    WORKS(perbus_bus_get_volume(engine, mixer, 1, &value, &error));
    CHECK(value == 4.0f);
    hear(&left, &right);
    hear(&left, &right);
    NEAR(left, 2.0f);
    NEAR(right, 2.0f);
    WORKS(perbus_mixer_set_output_volume(mixer, 4.0f, &error));
    hear(&left, &right);
    hear(&left, &right);
    NEAR(left, 8.0f);
    WORKS(perbus_mixer_set_output_volume(mixer, 1.0f, &error));
    WORKS(perbus_connection_set_volume(source, mixer, 1, 1.0f, &error));
    WORKS(perbus_node_set_volume(source, 4.0f, &error));
    hear(&left, &right);
    hear(&left, &right);
    NEAR(right, 2.0f);
    WORKS(perbus_node_set_volume(source, 1.0f, &error));
    WORKS(perbus_bus_fade_volume(engine, mixer, 1, 4.0f, 512, PERBUS_CURVE_LINEAR, &error));
    hear(&left, &right);
    NEAR(left, 2.0f);
    WORKS(perbus_bus_set_volume(engine, mixer, 1, 1.0f, &error));
    hear(&left, &right);
    hear(&left, &right);
}

void test_gains(void) {
    per_bus_calls_are_heard();
    volumes_amplify();
    many_at_once();
}
