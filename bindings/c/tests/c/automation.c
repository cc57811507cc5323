/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Automation: fades and sets at given frames. */
#include "desk.h"

#define POINTS 4

static const perbus_desk_automation_point ROOM[] = {
    {.frame = 2000, .value = 1.0f},
    {.frame = 1100, .value = 0.0f, .seconds = 0.01, .curve = PERBUS_CURVE_EXPONENTIAL},
};

void test_automation(void) {
    stage stage;
    make_stage(&stage);
    ends counted = {0};
    perbus_desk_fade *fade;
    perbus_desk_automation_point found[POINTS];
    float value;
    bool running;
    size_t count;
    /* Starts inside a block: unchanged up to frame 299, a quarter of the way 120 frames later. */
    WORKS(perbus_desk_bus_fade_at(stage.bus, 300, 0.0f, 0.01, PERBUS_CURVE_LINEAR, count_end,
                                  &counted, &fade, &error));
    WORKS(perbus_desk_bus_get_volume_automation(stage.bus, found, POINTS, &count, &error));
    CHECK(count == 1 && found[0].frame == 300 && found[0].value == 0.0f);
    CHECK(fabs(found[0].seconds - 0.01) < 1e-9 && found[0].curve == PERBUS_CURVE_LINEAR);
    WORKS(perbus_desk_fade_is_running(fade, &running, &error));
    CHECK(!running);
    NEAR(last_of(&stage, 300), 0.5f);
    NEAR(last_of(&stage, 120), 0.375f);
    CHECK(counted.finished == 0);
    /* 240 frames from 540 on: it takes over half way down. */
    WORKS(perbus_desk_bus_fade_at(stage.bus, 540, 1.0f, 0.005, PERBUS_CURVE_LINEAR, count_end,
                                  &counted, NULL, &error));
    NEAR(last_of(&stage, 120), 0.25f);
    NEAR(last_of(&stage, 120), 0.375f);
    CHECK(counted.replaced == 1 && counted.finished == 0);
    NEAR(last_of(&stage, 120), 0.5f);
    CHECK(counted.finished == 1);
    perbus_desk_fade_release(fade);

    /* A cancelled one never starts. */
    WORKS(perbus_desk_bus_fade_at(stage.bus, 800, 0.0f, 0.01, PERBUS_CURVE_LINEAR, count_end,
                                  &counted, &fade, &error));
    WORKS(perbus_desk_fade_cancel(fade, &error));
    CHECK(counted.replaced == 2);
    perbus_desk_fade_release(fade);
    NEAR(last_of(&stage, 220), 0.5f);

    /* Now 1000. */
    WORKS(perbus_desk_bus_automate_volume(stage.bus, ROOM, 2, &error));
    WORKS(perbus_desk_bus_get_volume_automation(stage.bus, found, 1, &count, &error));
    CHECK(count == 2 && found[0].frame == 1100 && found[0].curve == PERBUS_CURVE_EXPONENTIAL);
    NEAR(last_of(&stage, 580), 0.0f);
    NEAR(last_of(&stage, 420), 0.0f);
    NEAR(last_of(&stage, 480), 0.5f);

    /* Now 2480. */
    WORKS(perbus_desk_bus_set_volume_at(stage.bus, 2500, 0.5f, &error));
    NEAR(last_of(&stage, 20), 0.5f);
    NEAR(last_of(&stage, 480), 0.25f);
    WORKS(perbus_desk_bus_fade_at(stage.bus, 3000, 1.0f, 0.01, PERBUS_CURVE_LINEAR, NULL, NULL,
                                  NULL, &error));
    WORKS(perbus_desk_bus_set_volume_at(stage.bus, 3300, 0.0f, &error));
    WORKS(perbus_desk_bus_cancel_automation_from(stage.bus, 3240, &error));
    NEAR(last_of(&stage, 260), 0.375f);
    WORKS(perbus_desk_bus_get_volume(stage.bus, &value, &error));
    NEAR(value, 0.75f);
    NEAR(last_of(&stage, 252), 0.5f);
    WORKS(perbus_desk_bus_get_volume(stage.bus, &value, &error));
    NEAR(value, 1.0f);

    /* The pan of a mono mix is not heard, but read. Now 3492. */
    const perbus_desk_automation_point pans[] = {{.frame = 4000, .value = 0.5f}};
    WORKS(perbus_desk_bus_fade_pan_at(stage.bus, 3600, -1.0f, 0.01, count_end, &counted, NULL,
                                      &error));
    WORKS(perbus_desk_bus_automate_pan(stage.bus, pans, 1, &error));
    WORKS(perbus_desk_bus_set_pan_at(stage.bus, 5000, 1.0f, &error));
    WORKS(perbus_desk_bus_get_pan_automation(stage.bus, found, POINTS, &count, &error));
    CHECK(count == 3 && found[0].value == -1.0f && found[1].frame == 4000);
    last_of(&stage, 348);
    WORKS(perbus_desk_bus_get_pan(stage.bus, &value, &error));
    NEAR(value, -0.5f);
    last_of(&stage, 260);
    WORKS(perbus_desk_bus_get_pan(stage.bus, &value, &error));
    NEAR(value, 0.5f);
    CHECK(counted.replaced == 3 && counted.finished == 1);

    /* The end of one that waits is reported when its engine goes. */
    WORKS(
        perbus_desk_bus_fade_at(stage.bus, 90000, 0.0f, 1.0, 0, count_end, &counted, NULL, &error));
    int before = counted.replaced;
    WORKS(perbus_desk_engine_close(stage.engine, &error));
    CHECK(counted.replaced == before + 1);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_bus_set_volume_at, stage.bus, 95000, 0.0f);
    end_stage(&stage);
}

void test_output_automation(void) {
    stage stage;
    make_stage(&stage);
    ends counted = {0};
    perbus_desk_automation_point found[POINTS];
    size_t count;
    WORKS(perbus_desk_mixer_fade_output_volume_at(stage.mixer, 300, 0.0f, 0.01, PERBUS_CURVE_LINEAR,
                                                  count_end, &counted, NULL, &error));
    WORKS(perbus_desk_mixer_set_output_volume_at(stage.mixer, 900, 0.5f, &error));
    NEAR(last_of(&stage, 300), 0.5f);
    NEAR(last_of(&stage, 120), 0.375f);
    NEAR(last_of(&stage, 360), 0.0f);
    CHECK(counted.finished == 1);
    NEAR(last_of(&stage, 700), 0.25f);
    /* Now 1480. */
    WORKS(perbus_desk_mixer_automate_output_volume(stage.mixer, &ROOM[0], 1, &error));
    WORKS(
        perbus_desk_mixer_get_output_volume_automation(stage.mixer, found, POINTS, &count, &error));
    CHECK(count == 1 && found[0].frame == 2000 && found[0].seconds == 0.0);
    WORKS(perbus_desk_mixer_cancel_output_automation_from(stage.mixer, 2000, &error));
    NEAR(last_of(&stage, 1100), 0.25f);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_mixer_set_output_volume_at, stage.source, 9000,
          0.0f);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_mixer_cancel_output_automation_from, stage.source,
          9000);
    end_stage(&stage);
}

void test_refused_automation(void) {
    stage stage;
    make_stage(&stage);
    ends counted = {0};
    size_t count;
    perbus_desk_automation_point points[] = {{.frame = 1000}, {.frame = 2000, .value = 4.01f}};
    last_of(&stage, 500);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_fade_at, stage.bus, 499, 0.0f, 0.01, 0,
          count_end, &counted, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_fade_at, stage.bus, 900, 0.0f, -1.0, 0,
          count_end, &counted, NULL);
    REJECTS(perbus_desk_bus_fade_at, stage.bus, 900, 0.0f, 0.01, 3, count_end, &counted, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_set_pan_at, stage.bus, 900, -1.5f);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_automate_volume, stage.bus, points, 2);
    points[1] = points[0];
    REJECTS(perbus_desk_bus_automate_volume, stage.bus, points, 2);
    REJECTS(perbus_desk_bus_automate_volume, stage.bus, NULL, 2);
    points[1].frame = 2000, points[1].curve = PERBUS_CURVE_EXPONENTIAL;
    REJECTS(perbus_desk_bus_automate_pan, stage.bus, points, 2);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_bus_cancel_automation_from, stage.bus, 499);
    WORKS(perbus_desk_bus_get_volume_automation(stage.bus, NULL, 0, &count, &error));
    CHECK(count == 0 && counted.replaced == 0 && counted.finished == 0);
    NEAR(last_of(&stage, 2000), 0.5f);
    end_stage(&stage);
}
