/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Automation, against the model and by itself; only on the portable engine. */
#include "automation.h"

static float any_value(perbus_control control) {
    return control == PERBUS_CONTROL_PAN ? (float)any(201) / 100.0f - 1.0f
                                         : (float)any(401) / 100.0f;
}

static size_t any_points(perbus_control control, int64_t from, perbus_automation_point *points,
                         size_t most) {
    size_t count = any((uint32_t)most + 1);
    for (size_t i = 0; i < count; i++, from++) {
        uint64_t frames = any(4) == 0 ? 0 : 1 + any(600);
        bool pan = control == PERBUS_CONTROL_PAN;
        from += any(4) == 0 ? 0 : any(500);
        if (i > 0 && any(3) == 0 && points[i - 1].frames > 0) {
            /* Exactly where the one before ends. */
            from = points[i - 1].start + (int64_t)points[i - 1].frames;
        }
        points[i] = (perbus_automation_point){from, any_value(control), frames,
                                              pan ? PERBUS_CURVE_LINEAR : (perbus_curve)any(3)};
    }
    return count;
}

static void one_random_change(Stage *stage, bool *moved) {
    bool pan = stage->what < OUTPUT && any(2) == 0;
    perbus_control control = pan ? PERBUS_CONTROL_PAN : PERBUS_CONTROL_VOLUME;
    const Course *course = pan ? &stage->model.pan : &stage->model.volume;
    perbus_automation_point points[12];
    uint32_t act = any(6);
    if (act == 0 && !*moved) {
        *moved = true;
        uint64_t frames = any(2) == 0 ? 0 : 1 + any(1000);
        move_now(stage, control, any_value(control), frames,
                 pan ? PERBUS_CURVE_LINEAR : (perbus_curve)any(3));
    } else if (act == 1) {
        automate(stage, control, stage->time + any(1000), NULL, 0);
    } else {
        bool appends = act == 2 && course->count > course->next;
        int64_t from =
            appends ? course->points[course->count - 1].start + 1 : stage->time + any(800);
        automate(stage, control, from, points, any_points(control, from, points, 12));
    }
}

static void agrees_with_the_model(What what) {
    Stage stage;
    for (seed = 1; seed <= 12 * 7919; seed += 7919) {
        stage_make(&stage, what);
        uint64_t start = seed;
        stage_render(&stage, 1);
        for (int block = 0; block < 300; block++) {
            for (bool moved = false; any(4) == 0;) {
                one_random_change(&stage, &moved);
            }
            if (!stage_render(&stage, 1 + any(any(2) == 0 ? 16 : LONGEST))) {
                printf("seed %llu, block %d\n", (unsigned long long)start, block);
                break;
            }
        }
        seed = start;
        stage_end(&stage);
    }
}

/* Ten thousand points, some past the end: each is heard at its frame. */
static void many_points_are_heard(What what) {
    enum { POINTS = 10000 };
    static perbus_automation_point points[POINTS];
    Stage stage;
    seed = 5;
    stage_make(&stage, what);
    int64_t start = 100;
    for (int i = 0; i < POINTS; i++) {
        points[i] = (perbus_automation_point){start, any_value(PERBUS_CONTROL_VOLUME), any(12),
                                              (perbus_curve)any(3)};
        start += 1 + any(10);
    }
    automate(&stage, PERBUS_CONTROL_VOLUME, 0, points, POINTS);
    while (stage.time < start - 1000 && stage_render(&stage, 1 + any(LONGEST))) {
    }
    CHECK(stage.model.volume.next > POINTS / 2);
    automate(&stage, PERBUS_CONTROL_VOLUME, 0, NULL, 0);
    stage_render(&stage, LONGEST);
    stage_end(&stage);
}

/* What is automated before the engine has rendered anything, and before it starts again. */
static void points_may_come_before_the_first_block(What what) {
    Stage stage;
    seed = 11;
    stage_make(&stage, what);
    for (int round = 0; round < 3; round++) {
        perbus_automation_point points[12];
        size_t count = 0;
        while (count == 0) {
            count = any_points(PERBUS_CONTROL_VOLUME, stage.time, points, 12);
        }
        automate(&stage, PERBUS_CONTROL_VOLUME, stage.time, points, count);
        /* The graph is compiled again. */
        perbus_node *extra = NULL;
        WORKS(perbus_mixer_create(&extra, &error));
        WORKS(perbus_engine_attach(stage.engine, extra, &error));
        WORKS(perbus_engine_connect(stage.engine, extra, 0, stage.main_mixer, 1, NULL, &error));
        for (int block = 0; block < 10; block++) {
            stage_render(&stage, 1 + any(LONGEST));
        }
        WORKS(perbus_engine_detach(stage.engine, extra, &error));
        perbus_node_release(extra);
    }
    stage_end(&stage);
}

/* Fades that follow one another: no frame moves by more than the fades themselves do. */
static void a_chain_has_no_steps(void) {
    const perbus_automation_point points[] = {{100, 0.0f, 1000, PERBUS_CURVE_LINEAR},
                                              {1100, 2.0f, 2000, PERBUS_CURVE_LINEAR},
                                              {3100, 1.0f, 1000, PERBUS_CURVE_LINEAR}};
    static float samples[2][LONGEST];
    float *channels[] = {samples[0], samples[1]}, before = 0.5f;
    Stage stage;
    stage_make(&stage, CONNECTION);
    automate(&stage, PERBUS_CONTROL_VOLUME, 100, points, 3);
    for (int64_t time = 0; time < 10 * LONGEST; time += LONGEST) {
        WORKS(perbus_engine_render(stage.engine, LONGEST, channels, 2, &error));
        for (int i = 0; i < LONGEST; i++) {
            CHECK(fabsf(samples[0][i] - before) <= 0.5f / 1000 + 1e-6f);
            before = samples[0][i];
        }
    }
    NEAR(before, 0.5f);
    stage_end(&stage);
}

/* A bus's own automation times that of its master, frame by frame. */
static void automations_multiply(void) {
    const perbus_automation_point own[] = {{100, 0.5f, 1000, PERBUS_CURVE_LINEAR},
                                           {1500, 1.0f, 700, PERBUS_CURVE_LINEAR}};
    const perbus_automation_point led[] = {{300, 2.0f, 1500, PERBUS_CURVE_LINEAR},
                                           {2000, 0.25f, 0, PERBUS_CURVE_LINEAR}};
    static float samples[2][LONGEST];
    float *channels[] = {samples[0], samples[1]};
    Stage stage;
    stage_make(&stage, MASTER);
    WORKS(perbus_connection_automate(stage.voice, stage.sub, 0, PERBUS_CONTROL_VOLUME, 0, own, 2,
                                     &error));
    WORKS(perbus_master_automate(stage.master, 0, led, 2, &error));
    seed = 3;
    double before = 0.5;
    for (int64_t time = 0; time < 3000;) {
        uint32_t frames = 1 + any(LONGEST);
        WORKS(perbus_engine_render(stage.engine, frames, channels, 2, &error));
        for (uint32_t i = 0; i < frames; i++, time++) {
            double first = fmin(fmax((double)(time - 99) / 1000, 0), 1);
            double second = fmin(fmax((double)(time - 1499) / 700, 0), 1);
            double volume = 1 - 0.5 * first + 0.5 * second;
            double master = time < 2000 ? 1 + fmin(fmax((double)(time - 299) / 1500, 0), 1) : 0.25;
            double ramped = (double)(time - 1999) / RAMP;
            /* The step is what the bus was at before it, less where the own fade was then. */
            double step =
                time < 2000 || ramped > 1 ? 0 : before - (1 - 0.5 + 0.5 * 500 / 700) * 0.25;
            double expected = volume * master + step * (1 - ramped);
            CHECK(fabs(2 * (double)samples[0][i] - expected) <= 1e-5);
            before = time < 2000 ? expected : before;
        }
    }
    stage_end(&stage);
}

/* What is set in the middle of a pause starts at its value; what is set during sound is on a ramp. */
static void a_set_in_silence_has_no_ramp(void) {
    enum { FRAMES = 400 };
    static float samples[2][FRAMES];
    float *channels[] = {samples[0], samples[1]}, *ones;
    perbus_engine *own = NULL;
    perbus_node *main_mixer = NULL, *voice = NULL, *sub = NULL;
    perbus_buffer *buffer = NULL;
    WORKS(perbus_buffer_create(&STEREO, 100, &buffer, &error));
    for (uint32_t c = 0; c < 2; c++) {
        ones = perbus_buffer_get_channel(buffer, c);
        for (int i = 0; i < 100; i++) {
            ones[i] = 1.0f;
        }
    }
    /* The player into the main mixer itself, then through another mixer: 100 to 199 and 300 on. */
    for (int through = 0; through < 2; through++) {
        WORKS(perbus_engine_create_offline(&STEREO, FRAMES, &own, &error));
        WORKS(perbus_engine_copy_main_mixer(own, &main_mixer, &error));
        WORKS(perbus_player_create(&voice, &error));
        WORKS(perbus_mixer_create(&sub, &error));
        WORKS(perbus_engine_attach(own, voice, &error));
        WORKS(perbus_engine_attach(own, sub, &error));
        perbus_node *into = through ? sub : main_mixer, *last = through ? sub : voice;
        WORKS(perbus_engine_connect(own, voice, 0, into, 0, &STEREO, &error));
        if (through) {
            WORKS(perbus_engine_connect(own, sub, 0, main_mixer, 0, NULL, &error));
        }
        WORKS(perbus_engine_start(own, &error));
        for (int64_t start = 100; start <= 300; start += 200) {
            const perbus_schedule at = {.start = start};
            WORKS(perbus_player_schedule(voice, buffer, &at, &error));
        }
        WORKS(perbus_player_play(voice, &error));
        const perbus_automation_point before = {50, 0.5f, 0, PERBUS_CURVE_LINEAR};
        const perbus_automation_point during = {150, 1.0f, 0, PERBUS_CURVE_LINEAR};
        const perbus_automation_point pause = {250, 0.25f, 0, PERBUS_CURVE_LINEAR};
        const perbus_automation_point points[] = {before, during, pause};
        /* Through a mixer, a pause inside a block counts as sound. */
        WORKS(perbus_connection_automate(last, main_mixer, 0, PERBUS_CONTROL_VOLUME, 0, points,
                                         through ? 2 : 3, &error));
        WORKS(perbus_engine_render(own, FRAMES, channels, 2, &error));
        NEAR(samples[0][99], 0.0f);
        NEAR(samples[0][100], 0.5f);
        NEAR(samples[1][149], 0.5f);
        NEAR(samples[1][150], 0.5f + 0.5f / RAMP);
        NEAR(samples[0][199], 0.5f + 0.5f * 50 / RAMP);
        NEAR(samples[0][250], 0.0f);
        NEAR(samples[0][300], through ? 0.5f + 0.5f * 151 / RAMP : 0.25f);
        perbus_node_release(sub);
        perbus_node_release(voice);
        perbus_node_release(main_mixer);
        perbus_engine_destroy(own);
    }
    perbus_buffer_release(buffer);
}

/* A sub-mixer at half the rate counts its own frames: a fade covers the same time. */
static void a_slower_mixer_follows_the_engines_time(bool by_master) {
    static float samples[2][LONGEST];
    float *channels[] = {samples[0], samples[1]};
    const perbus_format slow = {.sample_rate = 24000.0, .channels = 2};
    const perbus_automation_point point = {4096, 0.0f, 8192, PERBUS_CURVE_LINEAR};
    perbus_engine *own = NULL;
    perbus_master *master = NULL;
    perbus_node *main_mixer = NULL, *voice = NULL, *sub = NULL;
    WORKS(perbus_engine_create_offline(&STEREO, LONGEST, &own, &error));
    WORKS(perbus_engine_copy_main_mixer(own, &main_mixer, &error));
    WORKS(perbus_source_create(&slow, render_half, NULL, NULL, &voice, &error));
    WORKS(perbus_mixer_create(&sub, &error));
    WORKS(perbus_engine_attach(own, voice, &error));
    WORKS(perbus_engine_attach(own, sub, &error));
    WORKS(perbus_engine_connect(own, voice, 0, sub, 0, &slow, &error));
    WORKS(perbus_engine_connect(own, sub, 0, main_mixer, 0, &slow, &error));
    WORKS(perbus_engine_start(own, &error));
    if (by_master) {
        WORKS(perbus_master_create(own, &master, &error));
        WORKS(perbus_bus_set_masters(own, sub, 0, &master, 1, &error));
        WORKS(perbus_master_automate(master, 0, &point, 1, &error));
    } else {
        WORKS(
            perbus_connection_automate(voice, sub, 0, PERBUS_CONTROL_VOLUME, 0, &point, 1, &error));
    }
    for (int64_t time = 0; time < 16384; time += LONGEST) {
        WORKS(perbus_engine_render(own, LONGEST, channels, 2, &error));
        /* The converter is up to 128 of the engine's frames late, which is 0.008 of the fade. */
        double over = (double)(time + LONGEST - 4096) / 8192;
        double level = 0.5 * (1 - (over < 0 ? 0 : over > 1 ? 1 : over));
        CHECK(time < 1024 || fabs((double)samples[0][LONGEST - 1] - level) <= 0.009);
    }
    perbus_master_destroy(master);
    perbus_node_release(sub);
    perbus_node_release(voice);
    perbus_node_release(main_mixer);
    perbus_engine_destroy(own);
}

/* What is refused changes nothing. */
static void bad_points_are_refused(What what) {
    const perbus_automation_point good = {2000, 0.5f, 10, PERBUS_CURVE_LINEAR};
    const struct {
        perbus_status status;
        int64_t from;
        perbus_automation_point points[2];
    } bad[] = {
        {PERBUS_ERROR_OUT_OF_RANGE, -10, {{-1, 0.5f, 10, PERBUS_CURVE_LINEAR}, good}},
        {PERBUS_ERROR_OUT_OF_RANGE, 0, {{511, 0.5f, 10, PERBUS_CURVE_LINEAR}, good}},
        {PERBUS_ERROR_OUT_OF_RANGE, 0, {good, {PERBUS_MAX_TIME + 1, 0.5f, 0, PERBUS_CURVE_LINEAR}}},
        {PERBUS_ERROR_OUT_OF_RANGE, 0, {{600, 4.01f, 10, PERBUS_CURVE_LINEAR}, good}},
        {PERBUS_ERROR_OUT_OF_RANGE, 0, {{600, NAN, 0, PERBUS_CURVE_LINEAR}, good}},
        {PERBUS_ERROR_OUT_OF_RANGE, 0, {{600, -0.5f, 0, PERBUS_CURVE_LINEAR}, good}},
        {PERBUS_ERROR_OUT_OF_RANGE,
         0,
         {{600, 0.5f, PERBUS_MAX_FADE + 1, PERBUS_CURVE_LINEAR}, good}},
        {PERBUS_ERROR_INVALID_ARGUMENT, 0, {{600, 0.5f, 10, (perbus_curve)3}, good}},
        {PERBUS_ERROR_INVALID_ARGUMENT, 0, {{2001, 0.5f, 10, PERBUS_CURVE_LINEAR}, good}},
        {PERBUS_ERROR_INVALID_ARGUMENT, 0, {good, good}},
        {PERBUS_ERROR_INVALID_ARGUMENT, 601, {{600, 0.5f, 10, PERBUS_CURVE_LINEAR}, good}},
    };
    Stage stage;
    stage_make(&stage, what);
    stage_render(&stage, LONGEST);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        FAILS(bad[i].status, stage_automate, &stage, PERBUS_CONTROL_VOLUME, bad[i].from,
              bad[i].points, 2);
    }
    REJECTS(stage_automate, &stage, PERBUS_CONTROL_VOLUME, 600, NULL, 1);
    if (what < OUTPUT) {
        const perbus_automation_point curved = {600, 0.5f, 10, PERBUS_CURVE_EQUAL_POWER};
        const perbus_automation_point beyond = {600, -1.01f, 0, PERBUS_CURVE_LINEAR};
        REJECTS(stage_automate, &stage, (perbus_control)2, 0, &good, 1);
        REJECTS(stage_automate, &stage, PERBUS_CONTROL_PAN, 0, &curved, 1);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, stage_automate, &stage, PERBUS_CONTROL_PAN, 0, &beyond, 1);
    }
    for (int block = 0; block < 8; block++) {
        stage_render(&stage, LONGEST);
    }
    stage_end(&stage);
}

static void bad_targets_are_refused(void) {
    const perbus_automation_point point = {PERBUS_MAX_TIME, 0.5f, 10, PERBUS_CURVE_LINEAR};
    perbus_node *loose = NULL;
    float volume = 0.0f;
    REJECTS(perbus_connection_automate, NULL, mixer, 1, PERBUS_CONTROL_VOLUME, 0, &point, 1);
    REJECTS(perbus_connection_automate, source, NULL, 1, PERBUS_CONTROL_VOLUME, 0, &point, 1);
    REJECTS(perbus_bus_automate, NULL, mixer, 1, PERBUS_CONTROL_PAN, 0, &point, 1);
    REJECTS(perbus_bus_automate, engine, NULL, 1, PERBUS_CONTROL_PAN, 0, &point, 1);
    REJECTS(perbus_mixer_automate_output_volume, NULL, 0, &point, 1);
    REJECTS(perbus_master_automate, NULL, 0, &point, 1);
    REJECTS(perbus_mixer_fade_output_volume, NULL, 0.5f, 10, PERBUS_CURVE_LINEAR);
    REJECTS(perbus_mixer_fade_output_volume, mixer, 0.5f, 10, (perbus_curve)3);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_connection_automate, source, mixer, 0,
          PERBUS_CONTROL_VOLUME, 0, &point, 1);
    FAILS(PERBUS_ERROR_NOT_MIXING, perbus_connection_automate, output, mixer, 0,
          PERBUS_CONTROL_VOLUME, 0, &point, 1);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_bus_automate, engine, mixer, 5, PERBUS_CONTROL_VOLUME,
          0, &point, 1);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_mixer_automate_output_volume, player, 0, &point, 1);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_mixer_fade_output_volume, player, 0.5f, 10,
          PERBUS_CURVE_LINEAR);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_mixer_fade_output_volume, mixer, 4.01f, 10,
          PERBUS_CURVE_LINEAR);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_mixer_fade_output_volume, mixer, 0.5f, 0,
          PERBUS_CURVE_LINEAR);
    WORKS(perbus_mixer_create(&loose, &error));
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_mixer_automate_output_volume, loose, 0, &point, 1);
    WORKS(perbus_mixer_fade_output_volume(loose, 0.5f, 10, PERBUS_CURVE_LINEAR, &error));
    WORKS(perbus_mixer_get_output_volume(loose, &volume, &error));
    CHECK(volume == 0.5f);
    perbus_node_release(loose);
}

void test_automation(void) {
    for (int what = 0; what < WHATS; what++) {
        agrees_with_the_model((What)what);
        many_points_are_heard((What)what);
        points_may_come_before_the_first_block((What)what);
        bad_points_are_refused((What)what);
    }
    a_chain_has_no_steps();
    automations_multiply();
    a_set_in_silence_has_no_ramp();
    a_slower_mixer_follows_the_engines_time(false);
    a_slower_mixer_follows_the_engines_time(true);
    bad_targets_are_refused();
}
