/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Groups, taps of sends and pan laws in scenes. */
#include "desk.h"
#include <string.h>

void test_scene_groups(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_group *inner, *outer;
    perbus_desk_engine_scene *verse, *made;
    perbus_desk_group_config group, groups[2];
    perbus_desk_bus *members[1];
    size_t count;
    WORKS(perbus_desk_group_create(stage.engine, "inner", &inner, &error));
    WORKS(perbus_desk_group_create(stage.engine, "outer", &outer, &error));
    WORKS(perbus_desk_group_add(inner, &stage.bus, 1, &error));
    WORKS(perbus_desk_group_add_group(outer, inner, &error));
    WORKS(perbus_desk_group_set_volume(outer, 0.5f, &error));
    NEAR(settled(&stage), 0.25f);
    WORKS(perbus_desk_engine_snapshot(stage.engine, &verse, &error));
    WORKS(perbus_desk_engine_scene_get_group_count(verse, &count, &error));
    CHECK(count == 2);
    WORKS(perbus_desk_engine_scene_get_group(verse, 0, &group, &error));
    CHECK(group.group == 0 && strcmp(group.name, "inner") == 0 && group.volume == 1.0f);
    CHECK(group.set == (PERBUS_DESK_SET_VOLUME | PERBUS_DESK_SET_MUTED | PERBUS_DESK_SET_MEMBERS |
                        PERBUS_DESK_SET_INNER_GROUPS));
    CHECK(group.member_count == 1 && group.inner_group_count == 0 && !group.muted);
    CHECK(strcmp(group.members[0].mixer, "mixer 0") == 0 && group.members[0].bus == 0);
    WORKS(perbus_desk_engine_scene_get_group(verse, 1, &group, &error));
    CHECK(group.group == 1 && group.volume == 0.5f && group.member_count == 0);
    CHECK(group.inner_group_count == 1 && group.inner_groups[0] == 0);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_engine_scene_get_group, verse, 2, &group);

    /* Whatever has changed comes back, or a part of it. */
    WORKS(perbus_desk_group_remove(inner, &stage.bus, 1, &error));
    WORKS(perbus_desk_group_remove_group(outer, inner, &error));
    WORKS(perbus_desk_group_set_volume(outer, 0.0f, &error));
    NEAR(settled(&stage), 0.5f);
    WORKS(perbus_desk_engine_scene_copy_only(verse, PERBUS_DESK_PART_GROUPS, &made, &error));
    WORKS(perbus_desk_engine_apply(stage.engine, made, &error));
    NEAR(settled(&stage), 0.0f);
    perbus_desk_engine_scene_release(made);
    WORKS(perbus_desk_engine_apply(stage.engine, verse, &error));
    NEAR(settled(&stage), 0.25f);

    /* Made by hand, once all of it and once refused. */
    const perbus_desk_group_member member = {"mixer 0", 0};
    groups[0] =
        (perbus_desk_group_config){.group = 0,
                                   .set = PERBUS_DESK_SET_MEMBERS | PERBUS_DESK_SET_INNER_GROUPS,
                                   .inner_groups = (uint32_t[]){1},
                                   .inner_group_count = 1};
    groups[1] = (perbus_desk_group_config){.group = 1,
                                           .set = PERBUS_DESK_SET_VOLUME | PERBUS_DESK_SET_MEMBERS |
                                                  PERBUS_DESK_SET_INNER_GROUPS,
                                           .volume = 2.0f,
                                           .name = "all",
                                           .members = &member,
                                           .member_count = 1};
    WORKS(perbus_desk_engine_scene_copy_with_groups(verse, groups, 2, &made, &error));
    WORKS(perbus_desk_engine_apply(stage.engine, made, &error));
    NEAR(settled(&stage), 1.0f);
    WORKS(perbus_desk_group_copy_members(outer, members, 1, &count, &error));
    CHECK(count == 1);
    perbus_desk_bus_release(members[0]);
    WORKS(perbus_desk_group_copy_members(inner, members, 1, &count, &error));
    CHECK(count == 0);
    perbus_desk_engine_scene_release(made);
    groups[1].inner_groups = (uint32_t[]){0};
    groups[1].inner_group_count = 1;
    WORKS(perbus_desk_engine_scene_copy_with_groups(verse, groups, 2, &made, &error));
    FAILS(PERBUS_ERROR_CYCLE, perbus_desk_engine_apply, stage.engine, made);
    perbus_desk_engine_scene_release(made);
    groups[1].group = 7;
    WORKS(perbus_desk_engine_scene_copy_with_groups(verse, &groups[1], 1, &made, &error));
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_desk_engine_apply, stage.engine, made);
    perbus_desk_engine_scene_release(made);
    NEAR(settled(&stage), 1.0f);

    groups[1].set = PERBUS_DESK_SET_PAN;
    REJECTS(perbus_desk_engine_scene_copy_with_groups, verse, groups, 2, &made);
    groups[1].set = PERBUS_DESK_SET_MEMBERS;
    groups[1].members = NULL;
    REJECTS(perbus_desk_engine_scene_copy_with_groups, verse, groups, 2, &made);
    groups[1].members = &(perbus_desk_group_member){NULL, 0};
    REJECTS(perbus_desk_engine_scene_copy_with_groups, verse, groups, 2, &made);
    REJECTS(perbus_desk_engine_scene_copy_with_groups, NULL, groups, 1, &made);
    REJECTS(perbus_desk_engine_scene_copy_with_groups, verse, NULL, 1, &made);
    REJECTS(perbus_desk_engine_scene_copy_with_groups, verse, groups, 1, NULL);
    REJECTS(perbus_desk_engine_scene_get_group_count, NULL, &count);
    REJECTS(perbus_desk_engine_scene_get_group_count, verse, NULL);
    REJECTS(perbus_desk_engine_scene_get_group, NULL, 0, &group);
    REJECTS(perbus_desk_engine_scene_get_group, verse, 0, NULL);
    perbus_desk_engine_scene_release(verse);
    perbus_desk_group_release(inner), perbus_desk_group_release(outer);
    end_stage(&stage);
}

void test_scene_taps_and_laws(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_node *aux;
    perbus_desk_bus *send;
    perbus_desk_scene *verse, *made;
    perbus_desk_bus_config bus;
    perbus_desk_send_tap tap;
    perbus_pan_law law;
    bool is_set;
    WORKS(perbus_desk_mixer_create(stage.engine, &aux, &error));
    WORKS(perbus_desk_mixer_connect_next(stage.mixer, aux, NULL, NULL, &error));
    WORKS(perbus_desk_bus_send_to_mixer(stage.bus, aux, PERBUS_DESK_SEND_PRE_FADER, &send, &error));
    WORKS(perbus_desk_mixer_set_pan_law(aux, PERBUS_PAN_LAW_CONSTANT_POWER, &error));
    WORKS(perbus_desk_bus_set_volume(stage.bus, 0.0f, &error));
    WORKS(perbus_desk_mixer_snapshot(aux, &verse, &error));
    WORKS(perbus_desk_scene_get_bus(verse, 0, &bus, &error));
    CHECK((bus.set & PERBUS_DESK_SET_SEND_TAP) != 0);
    CHECK(bus.send_tap == PERBUS_DESK_SEND_PRE_FADER);
    WORKS(perbus_desk_scene_get_pan_law(verse, &law, &is_set, &error));
    CHECK(law == PERBUS_PAN_LAW_CONSTANT_POWER && is_set);
    const float sent = settled(&stage);
    CHECK(sent > 0.3f);
    WORKS(perbus_desk_bus_set_send_tap(send, PERBUS_DESK_SEND_POST_FADER, &error));
    WORKS(perbus_desk_mixer_set_pan_law(aux, PERBUS_PAN_LAW_BALANCE, &error));
    NEAR(settled(&stage), 0.0f);
    WORKS(perbus_desk_mixer_apply(aux, verse, &error));
    NEAR(settled(&stage), sent);
    WORKS(perbus_desk_mixer_get_pan_law(aux, &law, &error));
    CHECK(law == PERBUS_PAN_LAW_CONSTANT_POWER);

    bus = (perbus_desk_bus_config){.set = PERBUS_DESK_SET_SEND_TAP,
                                   .send_tap = PERBUS_DESK_SEND_POST_FADER};
    WORKS(perbus_desk_mixer_configure(aux, &bus, 1, &error));
    WORKS(perbus_desk_bus_get_send_tap(send, &tap, &error));
    CHECK(tap == PERBUS_DESK_SEND_POST_FADER);
    bus.send_tap = 2;
    REJECTS(perbus_desk_mixer_configure, aux, &bus, 1);
    WORKS(perbus_desk_scene_create(NULL, 0, &made, &error));
    perbus_desk_scene_release(verse);
    WORKS(perbus_desk_scene_get_pan_law(made, &law, &is_set, &error));
    CHECK(!is_set);
    WORKS(perbus_desk_scene_copy_with_pan_law(made, PERBUS_PAN_LAW_BALANCE, &verse, &error));
    WORKS(perbus_desk_mixer_apply(aux, verse, &error));
    WORKS(perbus_desk_mixer_get_pan_law(aux, &law, &error));
    CHECK(law == PERBUS_PAN_LAW_BALANCE);
    perbus_desk_scene_release(verse);
    REJECTS(perbus_desk_scene_copy_with_pan_law, made, 2, &verse);
    REJECTS(perbus_desk_scene_copy_with_pan_law, NULL, 0, &verse);
    REJECTS(perbus_desk_scene_copy_with_pan_law, made, 0, NULL);
    REJECTS(perbus_desk_scene_get_pan_law, NULL, &law, &is_set);
    REJECTS(perbus_desk_scene_get_pan_law, made, NULL, &is_set);
    REJECTS(perbus_desk_scene_get_pan_law, made, &law, NULL);
    perbus_desk_scene_release(made);
    perbus_desk_bus_release(send);
    perbus_desk_node_release(aux);
    end_stage(&stage);
}
