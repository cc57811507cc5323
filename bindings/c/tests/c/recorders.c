/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Recorders: their files against the rendered samples, how they end, and what is refused. */
#include <pthread.h>
#include <sched.h>
#include <unistd.h>

#include "desk.h"

enum { BLOCK = 512, LENGTH = 20 * BLOCK };

static char folder[] = "/tmp/perbus-desk-XXXXXX";

/* The path of a file in the test's folder. */
static const char *at(const char *name) {
    static char path[sizeof folder + 32];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void forget(const char *name) {
    CHECK(unlink(at(name)) == 0);
}

static bool render_saw(void *context, int64_t time, uint32_t frames, float *const *channels,
                       uint32_t channel_count) {
    (void)context, (void)channel_count;
    for (uint32_t i = 0; i < frames; i++) {
        channels[0][i] = (float)((time + i) % 1000 + 1) / 1000.0f;
    }
    return false;
}

static void render(perbus_desk_engine *engine, float *samples, uint32_t frames) {
    for (uint32_t done = 0; done < frames;) {
        uint32_t block = frames - done < BLOCK ? frames - done : BLOCK;
        float *channels[] = {samples + done};
        WORKS(perbus_desk_engine_render(engine, block, channels, 1, &error));
        done += block;
    }
}

/* Checks that a file has these samples, and removes it. */
static void check_file(const char *name, const float *samples, uint64_t frames) {
    static float read[LENGTH + 1];
    perbus_file *file;
    uint64_t got;
    WORKS(perbus_desk_file_open(at(name), &file, &error));
    WORKS(perbus_file_read(file, &(float *){read}, 1, LENGTH + 1, &got, &error));
    CHECK(got == frames && memcmp(read, samples, frames * sizeof *read) == 0);
    perbus_file_destroy(file);
    forget(name);
}

static perbus_desk_recorder_status status_of(perbus_desk_recorder *recorder) {
    perbus_desk_recorder_status found = {0};
    char *reason = "";
    WORKS(perbus_desk_recorder_get_status(recorder, &found, &reason, &error));
    CHECK(reason == NULL);
    return found;
}

/* A stage with a saw on bus 1, whose bus 0 is at half its volume. */
static perbus_desk_node *make_saw_stage(stage *stage) {
    perbus_desk_node *saw;
    make_stage(stage);
    WORKS(perbus_desk_source_create(stage->engine, &MONO, render_saw, NULL, NULL, &saw, &error));
    WORKS(perbus_desk_engine_connect(stage->engine, saw, 0, stage->mixer, 1, NULL, &error));
    WORKS(perbus_desk_bus_set_volume(stage->bus, 0.5f, &error));
    return saw;
}

static void test_a_mixer(void) {
    static float samples[LENGTH];
    perbus_desk_recorder *recorder;
    perbus_desk_recording recording;
    char *interrupted = "";
    stage stage;
    perbus_desk_node *saw = make_saw_stage(&stage);
    WORKS(perbus_desk_mixer_record(stage.mixer, at("mix.wav"), NULL, NULL, &recorder, &error));
    CHECK(status_of(recorder).state == PERBUS_DESK_RECORDER_WAITING);
    render(stage.engine, samples, LENGTH);
    WORKS(perbus_desk_recorder_wait(recorder, &error));
    CHECK(status_of(recorder).state == PERBUS_DESK_RECORDER_RECORDING);
    CHECK(LENGTH - status_of(recorder).frames < 4800);
    WORKS(perbus_desk_recorder_stop(recorder, &recording, &interrupted, &error));
    CHECK(recording.frames == LENGTH && recording.dropped == 0 && recording.silence == 0);
    CHECK(interrupted == NULL);
    CHECK(status_of(recorder).state == PERBUS_DESK_RECORDER_FINISHED);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_recorder_stop, recorder, &recording, NULL);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_recorder_stop_at, recorder, 2 * LENGTH);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_recorder_wait, recorder);
    perbus_desk_recorder_release(recorder);
    NEAR(samples[LENGTH - 1], 0.25f + (float)((LENGTH - 1) % 1000 + 1) / 1000.0f);
    check_file("mix.wav", samples, LENGTH);
    perbus_desk_node_release(saw);
    end_stage(&stage);
}

/* From a frame to a frame, while the mixer has a volume and another bus, and in 24 bits. */
static void test_a_bus(void) {
    static float samples[LENGTH], expected[LENGTH];
    const perbus_file_settings flac = {.type = PERBUS_FILE_FLAC, .samples = PERBUS_FILE_INT_24};
    const int64_t start = 1000;
    perbus_desk_recorder *recorder;
    perbus_desk_bus *bus;
    stage stage;
    perbus_file *file;
    perbus_file_info info;
    uint64_t got;
    perbus_desk_node *saw = make_saw_stage(&stage);
    WORKS(perbus_desk_mixer_copy_bus(stage.mixer, 1, &bus, &error));
    WORKS(perbus_desk_bus_set_volume(bus, 0.5f, &error));
    WORKS(perbus_desk_mixer_set_output_volume(stage.mixer, 0.25f, &error));
    WORKS(perbus_desk_bus_record(bus, at("bus.flac"), &flac, &start, &recorder, &error));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_recorder_stop_at, recorder, 999);
    WORKS(perbus_desk_recorder_stop_at(recorder, 3000, &error));
    render(stage.engine, samples, 4000);
    perbus_desk_recorder_release(recorder);
    WORKS(perbus_desk_file_open(at("bus.flac"), &file, &error));
    WORKS(perbus_file_get_info(file, &info, &error));
    CHECK(strcmp(info.container, "FLAC") == 0 && info.frames == 2000);
    WORKS(perbus_file_read(file, &(float *){samples}, 1, LENGTH, &got, &error));
    CHECK(got == 2000);
    for (uint32_t i = 0; i < 2000; i++) {
        expected[i] = (float)((1000 + i) % 1000 + 1) / 2000.0f;
        CHECK(fabsf(samples[i] - expected[i]) < 1e-6f);
    }
    perbus_file_destroy(file);
    forget("bus.flac");
    perbus_desk_bus_release(bus);
    perbus_desk_node_release(saw);
    end_stage(&stage);
}

/* The file is completed, and its figures wait for the stop. */
static void test_a_close(void) {
    static float samples[LENGTH];
    perbus_desk_recorder *recorder, *second;
    perbus_desk_recording recording;
    stage stage;
    perbus_desk_node *saw = make_saw_stage(&stage);
    WORKS(perbus_desk_mixer_record(stage.mixer, at("mix.wav"), NULL, NULL, &recorder, &error));
    render(stage.engine, samples, 1000);
    WORKS(perbus_desk_engine_close(stage.engine, &error));
    CHECK(status_of(recorder).state == PERBUS_DESK_RECORDER_FINISHED);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_recorder_stop_at, recorder, 2000);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_recorder_wait, recorder);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_mixer_record, stage.mixer, at("2.wav"), NULL, NULL,
          &second);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_bus_record, stage.bus, at("2.wav"), NULL, NULL, &second);
    WORKS(perbus_desk_recorder_stop(recorder, &recording, NULL, &error));
    CHECK(recording.frames == 1000);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_recorder_stop, recorder, NULL, NULL);
    perbus_desk_recorder_release(recorder);
    check_file("mix.wav", samples, 1000);
    perbus_desk_node_release(saw);
    end_stage(&stage);
}

static void test_refusals(void) {
    static float samples[BLOCK];
    const perbus_file_settings stereo = {.format = {.sample_rate = 48000.0, .channels = 2}},
                               floats = {.type = PERBUS_FILE_FLAC},
                               unknown = {.type = (perbus_file_type)7},
                               bits = {.samples = (perbus_file_samples)7};
    const int64_t passed = 99, next = 500;
    perbus_desk_recorder *recorder, *second = NULL;
    perbus_desk_recorder_status status;
    stage stage;
    make_stage(&stage);
    perbus_desk_recorder_release(NULL);
    render(stage.engine, samples, 100);
#define TO(of, path, settings, start) of, path, settings, start, &second
    REJECTS(perbus_desk_mixer_record, TO(NULL, at("2.wav"), NULL, NULL));
    REJECTS(perbus_desk_mixer_record, TO(stage.mixer, NULL, NULL, NULL));
    REJECTS(perbus_desk_mixer_record, stage.mixer, at("2.wav"), NULL, NULL, NULL);
    REJECTS(perbus_desk_mixer_record, TO(stage.mixer, at("2.flac"), &floats, NULL));
    REJECTS(perbus_desk_mixer_record, TO(stage.mixer, at("2.wav"), &unknown, NULL));
    REJECTS(perbus_desk_mixer_record, TO(stage.mixer, at("2.wav"), &bits, NULL));
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_mixer_record,
          TO(stage.source, at("2.wav"), NULL, NULL));
    FAILS(PERBUS_ERROR_FORMAT, perbus_desk_mixer_record,
          TO(stage.mixer, at("2.wav"), &stereo, NULL));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_mixer_record,
          TO(stage.mixer, at("2.wav"), NULL, &passed));
    FAILS(PERBUS_ERROR_FILE, perbus_desk_mixer_record,
          TO(stage.mixer, at("nowhere/2.wav"), NULL, NULL));
    REJECTS(perbus_desk_bus_record, NULL, at("2.wav"), NULL, NULL, &second);
    REJECTS(perbus_desk_bus_record, stage.bus, NULL, NULL, NULL, &second);
    REJECTS(perbus_desk_bus_record, stage.bus, at("2.wav"), NULL, NULL, NULL);
    REJECTS(perbus_desk_recorder_get_status, NULL, &status, NULL);
    REJECTS(perbus_desk_recorder_stop_at, NULL, 0);
    REJECTS(perbus_desk_recorder_wait, NULL);
    REJECTS(perbus_desk_recorder_stop, NULL, NULL, NULL);
    WORKS(perbus_desk_mixer_record(stage.mixer, at("mix.wav"), NULL, &next, &recorder, &error));
    REJECTS(perbus_desk_mixer_record, TO(stage.mixer, at("2.wav"), NULL, NULL));
    REJECTS(perbus_desk_recorder_get_status, recorder, NULL, NULL);
    CHECK(second == NULL);
    perbus_desk_recorder_release(recorder);
    check_file("mix.wav", samples, 0);
    end_stage(&stage);
}

/* What a render function and a tap's callback call. */
typedef struct caller {
    perbus_desk_node *mixer;
    perbus_desk_bus *bus;
    perbus_desk_recorder *recorder;
    perbus_status statuses[6];
    atomic_int calls;
} caller;

static bool call_recorders(void *context, int64_t time, uint32_t frames, float *const *channels,
                           uint32_t channel_count) {
    caller *of = context;
    perbus_desk_recorder *second;
    perbus_desk_recorder_status status;
    perbus_desk_recorder *const recorder = of->recorder;
    const perbus_status statuses[] = {
        perbus_desk_mixer_record(of->mixer, "/", NULL, NULL, &second, NULL),
        perbus_desk_bus_record(of->bus, "/", NULL, NULL, &second, NULL),
        perbus_desk_recorder_get_status(recorder, &status, NULL, NULL),
        perbus_desk_recorder_stop_at(recorder, 1 << 20, NULL),
        perbus_desk_recorder_wait(recorder, NULL),
        perbus_desk_recorder_stop(recorder, NULL, NULL, NULL),
    };
    memcpy(of->statuses, statuses, sizeof statuses);
    return render_half(context, time, frames, channels, channel_count);
}

static void test_calls_from_a_render_function(void) {
    static float samples[BLOCK];
    stage stage;
    perbus_desk_node *source;
    make_stage(&stage);
    caller caller = {.mixer = stage.mixer, .bus = stage.bus};
    WORKS(perbus_desk_source_create(stage.engine, &MONO, call_recorders, &caller, NULL, &source,
                                    &error));
    WORKS(
        perbus_desk_mixer_record(stage.mixer, at("mix.wav"), NULL, NULL, &caller.recorder, &error));
    WORKS(perbus_desk_engine_connect(stage.engine, source, 0, stage.mixer, 1, NULL, &error));
    render(stage.engine, samples, BLOCK);
    for (int call = 0; call < 6; call++) {
        CHECK(caller.statuses[call] == PERBUS_ERROR_IN_RENDER);
    }
    WORKS(perbus_desk_recorder_stop(caller.recorder, NULL, NULL, &error));
    perbus_desk_recorder_release(caller.recorder);
    check_file("mix.wav", samples, BLOCK);
    perbus_desk_node_release(source);
    end_stage(&stage);
}

static void stop_recorder(void *context, const perbus_tap_block *block) {
    caller *of = context;
    (void)block;
    if (atomic_fetch_add(&of->calls, 1) == 0) {
        of->statuses[0] = perbus_desk_recorder_stop(of->recorder, NULL, NULL, NULL);
        of->statuses[1] = perbus_desk_recorder_wait(of->recorder, NULL);
    }
}

static void *wait_for_recorder(void *context) {
    perbus_status status = perbus_desk_recorder_wait(context, NULL);
    return status == PERBUS_OK || status == PERBUS_ERROR_CLOSED ? NULL : context;
}

/* A callback stops what another thread waits for: neither waits for the other. */
static void test_a_stop_in_a_callback(void) {
    static float samples[LENGTH];
    perbus_tap *tap;
    pthread_t waiting;
    void *waited;
    stage stage;
    make_stage(&stage);
    caller caller = {.mixer = stage.mixer};
    atomic_init(&caller.calls, 0);
    WORKS(
        perbus_desk_mixer_record(stage.mixer, at("mix.wav"), NULL, NULL, &caller.recorder, &error));
    WORKS(
        perbus_desk_tap_create(stage.source, 0, 4800, stop_recorder, &caller, NULL, &tap, &error));
    CHECK(pthread_create(&waiting, NULL, wait_for_recorder, caller.recorder) == 0);
    render(stage.engine, samples, LENGTH);
    pthread_join(waiting, &waited);
    perbus_tap_destroy(tap);
    CHECK(waited == NULL && atomic_load(&caller.calls) > 0);
    CHECK(caller.statuses[0] == PERBUS_ERROR_INVALID_ARGUMENT);
    CHECK(caller.statuses[1] == PERBUS_ERROR_CLOSED);
    while (status_of(caller.recorder).state != PERBUS_DESK_RECORDER_FINISHED) {
        sched_yield();
    }
    perbus_desk_recorder_release(caller.recorder);
    forget("mix.wav");
    end_stage(&stage);
}

static void *record_until_closed(void *context) {
    stage *stage = context;
    perbus_desk_recorder *recorder;
    for (;;) {
        perbus_desk_recording recording = {0};
        char path[sizeof folder + 8];
        snprintf(path, sizeof path, "%s/bus.wav", folder);
        perbus_status status =
            perbus_desk_bus_record(stage->bus, path, NULL, NULL, &recorder, NULL);
        if (status != PERBUS_OK) {
            return (void *)(intptr_t)status;
        }
        status = perbus_desk_recorder_wait(recorder, NULL);
        CHECK(status == PERBUS_OK || status == PERBUS_ERROR_CLOSED);
        status = perbus_desk_recorder_stop(recorder, &recording, NULL, NULL);
        CHECK(status == PERBUS_OK || status == PERBUS_ERROR_CLOSED);
        CHECK(recording.dropped == 0);
        perbus_desk_recorder_release(recorder);
    }
}

static void test_close_beside_recorders(void) {
    for (int round = 0; round < 5; round++) {
        void *(*work[])(void *) = {render_until_closed, record_until_closed};
        pthread_t threads[2];
        stage stage;
        perbus_desk_recorder *recorder;
        make_stage(&stage);
        WORKS(perbus_desk_mixer_record(stage.mixer, at("mix.wav"), NULL, NULL, &recorder, &error));
        for (int i = 0; i < 2; i++) {
            CHECK(pthread_create(&threads[i], NULL, work[i], &stage) == 0);
        }
        settled(&stage);
        WORKS(perbus_desk_engine_close(stage.engine, &error));
        for (int i = 0; i < 2; i++) {
            void *status;
            pthread_join(threads[i], &status);
            CHECK((intptr_t)status == PERBUS_ERROR_CLOSED);
        }
        perbus_desk_recorder_release(recorder);
        forget("mix.wav");
        unlink(at("bus.wav"));
        end_stage(&stage);
    }
}

void test_recorders(void) {
    CHECK(mkdtemp(folder) != NULL);
    test_a_mixer();
    test_a_bus();
    test_a_close();
    test_refusals();
    test_calls_from_a_render_function();
    test_a_stop_in_a_callback();
    test_close_beside_recorders();
    CHECK(rmdir(folder) == 0);
}
