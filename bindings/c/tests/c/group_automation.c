/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Automation of groups' faders, pan laws. */
#include <pthread.h>

#include "desk.h"

#define POINTS 4

/* The stage's bus in a group. */
static perbus_desk_group *group_of(stage *stage) {
    perbus_desk_group *group;
    WORKS(perbus_desk_group_create(stage->engine, "all", &group, &error));
    WORKS(perbus_desk_group_add(group, &stage->bus, 1, &error));
    return group;
}

static void test_fades_and_points(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_group *group = group_of(&stage);
    ends counted = {0};
    perbus_desk_fade *fade;
    perbus_desk_automation_point found[POINTS];
    float value;
    size_t count;
    /* Starts inside a block. The member's own fade goes on: halves of halves at frame 540. */
    WORKS(perbus_desk_group_fade_at(group, 300, 0.0f, 0.01, PERBUS_CURVE_LINEAR, count_end,
                                    &counted, &fade, &error));
    WORKS(perbus_desk_bus_fade_at(stage.bus, 300, 0.0f, 0.01, PERBUS_CURVE_LINEAR, NULL, NULL, NULL,
                                  &error));
    WORKS(perbus_desk_group_get_volume_automation(group, found, POINTS, &count, &error));
    CHECK(count == 1 && found[0].frame == 300 && found[0].value == 0.0f);
    CHECK(fabs(found[0].seconds - 0.01) < 1e-9 && found[0].curve == PERBUS_CURVE_LINEAR);
    NEAR(last_of(&stage, 300), 0.5f);
    NEAR(last_of(&stage, 240), 0.125f);
    /* 240 frames from 660 on: it takes over at a quarter, where the member's own volume is, too. */
    WORKS(perbus_desk_group_fade_at(group, 660, 1.0f, 0.005, PERBUS_CURVE_LINEAR, count_end,
                                    &counted, NULL, &error));
    WORKS(perbus_desk_bus_set_volume_at(stage.bus, 1500, 1.0f, &error));
    WORKS(perbus_desk_bus_cancel_automation_from(stage.bus, 1500, &error));
    WORKS(perbus_desk_bus_set_volume_at(stage.bus, 660, 0.25f, &error));
    NEAR(last_of(&stage, 120), 0.03125f);
    NEAR(last_of(&stage, 120), 0.078125f);
    CHECK(counted.replaced == 1 && counted.finished == 0);
    NEAR(last_of(&stage, 120), 0.125f);
    CHECK(counted.finished == 1);
    perbus_desk_fade_release(fade);

    /* Now 900. */
    const perbus_desk_automation_point points[] = {
        {.frame = 2000, .value = 0.5f},
        {.frame = 1000, .value = 4.0f, .seconds = 0.01, .curve = PERBUS_CURVE_EQUAL_POWER},
    };
    WORKS(perbus_desk_group_automate_volume(group, points, 2, &error));
    WORKS(perbus_desk_group_set_volume_at(group, 3000, 0.0f, &error));
    WORKS(perbus_desk_group_get_volume_automation(group, found, 1, &count, &error));
    CHECK(count == 3 && found[0].frame == 1000 && found[0].curve == PERBUS_CURVE_EQUAL_POWER);
    NEAR(last_of(&stage, 1100), 0.5f);
    NEAR(last_of(&stage, 480), 0.0625f);
    WORKS(perbus_desk_group_cancel_automation_from(group, 3000, &error));
    WORKS(perbus_desk_group_get_volume(group, &value, &error));
    CHECK(value == 0.5f);
    NEAR(last_of(&stage, 1020), 0.0625f);

    /* Now 3500. What waits ends with its group, or with its engine. */
    WORKS(perbus_desk_group_fade_at(group, 90000, 0.0f, 1.0, 0, count_end, &counted, NULL, &error));
    WORKS(perbus_desk_engine_remove_group(stage.engine, group, &error));
    CHECK(counted.replaced == 2 && counted.finished == 1);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_desk_group_set_volume_at, group, 95000, 0.0f);
    NEAR(settled(&stage), 0.125f);
    perbus_desk_group_release(group);
    group = group_of(&stage);
    WORKS(perbus_desk_group_fade_at(group, 90000, 0.0f, 1.0, 0, count_end, &counted, NULL, &error));
    WORKS(perbus_desk_engine_close(stage.engine, &error));
    CHECK(counted.replaced == 3);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_group_set_volume_at, group, 95000, 0.0f);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_group_automate_volume, group, points, 2);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_group_get_volume_automation, group, found, POINTS,
          &count);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_group_cancel_automation_from, group, 95000);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_mixer_set_pan_law, stage.mixer, PERBUS_PAN_LAW_BALANCE);
    perbus_desk_group_release(group);
    end_stage(&stage);
}

static void test_refused(void) {
    stage stage;
    make_stage(&stage);
    perbus_desk_group *group = group_of(&stage);
    ends counted = {0};
    size_t count;
    perbus_desk_automation_point points[] = {{.frame = 1000}, {.frame = 2000, .value = 4.01f}};
    last_of(&stage, 500);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_group_fade_at, group, 499, 0.0f, 0.01, 0,
          count_end, &counted, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_group_fade_at, group, 900, 0.0f, -1.0, 0,
          count_end, &counted, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_group_fade_at, group, 900, NAN, 0.01, 0, count_end,
          &counted, NULL);
    REJECTS(perbus_desk_group_fade_at, group, 900, 0.0f, 0.01, 3, count_end, &counted, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_group_set_volume_at, group, 900, 4.01f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_group_automate_volume, group, points, 2);
    points[1] = points[0];
    REJECTS(perbus_desk_group_automate_volume, group, points, 2);
    REJECTS(perbus_desk_group_automate_volume, group, NULL, 2);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_group_cancel_automation_from, group, 499);
    WORKS(perbus_desk_group_get_volume_automation(group, NULL, 0, &count, &error));
    CHECK(count == 0 && counted.replaced == 0 && counted.finished == 0);

    REJECTS(perbus_desk_group_fade_at, NULL, 900, 0.0f, 0.01, 0, count_end, &counted, NULL);
    REJECTS(perbus_desk_group_set_volume_at, NULL, 900, 0.0f);
    REJECTS(perbus_desk_group_automate_volume, NULL, points, 1);
    REJECTS(perbus_desk_group_get_volume_automation, NULL, points, 2, &count);
    REJECTS(perbus_desk_group_get_volume_automation, group, points, 2, NULL);
    REJECTS(perbus_desk_group_cancel_automation_from, NULL, 900);
    REJECTS(perbus_desk_mixer_set_pan_law, NULL, PERBUS_PAN_LAW_BALANCE);
    REJECTS(perbus_desk_mixer_get_pan_law, NULL, &(perbus_pan_law){0});
    REJECTS(perbus_desk_mixer_get_pan_law, stage.mixer, NULL);
    NEAR(last_of(&stage, 2000), 0.5f);
    perbus_desk_group_release(group);
    end_stage(&stage);
}

typedef struct calls {
    perbus_desk_group *group;
    perbus_desk_node *mixer;
    perbus_status found[6];
} calls;

static bool call_the_desk(void *context, int64_t time, uint32_t frames, float *const *channels,
                          uint32_t channel_count) {
    calls *it = context;
    perbus_desk_automation_point point = {.frame = 90000};
    size_t count;
    it->found[0] =
        perbus_desk_group_fade_at(it->group, 90000, 0.0f, 1.0, 0, NULL, NULL, NULL, NULL);
    it->found[1] = perbus_desk_group_set_volume_at(it->group, 90000, 0.0f, NULL);
    it->found[2] = perbus_desk_group_automate_volume(it->group, &point, 1, NULL);
    it->found[3] = perbus_desk_group_get_volume_automation(it->group, &point, 1, &count, NULL);
    it->found[4] = perbus_desk_group_cancel_automation_from(it->group, 90000, NULL);
    it->found[5] = perbus_desk_mixer_set_pan_law(it->mixer, PERBUS_PAN_LAW_CONSTANT_POWER, NULL);
    return render_half(context, time, frames, channels, channel_count);
}

static void test_in_a_render_function(void) {
    stage stage;
    make_stage(&stage);
    calls calls = {.group = group_of(&stage), .mixer = stage.mixer};
    perbus_desk_node *source;
    perbus_pan_law law;
    size_t count;
    WORKS(perbus_desk_source_create(stage.engine, &MONO, call_the_desk, &calls, NULL, &source,
                                    &error));
    WORKS(perbus_desk_engine_connect(stage.engine, source, 0, stage.mixer, 0, NULL, &error));
    NEAR(settled(&stage), 0.5f);
    for (int i = 0; i < 6; i++) {
        CHECK(calls.found[i] == PERBUS_ERROR_IN_RENDER);
    }
    WORKS(perbus_desk_group_get_volume_automation(calls.group, NULL, 0, &count, &error));
    WORKS(perbus_desk_mixer_get_pan_law(stage.mixer, &law, &error));
    CHECK(count == 0 && law == PERBUS_PAN_LAW_BALANCE);
    perbus_desk_node_release(source);
    perbus_desk_group_release(calls.group);
    end_stage(&stage);
}

static void *automate_the_group(void *context) {
    calls *it = context;
    for (int64_t i = 0; i < 200; i++) {
        perbus_desk_automation_point found[POINTS];
        size_t count;
        const int64_t frame = 100000 + i;
        WORKS(perbus_desk_group_set_volume_at(it->group, frame, 0.5f, &error));
        WORKS(perbus_desk_group_get_volume_automation(it->group, found, POINTS, &count, &error));
        WORKS(perbus_desk_group_cancel_automation_from(it->group, frame, &error));
    }
    return NULL;
}

static void *change_the_law(void *context) {
    calls *it = context;
    for (int i = 0; i < 200; i++) {
        WORKS(perbus_desk_mixer_set_pan_law(
            it->mixer, i % 2 == 0 ? PERBUS_PAN_LAW_CONSTANT_POWER : PERBUS_PAN_LAW_BALANCE,
            &error));
    }
    return NULL;
}

/* While this thread renders: a mono mix has no pan, and what the group is going to do lies ahead. */
static void test_beside_each_other(void) {
    stage stage;
    make_stage(&stage);
    calls calls = {.group = group_of(&stage), .mixer = stage.mixer};
    pthread_t threads[3];
    void *(*work[])(void *) = {automate_the_group, automate_the_group, change_the_law};
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_create(&threads[i], NULL, work[i], &calls) == 0);
    }
    for (int i = 0; i < 20; i++) {
        NEAR(settled(&stage), 0.5f);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    perbus_pan_law law;
    size_t count;
    WORKS(perbus_desk_group_get_volume_automation(calls.group, NULL, 0, &count, &error));
    WORKS(perbus_desk_mixer_get_pan_law(stage.mixer, &law, &error));
    CHECK(count == 0 && law == PERBUS_PAN_LAW_BALANCE);
    perbus_desk_group_release(calls.group);
    end_stage(&stage);
}

void test_group_automation(void) {
    test_fades_and_points();
    test_refused();
    test_in_a_render_function();
    test_beside_each_other();
}

/* The last frame of 512, in which all ramps are over. */
static void hear_both(perbus_desk_engine *engine, float *left, float *right) {
    float samples[2][512], *channels[] = {samples[0], samples[1]};
    WORKS(perbus_desk_engine_render(engine, 512, channels, 2, &error));
    *left = samples[0][511], *right = samples[1][511];
}

void test_pan_laws(void) {
    perbus_desk_engine *engine;
    perbus_desk_node *mixer, *mono, *stereo;
    perbus_pan_law law;
    float left, right;
    WORKS(perbus_desk_engine_create_offline(&STEREO, 512, &engine, &error));
    WORKS(perbus_desk_engine_copy_main_mixer(engine, &mixer, &error));
    WORKS(perbus_desk_source_create(engine, &MONO, render_half, NULL, NULL, &mono, &error));
    WORKS(perbus_desk_source_create(engine, &STEREO, render_half, NULL, NULL, &stereo, &error));
    WORKS(perbus_desk_engine_connect(engine, mono, 0, mixer, 0, NULL, &error));
    WORKS(perbus_desk_engine_start(engine, &error));
    WORKS(perbus_desk_mixer_get_pan_law(mixer, &law, &error));
    CHECK(law == PERBUS_PAN_LAW_BALANCE);
    hear_both(engine, &left, &right);
    NEAR(left, 0.5f);
    NEAR(right, 0.5f);
    WORKS(perbus_desk_mixer_set_pan_law(mixer, PERBUS_PAN_LAW_CONSTANT_POWER, &error));
    WORKS(perbus_desk_mixer_get_pan_law(mixer, &law, &error));
    CHECK(law == PERBUS_PAN_LAW_CONSTANT_POWER);
    for (int step = -4; step <= 4; step++) {
        const float pan = (float)step / 4.0f, angle = (pan + 1.0f) * 0.78539816f;
        WORKS(perbus_desk_engine_set_mixer_pan_for_bus(engine, mixer, pan, 0, NULL, &error));
        hear_both(engine, &left, &right);
        NEAR(left, 0.5f * cosf(angle));
        NEAR(right, 0.5f * sinf(angle));
    }
    REJECTS(perbus_desk_mixer_set_pan_law, mixer, 2);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_mixer_set_pan_law, mono, PERBUS_PAN_LAW_BALANCE);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_mixer_get_pan_law, mono, &law);
    /* Balanced, as inputs with more channels always are. */
    WORKS(perbus_desk_engine_connect(engine, stereo, 0, mixer, 0, NULL, &error));
    WORKS(perbus_desk_engine_set_mixer_pan_for_bus(engine, mixer, 0.5f, 0, NULL, &error));
    hear_both(engine, &left, &right);
    NEAR(left, 0.25f);
    NEAR(right, 0.5f);
    perbus_desk_node_release(stereo);
    perbus_desk_node_release(mono);
    perbus_desk_node_release(mixer);
    perbus_desk_engine_release(engine);
}
