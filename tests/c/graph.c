/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Connections, tracking, and nodes that are detached or belong to another engine. */
#include "check.h"

static void tracking_tells_what_the_engine_has(void) {
    perbus_point point = {0, 9}, *points = NULL;
    size_t points_count = 0;
    WORKS(perbus_track_input(engine, mixer, 1, &point, &error));
    CHECK(point.node == perbus_node_get_id(source) && point.bus == 0);
    WORKS(perbus_track_outputs(engine, source, 0, &points, &points_count, &error));
    CHECK(points_count == 1 && points[0].node == perbus_node_get_id(mixer) && points[0].bus == 1);
    perbus_points_free(points);
    WORKS(perbus_engine_disconnect_input(engine, mixer, 1, &error));
    WORKS(perbus_track_outputs(engine, source, 0, &points, &points_count, &error));
    CHECK(points_count == 0 && points == NULL);
}

static void other_engines_and_detached_nodes(void) {
    perbus_engine *other = NULL;
    perbus_point point, *points = NULL;
    size_t count = 7;
    WORKS(perbus_engine_create_offline(&STEREO, 64, &other, &error));
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_engine_attach, other, player);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_engine_detach, other, player);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_track_input, other, mixer, 0, &point);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_bus_set_volume, other, mixer, 0, 0.5f);
    FAILS(PERBUS_ERROR_CYCLE, perbus_engine_connect, engine, mixer, 0, mixer, 3, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_detach, engine, mixer);
    WORKS(perbus_engine_detach(engine, player, &error));
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_engine_detach, engine, player);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_engine_connect, engine, player, 0, mixer, 0, NULL);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_engine_disconnect_output, engine, player, 0);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_track_outputs, engine, player, 0, &points, &count);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_connection_set_volume, player, mixer, 0, 0.5f);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_player_play, player);
    /* Once detached, it may be attached to the other engine. */
    WORKS(perbus_engine_attach(other, player, &error));
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_engine_connect, engine, player, 0, mixer, 0, NULL);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_engine_connect, other, player, 0, mixer, 0, NULL);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_engine_disconnect_input, other, mixer, 0);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_engine_disconnect_output, other, source, 0);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_track_outputs, engine, player, 0, &points, &count);
    CHECK(points == NULL && count == 7);
    perbus_engine_destroy(other);
    /* The remaining nodes of a destroyed engine belong to none. */
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_engine_detach, engine, player);
}

static void several_destinations_in_one_batch(void) {
    perbus_node *aux = NULL;
    perbus_point *points = NULL;
    size_t count = 0;
    float left, right;
    WORKS(perbus_mixer_create(&aux, &error));
    WORKS(perbus_engine_begin_batch(engine, &error));
    WORKS(perbus_engine_attach(engine, aux, &error));
    WORKS(perbus_engine_connect(engine, aux, 0, mixer, 2, NULL, &error));
    perbus_destination two[] = {{mixer, 1}, {aux, 0}};
    WORKS(perbus_engine_connect_many(engine, source, 0, two, 2, &STEREO, &error));
    WORKS(perbus_engine_end_batch(engine, &error));
    hear(&left, &right);
    hear(&left, &right);
    NEAR(left, 1.0f);
    WORKS(perbus_track_outputs(engine, source, 0, &points, &count, &error));
    CHECK(count == 2);
    perbus_points_free(points);

    FAILS(PERBUS_ERROR_INVALID_ARGUMENT, perbus_engine_end_batch, engine);
    REJECTS(perbus_engine_begin_batch, NULL);
    REJECTS(perbus_engine_begin_edit, NULL);
    WORKS(perbus_engine_begin_edit(engine, &error));
    WORKS(perbus_engine_begin_batch(engine, &error));
    WORKS(perbus_engine_end_batch(engine, &error));
    WORKS(perbus_engine_end_batch(engine, &error));
    REJECTS(perbus_engine_end_batch, engine);
    REJECTS(perbus_engine_end_batch, NULL);
    REJECTS(perbus_engine_connect_many, engine, source, 0, NULL, 2, &STEREO);
    REJECTS(perbus_engine_connect_many, engine, source, 0, two, 0, &STEREO);
    two[1] = two[0];
    REJECTS(perbus_engine_connect_many, engine, source, 0, two, 2, &STEREO);
    two[1].bus = PERBUS_MAX_BUSES;
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect_many, engine, source, 0, two, 2,
          &STEREO);
    two[1] = (perbus_destination){source, 0};
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect_many, engine, source, 0, two, 2,
          &STEREO);
    hear(&left, &right);
    NEAR(left, 1.0f);
    WORKS(perbus_engine_disconnect_output(engine, aux, 0, &error));
    hear(&left, &right);
    hear(&left, &right);
    NEAR(left, 0.5f);
    WORKS(perbus_engine_detach(engine, aux, &error));
    perbus_node_release(aux);

    /* A list of new buses that is refused for its rate adds none. */
    perbus_destination added[] = {{mixer, 40}, {mixer, 41}};
    perbus_format slow = {.sample_rate = 100.0, .channels = 2};
    perbus_node_info before, after;
    WORKS(perbus_node_get_info(mixer, &before, &error));
    WORKS(perbus_engine_stop(engine, &error));
    FAILS(PERBUS_ERROR_EXCEPTION, perbus_engine_connect_many, engine, source, 0, added, 2, &slow);
    WORKS(perbus_engine_start(engine, &error));
    WORKS(perbus_node_get_info(mixer, &after, &error));
    CHECK(before.inputs <= 40 && after.inputs == before.inputs);
    /* The same while it runs; one that is not refused adds them. */
    FAILS(PERBUS_ERROR_EXCEPTION, perbus_engine_connect_many, engine, source, 0, added, 2, &slow);
    WORKS(perbus_node_get_info(mixer, &after, &error));
    CHECK(after.inputs == before.inputs);
    WORKS(perbus_engine_connect_many(engine, source, 0, added, 2, &STEREO, &error));
    WORKS(perbus_node_get_info(mixer, &after, &error));
    CHECK(after.inputs == 42);
    hear(&left, &right);
    NEAR(left, 1.0f);
    WORKS(perbus_engine_connect(engine, source, 0, mixer, 1, &STEREO, &error));
}

/* No connection from an output, to a source, or beyond the buses of a node. */
static void ends_that_cannot_be_connected(void) {
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect, engine, output, 0, mixer, 3, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect, engine, source, 0, player, 0, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect, engine, source, 1, mixer, 3, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_disconnect_output, engine, source, 1);
}

void test_graph(void) {
    several_destinations_in_one_batch();
    ends_that_cannot_be_connected();
    tracking_tells_what_the_engine_has();
    other_engines_and_detached_nodes();
}
