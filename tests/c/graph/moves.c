/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nodes that move from engine to engine: whatever they were part of, they sound like new ones. */
#include "graph.h"
#include "world.h"

enum { WALKS = 8, STEPS = 400 };

static void walk(uint32_t seed) {
    random_seed(seed);
    world_walk(STEPS);
    if (check_failures > 0) {
        printf("in walk %u\n", seed);
    }
}

/* As many edits of one engine as of the other, and a node that was the last one examined there. */
static void equal_counts(void) {
    for (int edits = 0; edits < 24; edits++) {
        perbus_engine *engines[2];
        perbus_node *mains[2], *aux, *source;
        float left[64], right[64], *channels[] = {left, right};
        WORKS(perbus_mixer_create(&aux, &error));
        WORKS(perbus_source_create(&STEREO, render_half, NULL, NULL, &source, &error));
        for (int e = 0; e < 2; e++) {
            WORKS(perbus_engine_create_offline(&STEREO, 64, &engines[e], &error));
            WORKS(perbus_engine_copy_main_mixer(engines[e], &mains[e], &error));
            WORKS(perbus_engine_start(engines[e], &error));
        }
        WORKS(perbus_engine_attach(engines[0], source, &error));
        for (int i = 0; i < 8; i++) {
            WORKS(perbus_engine_connect(engines[0], source, 0, mains[0], 0, NULL, &error));
            WORKS(perbus_engine_render(engines[0], 64, channels, 2, &error));
        }
        WORKS(perbus_engine_attach(engines[1], aux, &error));
        for (int i = 0; i < edits; i++) {
            WORKS(perbus_engine_connect(engines[1], aux, 0, mains[1], 0, NULL, &error));
        }
        WORKS(perbus_engine_connect(engines[1], aux, 0, mains[1], 0, NULL, &error));
        WORKS(perbus_engine_detach(engines[0], source, &error));
        WORKS(perbus_engine_attach(engines[1], source, &error));
        WORKS(perbus_engine_connect(engines[1], source, 0, aux, 0, NULL, &error));
        for (int i = 0; i < 20; i++) {
            WORKS(perbus_engine_render(engines[1], 64, channels, 2, &error));
        }
        CHECK(left[63] == 0.5f && right[63] == 0.5f);
        for (int e = 0; e < 2; e++) {
            perbus_node_release(mains[e]);
            perbus_engine_destroy(engines[e]);
        }
        perbus_node_release(aux);
        perbus_node_release(source);
    }
}

/* Two effects in series, and a source that is reconnected to both: the source controls the bus they
 *  feed. */
static void one_destination_behind_another(void) {
    for (int order = 0; order < 2; order++) {
        perbus_engine *engine;
        perbus_node *main, *source, *other, *effects[2];
        float volume = 0;
        WORKS(perbus_engine_create_offline(&STEREO, 64, &engine, &error));
        WORKS(perbus_engine_copy_main_mixer(engine, &main, &error));
        WORKS(perbus_source_create(&STEREO, render_half, NULL, NULL, &source, &error));
        WORKS(perbus_source_create(&STEREO, render_half, NULL, NULL, &other, &error));
        WORKS(perbus_engine_attach(engine, source, &error));
        WORKS(perbus_engine_attach(engine, other, &error));
        for (int i = 0; i < 2; i++) {
            WORKS(perbus_equalizer_create(1, &effects[i], &error));
            WORKS(perbus_engine_attach(engine, effects[i], &error));
        }
        WORKS(perbus_engine_connect(engine, other, 0, effects[0], 0, NULL, &error));
        WORKS(perbus_engine_connect(engine, effects[0], 0, effects[1], 0, NULL, &error));
        WORKS(perbus_engine_connect(engine, effects[1], 0, main, 0, NULL, &error));
        WORKS(perbus_connection_set_volume(other, main, 0, 0.25f, &error));
        const perbus_destination both[] = {{effects[order], 0}, {effects[1 - order], 0}};
        WORKS(perbus_engine_connect_many(engine, source, 0, both, 2, &STEREO, &error));
        WORKS(perbus_connection_get_volume(source, main, 0, &volume, &error));
        CHECK(volume == 1.0f);
        WORKS(perbus_node_set_volume(source, 0.75f, &error));
        WORKS(perbus_connection_get_volume(source, main, 0, &volume, &error));
        CHECK(volume == 0.75f);
        perbus_node_release(main);
        perbus_node_release(source);
        perbus_node_release(other);
        perbus_node_release(effects[0]);
        perbus_node_release(effects[1]);
        perbus_engine_destroy(engine);
    }
}

void test_moves(void) {
    one_destination_behind_another();
    equal_counts();
    for (uint32_t seed = 1; seed <= WALKS && check_failures == 0; seed++) {
        walk(seed);
    }
}
