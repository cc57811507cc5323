/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The pan laws of a mixer's mono inputs. */
#include "automation.h"

enum { BLOCK = 512, SAMPLE_RATE = 48000 };

static perbus_engine *studio;
static perbus_node *bus_mixer, *voices[2]; /* mono and stereo */
static float heard[2][BLOCK];

static void nothing(void *context) {
    (void)context;
}

static void listen(void) {
    float *channels[2] = {heard[0], heard[1]};
    WORKS(perbus_engine_render(studio, BLOCK, channels, 2, &error));
}

static void studio_make(uint32_t channels) {
    const perbus_format format = {.sample_rate = SAMPLE_RATE, .channels = channels};
    WORKS(perbus_engine_create_offline(&STEREO, BLOCK, &studio, &error));
    WORKS(perbus_engine_copy_main_mixer(studio, &bus_mixer, &error));
    WORKS(perbus_source_create(&format, render_half, NULL, nothing, &voices[0], &error));
    WORKS(perbus_engine_attach(studio, voices[0], &error));
    WORKS(perbus_engine_connect(studio, voices[0], 0, bus_mixer, 0, &format, &error));
    WORKS(perbus_engine_start(studio, &error));
}

static void studio_end(void) {
    perbus_node_release(voices[0]);
    perbus_node_release(bus_mixer);
    perbus_engine_destroy(studio);
}

/* The source's 0.5 at this volume and pan. */
static void expect(const float *at, double volume, double pan) {
    double angle = (pan + 1) * acos(-1.0) / 4;
    CHECK(fabs((double)at[0] - 0.5 * volume * cos(angle)) <= 1e-6);
    CHECK(fabs((double)at[1] - 0.5 * volume * sin(angle)) <= 1e-6);
}

static void constant_power(void) {
    studio_make(1);
    WORKS(perbus_mixer_set_pan_law(bus_mixer, PERBUS_PAN_LAW_CONSTANT_POWER, &error));
    listen();
    for (int step = -10; step <= 10; step++) {
        float pan = (float)step / 10.0f;
        float volume = (float)(step + 12) / 6.0f;
        WORKS(perbus_connection_set_pan(voices[0], bus_mixer, 0, pan, &error));
        WORKS(perbus_connection_set_volume(voices[0], bus_mixer, 0, volume, &error));
        listen();
        const float last[2] = {heard[0][BLOCK - 1], heard[1][BLOCK - 1]};
        expect(last, (double)volume, (double)pan);
        CHECK(step > -10 || last[1] == 0.0f);
        CHECK(step < 10 || last[0] == 0.0f);
    }
    /* Volume and pan fade at once, exact to the frame, under the law. */
    WORKS(perbus_connection_fade_volume(voices[0], bus_mixer, 0, 0.5f, 300, PERBUS_CURVE_LINEAR,
                                        &error));
    WORKS(perbus_connection_fade_pan(voices[0], bus_mixer, 0, -1.0f, 400, &error));
    listen();
    double from = 22.0 / 6.0;
    for (int i = 0; i < BLOCK; i++) {
        double volume = from + (0.5 - from) * fmin(1.0, (i + 1) / 300.0);
        const float at[2] = {heard[0][i], heard[1][i]};
        expect(at, volume, 1.0 - 2.0 * fmin(1.0, (i + 1) / 400.0));
    }
    studio_end();
}

/* A change of law is a ramp in what is mono, and nothing at all in what is not. */
static void change_of_law(void) {
    for (uint32_t channels = 1; channels <= 2; channels++) {
        studio_make(channels);
        WORKS(perbus_connection_set_pan(voices[0], bus_mixer, 0, 0.25f, &error));
        listen();
        listen();
        double before[2] = {0.5 * 0.75, 0.5};
        CHECK(fabs((double)heard[0][0] - before[0]) <= 1e-6);
        WORKS(perbus_mixer_set_pan_law(bus_mixer, PERBUS_PAN_LAW_CONSTANT_POWER, &error));
        listen();
        double angle = 1.25 * acos(-1.0) / 4;
        double after[2] = {0.5 * cos(angle), 0.5 * sin(angle)};
        for (int side = 0; side < 2; side++) {
            double to = channels == 1 ? after[side] : before[side];
            for (int i = 0; i < BLOCK; i++) {
                double done = fmin(1.0, (i + 1) / (double)RAMP);
                double expected = before[side] + (to - before[side]) * done;
                CHECK(fabs((double)heard[side][i] - expected) <= 1e-6);
            }
        }
        WORKS(perbus_mixer_set_pan_law(bus_mixer, PERBUS_PAN_LAW_BALANCE, &error));
        listen();
        CHECK(fabs((double)heard[0][BLOCK - 1] - before[0]) <= 1e-6);
        CHECK(fabs((double)heard[1][BLOCK - 1] - before[1]) <= 1e-6);
        studio_end();
    }
}

/* The law belongs to the mixer: what is connected later has it from its first frame on. */
static void connected_later(void) {
    const perbus_format mono = {.sample_rate = SAMPLE_RATE, .channels = 1};
    const double half = 0.5 * sqrt(0.5);
    studio_make(1);
    WORKS(perbus_engine_disconnect_input(studio, bus_mixer, 0, &error));
    WORKS(perbus_mixer_set_pan_law(bus_mixer, PERBUS_PAN_LAW_CONSTANT_POWER, &error));
    listen();
    WORKS(perbus_engine_connect(studio, voices[0], 0, bus_mixer, 3, &mono, &error));
    listen();
    for (int i = 0; i < BLOCK; i++) {
        CHECK(fabs((double)heard[0][i] - half) <= 1e-6 && fabs((double)heard[1][i] - half) <= 1e-6);
    }
    studio_end();
}

void test_pan_laws(void) {
    REJECTS(perbus_mixer_set_pan_law, mixer, (perbus_pan_law)2);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_mixer_set_pan_law, player, PERBUS_PAN_LAW_BALANCE);
    constant_power();
    change_of_law();
    connected_later();
}
