/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Adopting: the engine of this program once more, by its native pointer. What a program does that
 *  makes its own with AVFAudio is in adopt/. */
#include "check.h"

static void native_pointers_lead_back(void) {
    void *av_engine = NULL, *av_node = NULL, *again = NULL;
    perbus_engine *adopted = NULL;
    perbus_node *node = NULL;
    uint32_t frames = 7;
    perbus_node_info info;
    WORKS(perbus_engine_get_native(engine, &av_engine, &error));
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    WORKS(perbus_engine_get_native(adopted, &again, &error));
    CHECK(av_engine != NULL && again == av_engine && adopted != engine);
    WORKS(perbus_engine_get_max_frames(adopted, &frames, &error));
    CHECK(frames == 512);

    WORKS(perbus_node_get_native(source, &av_node, &error));
    WORKS(perbus_node_adopt(av_node, &node, &error));
    WORKS(perbus_node_get_native(node, &again, &error));
    CHECK(av_node != NULL && again == av_node);
    CHECK(perbus_node_get_id(node) == perbus_node_get_id(source));
    WORKS(perbus_node_get_info(node, &info, &error));
    CHECK(info.attached && info.kind == PERBUS_KIND_SOURCE);
    perbus_node_release(node);
    perbus_engine_destroy(adopted);
}

static void an_adopted_engine_stays_as_it_is(void) {
    void *av_engine = NULL;
    perbus_engine *adopted = NULL;
    float left, right, volume = 0.0f;
    bool running = false;
    WORKS(perbus_engine_get_native(engine, &av_engine, &error));
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    WORKS(perbus_bus_set_volume(adopted, mixer, 1, 0.25f, &error));
    perbus_engine_destroy(adopted);
    WORKS(perbus_engine_is_running(engine, &running, &error));
    WORKS(perbus_connection_get_volume(source, mixer, 1, &volume, &error));
    CHECK(running && volume == 0.25f);
    hear(&left, &right);
    NEAR(left, 0.125f);
    NEAR(right, 0.125f);
    WORKS(perbus_connection_set_volume(source, mixer, 1, 1.0f, &error));
    hear(&left, &right);
}

static void its_mixers_do_not_grow(void) {
    void *av_engine = NULL;
    perbus_engine *adopted = NULL;
    perbus_node_info before, after;
    WORKS(perbus_engine_get_native(engine, &av_engine, &error));
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    WORKS(perbus_node_get_info(mixer, &before, &error));
    const perbus_destination past[] = {{mixer, 2}, {mixer, before.inputs}};
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect, adopted, player, 0, mixer,
          before.inputs, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect_many, adopted, player, 0, past, 2, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_add_destinations, adopted, player, 0, past, 2);
    WORKS(perbus_node_get_info(mixer, &after, &error));
    CHECK(after.inputs == before.inputs);
    /* Unless they are asked to, and through the handle of an engine of perbus's own. */
    WORKS(perbus_mixer_reserve(mixer, before.inputs + 1, &error));
    WORKS(perbus_engine_connect(adopted, player, 0, mixer, before.inputs, NULL, &error));
    WORKS(perbus_engine_connect(engine, player, 0, mixer, 0, NULL, &error));
    perbus_engine_destroy(adopted);
}

static void objects_of_another_class(void) {
    perbus_engine *made = NULL;
    perbus_node *node = NULL;
    void *av_engine = NULL, *av_node = NULL;
    WORKS(perbus_engine_get_native(engine, &av_engine, &error));
    WORKS(perbus_node_get_native(player, &av_node, &error));
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_adopt, av_node, &made);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_node_adopt, av_engine, &node);
    perbus_format format = {0};
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_format_from_native, av_engine, &format);
    CHECK(made == NULL && node == NULL && format.channels == 0);
}

void test_adopting(void) {
    native_pointers_lead_back();
    an_adopted_engine_stays_as_it_is();
    its_mixers_do_not_grow();
    objects_of_another_class();
}
