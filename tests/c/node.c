/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Nodes: identity, formats, the sources' own volume and pan, mixers. */
#include "check.h"

static void what_nodes_tell(void) {
    perbus_node_info info;
    perbus_format format = {.sample_rate = 0.0, .channels = 0};
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

static perbus_kind kind_of(perbus_node *node) {
    perbus_node_info info;
    WORKS(perbus_node_get_info(node, &info, &error));
    CHECK(info.attached);
    return info.kind;
}

/* Attaches a node, releases its last handle, and finds it again; returns its id. */
static uint64_t lose(perbus_node *node, perbus_kind kind) {
    perbus_node *again = NULL;
    uint64_t id = perbus_node_get_id(node);
    WORKS(perbus_engine_attach(engine, node, &error));
    perbus_node_release(node);
    WORKS(perbus_engine_copy_node(engine, id, &again, &error));
    CHECK(perbus_node_get_id(again) == id && kind_of(again) == kind);
    perbus_node_release(again);
    return id;
}

static void nodes_outlive_their_handles(void) {
    perbus_node *made = NULL, **nodes = NULL;
    size_t before = 0, count_now = 0, found = 0;
    atomic_int ends = 0;
    float left, right;
    uint64_t lost[5];
    WORKS(perbus_engine_copy_nodes(engine, &nodes, &before, &error));
    perbus_nodes_free(nodes, before);
    /* Main mixer, output, player and source. */
    CHECK(before == 4 && kind_of(output) == PERBUS_KIND_OUTPUT);
    WORKS(perbus_source_create(&STEREO, render_half, &ends, count, &made, &error));
    WORKS(perbus_engine_attach(engine, made, &error));
    WORKS(perbus_engine_connect(engine, made, 0, mixer, 2, NULL, &error));
    lost[0] = lose(made, PERBUS_KIND_SOURCE);
    WORKS(perbus_mixer_create(&made, &error));
    lost[1] = lose(made, PERBUS_KIND_MIXER);
    WORKS(perbus_player_create(&made, &error));
    lost[2] = lose(made, PERBUS_KIND_PLAYER);
    WORKS(perbus_equalizer_create(1, &made, &error));
    lost[3] = lose(made, PERBUS_KIND_EQUALIZER);
    WORKS(perbus_matrix_create(1, 1, &made, &error));
    lost[4] = lose(made, PERBUS_KIND_MATRIX);
    hear(&left, &right);
    hear(&left, &right);
    NEAR(left, 1.0f); /* the source sounds on */

    WORKS(perbus_engine_copy_nodes(engine, &nodes, &count_now, &error));
    CHECK(count_now == before + 5);
    for (size_t i = 0; i < count_now; i++) {
        for (size_t other = 0; other < 5; other++) {
            if (perbus_node_get_id(nodes[i]) == lost[other]) {
                found++;
                WORKS(perbus_engine_detach(engine, nodes[i], &error));
            }
        }
    }
    CHECK(found == 5 && atomic_load(&ends) == 0);
    perbus_nodes_free(nodes, count_now);
    CHECK(atomic_load(&ends) == 1);
    hear(&left, &right);
    NEAR(left, 0.5f);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_engine_copy_node, engine, lost[0], &made);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_engine_copy_node, engine, 0, &made);
    REJECTS(perbus_engine_copy_node, NULL, lost[0], &made);
    REJECTS(perbus_engine_copy_node, engine, lost[0], NULL);
    REJECTS(perbus_engine_copy_nodes, NULL, &nodes, &count_now);
    REJECTS(perbus_engine_copy_nodes, engine, NULL, &count_now);
    REJECTS(perbus_engine_copy_nodes, engine, &nodes, NULL);
}

void test_nodes(void) {
    what_nodes_tell();
    a_source_has_its_own_volume_and_pan();
    mixers();
    nodes_outlive_their_handles();
}
