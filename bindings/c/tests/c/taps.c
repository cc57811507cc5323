/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Taps: their blocks against the rendered samples, and how they end. */
#include "desk.h"

enum { BLOCK = 512, HEARD = 20 * BLOCK, LENGTH = 4800 };

typedef struct listener {
    float samples[HEARD];
    uint32_t frames, calls;
    int64_t next; /* sample time */
    bool joined;
    perbus_desk_engine *closes; /* in the first call */
    atomic_int ends;
} listener;

static void hear_block(void *context, const perbus_tap_block *block) {
    listener *heard = context;
    CHECK(block->sample_rate == 48000.0 && block->channel_count == 1);
    heard->joined = heard->calls == 0 || (heard->joined && block->sample_time == heard->next);
    heard->next = block->sample_time + block->frames;
    for (uint32_t i = 0; i < block->frames && heard->frames < HEARD; i++) {
        heard->samples[heard->frames++] = block->channels[0][i];
    }
    if (heard->calls++ == 0 && heard->closes != NULL) {
        WORKS(perbus_desk_engine_close(heard->closes, &error));
    }
}

static void end_listener(void *context) {
    atomic_fetch_add(&((listener *)context)->ends, 1);
}

static bool render_saw(void *context, int64_t time, uint32_t frames, float *const *channels,
                       uint32_t channel_count) {
    (void)context, (void)channel_count;
    for (uint32_t i = 0; i < frames; i++) {
        channels[0][i] = (float)((time + i) % 1000 + 1) / 1000.0f;
    }
    return false;
}

static void render(perbus_desk_engine *engine, float *samples) {
    for (uint32_t at = 0; at < HEARD; at += BLOCK) {
        float *channels[] = {samples + at};
        WORKS(perbus_desk_engine_render(engine, BLOCK, channels, 1, &error));
    }
}

static void test_blocks(void) {
    static float samples[HEARD];
    static listener heard;
    stage stage;
    perbus_desk_node *saw;
    perbus_tap *tap, *source_tap;
    static listener unheard;
    uint64_t dropped = 7;
    make_stage(&stage);
    WORKS(perbus_desk_source_create(stage.engine, &MONO, render_saw, NULL, NULL, &saw, &error));
    WORKS(perbus_desk_engine_connect(stage.engine, saw, 0, stage.mixer, 1, NULL, &error));
    WORKS(perbus_desk_bus_set_volume(stage.bus, 0.5f, &error));
    WORKS(perbus_desk_tap_create(stage.mixer, 0, LENGTH, hear_block, &heard, end_listener, &tap,
                                 &error));
    /* What leaves the source is not what its strip makes of it. */
    WORKS(perbus_desk_tap_create(stage.source, 0, LENGTH, hear_block, &unheard, end_listener,
                                 &source_tap, &error));
    render(stage.engine, samples);
    WORKS(perbus_tap_wait(tap, &error));
    CHECK(heard.calls == HEARD / LENGTH && heard.frames == heard.calls * LENGTH);
    WORKS(perbus_tap_get_dropped(tap, &dropped, &error));
    CHECK(dropped == 0 && atomic_load(&heard.ends) == 0);
    perbus_tap_destroy(tap);
    perbus_tap_destroy(source_tap);
    CHECK(heard.joined && heard.next == HEARD && heard.frames == HEARD);
    CHECK(memcmp(heard.samples, samples, sizeof samples) == 0);
    NEAR(heard.samples[HEARD - 1], 0.25f + (float)((HEARD - 1) % 1000 + 1) / 1000.0f);
    CHECK(unheard.frames == HEARD && unheard.samples[HEARD - 1] == 0.5f);
    CHECK(atomic_load(&heard.ends) == 1 && atomic_load(&unheard.ends) == 1);
    perbus_desk_node_release(saw);
    end_stage(&stage);
}

static void test_refusals(void) {
    static listener heard;
    stage stage;
    perbus_tap *tap, *second = NULL;
    make_stage(&stage);
#define TAPS(node, bus, frames) node, bus, frames, hear_block, &heard, end_listener, &second
    REJECTS(perbus_desk_tap_create, TAPS(NULL, 0, LENGTH));
    REJECTS(perbus_desk_tap_create, stage.mixer, 0, LENGTH, NULL, &heard, end_listener, &second);
    REJECTS(perbus_desk_tap_create, stage.mixer, 0, LENGTH, hear_block, &heard, end_listener, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_tap_create, TAPS(stage.mixer, 1, LENGTH));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_tap_create, TAPS(stage.mixer, 0, 0));
    WORKS(perbus_desk_tap_create(stage.mixer, 0, LENGTH, hear_block, &heard, NULL, &tap, &error));
    REJECTS(perbus_desk_tap_create, TAPS(stage.mixer, 0, LENGTH));
    WORKS(perbus_desk_engine_close(stage.engine, &error));
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_tap_create, TAPS(stage.mixer, 0, LENGTH));
    CHECK(second == NULL && atomic_load(&heard.ends) == 0);
    end_stage(&stage);
    /* It may outlive its engine. */
    perbus_tap_destroy(tap);
}

static void test_close_from_a_callback(void) {
    static float samples[BLOCK];
    static listener heard;
    stage stage;
    perbus_tap *tap;
    make_stage(&stage);
    heard.closes = stage.engine;
    WORKS(perbus_desk_tap_create(stage.source, 0, BLOCK, hear_block, &heard, end_listener, &tap,
                                 &error));
    for (perbus_status status = PERBUS_OK; status != PERBUS_ERROR_CLOSED;) {
        status = perbus_desk_engine_render(stage.engine, BLOCK, &(float *){samples}, 1, NULL);
        CHECK(status == PERBUS_OK || status == PERBUS_ERROR_CLOSED);
    }
    perbus_tap_destroy(tap);
    CHECK(heard.samples[0] == 0.5f && atomic_load(&heard.ends) == 1);
    end_stage(&stage);
}

/* Where the engine has no meters, taps feed them when they may. */
static void test_meter_taps(void) {
    static float samples[HEARD];
    static listener heard;
    stage stage;
    perbus_tap *tap;
    perbus_meter meter = {0};
    bool on = true;
    make_stage_with_manners(&stage, "no-meters");
    WORKS(perbus_desk_engine_get_meter_taps(stage.engine, &on, &error));
    CHECK(!on);
    REJECTS(perbus_desk_engine_get_meter_taps, stage.engine, NULL);
    REJECTS(perbus_desk_engine_set_meter_taps, NULL, true);
    FAILS(PERBUS_ERROR_UNSUPPORTED, perbus_desk_bus_get_meter, stage.bus, &meter);
    FAILS(PERBUS_ERROR_UNSUPPORTED, perbus_desk_mixer_get_meter, stage.mixer, &meter);
    WORKS(perbus_desk_engine_set_meter_taps(stage.engine, true, &error));
    WORKS(perbus_desk_engine_get_meter_taps(stage.engine, &on, &error));
    CHECK(on);
    WORKS(perbus_desk_bus_set_volume(stage.bus, 0.5f, &error));
    WORKS(perbus_desk_bus_get_meter(stage.bus, &meter, &error));
    WORKS(perbus_desk_mixer_get_meter(stage.mixer, &meter, &error));
    render(stage.engine, samples);
    WORKS(perbus_desk_bus_get_meter(stage.bus, &meter, &error));
    NEAR(meter.peak[0], 0.25f);
    WORKS(perbus_desk_mixer_get_meter(stage.mixer, &meter, &error));
    NEAR(meter.rms[0], 0.25f);
    /* The program's tap has precedence. */
    WORKS(perbus_desk_tap_create(stage.source, 0, LENGTH, hear_block, &heard, NULL, &tap, &error));
    REJECTS(perbus_desk_bus_get_meter, stage.bus, &meter);
    perbus_tap_destroy(tap);
    WORKS(perbus_desk_bus_get_meter(stage.bus, &meter, &error));
    WORKS(perbus_desk_engine_set_meter_taps(stage.engine, false, &error));
    FAILS(PERBUS_ERROR_UNSUPPORTED, perbus_desk_bus_get_meter, stage.bus, &meter);
    WORKS(perbus_desk_engine_close(stage.engine, &error));
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_set_meter_taps, stage.engine, true);
    end_stage(&stage);
}

void test_taps(void) {
    test_blocks();
    test_refusals();
    test_close_from_a_callback();
    test_meter_taps();
}
