/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Calls that would wait for each other. */
#include "desk.h"

#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

enum { BLOCK = 512, FRAMES = 20 * BLOCK, LENGTH = 4800, ROUNDS = 20 };

static void render(perbus_desk_engine *engine, uint32_t frames) {
    static float samples[BLOCK];
    for (uint32_t done = 0; done < frames; done += BLOCK) {
        WORKS(perbus_desk_engine_render(engine, BLOCK, &(float *){samples}, 1, &error));
    }
}

static void close_it(void *context) {
    stage *stage = context;
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_engine_close, stage->engine);
    WORKS(perbus_desk_bus_set_volume(stage->bus, 0.5f, &error));
}

static void a_batch_is_no_place_to_close(void) {
    stage stage;
    make_stage(&stage);
    WORKS(perbus_desk_engine_batch(stage.engine, close_it, &stage, &error));
    NEAR(settled(&stage), 0.25f);
    WORKS(perbus_desk_engine_close(stage.engine, &error));
    end_stage(&stage);
}

typedef struct watched {
    stage stage;
    atomic_int batches;
} watched;

static void call_until_closed(void *context) {
    watched *watched = context;
    bool runs;
    atomic_store(&watched->batches, 1);
    perbus_status status;
    do {
        status = perbus_desk_engine_is_running(watched->stage.engine, &runs, NULL);
    } while (status == PERBUS_OK);
    CHECK(status == PERBUS_ERROR_CLOSED);
}

static void *batch_until_closed(void *context) {
    watched *watched = context;
    return (void *)(intptr_t)perbus_desk_engine_batch(watched->stage.engine, call_until_closed,
                                                      watched, NULL);
}

/* The close waits for a call that waits for the batch, in which calls go on. */
static void a_batch_learns_of_a_close(void) {
    for (int round = 0; round < ROUNDS; round++) {
        watched watched;
        pthread_t rendering, batching;
        void *status;
        make_stage(&watched.stage);
        atomic_init(&watched.batches, 0);
        CHECK(pthread_create(&rendering, NULL, render_until_closed, &watched.stage) == 0);
        CHECK(pthread_create(&batching, NULL, batch_until_closed, &watched) == 0);
        wait_for(&watched.batches, 1);
        WORKS(perbus_desk_engine_close(watched.stage.engine, &error));
        pthread_join(batching, &status);
        CHECK((intptr_t)status == PERBUS_OK);
        pthread_join(rendering, &status);
        CHECK((intptr_t)status == PERBUS_OK || (intptr_t)status == PERBUS_ERROR_CLOSED);
        end_stage(&watched.stage);
    }
}

/* A callback that calls the engine once the test has got that far. */
typedef struct caller {
    stage stage;
    bool closes;
    perbus_tap *tap;
    perbus_desk_recorder *recorder;
    atomic_int begins, hears, ended;
} caller;

static void call_the_engine(void *context, const perbus_tap_block *block) {
    caller *caller = context;
    (void)block;
    if (atomic_fetch_add(&caller->hears, 1) > 0) {
        return;
    }
    wait_for(&caller->begins, 1);
    if (caller->closes) {
        WORKS(perbus_desk_engine_close(caller->stage.engine, &error));
    } else {
        WORKS(perbus_desk_bus_set_volume(caller->stage.bus, 0.5f, &error));
    }
}

static void end_caller(void *context) {
    atomic_store(&((caller *)context)->ended, 1);
}

static void tap(caller *caller) {
    atomic_init(&caller->begins, 0);
    atomic_init(&caller->hears, 0);
    atomic_init(&caller->ended, 0);
    WORKS(perbus_desk_tap_create(caller->stage.mixer, 0, LENGTH, call_the_engine, caller,
                                 end_caller, &caller->tap, &error));
}

static void end_what_calls_back(void *context) {
    caller *caller = context;
    atomic_store(&caller->begins, 1);
    FAILS(PERBUS_ERROR_INVALID_ARGUMENT, perbus_tap_wait, caller->tap);
    FAILS(PERBUS_ERROR_INVALID_ARGUMENT, perbus_desk_recorder_wait, caller->recorder);
    CHECK(perbus_desk_recorder_stop(caller->recorder, NULL, NULL, NULL) ==
          PERBUS_ERROR_INVALID_ARGUMENT);
    perbus_tap_destroy(caller->tap);
    perbus_desk_recorder_release(caller->recorder);
}

static uint32_t frames_of(const char *path) {
    perbus_file *file;
    perbus_file_info info;
    while (perbus_desk_file_open(path, &file, NULL) != PERBUS_OK) {
        sched_yield();
    }
    WORKS(perbus_file_get_info(file, &info, &error));
    perbus_file_destroy(file);
    return (uint32_t)info.frames;
}

/* They wait for a callback, which waits for the batch. */
static void taps_and_recorders_end_in_a_batch(void) {
    char folder[] = "/tmp/perbus-XXXXXX", path[64];
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/bus.wav", folder);
    static caller caller;
    caller.closes = false;
    make_stage(&caller.stage);
    tap(&caller);
    WORKS(perbus_desk_bus_record(caller.stage.bus, path, NULL, NULL, &caller.recorder, &error));
    render(caller.stage.engine, FRAMES);
    wait_for(&caller.hears, 1);
    WORKS(perbus_desk_engine_batch(caller.stage.engine, end_what_calls_back, &caller, &error));
    wait_for(&caller.ended, 1);
    CHECK(atomic_load(&caller.hears) == 1);
    NEAR(settled(&caller.stage), 0.25f);
    /* Complete with what was rendered before the batch. */
    CHECK(frames_of(path) == FRAMES);
    unlink(path);
    rmdir(folder);
    end_stage(&caller.stage);
}

typedef struct polled {
    stage stage;
    perbus_desk_recorder *recorder;
    atomic_int begun;
} polled;

static void *poll_recorder(void *context) {
    polled *polled = context;
    perbus_desk_recorder_status found;
    atomic_store(&polled->begun, 1);
    WORKS(perbus_desk_recorder_get_status(polled->recorder, &found, NULL, &error));
    return NULL;
}

static pthread_t polls;

static void stop_what_is_polled(void *context) {
    polled *polled = context;
    CHECK(pthread_create(&polls, NULL, poll_recorder, polled) == 0);
    wait_for(&polled->begun, 1);
    for (int i = 0; i < 1000; i++) {
        sched_yield();
    }
    perbus_status status = perbus_desk_recorder_stop(polled->recorder, NULL, NULL, NULL);
    CHECK(status == PERBUS_OK || status == PERBUS_ERROR_INVALID_ARGUMENT);
}

/* Another thread uses the recorder, and waits for the batch. */
static void a_recorder_is_stopped_in_a_batch_beside_a_call(void) {
    char folder[] = "/tmp/perbus-XXXXXX", path[64];
    CHECK(mkdtemp(folder) != NULL);
    snprintf(path, sizeof path, "%s/mix.wav", folder);
    static polled polled;
    atomic_init(&polled.begun, 0);
    make_stage(&polled.stage);
    WORKS(perbus_desk_mixer_record(polled.stage.mixer, path, NULL, NULL, &polled.recorder, &error));
    render(polled.stage.engine, FRAMES);
    WORKS(perbus_desk_engine_batch(polled.stage.engine, stop_what_is_polled, &polled, &error));
    pthread_join(polls, NULL);
    CHECK(frames_of(path) == FRAMES);
    unlink(path);
    rmdir(folder);
    perbus_desk_recorder_release(polled.recorder);
    end_stage(&polled.stage);
}

/* A reading waits for a callback, which closes. */
static void a_callback_closes_beside_a_reading(void) {
    for (int round = 0; round < ROUNDS; round++) {
        static caller caller;
        perbus_meter meter;
        caller.closes = true;
        make_stage_with_manners(&caller.stage, "no-meters");
        WORKS(perbus_desk_engine_set_meter_taps(caller.stage.engine, true, &error));
        WORKS(perbus_desk_bus_get_meter(caller.stage.bus, &meter, &error));
        tap(&caller);
        render(caller.stage.engine, FRAMES);
        wait_for(&caller.hears, 1);
        atomic_store(&caller.begins, 1);
        perbus_status status = perbus_desk_bus_get_meter(caller.stage.bus, &meter, NULL);
        CHECK(status == PERBUS_OK || status == PERBUS_ERROR_CLOSED);
        perbus_tap_destroy(caller.tap);
        FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_start, caller.stage.engine);
        end_stage(&caller.stage);
    }
}

void test_waiting(void) {
    a_batch_is_no_place_to_close();
    a_batch_learns_of_a_close();
    taps_and_recorders_end_in_a_batch();
    a_recorder_is_stopped_in_a_batch_beside_a_call();
    a_callback_closes_beside_a_reading();
}
