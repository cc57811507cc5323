/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Connections, sends, what is looked at, and the kinds of nodes. */
#include "desk.h"

/* By the bus itself, and to the next one that is free. */
void test_connecting_buses(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_node *group, *found;
    perbus_desk_bus *next, *all[4];
    uint32_t number;
    size_t count;
    WORKS(perbus_desk_mixer_create(stage.engine, &group, &error));
    WORKS(perbus_desk_mixer_connect_next(stage.mixer, group, NULL, &next, &error));
    WORKS(perbus_desk_bus_get_number(next, &number, &error));
    CHECK(number == 1);
    WORKS(perbus_desk_bus_set_volume(next, 0.5f, &error));
    NEAR(settled(&stage), 0.5f);
    WORKS(perbus_desk_bus_copy_source(next, &found, &error));
    CHECK(perbus_desk_node_get_id(found) == perbus_desk_node_get_id(group));
    perbus_desk_node_release(found);
    perbus_desk_bus_release(next);

    /* The source moves behind the group. */
    WORKS(perbus_desk_mixer_copy_bus(group, 4, &next, &error));
    WORKS(perbus_desk_bus_connect(next, stage.source, &MONO, &error));
    NEAR(settled(&stage), 0.25f);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_desk_bus_copy_source, stage.bus, &found);
    WORKS(perbus_desk_mixer_copy_buses(stage.mixer, all, 1, &count, &error));
    CHECK(count == 2);
    WORKS(perbus_desk_bus_get_number(all[0], &number, &error));
    CHECK(number == 0);
    perbus_desk_bus_release(all[0]);
    FAILS(PERBUS_ERROR_CYCLE, perbus_desk_bus_connect, next, stage.mixer, NULL);
    FAILS(PERBUS_ERROR_CYCLE, perbus_desk_mixer_connect_next, group, stage.mixer, NULL, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_mixer_connect_next, stage.source, group, NULL, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_mixer_copy_buses, stage.source, all, 1, &count);
    NEAR(settled(&stage), 0.25f);
    WORKS(perbus_desk_bus_disconnect(next, &error));
    WORKS(perbus_desk_bus_disconnect(next, &error));
    NEAR(settled(&stage), 0.0f);
    perbus_desk_bus_release(next);
    perbus_desk_node_release(group);
    end_stage(&stage);
}

void test_connections(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_node *drums, *output;
    perbus_desk_bus *strip;
    perbus_node_info info;
    perbus_format formats[32];
    perbus_point point;
    WORKS(perbus_desk_mixer_create(stage.engine, &drums, &error));
    WORKS(perbus_desk_engine_connect(stage.engine, drums, 0, stage.mixer, 1, &MONO, &error));
    WORKS(perbus_desk_mixer_copy_bus(drums, 0, &strip, &error));
    WORKS(perbus_desk_bus_set_volume(strip, 0.5f, &error));
    WORKS(perbus_desk_engine_add_destination(stage.engine, stage.source, 0, drums, 0, &error));
    NEAR(settled(&stage), 0.75f);
    WORKS(perbus_desk_engine_remove_destination(stage.engine, stage.source, 0, stage.mixer, 0,
                                                &error));
    NEAR(settled(&stage), 0.25f);
    perbus_desk_destination both[] = {{stage.mixer, 0}, {drums, 0}};
    WORKS(perbus_desk_engine_connect_many(stage.engine, stage.source, 0, both, 2, NULL, &error));
    NEAR(settled(&stage), 0.75f);
    REJECTS(perbus_desk_engine_connect_many, stage.engine, stage.source, 0, both, 0, NULL);
    both[1] = both[0];
    REJECTS(perbus_desk_engine_connect_many, stage.engine, stage.source, 0, both, 2, NULL);
    both[1].mixer = stage.source;
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_engine_connect_many, stage.engine, stage.source, 0,
          both, 2, NULL);
    FAILS(PERBUS_ERROR_CYCLE, perbus_desk_engine_connect, stage.engine, stage.mixer, 0, drums, 0,
          NULL);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_desk_engine_remove_destination, stage.engine,
          stage.source, 0, drums, 5);

    WORKS(perbus_desk_engine_get_source(stage.engine, drums, 0, &point, &error));
    CHECK(point.node == perbus_desk_node_get_id(stage.source) && point.bus == 0);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_desk_engine_get_source, stage.engine, drums, 9,
          &point);
    WORKS(perbus_desk_mixer_reserve(drums, 16, &error));
    WORKS(perbus_desk_engine_inspect(stage.engine, drums, &info, formats, 32, &error));
    CHECK(info.attached && info.inputs == 16 && info.outputs == 1);
    CHECK(formats[0].sample_rate == 48000.0 && formats[0].channels == 1 &&
          formats[16].channels == 1);
    WORKS(perbus_desk_engine_inspect(stage.engine, drums, &info, NULL, 0, &error));
    uint32_t next;
    WORKS(perbus_desk_mixer_get_next_bus(drums, &next, &error));
    CHECK(next == 1);

    /* What goes behind the desk's back is found. */
    perbus_desk_discrepancy found[2];
    size_t count = 99;
    WORKS(perbus_desk_engine_audit(stage.engine, found, 2, &count, &error));
    CHECK(count == 0);
    WORKS(perbus_engine_disconnect_input(perbus_desk_engine_get_raw(stage.engine),
                                         perbus_desk_node_get_raw(drums), 0, &error));
    WORKS(perbus_desk_engine_audit(stage.engine, found, 2, &count, &error));
    CHECK(count == 1 && found[0].at.node == perbus_desk_node_get_id(drums) && found[0].at.bus == 0);
    CHECK(found[0].tracked.node == perbus_desk_node_get_id(stage.source));
    CHECK(found[0].engine.node == 0);
    WORKS(perbus_desk_engine_disconnect_input(stage.engine, drums, 0, &error));
    WORKS(perbus_desk_engine_audit(stage.engine, NULL, 0, &count, &error));
    CHECK(count == 0);
    WORKS(perbus_desk_engine_disconnect_output(stage.engine, stage.source, 0, &error));
    NEAR(settled(&stage), 0.0f);

    char *text;
    WORKS(perbus_desk_engine_copy_dot(stage.engine, &text, &error));
    CHECK(strncmp(text, "digraph perbus {", 16) == 0);
    perbus_desk_text_free(text);
    WORKS(perbus_desk_mixer_copy_table(stage.mixer, &text, &error));
    CHECK(strstr(text, "label") != NULL);
    perbus_desk_text_free(text);

    /* Also nodes whose last handle is gone. */
    perbus_desk_node *lost, *nodes[8];
    WORKS(perbus_desk_player_create(stage.engine, &lost, &error));
    uint64_t id = perbus_desk_node_get_id(lost);
    bool known = false;
    perbus_desk_node_release(lost);
    WORKS(perbus_desk_engine_copy_nodes(stage.engine, NULL, 0, &count, &error));
    CHECK(count == 5);
    WORKS(perbus_desk_engine_copy_nodes(stage.engine, nodes, 8, &count, &error));
    for (size_t i = 0; i < count; i++) {
        known = known || perbus_desk_node_get_id(nodes[i]) == id;
        perbus_desk_node_release(nodes[i]);
    }
    CHECK(known);

    WORKS(perbus_desk_engine_detach(stage.engine, drums, &error));
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_desk_engine_detach, stage.engine, drums);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_desk_bus_set_volume, strip, 1.0f);
    WORKS(perbus_desk_engine_attach(stage.engine, drums, &error));
    WORKS(perbus_desk_engine_copy_output(stage.engine, &output, &error));
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_engine_detach, stage.engine, output);
    perbus_desk_node_release(output);
    perbus_desk_bus_release(strip);
    perbus_desk_node_release(drums);
    end_stage(&stage);
}

static void test_equalizer(stage *stage) {
    perbus_desk_node *equalizer;
    perbus_band band = {PERBUS_FILTER_LOW_SHELF, 1000.0f, -6.0f, 0.5f, false}, found;
    uint32_t bands;
    float gain;
    bool bypassed;
    WORKS(perbus_desk_equalizer_create(stage->engine, 2, &equalizer, &error));
    WORKS(perbus_desk_equalizer_get_band_count(equalizer, &bands, &error));
    CHECK(bands == 2);
    WORKS(perbus_desk_equalizer_set_band(equalizer, 1, &band, &error));
    WORKS(perbus_desk_equalizer_get_band(equalizer, 1, &found, &error));
    CHECK(found.type == band.type && found.frequency == 1000.0f && found.gain == -6.0f);
    band.type = 11;
    REJECTS(perbus_desk_equalizer_set_band, equalizer, 1, &band);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_equalizer_get_band, equalizer, 2, &found);
    WORKS(perbus_desk_equalizer_set_global_gain(equalizer, -3.0f, &error));
    WORKS(perbus_desk_equalizer_get_global_gain(equalizer, &gain, &error));
    CHECK(gain == -3.0f);
    WORKS(perbus_desk_equalizer_set_bypassed(equalizer, true, &error));
    WORKS(perbus_desk_equalizer_is_bypassed(equalizer, &bypassed, &error));
    CHECK(bypassed);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_equalizer_set_bypassed, stage->source, true);
    /* The strip reaches the source through it. */
    WORKS(perbus_desk_engine_connect(stage->engine, stage->source, 0, equalizer, 0, NULL, &error));
    WORKS(perbus_desk_engine_connect(stage->engine, equalizer, 0, stage->mixer, 0, NULL, &error));
    WORKS(perbus_desk_bus_set_volume(stage->bus, 0.5f, &error));
    NEAR(settled(stage), 0.25f);
    perbus_desk_node_release(equalizer);
}

static void test_matrix(stage *stage) {
    perbus_desk_node *matrix;
    uint32_t inputs, outputs;
    float value, levels[6], stereo[6] = {0.5f, -0.25f, 1.0f, 1.0f, 1.0f, 1.0f};
    WORKS(perbus_desk_matrix_create(stage->engine, 1, 1, &matrix, &error));
    WORKS(perbus_desk_engine_connect(stage->engine, stage->source, 0, matrix, 0, &MONO, &error));
    WORKS(perbus_desk_engine_connect(stage->engine, matrix, 0, stage->mixer, 2, &MONO, &error));
    WORKS(perbus_desk_matrix_set_identity(matrix, &error));
    WORKS(perbus_desk_matrix_set_input(matrix, 0, 1.0f, &error));
    WORKS(perbus_desk_matrix_set_output(matrix, 0, 1.0f, &error));
    WORKS(perbus_desk_matrix_set_master(matrix, 0.5f, &error));
    NEAR(settled(stage), 0.25f);
    WORKS(perbus_desk_matrix_invert(matrix, &error));
    NEAR(settled(stage), -0.25f);
    WORKS(perbus_desk_matrix_enable_input(matrix, 0, false, &error));
    NEAR(settled(stage), 0.0f);
    WORKS(perbus_desk_matrix_enable_input(matrix, 0, true, &error));
    WORKS(perbus_desk_matrix_enable_output(matrix, 0, true, &error));

    /* Levels hold when the matrix is connected in another format, by whichever call. */
    perbus_desk_destination there = {stage->mixer, 2};
    WORKS(perbus_desk_engine_connect_many(stage->engine, matrix, 0, &there, 1, &STEREO, &error));
    WORKS(perbus_desk_matrix_get_dimensions(matrix, &inputs, &outputs, &error));
    CHECK(inputs == 1 && outputs == 2);
    WORKS(perbus_desk_matrix_set_levels(matrix, stereo, 2, 3, &error));
    WORKS(perbus_desk_engine_connect_many(stage->engine, matrix, 0, &there, 1, &MONO, &error));
    WORKS(perbus_desk_engine_connect_many(stage->engine, matrix, 0, &there, 1, &STEREO, &error));
    WORKS(perbus_desk_matrix_get_levels(matrix, levels, 2, 3, &error));
    CHECK(memcmp(levels, stereo, sizeof stereo) == 0);
    REJECTS(perbus_desk_matrix_get_levels, matrix, levels, 3, 3);
    REJECTS(perbus_desk_matrix_set_levels, matrix, levels, 0, 0);
    /* More than the array has are not read. */
    REJECTS(perbus_desk_matrix_set_levels, matrix, levels, 3, 3);
    REJECTS(perbus_desk_matrix_set_levels, matrix, levels, UINT32_MAX, UINT32_MAX);
    WORKS(perbus_desk_matrix_set_crosspoint(matrix, 0, 1, 0.75f, &error));
    WORKS(perbus_desk_matrix_get_crosspoint(matrix, 0, 1, &value, &error));
    CHECK(value == 0.75f);
    WORKS(perbus_desk_matrix_get_input(matrix, 0, &value, &error));
    CHECK(value == 1.0f);
    WORKS(perbus_desk_matrix_get_output(matrix, 1, &value, &error));
    CHECK(value == 1.0f);
    WORKS(perbus_desk_matrix_get_master(matrix, &value, &error));
    CHECK(value == 1.0f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_matrix_set_crosspoint, matrix, 1, 0, 0.5f);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_matrix_clear, stage->mixer);
    WORKS(perbus_desk_matrix_clear(matrix, &error));
    NEAR(settled(stage), 0.0f);
    perbus_desk_node_release(matrix);
}

void test_kinds(void) {
    stage stage;
    make_stage(&stage);
    perbus_kind kind;
    perbus_desk_engine *again;
    perbus_format format;
    uint32_t frames;
    WORKS(perbus_desk_node_get_kind(stage.source, &kind, &error));
    CHECK(kind == PERBUS_KIND_SOURCE);
    WORKS(perbus_desk_node_get_kind(stage.mixer, &kind, &error));
    CHECK(kind == PERBUS_KIND_MIXER);
    CHECK(perbus_node_get_id(perbus_desk_node_get_raw(stage.mixer)) ==
          perbus_desk_node_get_id(stage.mixer));
    WORKS(perbus_desk_node_copy_engine(stage.mixer, &again, &error));
    WORKS(perbus_desk_engine_get_format(again, &format, &error));
    CHECK(format.sample_rate == 48000.0 && format.channels == 1);
    WORKS(perbus_desk_engine_get_max_frames(again, &frames, &error));
    CHECK(frames == 512);
    WORKS(perbus_desk_engine_set_render_threads(again, 2, &error));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_engine_set_render_threads, again, 0);
    perbus_desk_engine_release(again);

    perbus_meter meter;
    WORKS(perbus_desk_bus_get_meter(stage.bus, &meter, &error));
    WORKS(perbus_desk_mixer_get_meter(stage.mixer, &meter, &error));
    last_of(&stage, 4096);
    last_of(&stage, 4096);
    WORKS(perbus_desk_bus_get_meter(stage.bus, &meter, &error));
    NEAR(meter.peak[0], 0.5f);
    WORKS(perbus_desk_mixer_get_meter(stage.mixer, &meter, &error));
    NEAR(meter.rms[0], 0.5f);
    test_equalizer(&stage);
    test_matrix(&stage);
    end_stage(&stage);
}
