/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Many connections of one source: all at once, and one after the other. */
#include "graph.h"
#include "world.h"

enum { ALL = 10000, ONE_BY_ONE = 4000 };

perbus_engine *engine;
perbus_node *source;
static perbus_node *main_mixer, *aux;

static void create(void) {
    WORKS(perbus_engine_create_offline(&STEREO, 64, &engine, &error));
    WORKS(perbus_engine_copy_main_mixer(engine, &main_mixer, &error));
    WORKS(perbus_mixer_create(&aux, &error));
    WORKS(perbus_source_create(&STEREO, render_half, NULL, NULL, &source, &error));
    WORKS(perbus_engine_attach(engine, source, &error));
    WORKS(perbus_engine_attach(engine, aux, &error));
    WORKS(perbus_engine_connect(engine, aux, 0, main_mixer, ALL, &STEREO, &error));
    WORKS(perbus_engine_start(engine, &error));
}

static void destroy(void) {
    perbus_node_release(main_mixer);
    perbus_node_release(aux);
    perbus_node_release(source);
    perbus_engine_destroy(engine);
}

static float hear_now(void) {
    float left[64], right[64], *channels[] = {left, right};
    for (int i = 0; i < 20; i++) {
        WORKS(perbus_engine_render(engine, 64, channels, 2, &error));
    }
    return left[63];
}

static void feeds(size_t count) {
    perbus_point *points = NULL;
    size_t found = 0;
    WORKS(perbus_track_outputs(engine, source, 0, &points, &found, &error));
    CHECK(found == count);
    for (size_t i = 0; i < found; i++) {
        CHECK(points[i].bus == i);
    }
    perbus_points_free(points);
}

static void all_at_once(void) {
    static perbus_destination all[ALL];
    create();
    for (uint32_t i = 0; i < ALL; i++) {
        all[i] = (perbus_destination){aux, i};
    }
    WORKS(perbus_engine_connect_many(engine, source, 0, all, ALL, &STEREO, &error));
    feeds(ALL);
    WORKS(perbus_mixer_set_output_volume(aux, 1.0f / ALL, &error));
    CHECK(fabsf(hear_now() - 0.5f) < 1e-4f);
    all[ALL - 1].bus = 17;
    REJECTS(perbus_engine_connect_many, engine, source, 0, all, ALL, &STEREO);
    feeds(ALL);
    WORKS(perbus_engine_connect_many(engine, source, 0, all, ALL / 2, &STEREO, &error));
    feeds(ALL / 2);
    CHECK(fabsf(hear_now() - 0.25f) < 1e-4f);
    destroy();
}

static void one_by_one(void) {
    float volume = 0;
    create();
    for (uint32_t i = 0; i < ONE_BY_ONE; i++) {
        perbus_destination one = {aux, i};
        WORKS(perbus_engine_add_destinations(engine, source, 0, &one, 1, &error));
        if (i == 7) {
            WORKS(perbus_connection_set_volume(source, aux, 7, 0.25f, &error));
        }
    }
    feeds(ONE_BY_ONE);
    WORKS(perbus_connection_get_volume(source, aux, 7, &volume, &error));
    CHECK(volume == 0.25f);
    /* Existing connections continue unchanged. */
    const perbus_destination again[] = {{aux, 7}, {aux, ONE_BY_ONE}};
    WORKS(perbus_engine_add_destinations(engine, source, 0, again, 2, &error));
    feeds(ONE_BY_ONE + 1);
    WORKS(perbus_connection_get_volume(source, aux, 7, &volume, &error));
    CHECK(volume == 0.25f);
    const perbus_destination twice[] = {{aux, 7}, {aux, 7}};
    REJECTS(perbus_engine_add_destinations, engine, source, 0, twice, 2);
    REJECTS(perbus_engine_add_destinations, engine, source, 0, again, 0);
    REJECTS(perbus_engine_add_destinations, engine, source, 0, NULL, 1);
    REJECTS(perbus_engine_add_destinations, NULL, source, 0, again, 1);
    REJECTS(perbus_engine_add_destinations, engine, NULL, 0, again, 1);
    FAILS(PERBUS_ERROR_CYCLE, perbus_engine_add_destinations, engine, aux, 0, again, 2);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_add_destinations, engine, source, 1, again, 1);
    feeds(ONE_BY_ONE + 1);
    destroy();
}

void test_growth(void) {
    all_at_once();
    one_by_one();
}
