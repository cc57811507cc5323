/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Engines: their states, their clock, and one for the device. */
#include "check.h"

static void states_of_an_offline_engine(void) {
    perbus_engine *own = NULL;
    perbus_node *main_mixer = NULL, *again = NULL, *out = NULL;
    perbus_format format = {0.0, 0};
    const perbus_format mono = {44100.0, 1};
    float samples[64], *channels[] = {samples};
    int64_t time = 7;
    bool running = true;
    WORKS(perbus_engine_create_offline(&mono, 64, &own, &error));
    WORKS(perbus_engine_get_format(own, &format, &error));
    CHECK(format.sample_rate == 44100.0 && format.channels == 1);
    WORKS(perbus_engine_copy_main_mixer(own, &main_mixer, &error));
    WORKS(perbus_engine_copy_main_mixer(own, &again, &error));
    WORKS(perbus_engine_copy_output(own, &out, &error));
    CHECK(perbus_node_get_id(main_mixer) == perbus_node_get_id(again));
    CHECK(perbus_node_get_id(main_mixer) != perbus_node_get_id(out));

    WORKS(perbus_engine_is_running(own, &running, &error));
    CHECK(!running);
    FAILS(PERBUS_ERROR_NOT_RUNNING, perbus_engine_render, own, 64, channels, 1);
    WORKS(perbus_engine_prepare(own, &error));
    WORKS(perbus_engine_start(own, &error));
    WORKS(perbus_engine_is_running(own, &running, &error));
    CHECK(running);
    WORKS(perbus_engine_render(own, 64, channels, 1, &error));
    WORKS(perbus_engine_render(own, 0, channels, 1, &error));
    CHECK(samples[0] == 0.0f && samples[63] == 0.0f);
    WORKS(perbus_engine_get_sample_time(own, &time, &error));
    CHECK(time == 64);
    WORKS(perbus_engine_pause(own, &error));
    WORKS(perbus_engine_is_running(own, &running, &error));
    CHECK(!running);
    WORKS(perbus_engine_start(own, &error));
    WORKS(perbus_engine_reset(own, &error));
    WORKS(perbus_engine_get_sample_time(own, &time, &error));
    CHECK(time == 0);
    WORKS(perbus_engine_stop(own, &error));
    FAILS(PERBUS_ERROR_NOT_RUNNING, perbus_engine_render, own, 64, channels, 1);

    /* Handles of nodes may outlive the engine. */
    perbus_engine_destroy(own);
    perbus_node_release(main_mixer);
    perbus_node_release(again);
    perbus_node_release(out);
}

/* The device itself stays closed: not every machine has one, and drivers leak. */
static void an_engine_for_the_device(void) {
    perbus_engine *own = NULL;
    float sample, *channels[] = {&sample};
    int64_t time = 7;
    WORKS(perbus_engine_create(&own, &error));
    WORKS(perbus_engine_get_sample_time(own, &time, &error));
    CHECK(time == 0);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_render, own, 1, channels, 1);
    perbus_engine_destroy(own);
}

void test_engines(void) {
    states_of_an_offline_engine();
    an_engine_for_the_device();
}
