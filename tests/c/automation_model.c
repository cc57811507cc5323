/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "automation.h"

uint64_t seed;

uint32_t any(uint32_t below) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((seed >> 33) % below);
}

static double shaped(perbus_curve curve, double from, double to, double x) {
    if (curve == PERBUS_CURVE_EQUAL_POWER) {
        return sqrt((1 - x) * from * from + x * to * to);
    }
    if (curve == PERBUS_CURVE_EXPONENTIAL) {
        from = fmax(from, 1e-4);
        to = fmax(to, 1e-4);
        return from * pow(to / from, x);
    }
    return from + (to - from) * x;
}

static double course_at(const Course *course, int64_t time) {
    double done = (double)(time - course->now.start + 1);
    double frames = (double)course->now.frames;
    return done >= frames
               ? course->now.value
               : shaped(course->now.curve, course->from, course->now.value, done / frames);
}

static bool course_moves(const Course *course, int64_t time) {
    return time - course->now.start < (int64_t)course->now.frames;
}

static void course_take(Course *course, perbus_automation_point point) {
    course->from = course->value;
    course->now = point;
    course->value = point.frames == 0 ? point.value : course->value;
}

static Gains balanced(double volume, double pan) {
    return (Gains){
        {pan > 0 ? volume * (1 - pan) : volume, pan < 0 ? volume * (1 + pan) : volume, volume}};
}

static Gains target_of(const Model *model) {
    return balanced(model->volume.value, model->pan.value);
}

static double ramp_left(const Model *model, int side, int ramped) {
    return ramped < RAMP ? model->left.side[side] * (1.0 - (double)ramped / RAMP) : 0.0;
}

/* Takes what starts in this frame: points[0] of the volume, points[1] of the pan, each or NULL. */
static void model_turn(Model *model, const perbus_automation_point *volume,
                       const perbus_automation_point *pan, int64_t time) {
    if (volume == NULL && pan == NULL) {
        return;
    }
    Gains before = target_of(model), now = model->heard;
    if (volume != NULL) {
        course_take(&model->volume, *volume);
    }
    if (pan != NULL) {
        course_take(&model->pan, *pan);
    }
    Gains target = target_of(model);
    bool jumps = false, equal = true;
    for (int side = 0; side < SIDES; side++) {
        double reached = before.side[side] + ramp_left(model, side, model->ramped);
        jumps = jumps || before.side[side] != target.side[side] ||
                (model->confined && fabs(now.side[side] - reached) > 1e-9);
        equal = equal && now.side[side] == target.side[side];
    }
    if (jumps) {
        for (int side = 0; side < SIDES; side++) {
            model->left.side[side] = now.side[side] - target.side[side];
        }
        model->ramped = equal ? RAMP : 0;
    }
    model->confined = course_moves(&model->volume, time) || course_moves(&model->pan, time);
    model->low = model->high = now;
    for (int corner = 0; corner < 4; corner++) {
        double volumes[2] = {model->volume.value, model->volume.now.value};
        double pans[2] = {model->pan.value, model->pan.now.value};
        if (model->volume.now.curve == PERBUS_CURVE_EXPONENTIAL && model->volume.now.frames > 0) {
            int higher = volumes[1] > volumes[0];
            volumes[higher] = fmax(volumes[higher], 1e-4);
        }
        Gains gains = balanced(volumes[corner / 2], pans[corner % 2]);
        for (int side = 0; side < SIDES; side++) {
            model->low.side[side] = fmin(model->low.side[side], gains.side[side]);
            model->high.side[side] = fmax(model->high.side[side], gains.side[side]);
        }
    }
}

static const perbus_automation_point *course_due(Course *course, int64_t time) {
    bool due = course->next < course->count && course->points[course->next].start == time;
    return due ? &course->points[course->next++] : NULL;
}

static Gains model_step(Model *model, int64_t time) {
    const perbus_automation_point *volume = course_due(&model->volume, time);
    const perbus_automation_point *pan = course_due(&model->pan, time);
    model_turn(model, volume, pan, time);
    model->volume.value = course_at(&model->volume, time);
    model->pan.value = course_at(&model->pan, time);
    model->ramped += model->ramped < RAMP;
    model->heard = target_of(model);
    for (int side = 0; side < SIDES && model->ramped < RAMP; side++) {
        double heard = model->heard.side[side] + ramp_left(model, side, model->ramped);
        model->heard.side[side] =
            model->confined ? fmin(fmax(heard, model->low.side[side]), model->high.side[side])
                            : heard;
    }
    return model->heard;
}

void stage_make(Stage *stage, What what) {
    *stage = (Stage){.what = what};
    stage->model.volume = (Course){.value = 1.0, .now = {-1, 1.0f, 0, PERBUS_CURVE_LINEAR}};
    stage->model.pan = (Course){.value = 0.0, .now = {-1, 0.0f, 0, PERBUS_CURVE_LINEAR}};
    stage->model.volume.points = calloc(MOST, sizeof(perbus_automation_point));
    stage->model.pan.points = calloc(MOST, sizeof(perbus_automation_point));
    stage->model.heard = (Gains){{1.0, 1.0, 1.0}};
    stage->model.ramped = RAMP;
    WORKS(perbus_engine_create_offline(&STEREO, LONGEST, &stage->engine, &error));
    WORKS(perbus_engine_copy_main_mixer(stage->engine, &stage->main_mixer, &error));
    WORKS(perbus_mixer_create(&stage->sub, &error));
    WORKS(perbus_source_create(&STEREO, render_half, NULL, NULL, &stage->voice, &error));
    WORKS(perbus_engine_attach(stage->engine, stage->sub, &error));
    WORKS(perbus_engine_attach(stage->engine, stage->voice, &error));
    perbus_node *into = stage->sub;
    if (what == PARAMETER) {
        WORKS(perbus_matrix_create(1, 1, &stage->matrix, &error));
        WORKS(perbus_engine_attach(stage->engine, stage->matrix, &error));
        into = stage->matrix;
    }
    WORKS(perbus_engine_connect(stage->engine, stage->voice, 0, into, 0, &STEREO, &error));
    if (what == PARAMETER) {
        WORKS(perbus_engine_connect(stage->engine, into, 0, stage->sub, 0, &STEREO, &error));
        WORKS(perbus_matrix_set_identity(stage->matrix, &error));
        WORKS(perbus_matrix_set_input(stage->matrix, 0, 1.0f, &error));
        WORKS(perbus_matrix_set_input(stage->matrix, 1, 1.0f, &error));
        WORKS(perbus_matrix_set_output(stage->matrix, 0, 1.0f, &error));
        WORKS(perbus_matrix_set_output(stage->matrix, 1, 1.0f, &error));
        WORKS(perbus_matrix_set_master(stage->matrix, 1.0f, &error));
    }
    WORKS(perbus_engine_connect(stage->engine, stage->sub, 0, stage->main_mixer, 0, NULL, &error));
    if (what == MASTER) {
        WORKS(perbus_master_create(stage->engine, &stage->master, &error));
        WORKS(perbus_bus_set_masters(stage->engine, stage->sub, 0, &stage->master, 1, &error));
    }
    WORKS(perbus_engine_start(stage->engine, &error));
}

void stage_end(Stage *stage) {
    perbus_master_destroy(stage->master);
    perbus_node_release(stage->matrix);
    perbus_node_release(stage->voice);
    perbus_node_release(stage->sub);
    perbus_node_release(stage->main_mixer);
    perbus_engine_destroy(stage->engine);
    free(stage->model.volume.points);
    free(stage->model.pan.points);
}

perbus_status stage_automate(Stage *stage, perbus_control control, int64_t from,
                             const perbus_automation_point *points, size_t count,
                             perbus_error *error) {
    switch (stage->what) {
    case CONNECTION:
        return perbus_connection_automate(stage->voice, stage->sub, 0, control, from, points, count,
                                          error);
    case MASTER:
        return perbus_master_automate(stage->master, from, points, count, error);
    case OUTPUT:
        return perbus_mixer_automate_output_volume(stage->sub, from, points, count, error);
    default:
        return perbus_bus_automate(stage->engine, stage->sub, 0, control, from, points, count,
                                   error);
    }
}

void automate(Stage *stage, perbus_control control, int64_t from,
              const perbus_automation_point *points, size_t count) {
    WORKS(stage_automate(stage, control, from, points, count, &error));
    Course *course = control == PERBUS_CONTROL_PAN ? &stage->model.pan : &stage->model.volume;
    size_t kept = course->next;
    while (kept < course->count && course->points[kept].start < from) {
        kept++;
    }
    /* What is over makes room. */
    memmove(course->points, course->points + course->next,
            (kept - course->next) * sizeof *course->points);
    course->count = kept - course->next;
    course->next = 0;
    if (count > 0) {
        memcpy(course->points + course->count, points, count * sizeof *points);
    }
    course->count += count;
}

void move_now(Stage *stage, perbus_control control, float value, uint64_t frames,
              perbus_curve curve) {
    perbus_node *voice = stage->voice, *sub = stage->sub;
    bool pan = control == PERBUS_CONTROL_PAN;
    if (stage->what == OUTPUT) {
        WORKS(frames > 0 ? perbus_mixer_fade_output_volume(sub, value, frames, curve, &error)
                         : perbus_mixer_set_output_volume(sub, value, &error));
    } else if (stage->what == MASTER) {
        WORKS(frames > 0 ? perbus_master_fade_volume(stage->master, value, frames, curve, &error)
                         : perbus_master_set_volume(stage->master, value, &error));
    } else if (stage->what == CONNECTION && pan) {
        WORKS(frames > 0 ? perbus_connection_fade_pan(voice, sub, 0, value, frames, &error)
                         : perbus_connection_set_pan(voice, sub, 0, value, &error));
    } else if (stage->what == CONNECTION) {
        WORKS(frames > 0
                  ? perbus_connection_fade_volume(voice, sub, 0, value, frames, curve, &error)
                  : perbus_connection_set_volume(voice, sub, 0, value, &error));
    } else if (pan) {
        WORKS(frames > 0 ? perbus_bus_fade_pan(stage->engine, sub, 0, value, frames, &error)
                         : perbus_bus_set_pan(stage->engine, sub, 0, value, &error));
    } else {
        WORKS(frames > 0
                  ? perbus_bus_fade_volume(stage->engine, sub, 0, value, frames, curve, &error)
                  : perbus_bus_set_volume(stage->engine, sub, 0, value, &error));
    }
    const perbus_automation_point point = {stage->time, value, frames, curve};
    const Course *course = pan ? &stage->model.pan : &stage->model.volume;
    if (frames == 0 && course->value == value && !course_moves(course, stage->time - 1)) {
        return; /* It rests there already. */
    }
    model_turn(&stage->model, pan ? NULL : &point, pan ? &point : NULL, stage->time);
}

bool stage_render(Stage *stage, uint32_t frames) {
    static float samples[2][LONGEST];
    float *channels[] = {samples[0], samples[1]};
    WORKS(perbus_engine_render(stage->engine, frames, channels, 2, &error));
    for (uint32_t i = 0; i < frames; i++) {
        Gains gains = model_step(&stage->model, stage->time++);
        for (int side = 0; side < 2; side++) {
            if (fabs((double)samples[side][i] - 0.5 * gains.side[side]) > 1e-5) {
                printf("automation of %d: frame %lld, side %d: %.7f, not %.7f\n", (int)stage->what,
                       (long long)stage->time - 1, side, (double)samples[side][i],
                       0.5 * gains.side[side]);
                check_failures++;
                return false;
            }
        }
    }
    return true;
}
