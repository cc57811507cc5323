/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nodes: identity, formats, the sources' own volume and pan, mixers. */
#include "check.h"

static void what_nodes_tell(void) {
    perbus_node_info info;
    perbus_format format = {0.0, 0};
    CHECK(perbus_node_get_id(player) != 0);
    CHECK(perbus_node_get_id(player) != perbus_node_get_id(source));
    WORKS(perbus_node_get_info(player, &info, &error));
    CHECK(info.attached && info.inputs == 0 && info.outputs == 1);
    WORKS(perbus_node_get_output_format(source, 0, &format, &error));
    CHECK(format.sample_rate == 48000.0 && format.channels == 2);
    WORKS(perbus_node_get_input_format(output, 0, &format, &error));
    CHECK(format.sample_rate == 48000.0 && format.channels == 2);
}

static void a_source_has_its_own_volume_and_pan(void) {
    float left, right, value = 0.0f;
    WORKS(perbus_node_set_volume(source, 0.5f, &error));
    WORKS(perbus_node_set_pan(source, 1.0f, &error));
    WORKS(perbus_node_get_volume(source, &value, &error));
    CHECK(value == 0.5f);
    WORKS(perbus_node_get_pan(source, &value, &error));
    CHECK(value == 1.0f);
    hear(&left, &right);
    hear(&left, &right);
    NEAR(left, 0.0f);
    NEAR(right, 0.25f);
    WORKS(perbus_node_set_volume(source, 1.0f, &error));
    WORKS(perbus_node_set_pan(source, 0.0f, &error));
    FAILS(PERBUS_ERROR_NOT_MIXING, perbus_node_set_volume, output, 0.5f);
    FAILS(PERBUS_ERROR_NOT_MIXING, perbus_node_set_pan, output, 0.5f);
}

static void mixers(void) {
    perbus_node *aux = NULL;
    perbus_node_info info;
    uint32_t bus = 7;
    float value = 0.0f;
    WORKS(perbus_mixer_get_next_bus(mixer, &bus, &error));
    CHECK(bus == 2);
    WORKS(perbus_mixer_create(&aux, &error));
    WORKS(perbus_engine_attach(engine, aux, &error));
    WORKS(perbus_mixer_set_output_volume(aux, 0.25f, &error));
    WORKS(perbus_mixer_get_output_volume(aux, &value, &error));
    CHECK(value == 0.25f);
    WORKS(perbus_mixer_reserve(aux, 20, &error));
    WORKS(perbus_node_get_info(aux, &info, &error));
    CHECK(info.inputs == 20);
    WORKS(perbus_mixer_reserve(aux, 1, &error));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_mixer_reserve, aux, 0);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_mixer_reserve, aux, PERBUS_MAX_BUSES + 1);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_mixer_reserve, player, 4);
    REJECTS(perbus_mixer_reserve, NULL, 4);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_mixer_set_output_volume, source, 0.5f);
    WORKS(perbus_node_get_info(aux, &info, &error));
    CHECK(info.inputs == 20);
    WORKS(perbus_engine_detach(engine, aux, &error));
    WORKS(perbus_node_get_info(aux, &info, &error));
    CHECK(!info.attached);
    perbus_node_release(aux);
}

void test_nodes(void) {
    what_nodes_tell();
    a_source_has_its_own_volume_and_pan();
    mixers();
}
