/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Engines that are closed while others hold them, calls from where they may not be made, and NULL. */
#include <pthread.h>

#include "desk.h"

static perbus_status inside, closing_inside;
static perbus_desk_engine *called;

static bool call_the_desk(void *context, int64_t time, uint32_t frames, float *const *channels,
                          uint32_t channel_count) {
    inside = perbus_desk_in_render() ? perbus_desk_engine_stop(called, NULL) : PERBUS_OK;
    closing_inside = perbus_desk_engine_close(called, NULL);
    return render_half(context, time, frames, channels, channel_count);
}

static void test_calls_from_a_render_function(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_node *source;
    called = stage.engine;
    WORKS(
        perbus_desk_source_create(stage.engine, &MONO, call_the_desk, NULL, NULL, &source, &error));
    WORKS(perbus_desk_engine_connect(stage.engine, source, 0, stage.mixer, 0, NULL, &error));
    NEAR(settled(&stage), 0.5f);
    CHECK(!perbus_desk_in_render());
    CHECK(inside == PERBUS_ERROR_IN_RENDER && closing_inside == PERBUS_ERROR_IN_RENDER);
    perbus_desk_node_release(source);
    end_stage(&stage);
}

static bool is_silent(void *context, int64_t time, uint32_t frames, float *const *channels,
                      uint32_t channel_count) {
    render_half(context, time, frames, channels, channel_count);
    return true;
}

static void test_close(void) {
    stage stage;
    make_stage(&stage);
    ends counted = {0};
    perbus_desk_fade *fade;
    perbus_desk_node *player, *quiet;
    float volume, pan;
    WORKS(perbus_desk_player_create(stage.engine, &player, &error));
    WORKS(perbus_desk_source_create(stage.engine, &MONO, is_silent, NULL, NULL, &quiet, &error));
    WORKS(perbus_desk_engine_connect(stage.engine, quiet, 0, stage.mixer, 1, NULL, &error));
    WORKS(perbus_desk_bus_fade_to(stage.bus, 0.25f, 1.0, 0, count_end, &counted, &fade, &error));
    WORKS(perbus_desk_bus_fade_pan_to(stage.bus, -1.0f, 1.0, count_end, &counted, NULL, &error));
    last_of(&stage, 100);
    WORKS(perbus_desk_engine_close(stage.engine, &error));
    WORKS(perbus_desk_engine_close(stage.engine, &error));
    CHECK(counted.replaced == 2 && counted.finished == 0);
    CHECK(atomic_load(&stage.destroyed) == 1);
    WORKS(perbus_desk_bus_get_volume(stage.bus, &volume, &error));
    WORKS(perbus_desk_bus_get_pan(stage.bus, &pan, &error));
    CHECK(volume == 0.25f && pan == -1.0f);

    float samples[8], *channels[] = {samples};
    perbus_desk_node *node;
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_start, stage.engine);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_render, stage.engine, 8, channels, 1);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_mixer_create, stage.engine, &node);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_connect, stage.engine, player, 0, stage.mixer, 1,
          NULL);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_set_mixer_volume_for_bus, stage.engine,
          stage.mixer, 0.5f, 0, NULL);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_bus_set_volume, stage.bus, 0.5f);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_player_play, player);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_fade_cancel, fade);
    perbus_desk_fade_release(fade);
    perbus_desk_node_release(player);
    perbus_desk_node_release(quiet);
    end_stage(&stage);
}

static void *set_until_closed(void *context) {
    stage *stage = context;
    for (float volume = 0.25f;; volume = 0.75f - volume) {
        perbus_status status = perbus_desk_engine_set_mixer_volume_for_bus(
            stage->engine, stage->mixer, volume, 0, NULL, NULL);
        if (status != PERBUS_OK) {
            return (void *)(intptr_t)status;
        }
    }
}

static void *connect_until_closed(void *context) {
    stage *stage = context;
    for (uint32_t bus = 0;; bus = 1 - bus) {
        perbus_status status = perbus_desk_engine_connect(stage->engine, stage->source, 0,
                                                          stage->mixer, bus, NULL, NULL);
        if (status != PERBUS_OK) {
            return (void *)(intptr_t)status;
        }
    }
}

/* Every call reports that the engine was closed, and nothing else. */
static void test_close_beside_calls(void) {
    void *(*work[])(void *) = {set_until_closed, render_until_closed, connect_until_closed};
    for (int round = 0; round < 10; round++) {
        stage stage;
        pthread_t threads[3];
        make_stage(&stage);
        for (int i = 0; i < 3; i++) {
            CHECK(pthread_create(&threads[i], NULL, work[i], &stage) == 0);
        }
        settled(&stage);
        WORKS(perbus_desk_engine_close(stage.engine, &error));
        for (int i = 0; i < 3; i++) {
            void *status;
            pthread_join(threads[i], &status);
            CHECK((intptr_t)status == PERBUS_ERROR_CLOSED);
        }
        end_stage(&stage);
    }
}

static void close_it(void *context, perbus_desk_fade_end end) {
    (void)end;
    /* Calls and closes from a callback wait for nothing that waits for them. */
    WORKS(perbus_desk_bus_set_muted(((stage *)context)->bus, false, &error));
    WORKS(perbus_desk_engine_close(((stage *)context)->engine, &error));
}

static void test_close_from_a_callback(void) {
    stage stage;
    make_stage(&stage);
    WORKS(perbus_desk_bus_fade_to(stage.bus, 0.0f, 0.001, 0, close_it, &stage, NULL, &error));
    last_of(&stage, 256);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_start, stage.engine);
    end_stage(&stage);
}

void test_closing(void) {
    test_close_from_a_callback();
    test_calls_from_a_render_function();
    test_close();
    test_close_beside_calls();
}

void test_nothing(void) {
    perbus_desk_engine *engine = NULL;
    perbus_desk_engine_release(NULL);
    perbus_desk_node_release(NULL);
    perbus_desk_bus_release(NULL);
    perbus_desk_fade_release(NULL);
    perbus_desk_scene_release(NULL);
    perbus_desk_buffer_release(NULL);
    perbus_desk_text_free(NULL);
    CHECK(perbus_desk_node_get_id(NULL) == 0);
    CHECK(perbus_desk_node_get_raw(NULL) == NULL && perbus_desk_engine_get_raw(NULL) == NULL);
    REJECTS(perbus_desk_engine_create_offline, NULL, 512, &engine);
    REJECTS(perbus_desk_engine_create_offline, &MONO, 512, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_engine_create_offline, &MONO, 0, &engine);
    FAILS(PERBUS_ERROR_FORMAT, perbus_desk_engine_create_offline,
          &((perbus_format){.sample_rate = 48000.0, .channels = 65}), 512, &engine);
    perbus_format stems = {.sample_rate = 48000.0, .channels = 6, .layout = PERBUS_LAYOUT_DISCRETE};
    perbus_desk_engine *wide;
    WORKS(perbus_desk_engine_create_offline(&stems, 512, &wide, &error));
    stems.layout = PERBUS_LAYOUT_USUAL;
    WORKS(perbus_desk_engine_get_format(wide, &stems, &error));
    CHECK(stems.channels == 6 && stems.layout == PERBUS_LAYOUT_DISCRETE);
    perbus_desk_engine_release(wide);
    for (int layout = PERBUS_LAYOUT_MONO; layout <= PERBUS_LAYOUT_7_1_C + 1; layout++) {
        stems.layout = (perbus_layout)layout;
        if (layout != PERBUS_LAYOUT_5_1) {
            FAILS(PERBUS_ERROR_FORMAT, perbus_desk_engine_create_offline, &stems, 512, &wide);
        }
    }
    REJECTS(perbus_desk_engine_create, NULL);
    REJECTS(perbus_desk_engine_start, NULL);
    REJECTS(perbus_desk_bus_set_volume, NULL, 0.5f);
    CHECK(engine == NULL);

    stage stage;
    make_stage(&stage);
    float samples[4], *channels[] = {samples}, *none[] = {NULL};
    perbus_desk_node *node = NULL;
    perbus_desk_engine *device;
    REJECTS(perbus_desk_engine_set_mixer_volume_for_bus, stage.engine, NULL, 0.5f, 0, NULL);
    REJECTS(perbus_desk_engine_connect, stage.engine, NULL, 0, stage.mixer, 0, NULL);
    REJECTS(perbus_desk_engine_render, stage.engine, 4, NULL, 1);
    REJECTS(perbus_desk_engine_render, stage.engine, 4, none, 1);
    FAILS(PERBUS_ERROR_FORMAT, perbus_desk_engine_render, stage.engine, 4, channels, 2);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_engine_render, stage.engine, 513, channels, 1);
    WORKS(perbus_desk_engine_render(stage.engine, 0, none, 1, &error));
    REJECTS(perbus_desk_source_create, stage.engine, &MONO, NULL, NULL, NULL, &node);
    REJECTS(perbus_desk_bus_get_volume, stage.bus, NULL);
    CHECK(node == NULL);
    perbus_desk_engine *again;
    WORKS(perbus_desk_engine_copy(stage.engine, &again, &error));
    perbus_desk_engine_release(again);
    end_stage(&stage);

    WORKS(perbus_desk_engine_create(&device, &error));
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_engine_render, device, 0, (float *[]){NULL, NULL},
          2);
    perbus_desk_engine_release(device);
}
