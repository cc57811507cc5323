/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A chain of points on its own: against a model in double precision, point by point where they are
 *  late, and while another thread replaces what is still to come. */
#include <math.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "course.h"
#include "render/gain/chain.h"

enum { LONGEST = 64, POINTS = 200, ROUNDS = 20000 };

static int failures;

#define CHECK(condition)                                           \
    do {                                                           \
        if (!(condition)) {                                        \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            failures++;                                            \
        }                                                          \
    } while (0)

static uint64_t seed = 20;

static uint32_t any(uint32_t below) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((seed >> 33) % below);
}

/* A frame of a block at which the target jumps, and where to. */
typedef struct Jump {
    uint32_t frame;
    float to;
} Jump;

static void follow(pbr_fade *fade, uint32_t frames, float *values) {
    uint64_t left = pbr_fade_over(fade) ? 0 : fade->frames - fade->done;
    uint32_t moving = left < frames ? (uint32_t)left : frames;
    for (uint32_t i = 0; i < moving; i++) {
        values[i] = pbr_fade_at(fade, fade->done + i + 1);
    }
    for (uint32_t i = moving; i < frames; i++) {
        values[i] = fade->to;
    }
    fade->done += frames;
}

/* The targets of a block, found as a gain finds them. Returns the number of jumps, in order. */
static uint32_t run(pbr_gain_chain *chain, int64_t time, uint32_t frames, pbr_fade *fade,
                    float *values, Jump *jumps) {
    uint32_t count = 0;
    uint32_t at = 0;
    while (at < frames) {
        const pbr_point *point = pbr_gain_chain_due(chain, time + frames);
        int64_t next = point != NULL ? point->start - time : frames;
        uint32_t until = next > at ? (uint32_t)next : at;
        follow(fade, until - at, values + at);
        at = until;
        if (point != NULL) {
            float before = pbr_fade_reached(fade);
            pbr_gain_chain_start(chain, time + at, fade);
            if (pbr_fade_reached(fade) != before) {
                count -= count > 0 && jumps[count - 1].frame == at;
                jumps[count++] = (Jump){at, pbr_fade_reached(fade)};
            }
        }
    }
    return count;
}

/* What is to come, as one would write it down. */
typedef struct model {
    pbr_point points[POINTS];
    uint32_t count;
    pbr_point now;
    double from;
    double value;
} model;

/* Whether the target jumps in this frame. */
static bool model_step(model *model, int64_t time) {
    bool jumps = false;
    if (model->count > 0 && model->points[0].start == time) {
        model->now = model->points[0];
        model->from = model->value;
        memmove(model->points, model->points + 1, --model->count * sizeof *model->points);
        jumps = model->now.frames == 0 && (float)model->value != model->now.value;
    }
    const pbr_point *now = &model->now;
    double done = (double)(time - now->start + 1);
    model->value = done >= (double)now->frames
                       ? now->value
                       : curve_at(now->curve, model->from, now->value, done / (double)now->frames);
    return jumps;
}

static void model_replace(model *model, int64_t from, const pbr_point *points, uint32_t count) {
    uint32_t kept = 0;
    while (kept < model->count && model->points[kept].start < from) {
        kept++;
    }
    memcpy(model->points + kept, points, count * sizeof *points);
    model->count = kept + count;
}

static void replace(pbr_gain_chain *chain, int64_t now, int64_t from, const pbr_point *points,
                    uint32_t count) {
    pbr_retired *old;
    if (!pbr_gain_chain_replace(chain, now, from, points, count, &old)) {
        exit(2);
    }
    if (old != NULL) {
        old->free(old);
    }
}

static uint32_t random_points(int64_t from, pbr_point *points, uint32_t most) {
    uint32_t count = any(most + 1);
    for (uint32_t i = 0; i < count; i++) {
        from += any(3) == 0 ? 1 : any(120);
        points[i] = (pbr_point){from, from, any(3) == 0 ? 0 : 1 + any(150),
                                (float)any(400) / 100.0f, (pbr_curve)any(3)};
        from++;
    }
    return count;
}

static void agrees_with_a_model(void) {
    pbr_gain_chain chain = {.numbered = 0};
    pbr_fade fade = {1.0f, 1.0f, 0, 0, PBR_CURVE_LINEAR};
    model model = {.now = {-1, -1, 0, 1.0f, PBR_CURVE_LINEAR}, .from = 1.0, .value = 1.0};
    int64_t time = 0;
    uint32_t started = 0;
    for (int round = 0; round < ROUNDS && failures == 0; round++) {
        if (any(6) == 0) {
            pbr_point points[20];
            int64_t last = model.count > 0 ? model.points[model.count - 1].start : time;
            bool appends = any(2) == 0 && model.count < POINTS / 2;
            int64_t from = appends ? last + 1 : time + any(300);
            uint32_t count = random_points(from, points, model.count < POINTS / 2 ? 20 : 0);
            replace(&chain, time, from, points, count);
            model_replace(&model, from, points, count);
        }
        if (any(40) == 0) {
            /* A fade right now: it replaces what runs, and what is to come stays. */
            float to = (float)any(400) / 100.0f;
            fade = (pbr_fade){pbr_fade_reached(&fade), to, 0, 50, PBR_CURVE_LINEAR};
            model.now = (pbr_point){time, time, 50, to, PBR_CURVE_LINEAR};
            model.from = model.value;
        }
        uint32_t frames = 1 + any(LONGEST);
        float values[LONGEST];
        Jump jumps[LONGEST];
        uint32_t count = 0, jump = 0;
        float before = pbr_fade_reached(&fade);
        bool jumped =
            pbr_gain_chain_start(&chain, time, &fade) && pbr_fade_reached(&fade) != before;
        count = run(&chain, time, frames, &fade, values, jumps);
        for (uint32_t i = 0; i < frames; i++) {
            started += model.count > 0 && model.points[0].start == time;
            bool jumps_here = model_step(&model, time++);
            if (i == 0) {
                CHECK(jumps_here == jumped);
            } else if (jumps_here) {
                CHECK(jump < count && jumps[jump].frame == i && jumps[jump].to == model.now.value);
                jump++;
            }
            CHECK(fabs(values[i] - model.value) <= 1e-5);
        }
        CHECK(jump == count);
        CHECK(pbr_gain_chain_waits(&chain) == (model.count > 0));
    }
    CHECK(started > ROUNDS / 10);
    pbr_gain_chain_free(&chain);
}

/* The control's value at the time of a block, if the block comes too late for the points. */
static float late_value(const pbr_point *points, uint32_t count, int64_t time) {
    pbr_gain_chain chain = {.numbered = 0};
    pbr_fade fade = {1.0f, 1.0f, 0, 0, PBR_CURVE_LINEAR};
    replace(&chain, 0, 0, points, count);
    CHECK(pbr_gain_chain_start(&chain, time, &fade));
    CHECK(!pbr_gain_chain_start(&chain, time, &fade));
    pbr_gain_chain_free(&chain);
    return pbr_fade_reached(&fade);
}

static void late_points_go_on_as_if_in_time(void) {
    const pbr_point points[] = {{10, 10, 100, 0.0f, PBR_CURVE_LINEAR},
                                {30, 30, 0, 0.5f, PBR_CURVE_LINEAR},
                                {40, 40, 20, 2.5f, PBR_CURVE_LINEAR},
                                {50, 50, 10, 0.5f, PBR_CURVE_LINEAR}};
    CHECK(fabsf(late_value(points, 1, 35) - 0.75f) <= 1e-6f);
    CHECK(late_value(points, 1, 110) == 0.0f);
    CHECK(late_value(points, 4, 35) == 0.5f);
    CHECK(fabsf(late_value(points, 3, 45) - 1.0f) <= 1e-6f);
    CHECK(fabsf(late_value(points, 4, 55) - 1.0f) <= 1e-6f);
    CHECK(late_value(points, 4, 1000) == 0.5f);
}

/* A chain that one thread walks along and another replaces. */
typedef struct race {
    pbr_gain_chain chain;
    _Atomic int64_t time;
    _Atomic int64_t ahead; /* how far it may be walked, so that neither thread is alone for long */
    atomic_bool over;
    _Atomic uint64_t blocks; /* odd while one is walked: a list that was replaced then lives on */
} race;

static void *walk(void *context) {
    race *race = context;
    pbr_fade fade = {0.0f, 0.0f, 0, 0, PBR_CURVE_LINEAR};
    static int64_t wrong;
    int64_t time = 0;
    float reached = 0.0f;
    int64_t moves = 0;
    while (!atomic_load(&race->over)) {
        if (time >= atomic_load(&race->ahead)) {
            sched_yield();
            continue;
        }
        float values[LONGEST];
        Jump jumps[LONGEST];
        atomic_fetch_add(&race->blocks, 1);
        pbr_gain_chain_start(&race->chain, time, &fade);
        run(&race->chain, time, LONGEST, &fade, values, jumps);
        atomic_fetch_add(&race->blocks, 1);
        for (int i = 0; i < LONGEST; i++) {
            /* Only sets, each to its own start: a value that is ahead of the time was never due. */
            wrong += values[i] > (float)(time + i) || values[i] < 0.0f;
            moves += values[i] != reached;
            reached = values[i];
        }
        time += LONGEST;
        atomic_store(&race->time, time);
    }
    wrong += moves < time / 1000;
    return &wrong;
}

static void may_be_replaced_while_it_is_walked(void) {
    enum { LAST = 1 << 22 };
    /* A float holds all of them exactly. */
    static race race;
    pthread_t thread;
    if (pthread_create(&thread, NULL, walk, &race) != 0) {
        exit(2);
    }
    for (int64_t now = 0; now < LAST; now = atomic_load(&race.time)) {
        pbr_point points[8];
        atomic_store(&race.ahead, now + 16 * LONGEST);
        int64_t start = now + any(3 * LONGEST);
        uint32_t count = any(9);
        for (uint32_t i = 0; i < count; i++) {
            points[i] = (pbr_point){start + i, start + i, 0, (float)(start + i), PBR_CURVE_LINEAR};
        }
        pbr_retired *old;
        if (!pbr_gain_chain_replace(&race.chain, now, start, points, count, &old)) {
            exit(2);
        }
        if (old != NULL) {
            uint64_t block = atomic_load(&race.blocks);
            while (block % 2 == 1 && atomic_load(&race.blocks) == block) {
            }
            old->free(old);
        }
    }
    atomic_store(&race.over, true);
    void *wrong;
    pthread_join(thread, &wrong);
    CHECK(*(int64_t *)wrong == 0);
    pbr_gain_chain_free(&race.chain);
}

/* A list to which points are appended for hours does not grow: what is over is dropped. */
static void appending_drops_what_is_over(void) {
    pbr_gain_chain chain = {.numbered = 0};
    pbr_fade fade = {0.0f, 0.0f, 0, 0, PBR_CURVE_LINEAR};
    uint32_t lists = 0;
    for (int64_t time = 0; time < 100000; time++) {
        const pbr_point point = {time, time, 0, (float)time, PBR_CURVE_LINEAR};
        pbr_retired *old;
        if (!pbr_gain_chain_replace(&chain, time, time, &point, 1, &old)) {
            exit(2);
        }
        if (old != NULL) {
            lists++;
            old->free(old);
        }
        CHECK(pbr_gain_chain_start(&chain, time, &fade) && fade.to == (float)time);
    }
    /* Lists that grew would have been few. */
    CHECK(lists > 100000 / 16);
    pbr_gain_chain_free(&chain);
}

int main(void) {
    agrees_with_a_model();
    late_points_go_on_as_if_in_time();
    may_be_replaced_while_it_is_walked();
    appending_drops_what_is_over();
    return failures > 0;
}
