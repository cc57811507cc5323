/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Engines: their states, their clock, and an engine for the device. */
#include "check.h"

static void states_of_an_offline_engine(void) {
    perbus_engine *own = NULL;
    perbus_node *main_mixer = NULL, *again = NULL, *out = NULL;
    perbus_format format = {.sample_rate = 0.0, .channels = 0};
    const perbus_format mono = {.sample_rate = 44100.0, .channels = 1};
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

/* Two sub-mixers of 16 buses, rendered by one thread and by two, give the same samples. */
static void several_threads(void) {
    enum { BUSES = 32, FRAMES = 256 };
    const perbus_format mono = {.sample_rate = 48000.0, .channels = 1};
    float once[FRAMES], again[FRAMES];
    for (uint32_t threads = 1; threads <= 2; threads++) {
        perbus_engine *own = NULL;
        perbus_node *main_mixer = NULL, *subs[2] = {NULL}, *players[BUSES] = {NULL};
        float *channels[] = {threads == 1 ? once : again};
        WORKS(perbus_engine_create_offline(&mono, FRAMES, &own, &error));
        WORKS(perbus_engine_copy_main_mixer(own, &main_mixer, &error));
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_set_render_threads, own, 0);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_set_render_threads, own,
              PERBUS_MAX_RENDER_THREADS + 1);
        WORKS(perbus_engine_set_render_threads(own, threads, &error));
        for (uint32_t m = 0; m < 2; m++) {
            WORKS(perbus_mixer_create(&subs[m], &error));
            WORKS(perbus_engine_attach(own, subs[m], &error));
            WORKS(perbus_engine_connect(own, subs[m], 0, main_mixer, m, &mono, &error));
        }
        for (uint32_t b = 0; b < BUSES; b++) {
            perbus_node *sub = subs[b % 2];
            perbus_buffer *buffer = NULL;
            WORKS(perbus_buffer_create(&mono, FRAMES, &buffer, &error));
            float *samples = perbus_buffer_get_channel(buffer, 0);
            for (uint32_t i = 0; i < FRAMES; i++) {
                samples[i] = (float)((i * 7 + b * 13) % 17) / 170.0f;
            }
            WORKS(perbus_player_create(&players[b], &error));
            WORKS(perbus_engine_attach(own, players[b], &error));
            WORKS(perbus_engine_connect(own, players[b], 0, sub, b / 2, &mono, &error));
            WORKS(perbus_connection_set_volume(players[b], sub, b / 2, 0.3f, &error));
            WORKS(perbus_player_schedule(players[b], buffer, NULL, &error));
            perbus_buffer_release(buffer);
        }
        WORKS(perbus_engine_start(own, &error));
        for (uint32_t b = 0; b < BUSES; b++) {
            WORKS(perbus_player_play(players[b], &error));
        }
        WORKS(perbus_engine_render(own, FRAMES, channels, 1, &error));
        for (uint32_t b = 0; b < BUSES; b++) {
            perbus_node_release(players[b]);
        }
        perbus_node_release(subs[0]);
        perbus_node_release(subs[1]);
        perbus_node_release(main_mixer);
        perbus_engine_destroy(own);
    }
    CHECK(once[1] > 0.0f && memcmp(once, again, sizeof once) == 0);
}

void test_engines(void) {
    states_of_an_offline_engine();
    several_threads();
    an_engine_for_the_device();
}
