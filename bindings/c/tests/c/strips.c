/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Strips, calls by number and by connection. */
#include "desk.h"

static float volume_of(perbus_desk_bus *bus) {
    float volume = -1.0f;
    WORKS(perbus_desk_bus_get_volume(bus, &volume, &error));
    return volume;
}

static float effective_of(perbus_desk_bus *bus) {
    float volume = -1.0f;
    WORKS(perbus_desk_bus_get_effective_volume(bus, &volume, &error));
    return volume;
}

void test_strips(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_bus *other;
    float pan;
    bool is;
    uint32_t number;
    char *label;
    WORKS(perbus_desk_mixer_copy_bus(stage.mixer, 7, &other, &error));
    WORKS(perbus_desk_bus_get_number(other, &number, &error));
    CHECK(number == 7);
    WORKS(perbus_desk_bus_is_connected(other, &is, &error));
    CHECK(!is);
    WORKS(perbus_desk_bus_is_connected(stage.bus, &is, &error));
    CHECK(is);
    CHECK(volume_of(stage.bus) == 1.0f);

    WORKS(perbus_desk_bus_set_volume(stage.bus, 0.5f, &error));
    NEAR(settled(&stage), 0.25f);
    WORKS(perbus_desk_bus_set_pan(stage.bus, -0.5f, &error));
    WORKS(perbus_desk_bus_get_pan(stage.bus, &pan, &error));
    CHECK(pan == -0.5f);
    WORKS(perbus_desk_bus_set_muted(stage.bus, true, &error));
    WORKS(perbus_desk_bus_is_muted(stage.bus, &is, &error));
    CHECK(is && volume_of(stage.bus) == 0.5f && effective_of(stage.bus) == 0.0f);
    NEAR(settled(&stage), 0.0f);
    WORKS(perbus_desk_bus_set_muted(stage.bus, false, &error));
    WORKS(perbus_desk_bus_set_soloed(other, true, &error));
    WORKS(perbus_desk_bus_is_soloed(other, &is, &error));
    CHECK(is && effective_of(stage.bus) == 0.0f);
    NEAR(settled(&stage), 0.0f);
    WORKS(perbus_desk_bus_is_audible(stage.bus, &is, &error));
    CHECK(!is);
    WORKS(perbus_desk_bus_set_solo_safe(stage.bus, true, &error));
    WORKS(perbus_desk_bus_is_solo_safe(stage.bus, &is, &error));
    CHECK(is);
    WORKS(perbus_desk_bus_is_audible(stage.bus, &is, &error));
    CHECK(is);
    NEAR(settled(&stage), 0.25f);
    WORKS(perbus_desk_bus_set_solo_safe(stage.bus, false, &error));
    NEAR(settled(&stage), 0.0f);
    WORKS(perbus_desk_engine_clear_solo(stage.engine, &error));
    NEAR(settled(&stage), 0.25f);
    WORKS(perbus_desk_bus_set_soloed(other, true, &error));
    NEAR(settled(&stage), 0.0f);
    WORKS(perbus_desk_bus_set_label(other, "gu\303\251ro", &error));
    WORKS(perbus_desk_bus_reset(other, &error));
    WORKS(perbus_desk_bus_copy_label(other, &label, &error));
    CHECK(strcmp(label, "gu\303\251ro") == 0);
    perbus_desk_text_free(label);
    NEAR(settled(&stage), 0.25f);

    /* A strip waits for the next source, and stays when one goes. */
    WORKS(perbus_desk_bus_set_volume(other, 0.25f, &error));
    WORKS(perbus_desk_engine_connect(stage.engine, stage.source, 0, stage.mixer, 7, NULL, &error));
    NEAR(settled(&stage), 0.125f);
    CHECK(volume_of(stage.bus) == 0.5f);

    WORKS(perbus_desk_bus_set_volume_db(other, -12.0f, &error));
    WORKS(perbus_desk_bus_get_volume_db(other, &pan, &error));
    CHECK(fabsf(pan + 12.0f) < 1e-4f);
    NEAR(settled(&stage), 0.5f * powf(10.0f, -0.6f));
    WORKS(perbus_desk_mixer_set_output_volume_db(stage.mixer, -INFINITY, &error));
    WORKS(perbus_desk_mixer_get_output_volume_db(stage.mixer, &pan, &error));
    CHECK(pan == -INFINITY);
    NEAR(settled(&stage), 0.0f);
    WORKS(perbus_desk_mixer_set_output_volume_db(stage.mixer, 0.0f, &error));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_set_volume_db, other, 13.0f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_mixer_set_output_volume_db, stage.mixer, NAN);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_mixer_set_output_volume_db, stage.source, 0.0f);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_mixer_get_output_volume_db, stage.source, &pan);
    WORKS(perbus_desk_bus_set_volume(other, 0.25f, &error));

    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_set_volume, other, -0.001f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_set_volume, other, NAN);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_set_pan, other, 1.001f);
    REJECTS(perbus_desk_bus_set_label, other, "\377");
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_mixer_copy_bus, stage.mixer, PERBUS_MAX_BUSES,
          &other);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_mixer_copy_bus, stage.source, 0, &other);
    NEAR(settled(&stage), 0.125f);

    perbus_desk_node *mixer;
    WORKS(perbus_desk_bus_copy_mixer(other, &mixer, &error));
    CHECK(perbus_desk_node_get_id(mixer) == perbus_desk_node_get_id(stage.mixer));
    perbus_desk_node_release(mixer);
    perbus_desk_bus_release(other);
    end_stage(&stage);
}

void test_by_number(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_control control;
    perbus_desk_fallback fallback;
    float value;
    WORKS(perbus_desk_engine_set_mixer_volume_for_bus(stage.engine, stage.mixer, 0.5f, 0, &control,
                                                      &error));
    CHECK(control == PERBUS_DESK_CONTROL_CONNECTION);
    NEAR(settled(&stage), 0.25f);
    WORKS(perbus_desk_engine_get_mixer_volume_for_bus(stage.engine, stage.mixer, 0, &value,
                                                      &control, &error));
    CHECK(value == 0.5f && control == PERBUS_DESK_CONTROL_CONNECTION);
    WORKS(
        perbus_desk_engine_set_mixer_pan_for_bus(stage.engine, stage.mixer, 0.5f, 0, NULL, &error));
    WORKS(perbus_desk_engine_get_mixer_pan_for_bus(stage.engine, stage.mixer, 0, &value, &control,
                                                   &error));
    CHECK(value == 0.5f && control == PERBUS_DESK_CONTROL_CONNECTION);

    /* Without a source: the mixer's own control, an error, or the strip. */
    WORKS(perbus_desk_engine_set_mixer_volume_for_bus(stage.engine, stage.mixer, 0.5f, 3, &control,
                                                      &error));
    CHECK(control == PERBUS_DESK_CONTROL_MIXER);
    WORKS(perbus_desk_mixer_get_output_volume(stage.mixer, &value, &error));
    CHECK(value == 0.5f);
    NEAR(settled(&stage), 0.125f);
    WORKS(perbus_desk_mixer_set_output_volume(stage.mixer, 1.0f, &error));
    FAILS(PERBUS_ERROR_NO_PAN_CONTROL, perbus_desk_engine_set_mixer_pan_for_bus, stage.engine,
          stage.mixer, 0.5f, 3, &control);
    WORKS(perbus_desk_engine_set_fallback(stage.engine, PERBUS_DESK_FALLBACK_DENY, &error));
    WORKS(perbus_desk_engine_get_fallback(stage.engine, &fallback, &error));
    CHECK(fallback == PERBUS_DESK_FALLBACK_DENY);
    control = 99;
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_desk_engine_set_mixer_volume_for_bus, stage.engine,
          stage.mixer, 0.5f, 3, &control);
    CHECK((int)control == 99);
    WORKS(perbus_desk_engine_set_fallback(stage.engine, PERBUS_DESK_FALLBACK_HOLD, &error));
    WORKS(perbus_desk_engine_set_mixer_volume_for_bus(stage.engine, stage.mixer, 0.25f, 3, &control,
                                                      &error));
    CHECK(control == PERBUS_DESK_CONTROL_HELD);
    REJECTS(perbus_desk_engine_set_fallback, stage.engine, 3);

    WORKS(perbus_desk_engine_set_connection_volume(stage.engine, stage.source, stage.mixer, 0,
                                                   0.75f, &error));
    WORKS(perbus_desk_engine_get_connection_volume(stage.engine, stage.source, stage.mixer, 0,
                                                   &value, &error));
    CHECK(value == 0.75f);
    WORKS(perbus_desk_engine_set_connection_pan(stage.engine, stage.source, stage.mixer, 0, -1.0f,
                                                &error));
    WORKS(perbus_desk_engine_get_connection_pan(stage.engine, stage.source, stage.mixer, 0, &value,
                                                &error));
    CHECK(value == -1.0f);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_desk_engine_set_connection_volume, stage.engine,
          stage.source, stage.mixer, 1, 0.5f);
    NEAR(settled(&stage), 0.375f);

    struct stage elsewhere;
    make_stage(&elsewhere);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_desk_engine_set_mixer_volume_for_bus, stage.engine,
          elsewhere.mixer, 0.5f, 0, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_engine_set_mixer_volume_for_bus, stage.engine,
          stage.source, 0.5f, 0, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_engine_set_mixer_volume_for_bus, stage.engine,
          stage.mixer, 4.01f, PERBUS_MAX_BUSES, NULL);
    end_stage(&elsewhere);
    end_stage(&stage);
}
