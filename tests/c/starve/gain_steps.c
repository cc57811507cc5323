/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Volumes, pans, fades, automation, masters, meters and levels. */
#include "desk.h"

#define VOICE desk->voices[0], desk->subs[0], 0
#define BUS desk->engine, desk->subs[1], 1

static const perbus_automation_point LATER[] = {
    {PERBUS_MAX_TIME - 2, 0.5f, 100, PERBUS_CURVE_LINEAR},
    {PERBUS_MAX_TIME - 1, 0.25f, 0, PERBUS_CURVE_LINEAR}};

CALL(set_volume, perbus_connection_set_volume(VOICE, 0.5f, error))
CALL(get_volume, perbus_connection_get_volume(VOICE, OUT(float, 0), error))
CALL(set_pan, perbus_connection_set_pan(VOICE, 0.25f, error))
CALL(get_pan, perbus_connection_get_pan(VOICE, OUT(float, 0), error))
CALL(fade, perbus_connection_fade_volume(VOICE, 0.75f, 2000, PERBUS_CURVE_LINEAR, error))
CALL(fade_pan, perbus_connection_fade_pan(VOICE, -1.0f, 900, error))
CALL(automate, perbus_connection_automate(VOICE, PERBUS_CONTROL_VOLUME, 1 << 30, LATER, 2, error))
CALL(meter, perbus_connection_get_meter(VOICE, OUT(perbus_meter, 0), error))
CALL(mixer_meter, perbus_mixer_get_meter(desk->subs[1], OUT(perbus_meter, 0), error))

static perbus_status apply(desk *desk, perbus_error *error) {
    const perbus_connection_change changes[] = {{VOICE, 0.25f, 0.5f},
                                                {desk->player, desk->main_mixer, 2, 0.5f, 0.0f}};
    return perbus_connections_apply(desk->engine, changes, 2, error);
}

CALL(set_bus, perbus_bus_set_volume(BUS, 0.5f, error))
CALL(get_bus, perbus_bus_get_volume(BUS, OUT(float, 0), error))
CALL(set_bus_pan, perbus_bus_set_pan(BUS, 0.5f, error))
CALL(get_bus_pan, perbus_bus_get_pan(BUS, OUT(float, 0), error))
CALL(fade_bus, perbus_bus_fade_volume(BUS, 1.0f, 1000, PERBUS_CURVE_LINEAR, error))
CALL(fade_bus_pan, perbus_bus_fade_pan(BUS, 0.0f, 1000, error))
CALL(automate_bus, perbus_bus_automate(BUS, PERBUS_CONTROL_PAN, 1 << 30, LATER, 2, error))
CALL(set_node, perbus_node_set_volume(desk->voices[0], 0.75f, error))
CALL(get_node, perbus_node_get_volume(desk->voices[0], OUT(float, 0), error))
CALL(set_node_pan, perbus_node_set_pan(desk->voices[0], 0.5f, error))
CALL(get_node_pan, perbus_node_get_pan(desk->voices[0], OUT(float, 0), error))
CALL(set_output, perbus_mixer_set_output_volume(desk->subs[0], 0.5f, error))
CALL(get_output, perbus_mixer_get_output_volume(desk->subs[0], OUT(float, 0), error))
CALL(fade_output,
     perbus_mixer_fade_output_volume(desk->subs[0], 1.0f, 700, PERBUS_CURVE_LINEAR, error))
CALL(automate_output, perbus_mixer_automate_output_volume(desk->subs[0], 1 << 30, LATER, 2, error))
CALL(pan_law, perbus_mixer_set_pan_law(desk->subs[0], PERBUS_PAN_LAW_CONSTANT_POWER, error))
CALL(linear, perbus_pan_linear(0.5f, OUT(float, 0), OUT(float, 4), error))
CALL(power, perbus_pan_constant_power(0.5f, OUT(float, 0), OUT(float, 4), error))

CALL(create_master, perbus_master_create(desk->engine, &desk->made_master, error))

static perbus_status destroy_master(desk *desk, perbus_error *error) {
    (void)error;
    perbus_master_destroy(desk->made_master);
    desk->made_master = NULL;
    return PERBUS_OK;
}

CALL(set_master, perbus_master_set_volume(desk->master, 0.5f, error))
CALL(get_master, perbus_master_get_volume(desk->master, OUT(float, 0), error))
CALL(fade_master, perbus_master_fade_volume(desk->master, 0.75f, 800, PERBUS_CURVE_LINEAR, error))
CALL(automate_master, perbus_master_automate(desk->master, 1 << 30, LATER, 2, error))

static perbus_status set_masters(desk *desk, perbus_error *error) {
    perbus_master *both[] = {desk->master, desk->made_master};
    return perbus_bus_set_masters(desk->engine, desk->subs[0], 0, both, 2, error);
}

CALL(one_master, perbus_bus_set_masters(desk->engine, desk->subs[0], 0, &desk->master, 1, error))

#define EQ desk->equalizer
CALL(band_count, perbus_equalizer_get_band_count(EQ, OUT(uint32_t, 0), error))
CALL(set_band,
     perbus_equalizer_set_band(EQ, 1,
                               &(perbus_band){PERBUS_FILTER_PARAMETRIC, 1000.0f, 6.0f, 1.0f, false},
                               error))
CALL(get_band, perbus_equalizer_get_band(EQ, 1, OUT(perbus_band, 0), error))
CALL(set_gain, perbus_equalizer_set_global_gain(EQ, -3.0f, error))
CALL(get_gain, perbus_equalizer_get_global_gain(EQ, OUT(float, 0), error))
CALL(set_bypass, perbus_equalizer_set_bypass(EQ, true, error))
CALL(get_bypass, perbus_equalizer_get_bypass(EQ, OUT(bool, 0), error))

#define MATRIX desk->matrix
CALL(dimensions, perbus_matrix_get_dimensions(MATRIX, OUT(uint32_t, 0), OUT(uint32_t, 4), error))
CALL(set_crosspoint, perbus_matrix_set_crosspoint(MATRIX, 0, 1, 0.5f, error))
CALL(get_crosspoint, perbus_matrix_get_crosspoint(MATRIX, 0, 1, OUT(float, 0), error))
CALL(set_input, perbus_matrix_set_input(MATRIX, 0, 0.5f, error))
CALL(get_input, perbus_matrix_get_input(MATRIX, 0, OUT(float, 0), error))
CALL(set_matrix_output, perbus_matrix_set_output(MATRIX, 1, 0.5f, error))
CALL(get_matrix_output, perbus_matrix_get_output(MATRIX, 1, OUT(float, 0), error))
CALL(set_matrix, perbus_matrix_set_master(MATRIX, 0.5f, error))
CALL(get_matrix, perbus_matrix_get_master(MATRIX, OUT(float, 0), error))
CALL(enable_input, perbus_matrix_enable_input(MATRIX, 0, true, error))
CALL(enable_output, perbus_matrix_enable_output(MATRIX, 0, true, error))
CALL(identity, perbus_matrix_set_identity(MATRIX, error))
CALL(clear, perbus_matrix_clear(MATRIX, error))
CALL(invert, perbus_matrix_invert(MATRIX, error))

static perbus_status copy_levels(desk *desk, perbus_error *error) {
    float *levels = NULL;
    uint32_t rows = 0, columns = 0;
    perbus_status status = perbus_matrix_copy_levels(MATRIX, &levels, &rows, &columns, error);
    CHECK((status == PERBUS_OK) == (levels != NULL && rows == 3 && columns == 3));
    perbus_levels_free(levels);
    return status;
}

static perbus_status set_levels(desk *desk, perbus_error *error) {
    const float levels[9] = {1.0f, 0.0f, 1.0f, 0.0f, 0.5f, 1.0f, 1.0f, 0.5f, 1.0f};
    return perbus_matrix_set_levels(MATRIX, levels, 3, 3, error);
}

const step GAIN_STEPS[] = {{"set a volume", set_volume},
                           {"get it", get_volume},
                           {"set a pan", set_pan},
                           {"get that", get_pan},
                           {"fade", fade},
                           {"fade the pan", fade_pan},
                           {"automate", automate},
                           {"a meter", meter},
                           {"a mixer's meter", mixer_meter},
                           {"apply", apply},
                           {"set a bus", set_bus},
                           {"get the bus", get_bus},
                           {"set a bus's pan", set_bus_pan},
                           {"get the bus's pan", get_bus_pan},
                           {"fade a bus", fade_bus},
                           {"fade a bus's pan", fade_bus_pan},
                           {"automate a bus", automate_bus},
                           {"set a node", set_node},
                           {"get the node", get_node},
                           {"set a node's pan", set_node_pan},
                           {"get the node's pan", get_node_pan},
                           {"set an output", set_output},
                           {"get the output", get_output},
                           {"fade an output", fade_output},
                           {"automate an output", automate_output},
                           {"a pan law", pan_law},
                           {"linear", linear},
                           {"constant power", power},
                           {"create a master", create_master},
                           {"set masters", set_masters},
                           {"set a master", set_master},
                           {"get the master", get_master},
                           {"fade a master", fade_master},
                           {"automate a master", automate_master},
                           {"one master", one_master},
                           {"destroy a master", destroy_master},
                           {"count bands", band_count},
                           {"set a band", set_band},
                           {"get the band", get_band},
                           {"set a gain", set_gain},
                           {"get the gain", get_gain},
                           {"set the bypass", set_bypass},
                           {"get the bypass", get_bypass},
                           {"dimensions", dimensions},
                           {"set a crosspoint", set_crosspoint},
                           {"get the crosspoint", get_crosspoint},
                           {"set a matrix's input", set_input},
                           {"get the matrix's input", get_input},
                           {"set a matrix's output", set_matrix_output},
                           {"get the matrix's output", get_matrix_output},
                           {"set a matrix's master", set_matrix},
                           {"get the matrix's master", get_matrix},
                           {"enable an input", enable_input},
                           {"enable an output", enable_output},
                           {"clear", clear},
                           {"identity", identity},
                           {"invert", invert},
                           {"set levels", set_levels},
                           {"copy levels", copy_levels},
                           {NULL, NULL}};
