/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Groups, sends. */
#include "desk.h"

/* A second source of 0.5, on a bus of a mixer. */
static perbus_desk_bus *second(stage *stage, perbus_desk_node **out_group) {
    perbus_desk_node *source;
    perbus_desk_bus *bus;
    WORKS(perbus_desk_mixer_create(stage->engine, out_group, &error));
    WORKS(perbus_desk_mixer_connect_next(stage->mixer, *out_group, NULL, NULL, &error));
    WORKS(
        perbus_desk_source_create(stage->engine, &MONO, render_half, NULL, NULL, &source, &error));
    WORKS(perbus_desk_mixer_connect_next(*out_group, source, NULL, &bus, &error));
    perbus_desk_node_release(source);
    return bus;
}

void test_groups(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_node *drums;
    perbus_desk_group *all, *inner, *found[2];
    perbus_desk_bus *snare = second(&stage, &drums), *members[2];
    float value;
    bool is;
    size_t count;
    uint32_t number;
    char *name;
    WORKS(perbus_desk_group_create(stage.engine, "all", &all, &error));
    WORKS(perbus_desk_group_create(stage.engine, "in", &inner, &error));
    members[0] = stage.bus, members[1] = snare;
    WORKS(perbus_desk_group_add(all, members, 2, &error));
    NEAR(settled(&stage), 1.0f);
    WORKS(perbus_desk_bus_set_volume(snare, 0.5f, &error));
    WORKS(perbus_desk_group_set_volume(all, 0.5f, &error));
    NEAR(settled(&stage), 0.375f);
    WORKS(perbus_desk_group_get_volume(all, &value, &error));
    CHECK(value == 0.5f);
    WORKS(perbus_desk_bus_get_volume(snare, &value, &error));
    CHECK(value == 0.5f);
    WORKS(perbus_desk_bus_get_effective_volume(snare, &value, &error));
    CHECK(value == 0.25f);
    WORKS(perbus_desk_group_set_volume_db(all, -INFINITY, &error));
    WORKS(perbus_desk_group_get_volume_db(all, &value, &error));
    CHECK(value == -INFINITY);
    NEAR(settled(&stage), 0.0f);
    WORKS(perbus_desk_group_set_volume(all, 1.0f, &error));
    NEAR(settled(&stage), 0.75f);

    WORKS(perbus_desk_group_remove(all, &members[0], 1, &error));
    WORKS(perbus_desk_group_set_muted(all, true, &error));
    WORKS(perbus_desk_group_is_muted(all, &is, &error));
    CHECK(is);
    NEAR(settled(&stage), 0.5f);
    WORKS(perbus_desk_group_set_muted(all, false, &error));
    WORKS(perbus_desk_group_set_soloed(all, true, &error));
    WORKS(perbus_desk_group_is_soloed(all, &is, &error));
    CHECK(is);
    NEAR(settled(&stage), 0.25f);
    WORKS(perbus_desk_group_set_soloed(all, false, &error));

    /* Nested, and counted once. */
    WORKS(perbus_desk_group_add_group(all, inner, &error));
    WORKS(perbus_desk_group_add(inner, members, 2, &error));
    WORKS(perbus_desk_group_set_volume(all, 0.5f, &error));
    NEAR(settled(&stage), 0.375f);
    FAILS(PERBUS_ERROR_CYCLE, perbus_desk_group_add_group, inner, all);
    WORKS(perbus_desk_group_copy_inner_groups(all, found, 2, &count, &error));
    CHECK(count == 1);
    WORKS(perbus_desk_group_get_number(found[0], &number, &error));
    CHECK(number == 1);
    perbus_desk_group_release(found[0]);
    WORKS(perbus_desk_group_copy_groups(inner, found, 2, &count, &error));
    CHECK(count == 1);
    WORKS(perbus_desk_group_copy_name(found[0], &name, &error));
    CHECK(strcmp(name, "all") == 0);
    perbus_desk_text_free(name);
    perbus_desk_group_release(found[0]);
    WORKS(perbus_desk_group_set_name(inner, "drums", &error));
    WORKS(perbus_desk_engine_copy_groups(stage.engine, found, 1, &count, &error));
    CHECK(count == 2);
    perbus_desk_group_release(found[0]);
    WORKS(perbus_desk_bus_copy_groups(snare, found, 2, &count, &error));
    CHECK(count == 2);
    perbus_desk_group_release(found[0]), perbus_desk_group_release(found[1]);
    WORKS(perbus_desk_group_copy_members(inner, members, 2, &count, &error));
    CHECK(count == 2);
    perbus_desk_bus_release(members[0]), perbus_desk_bus_release(members[1]);

    /* A group and a member fade at the same time: 3/4 of a half, and 3/4 of 3/4 of a half. */
    ends counted = {0};
    perbus_desk_fade *fade;
    WORKS(perbus_desk_group_set_volume(all, 1.0f, &error));
    WORKS(perbus_desk_bus_set_volume(snare, 1.0f, &error));
    NEAR(settled(&stage), 1.0f);
    WORKS(perbus_desk_group_fade_to(all, 0.0f, 0.01, PERBUS_CURVE_LINEAR, count_end, &counted,
                                    &fade, &error));
    WORKS(perbus_desk_bus_fade_to(snare, 0.0f, 0.01, PERBUS_CURVE_LINEAR, count_end, &counted, NULL,
                                  &error));
    CHECK(last_of(&stage, 120) > 0.0f);
    WORKS(perbus_desk_group_get_volume(all, &value, &error));
    NEAR(value, 0.75f);
    last_of(&stage, 480);
    CHECK(counted.finished == 2);
    perbus_desk_fade_release(fade);
    NEAR(settled(&stage), 0.0f);

    WORKS(perbus_desk_group_remove_group(all, inner, &error));
    WORKS(perbus_desk_engine_remove_group(stage.engine, all, &error));
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_desk_engine_remove_group, stage.engine, all);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_desk_group_set_volume, all, 1.0f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_group_set_volume, inner, 4.01f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_group_set_volume_db, inner, NAN);
    struct stage elsewhere;
    make_stage(&elsewhere);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_desk_group_add, inner, &elsewhere.bus, 1);
    end_stage(&elsewhere);
    perbus_desk_group_release(all), perbus_desk_group_release(inner);
    perbus_desk_bus_release(snare);
    perbus_desk_node_release(drums);
    end_stage(&stage);
}

void test_group_meters(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_node *drums;
    perbus_desk_group *all;
    perbus_desk_bus *snare = second(&stage, &drums), *members[] = {stage.bus, snare};
    perbus_meter meter;
    WORKS(perbus_desk_group_create(stage.engine, "all", &all, &error));
    WORKS(perbus_desk_group_add(all, members, 2, &error));
    WORKS(perbus_desk_group_get_meter(all, &meter, &error));
    last_of(&stage, 4096), last_of(&stage, 4096);
    WORKS(perbus_desk_group_get_meter(all, &meter, &error));
    NEAR(meter.peak[0], 0.5f);
    NEAR(meter.rms[0], 0.70710678f);
    perbus_desk_group_release(all);
    perbus_desk_bus_release(snare);
    perbus_desk_node_release(drums);
    end_stage(&stage);
}

void test_sends(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_node *reverb;
    perbus_desk_bus *send, *other, *found[2];
    perbus_desk_send_tap tap;
    float value;
    size_t count;
    WORKS(perbus_desk_mixer_create(stage.engine, &reverb, &error));
    WORKS(perbus_desk_mixer_connect_next(stage.mixer, reverb, NULL, NULL, &error));
    WORKS(perbus_desk_bus_send_to_mixer(stage.bus, reverb, PERBUS_DESK_SEND_POST_FADER, &send,
                                        &error));
    WORKS(perbus_desk_bus_set_volume(send, 0.5f, &error));
    NEAR(settled(&stage), 0.75f);
    WORKS(perbus_desk_bus_set_volume(stage.bus, 0.5f, &error));
    NEAR(settled(&stage), 0.375f);
    WORKS(perbus_desk_bus_get_effective_volume(send, &value, &error));
    CHECK(value == 0.25f);
    WORKS(perbus_desk_bus_set_send_tap(send, PERBUS_DESK_SEND_PRE_FADER, &error));
    NEAR(settled(&stage), 0.5f);
    WORKS(perbus_desk_bus_get_send_tap(send, &tap, &error));
    CHECK(tap == PERBUS_DESK_SEND_PRE_FADER);
    WORKS(perbus_desk_bus_copy_send_source(send, &other, &error));
    uint32_t number;
    WORKS(perbus_desk_bus_get_number(other, &number, &error));
    CHECK(number == 0);
    perbus_desk_bus_release(other);
    WORKS(perbus_desk_bus_copy_sends(stage.bus, found, 2, &count, &error));
    CHECK(count == 1);
    perbus_desk_bus_release(found[0]);

    WORKS(perbus_desk_mixer_copy_bus(reverb, 7, &other, &error));
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_bus_set_send_tap, other, 0);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_bus_get_send_tap, other, &tap);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_bus_copy_send_source, other, found);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_bus_end_send, other);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_desk_bus_send_to, other, stage.bus, 0);
    REJECTS(perbus_desk_bus_send_to, stage.bus, other, 2);
    REJECTS(perbus_desk_bus_send_to, stage.bus, stage.bus, 0);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_bus_send_to_mixer, stage.bus, stage.source, 0, NULL);
    WORKS(perbus_desk_bus_send_to(stage.bus, other, PERBUS_DESK_SEND_POST_FADER, &error));
    NEAR(settled(&stage), 0.75f);
    WORKS(perbus_desk_bus_end_send(other, &error));
    WORKS(perbus_desk_bus_set_muted(stage.bus, true, &error));
    NEAR(settled(&stage), 0.25f);
    perbus_desk_bus_release(other);
    perbus_desk_bus_release(send);
    perbus_desk_node_release(reverb);
    end_stage(&stage);
}
