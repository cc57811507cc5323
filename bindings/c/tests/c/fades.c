/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Fades, scenes. */
#include "desk.h"

void test_fades(void) {
    stage stage;
    make_stage(&stage);
    ends counted = {0};
    perbus_desk_fade *fade;
    bool running;
    float value;
    NEAR(settled(&stage), 0.5f);
    /* 480 frames, and a quarter of them is 120. */
    WORKS(perbus_desk_bus_fade_to(stage.bus, 0.0f, 0.01, PERBUS_CURVE_LINEAR, count_end, &counted,
                                  &fade, &error));
    NEAR(last_of(&stage, 120), 0.375f);
    WORKS(perbus_desk_bus_get_volume(stage.bus, &value, &error));
    NEAR(value, 0.75f);
    WORKS(perbus_desk_fade_is_running(fade, &running, &error));
    CHECK(running && counted.finished == 0 && counted.replaced == 0);
    NEAR(last_of(&stage, 360), 0.0f);
    WORKS(perbus_desk_fade_is_running(fade, &running, &error));
    CHECK(!running && counted.finished == 1 && counted.replaced == 0);
    WORKS(perbus_desk_fade_cancel(fade, &error));
    perbus_desk_fade_release(fade);

    /* A cancel stops it where it is. */
    WORKS(perbus_desk_bus_fade_to(stage.bus, 1.0f, 0.01, PERBUS_CURVE_LINEAR, count_end, &counted,
                                  &fade, &error));
    NEAR(last_of(&stage, 240), 0.25f);
    WORKS(perbus_desk_fade_cancel(fade, &error));
    CHECK(counted.replaced == 1);
    NEAR(settled(&stage), 0.25f);
    perbus_desk_fade_release(fade);

    /* So does setting a value, and the end is reported at once. */
    WORKS(perbus_desk_bus_fade_pan_to(stage.bus, 1.0f, 1.0, count_end, &counted, NULL, &error));
    WORKS(perbus_desk_bus_fade_to(stage.bus, 0.0f, 1.0, PERBUS_CURVE_EQUAL_POWER, count_end,
                                  &counted, NULL, &error));
    WORKS(perbus_desk_bus_set_volume(stage.bus, 1.0f, &error));
    CHECK(counted.replaced == 2);
    WORKS(perbus_desk_bus_set_pan(stage.bus, 0.0f, &error));
    CHECK(counted.replaced == 3 && counted.finished == 1);
    NEAR(settled(&stage), 0.5f);

    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_fade_to, stage.bus, 4.01f, 1.0, 0, count_end,
          &counted, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_fade_to, stage.bus, 0.0f, -1.0, 0, count_end,
          &counted, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_fade_to, stage.bus, 0.0f, NAN, 0, count_end,
          &counted, NULL);
    REJECTS(perbus_desk_bus_fade_to, stage.bus, 0.0f, 1.0, 3, count_end, &counted, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_fade_pan_to, stage.bus, -2.0f, 1.0, count_end,
          &counted, NULL);
    CHECK(counted.replaced == 3 && counted.finished == 1);

    /* The end of a fade under way is also reported when its engine goes. */
    WORKS(perbus_desk_bus_fade_to(stage.bus, 0.0f, 1.0, 0, count_end, &counted, NULL, &error));
    end_stage(&stage);
    CHECK(counted.replaced == 4 && counted.finished == 1);
}

void test_output_fades(void) {
    stage stage;
    make_stage(&stage);
    ends counted = {0};
    perbus_desk_fade *fade;
    float value;
    NEAR(settled(&stage), 0.5f);
    WORKS(perbus_desk_mixer_fade_output_volume_to(stage.mixer, 0.0f, 0.01, PERBUS_CURVE_LINEAR,
                                                  count_end, &counted, &fade, &error));
    CHECK(last_of(&stage, 120) > 0.0f);
    WORKS(perbus_desk_mixer_get_output_volume(stage.mixer, &value, &error));
    NEAR(value, 0.75f);
    NEAR(settled(&stage), 0.0f);
    CHECK(counted.finished == 1 && counted.replaced == 0);
    perbus_desk_fade_release(fade);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_mixer_fade_output_volume_to, stage.mixer, 4.01f,
          0.01, 0, count_end, &counted, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_mixer_fade_output_volume_to, stage.source, 1.0f,
          0.01, 0, count_end, &counted, NULL);
    WORKS(perbus_desk_mixer_fade_output_volume_to(stage.mixer, 1.0f, 1.0, 0, count_end, &counted,
                                                  NULL, &error));
    end_stage(&stage);
    CHECK(counted.finished == 1 && counted.replaced == 1);
}

/* Of the whole engine, in part, and as a fade. */
void test_engine_scenes(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_engine_scene *verse, *part, *read;
    perbus_desk_scene *mixer, *quiet;
    perbus_desk_bus_config bus;
    char *text;
    size_t count;
    float volume;
    bool is_set;
    const char *name = "mixer 0", *unknown = "mixer 77";
    WORKS(perbus_desk_bus_set_volume(stage.bus, 0.5f, &error));
    WORKS(perbus_desk_mixer_set_output_volume(stage.mixer, 0.5f, &error));
    WORKS(perbus_desk_engine_snapshot(stage.engine, &verse, &error));
    WORKS(perbus_desk_engine_scene_get_count(verse, &count, &error));
    CHECK(count == 1);
    WORKS(perbus_desk_engine_scene_copy_mixer(verse, 0, &text, &mixer, &error));
    CHECK(strcmp(text, "mixer 0") == 0);
    perbus_desk_text_free(text);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_engine_scene_copy_mixer, verse, 1, &text, &mixer);
    WORKS(perbus_desk_scene_get_output_volume(mixer, &volume, &is_set, &error));
    CHECK(volume == 0.5f && is_set);
    WORKS(perbus_desk_scene_copy_only_buses(mixer, &(uint32_t){0}, 1, &quiet, &error));
    WORKS(perbus_desk_scene_get_output_volume(quiet, &volume, &is_set, &error));
    CHECK(!is_set);
    perbus_desk_scene_release(quiet);
    WORKS(perbus_desk_scene_copy_only(mixer, PERBUS_DESK_PART_FADERS, &quiet, &error));
    WORKS(perbus_desk_scene_get_bus(quiet, 0, &bus, &error));
    CHECK(bus.set == PERBUS_DESK_SET_VOLUME && bus.volume == 0.5f && bus.label == NULL);
    perbus_desk_scene_release(quiet);
    REJECTS(perbus_desk_scene_copy_only, mixer, 1024, &quiet);

    WORKS(perbus_desk_bus_set_volume(stage.bus, 1.0f, &error));
    WORKS(perbus_desk_mixer_set_output_volume(stage.mixer, 1.0f, &error));
    NEAR(settled(&stage), 0.5f);
    WORKS(
        perbus_desk_engine_scene_copy_only(verse, PERBUS_DESK_PART_OUTPUT_VOLUMES, &part, &error));
    WORKS(perbus_desk_engine_apply(stage.engine, part, &error));
    NEAR(settled(&stage), 0.25f);
    perbus_desk_engine_scene_release(part);
    WORKS(perbus_desk_engine_scene_copy_only_buses(verse, &stage.bus, 1, &part, &error));
    WORKS(perbus_desk_engine_apply(stage.engine, part, &error));
    NEAR(settled(&stage), 0.125f);
    perbus_desk_engine_scene_release(part);
    REJECTS(perbus_desk_engine_scene_copy_only, verse, 1024, &part);

    /* There and back over 480 frames. */
    WORKS(perbus_desk_scene_copy_with_output_volume(mixer, 1.0f, &quiet, &error));
    WORKS(perbus_desk_engine_scene_create(&name, &quiet, 1, &part, &error));
    WORKS(perbus_desk_engine_fade_to_scene(stage.engine, part, 0.01, PERBUS_CURVE_LINEAR, &error));
    last_of(&stage, 240);
    WORKS(perbus_desk_mixer_get_output_volume(stage.mixer, &volume, &error));
    NEAR(volume, 0.75f);
    settled(&stage);
    NEAR(settled(&stage), 0.25f);
    WORKS(perbus_desk_mixer_fade_to_scene(stage.mixer, mixer, 0.01, PERBUS_CURVE_LINEAR, &error));
    settled(&stage);
    NEAR(settled(&stage), 0.125f);
    perbus_desk_engine_scene_release(part);

    WORKS(perbus_desk_engine_scene_create(&unknown, &quiet, 1, &part, &error));
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_desk_engine_apply, stage.engine, part);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_desk_engine_fade_to_scene, stage.engine, part, 1.0, 0);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_engine_fade_to_scene, stage.engine, verse, -1.0,
          0);
    REJECTS(perbus_desk_mixer_fade_to_scene, stage.mixer, mixer, 1.0, 3);
    perbus_desk_engine_scene_release(part);
    WORKS(perbus_desk_engine_scene_copy_json(verse, &text, &error));
    WORKS(perbus_desk_engine_scene_create_from_json(text, &read, &error));
    perbus_desk_text_free(text);
    WORKS(perbus_desk_engine_apply(stage.engine, read, &error));
    NEAR(settled(&stage), 0.125f);
    REJECTS(perbus_desk_engine_scene_create_from_json, "{\"version\": 9, \"mixers\": []}", &part);
    perbus_desk_engine_scene_release(read);
    WORKS(perbus_desk_engine_snapshot_with_solo(stage.engine, &read, &error));
    perbus_desk_engine_scene_release(read);
    perbus_desk_scene_release(quiet);
    perbus_desk_scene_release(mixer);
    perbus_desk_engine_scene_release(verse);
    end_stage(&stage);
}

void test_scenes(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_scene *verse, *read, *made;
    perbus_desk_bus_config bus;
    char *json;
    size_t count;
    WORKS(perbus_desk_bus_set_volume(stage.bus, 0.5f, &error));
    WORKS(perbus_desk_bus_set_label(stage.bus, "voice", &error));
    WORKS(perbus_desk_mixer_snapshot(stage.mixer, &verse, &error));
    WORKS(perbus_desk_scene_get_count(verse, &count, &error));
    CHECK(count == 1);
    WORKS(perbus_desk_scene_get_bus(verse, 0, &bus, &error));
    CHECK(bus.bus == 0 && bus.volume == 0.5f && bus.pan == 0.0f && !bus.muted && !bus.soloed);
    CHECK(bus.set == (PERBUS_DESK_SET_VOLUME | PERBUS_DESK_SET_PAN | PERBUS_DESK_SET_MUTED |
                      PERBUS_DESK_SET_SOLO_SAFE));
    CHECK(strcmp(bus.label, "voice") == 0 && !bus.solo_safe);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_scene_get_bus, verse, 1, &bus);
    WORKS(perbus_desk_mixer_snapshot_with_solo(stage.mixer, &made, &error));
    WORKS(perbus_desk_scene_get_bus(made, 0, &bus, &error));
    CHECK((bus.set & PERBUS_DESK_SET_SOLOED) != 0 && !bus.soloed);
    perbus_desk_scene_release(made);

    /* All or nothing. */
    perbus_desk_bus_config changes[] = {
        {.bus = 0, .set = PERBUS_DESK_SET_VOLUME, .volume = 1.0f},
        {.bus = 2, .set = PERBUS_DESK_SET_MUTED | PERBUS_DESK_SET_PAN, .muted = true, .pan = 2.0f},
    };
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_mixer_configure, stage.mixer, changes, 2);
    NEAR(settled(&stage), 0.25f);
    changes[1].pan = 1.0f;
    changes[1].label = "drums";
    WORKS(perbus_desk_mixer_configure(stage.mixer, changes, 2, &error));
    NEAR(settled(&stage), 0.5f);
    WORKS(perbus_desk_mixer_apply(stage.mixer, verse, &error));
    NEAR(settled(&stage), 0.25f);
    changes[1].bus = 0;
    REJECTS(perbus_desk_mixer_configure, stage.mixer, changes, 2);
    changes[1].set = 1 << 4;
    REJECTS(perbus_desk_mixer_configure, stage.mixer, changes, 2);

    WORKS(perbus_desk_scene_copy_json(verse, &json, &error));
    WORKS(perbus_desk_scene_create_from_json(json, &read, &error));
    perbus_desk_text_free(json);
    WORKS(perbus_desk_bus_set_muted(stage.bus, true, &error));
    WORKS(perbus_desk_mixer_apply(stage.mixer, read, &error));
    NEAR(settled(&stage), 0.25f);
    REJECTS(perbus_desk_scene_create_from_json, "{\"buses\": 1}", &read);

    WORKS(perbus_desk_scene_create(changes, 1, &made, &error));
    WORKS(perbus_desk_mixer_apply(stage.mixer, made, &error));
    NEAR(settled(&stage), 0.5f);
    perbus_desk_scene_release(made);
    perbus_desk_scene_release(read);
    perbus_desk_scene_release(verse);
    end_stage(&stage);
}
