/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Engines and their graph. */
#include "desk.h"

CALL(create_engine, perbus_engine_create(&desk->made_engine, error))

static perbus_status destroy_engine(desk *desk, perbus_error *error) {
    (void)error;
    perbus_engine_destroy(desk->made_engine);
    desk->made_engine = NULL;
    return PERBUS_OK;
}

CALL(create_offline, perbus_engine_create_offline(&STEREO, BLOCK, &desk->made_engine, error))
CALL(get_format, perbus_engine_get_format(desk->engine, OUT(perbus_format, 0), error))
CALL(get_max_frames, perbus_engine_get_max_frames(desk->engine, OUT(uint32_t, 0), error))
CALL(is_running, perbus_engine_is_running(desk->engine, OUT(bool, 0), error))
CALL(get_time, perbus_engine_get_sample_time(desk->engine, OUT(int64_t, 0), error))
CALL(two_threads, perbus_engine_set_render_threads(desk->engine, 2, error))
CALL(one_thread, perbus_engine_set_render_threads(desk->engine, 1, error))
CALL(pause_engine, perbus_engine_pause(desk->engine, error))
CALL(stop_engine, perbus_engine_stop(desk->engine, error))
CALL(prepare, perbus_engine_prepare(desk->engine, error))
CALL(start, perbus_engine_start(desk->engine, error))
CALL(reset, perbus_engine_reset(desk->engine, error))
PLAIN(version, CHECK(perbus_version() == PERBUS_VERSION))
PLAIN(status_name, CHECK(perbus_status_name(PERBUS_OK) != NULL))
PLAIN(host_time, CHECK(perbus_get_host_time() != 0))

/* In blocks of its own, at a frame that both desks are at. */
static perbus_status render(desk *desk, perbus_error *error) {
    float *channels[] = {(float *)(void *)desk->result, (float *)(void *)(desk->result + 512)};
    return perbus_engine_render(desk->engine, 100, channels, 2, error);
}

static perbus_status get_render_time(desk *desk, perbus_error *error) {
    perbus_render_time time;
    perbus_status status = perbus_engine_get_render_time(desk->engine, &time, error);
    if (status == PERBUS_OK) {
        memcpy(desk->result, &time.sample_time, sizeof time.sample_time);
    }
    return status;
}

CALL(copy_main_mixer, perbus_engine_copy_main_mixer(desk->other, &desk->made, error))
CALL(copy_output, perbus_engine_copy_output(desk->engine, &desk->made, error))
CALL(copy_input, perbus_engine_copy_input(desk->other, &desk->made, error))
CALL(copy_node,
     perbus_engine_copy_node(desk->engine, perbus_node_get_id(desk->subs[0]), &desk->made, error))

static perbus_status release(desk *desk, perbus_error *error) {
    (void)error;
    perbus_node_release(desk->made);
    desk->made = NULL;
    return PERBUS_OK;
}

static perbus_status copy_nodes(desk *desk, perbus_error *error) {
    perbus_node **nodes = NULL;
    size_t count = 0;
    perbus_status status = perbus_engine_copy_nodes(desk->engine, &nodes, &count, error);
    CHECK((status == PERBUS_OK) == (nodes != NULL));
    desk->result[0] = (unsigned char)(status == PERBUS_OK ? count : desk->result[0]);
    perbus_nodes_free(nodes, count);
    return status;
}

static perbus_status track_outputs(desk *desk, perbus_error *error) {
    perbus_point *points = NULL;
    size_t count = 0;
    perbus_status status =
        perbus_track_outputs(desk->engine, desk->voices[0], 0, &points, &count, error);
    CHECK((status == PERBUS_OK) == (points != NULL));
    desk->result[0] = (unsigned char)(status == PERBUS_OK ? count : desk->result[0]);
    perbus_points_free(points);
    return status;
}

static perbus_status track_input(desk *desk, perbus_error *error) {
    perbus_point point = {7, 7};
    perbus_status status = perbus_track_input(desk->engine, desk->subs[0], 0, &point, error);
    CHECK(status == PERBUS_OK || (point.node == 7 && point.bus == 7));
    return status;
}

CALL(attach, perbus_engine_attach(desk->engine, desk->spare, error))
CALL(connect, perbus_engine_connect(desk->engine, desk->spare, 0, desk->main_mixer, 9, NULL, error))
CALL(reserve, perbus_mixer_reserve(desk->spare, 40, error))
CALL(detach, perbus_engine_detach(desk->engine, desk->spare, error))

static perbus_status connect_many(desk *desk, perbus_error *error) {
    const perbus_destination two[] = {{desk->subs[0], 0}, {desk->main_mixer, 11}};
    return perbus_engine_connect_many(desk->engine, desk->voices[0], 0, two, 2, NULL, error);
}

static perbus_status add_destinations(desk *desk, perbus_error *error) {
    const perbus_destination two[] = {{desk->subs[1], 7}, {desk->main_mixer, 30}};
    return perbus_engine_add_destinations(desk->engine, desk->voices[0], 0, two, 2, error);
}

CALL(disconnect_input, perbus_engine_disconnect_input(desk->engine, desk->main_mixer, 30, error))
CALL(disconnect_output, perbus_engine_disconnect_output(desk->engine, desk->voices[0], 0, error))
CALL(connect_again,
     perbus_engine_connect(desk->engine, desk->voices[0], 0, desk->subs[0], 0, NULL, error))
CALL(begin_batch, perbus_engine_begin_batch(desk->engine, error))
CALL(begin_edit, perbus_engine_begin_edit(desk->engine, error))
CALL(end_batch, perbus_engine_end_batch(desk->engine, error))
CALL(node_info, perbus_node_get_info(desk->subs[0], OUT(perbus_node_info, 0), error))
CALL(input_format, perbus_node_get_input_format(desk->subs[0], 0, OUT(perbus_format, 0), error))
CALL(output_format, perbus_node_get_output_format(desk->subs[0], 0, OUT(perbus_format, 0), error))
CALL(next_bus, perbus_mixer_get_next_bus(desk->subs[0], OUT(uint32_t, 0), error))
CALL(create_mixer, perbus_mixer_create(&desk->made, error))
CALL(create_player, perbus_player_create(&desk->made, error))
CALL(create_mono_player,
     perbus_player_create_with_format(&(perbus_format){44100.0, 1, PERBUS_LAYOUT_MONO}, &desk->made,
                                      error))
CALL(create_equalizer, perbus_equalizer_create(7, &desk->made, error))
CALL(create_matrix, perbus_matrix_create(2, 30, &desk->made, error))

static perbus_status create_source(desk *desk, perbus_error *error) {
    perbus_status status =
        perbus_source_create(&STEREO, render_half, &desk->destroyed, count, &desk->made, error);
    desk->given += status == PERBUS_OK;
    return status;
}

static perbus_status adopt_engine(desk *desk, perbus_error *error) {
    void *native = NULL;
    WORKS(perbus_engine_get_native(desk->engine, &native, &error));
    return perbus_engine_adopt(native, &desk->adopted, error);
}

static perbus_status adopt_node(desk *desk, perbus_error *error) {
    void *native = NULL;
    WORKS(perbus_node_get_native(desk->player, &native, &error));
    return perbus_node_adopt(native, &desk->made, error);
}

/* A node is no format: that is refused. */
static perbus_status format_of_a_node(desk *desk, perbus_error *error) {
    void *native = NULL;
    WORKS(perbus_node_get_native(desk->player, &native, &error));
    return perbus_format_from_native(native, OUT(perbus_format, 0), error);
}

const step GRAPH_STEPS[] = {{"create an engine", create_engine},
                            {"destroy it", destroy_engine},
                            {"create one offline", create_offline},
                            {"destroy that", destroy_engine},
                            {"get the format", get_format},
                            {"get the longest block", get_max_frames},
                            {"is it running", is_running},
                            {"get the time", get_time},
                            {"two threads", two_threads},
                            {"render with two", render},
                            {"one thread", one_thread},
                            {"render with one", render},
                            {"get the render time", get_render_time},
                            {"version", version},
                            {"a status's name", status_name},
                            {"the host time", host_time},
                            {"copy the main mixer", copy_main_mixer},
                            {"release it", release},
                            {"copy the output", copy_output},
                            {"release that", release},
                            {"copy the input", copy_input},
                            {"release the input", release},
                            {"copy a node", copy_node},
                            {"release the node", release},
                            {"copy all nodes", copy_nodes},
                            {"track outputs", track_outputs},
                            {"track an input", track_input},
                            {"attach", attach},
                            {"reserve", reserve},
                            {"connect", connect},
                            {"detach", detach},
                            {"connect many", connect_many},
                            {"add destinations", add_destinations},
                            {"render the new ones", render},
                            {"disconnect an input", disconnect_input},
                            {"disconnect an output", disconnect_output},
                            {"begin a batch", begin_batch},
                            {"connect again in a batch", connect_again},
                            {"end the batch", end_batch},
                            {"begin an edit", begin_edit},
                            {"connect many in an edit", connect_many},
                            {"end the edit", end_batch},
                            {"a node's info", node_info},
                            {"an input's format", input_format},
                            {"an output's format", output_format},
                            {"the next bus", next_bus},
                            {"create a mixer", create_mixer},
                            {"release the mixer", release},
                            {"create a player", create_player},
                            {"release the player", release},
                            {"create a player of mono", create_mono_player},
                            {"release that player", release},
                            {"create an equalizer", create_equalizer},
                            {"release the equalizer", release},
                            {"create a matrix", create_matrix},
                            {"release the matrix", release},
                            {"create a source", create_source},
                            {"release the source", release},
                            {"adopt an engine", adopt_engine},
                            {"adopt a node", adopt_node},
                            {"release what was adopted", release},
                            {"describe a format", format_of_a_node},
                            {"pause", pause_engine},
                            {"start", start},
                            {"reset", reset},
                            {"stop", stop_engine},
                            {"prepare", prepare},
                            {"start anew", start},
                            {NULL, NULL}};
