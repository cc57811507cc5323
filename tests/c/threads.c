/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Several threads on one engine, as the guide allows: what each call returns, and what is heard. */
#include "check.h"

#include <pthread.h>
#include <unistd.h>

enum { INPUTS = 40, FRAMES = 64, ROUNDS = 200, SECOND = 48000 };

/* One engine for all of them: sources of 0.5 on two sub-mixers, players on two more buses; one of
 *  them plays a file of a second that is too quiet to change the sum. */
static struct desk {
    perbus_engine *engine;
    perbus_node *main_mixer, *subs[2], *sources[INPUTS], *player, *streamer;
    perbus_buffer *buffer;
    perbus_file *file;
    char path[32];
    pthread_rwlock_t graph; /* written by who needs to be alone */
    pthread_mutex_t door;   /* to it: readers must not keep the writer out for ever */
    atomic_bool over;
} desk;

static perbus_node *sub_of(uint32_t input) {
    return desk.subs[input % 2];
}

static void make_file(void) {
    static float samples[SECOND];
    const float *channels[] = {samples};
    const perbus_file_settings settings = {.format = {48000.0, 1, PERBUS_LAYOUT_MONO}};
    strcpy(desk.path, "/tmp/perbus-second-XXXXXX");
    int empty = mkstemp(desk.path);
    CHECK(empty >= 0);
    close(empty);
    for (int i = 0; i < SECOND; i++) {
        samples[i] = 1e-9f;
    }
    WORKS(perbus_file_create(desk.path, &settings, &desk.file, &error));
    WORKS(perbus_file_write(desk.file, channels, 1, SECOND, &error));
    WORKS(perbus_file_finish(desk.file, &error));
    perbus_file_destroy(desk.file);
    WORKS(perbus_file_open(desk.path, &desk.file, &error));
}

static void make(void) {
    make_file();
    WORKS(perbus_engine_create_offline(&STEREO, FRAMES, &desk.engine, &error));
    WORKS(perbus_engine_copy_main_mixer(desk.engine, &desk.main_mixer, &error));
    for (uint32_t s = 0; s < 2; s++) {
        WORKS(perbus_mixer_create(&desk.subs[s], &error));
        WORKS(perbus_engine_attach(desk.engine, desk.subs[s], &error));
        WORKS(
            perbus_engine_connect(desk.engine, desk.subs[s], 0, desk.main_mixer, s, NULL, &error));
    }
    for (uint32_t i = 0; i < INPUTS; i++) {
        WORKS(perbus_source_create(&STEREO, render_half, NULL, NULL, &desk.sources[i], &error));
        WORKS(perbus_engine_attach(desk.engine, desk.sources[i], &error));
        WORKS(perbus_engine_connect(desk.engine, desk.sources[i], 0, sub_of(i), i, NULL, &error));
    }
    WORKS(perbus_player_create(&desk.player, &error));
    WORKS(perbus_engine_attach(desk.engine, desk.player, &error));
    WORKS(perbus_engine_connect(desk.engine, desk.player, 0, desk.main_mixer, 2, NULL, &error));
    WORKS(perbus_player_create_with_format(&(perbus_format){48000.0, 1, PERBUS_LAYOUT_MONO},
                                           &desk.streamer, &error));
    WORKS(perbus_engine_attach(desk.engine, desk.streamer, &error));
    WORKS(perbus_engine_connect(desk.engine, desk.streamer, 0, desk.main_mixer, 3, NULL, &error));
    WORKS(perbus_buffer_create(&STEREO, 100, &desk.buffer, &error));
    WORKS(perbus_engine_start(desk.engine, &error));
    pthread_rwlock_init(&desk.graph, NULL);
    pthread_mutex_init(&desk.door, NULL);
}

static void end(void) {
    for (uint32_t i = 0; i < INPUTS; i++) {
        perbus_node_release(desk.sources[i]);
    }
    perbus_node_release(desk.subs[0]);
    perbus_node_release(desk.subs[1]);
    perbus_node_release(desk.main_mixer);
    perbus_node_release(desk.player);
    perbus_node_release(desk.streamer);
    perbus_file_destroy(desk.file);
    unlink(desk.path);
    perbus_buffer_release(desk.buffer);
    perbus_engine_destroy(desk.engine);
    pthread_rwlock_destroy(&desk.graph);
    pthread_mutex_destroy(&desk.door);
}

static void enter(int (*lock)(pthread_rwlock_t *)) {
    pthread_mutex_lock(&desk.door);
    lock(&desk.graph);
    pthread_mutex_unlock(&desk.door);
}

/* No other result is allowed while a thread stops and starts the engine. */
static void expect_unless_stopped(const char *call, perbus_status status,
                                  const perbus_error *error) {
    if (status != PERBUS_OK && status != PERBUS_ERROR_NOT_RUNNING) {
        printf("%s: %s: %s\n", call, perbus_status_name(status), error->message);
        atomic_store(&desk.over, true);
    }
}

/* The context is the lowest value of a sample; the highest is the sum of all sources at volume 1.
 *  The player's buffer is silent. */
static void *render(void *context) {
    const float most = 0.5f * INPUTS, least = *(const float *)context;
    float samples[2][FRAMES], *channels[] = {samples[0], samples[1]};
    perbus_error error;
    while (!atomic_load(&desk.over)) {
        perbus_status status = perbus_engine_render(desk.engine, FRAMES, channels, 2, &error);
        expect_unless_stopped("perbus_engine_render", status, &error);
        for (uint32_t i = 0; status == PERBUS_OK && i < 2 * FRAMES; i++) {
            float sample = samples[i / FRAMES][i % FRAMES];
            if (!(sample >= least && sample <= most)) {
                printf("frame %u of side %u is %g\n", i % FRAMES, i / FRAMES, (double)sample);
                atomic_store(&desk.over, true);
                break;
            }
        }
    }
    return NULL;
}

static void *play(void *context) {
    perbus_error error;
    (void)context;
    while (!atomic_load(&desk.over)) {
        enter(pthread_rwlock_rdlock);
        expect_unless_stopped("perbus_player_play", perbus_player_play(desk.player, &error),
                              &error);
        WORKS(perbus_player_schedule(desk.player, desk.buffer, NULL, &error));
        WORKS(perbus_player_pause(desk.player, &error));
        WORKS(perbus_player_stop(desk.player, &error));
        pthread_rwlock_unlock(&desk.graph);
    }
    return NULL;
}

/* Offline no frame is late, whatever other threads do. */
static void *stream(void *context) {
    perbus_error error;
    uint32_t round = 0;
    (void)context;
    for (; !atomic_load(&desk.over); round++) {
        enter(pthread_rwlock_rdlock);
        const perbus_schedule how = {PERBUS_FOLLOW, round % 8, NULL, NULL};
        perbus_position position;
        WORKS(perbus_player_schedule_file(desk.streamer, desk.file, &how, &error));
        WORKS(perbus_player_schedule_segment(desk.streamer, desk.file, round * 37 % 40000,
                                             round % 3000 + 1, NULL, &error));
        expect_unless_stopped("perbus_player_play", perbus_player_play(desk.streamer, &error),
                              &error);
        perbus_status status = perbus_player_seek(desk.streamer, round * 53 % SECOND, &error);
        CHECK(status == PERBUS_OK || status == PERBUS_ERROR_OUT_OF_RANGE ||
              status == PERBUS_ERROR_INVALID_ARGUMENT);
        WORKS(perbus_player_get_position(desk.streamer, &position, &error));
        CHECK(position.late_frames == 0 && position.file_frame <= SECOND);
        if (round % 5 == 4) {
            WORKS(perbus_player_stop(desk.streamer, &error));
        }
        pthread_rwlock_unlock(&desk.graph);
    }
    WORKS(perbus_player_stop(desk.streamer, &error));
    return NULL;
}

/* Handles of the same engine and node come and go during all other calls. */
static void adopt_once_more(perbus_node *node) {
    void *av_engine = NULL, *av_node = NULL;
    perbus_engine *adopted = NULL;
    perbus_node *again = NULL;
    uint32_t frames = 0;
    WORKS(perbus_engine_get_native(desk.engine, &av_engine, &error));
    WORKS(perbus_node_get_native(node, &av_node, &error));
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    WORKS(perbus_node_adopt(av_node, &again, &error));
    WORKS(perbus_engine_get_max_frames(adopted, &frames, &error));
    CHECK(frames == FRAMES && perbus_node_get_id(again) == perbus_node_get_id(node));
    perbus_format none = {0};
    CHECK(perbus_format_from_native(av_node, &none, NULL) == PERBUS_ERROR_WRONG_KIND);
    perbus_node_release(again);
    perbus_engine_destroy(adopted);
}

/* A point may be over by the time of the call, if blocks are rendered that fast. */
static void expect_late(perbus_status status) {
    CHECK(status == PERBUS_OK || status == PERBUS_ERROR_OUT_OF_RANGE);
}

static void *move_faders(void *context) {
    perbus_error error;
    perbus_meter meter;
    uint32_t input = 0;
    float volume;
    (void)context;
    while (!atomic_load(&desk.over)) {
        input = (input + 1) % INPUTS;
        perbus_node *moved = desk.sources[input], *sub = sub_of(input);
        perbus_connection_change scene[] = {{moved, sub, input, 0.3f, -0.5f}};
        enter(pthread_rwlock_rdlock);
        WORKS(perbus_connection_set_volume(moved, sub, input, 0.5f, &error));
        WORKS(perbus_connection_set_pan(moved, sub, input, 0.5f, &error));
        WORKS(perbus_connection_fade_volume(moved, sub, input, 0.1f, 100, PERBUS_CURVE_LINEAR,
                                            &error));
        const perbus_automation_point points[] = {
            {PERBUS_MAX_TIME - 1, 0.1f, 0, PERBUS_CURVE_LINEAR}};
        int64_t time = 0;
        perbus_automation_point soon = {0, 0.2f, 10, PERBUS_CURVE_LINEAR};
        WORKS(perbus_engine_get_sample_time(desk.engine, &time, &error));
        soon.start = time + 1000;
        WORKS(perbus_connection_automate(moved, sub, input, PERBUS_CONTROL_VOLUME, time + 10,
                                         points, 1, &error));
        WORKS(
            perbus_bus_automate(desk.engine, sub, input, PERBUS_CONTROL_PAN, 0, points, 1, &error));
        expect_late(perbus_connection_automate(moved, sub, input, PERBUS_CONTROL_VOLUME, 0, &soon,
                                               1, &error));
        expect_late(perbus_mixer_automate_output_volume(sub, 0, &soon, 1, &error));
        WORKS(perbus_connections_apply(desk.engine, scene, 1, &error));
        WORKS(perbus_connection_get_volume(moved, sub, input, &volume, &error));
        WORKS(perbus_connection_get_meter(moved, sub, input, &meter, &error));
        WORKS(perbus_mixer_set_output_volume(sub, volume, &error));
        adopt_once_more(moved);
        pthread_rwlock_unlock(&desk.graph);
    }
    return NULL;
}

/* No sample is above the sum of the sub-mixer's sources. */
static void check_tapped(void *context, const perbus_tap_block *block) {
    for (uint32_t i = 0; i < block->frames; i++) {
        if (!(block->channels[0][i] <= 0.25f * INPUTS) || atomic_load((atomic_int *)context) != 0) {
            printf("tapped frame %u of %u is %g\n", i, block->frames,
                   (double)block->channels[0][i]);
            atomic_store(&desk.over, true);
            break;
        }
    }
}

/* The context counts the tap's ends, after which nothing comes. */
static void *tap_subs(void *context) {
    (void)context;
    static atomic_int never; /* Its last call may be under way when it has been discarded. */
    while (!atomic_load(&desk.over)) {
        perbus_tap *tap = NULL;
        uint64_t dropped = 0;
        atomic_int ended = 0;
        WORKS(perbus_tap_create(desk.subs[1], 0, 4800, check_tapped, &ended, count, &tap, &error));
        WORKS(perbus_tap_wait(tap, &error));
        WORKS(perbus_tap_get_dropped(tap, &dropped, &error));
        perbus_tap_destroy(tap);
        CHECK(atomic_load(&ended) == 1);
        WORKS(perbus_tap_create(desk.subs[1], 0, 4800, check_tapped, &never, NULL, &tap, &error));
        perbus_tap_discard(tap);
        perbus_tap_destroy(tap);
    }
    return NULL;
}

static void stop_and_start(uint32_t round) {
    (void)round;
    WORKS(perbus_engine_stop(desk.engine, &error));
    WORKS(perbus_engine_start(desk.engine, &error));
}

/* Each round makes one edit of the graph, alone, and one change to how it is rendered. */
static void edit(uint32_t round) {
    uint32_t input = round % INPUTS;
    perbus_node *sub = sub_of(input), *moved = desk.sources[input];
    enter(pthread_rwlock_wrlock);
    WORKS(perbus_engine_begin_batch(desk.engine, &error));
    WORKS(perbus_engine_disconnect_input(desk.engine, sub, input, &error));
    if (round % 3 == 0) {
        WORKS(perbus_engine_detach(desk.engine, moved, &error));
        WORKS(perbus_engine_attach(desk.engine, moved, &error));
    }
    WORKS(perbus_engine_connect(desk.engine, moved, 0, sub, input, NULL, &error));
    WORKS(perbus_engine_end_batch(desk.engine, &error));
    pthread_rwlock_unlock(&desk.graph);
    WORKS(perbus_engine_set_render_threads(desk.engine, 1 + round % 3, &error));
    if (round % 8 == 0) {
        WORKS(perbus_engine_pause(desk.engine, &error));
        WORKS(perbus_engine_reset(desk.engine, &error));
        WORKS(perbus_engine_start(desk.engine, &error));
    }
}

/* All of `beside` run until this thread has finished its rounds, or one of them has found a
 *  fault. */
static void run(void (*act)(uint32_t round), float least, void *(*const beside[])(void *),
                uint32_t count) {
    pthread_t threads[4];
    atomic_store(&desk.over, false);
    for (uint32_t t = 0; t < count; t++) {
        CHECK(pthread_create(&threads[t], NULL, beside[t], &least) == 0);
    }
    for (uint32_t round = 0; round < ROUNDS && !atomic_load(&desk.over); round++) {
        act(round);
    }
    CHECK(!atomic_exchange(&desk.over, true));
    for (uint32_t t = 0; t < count; t++) {
        CHECK(pthread_join(threads[t], NULL) == 0);
    }
}

/* Reads and seeks one file, which has nothing but 0.5. */
static void *read_file(void *context) {
    perbus_file *file = context;
    float memory[100], *channels[] = {memory};
    perbus_file_info info;
    for (int round = 0; round < ROUNDS; round++) {
        uint64_t read = 0;
        WORKS(perbus_file_seek(file, round * 7 % 400, &error));
        WORKS(perbus_file_get_info(file, &info, &error));
        WORKS(perbus_file_read(file, channels, 1, 100, &read, &error));
        for (uint64_t i = 0; i < read; i++) {
            CHECK(memory[i] == 0.5f);
        }
        WORKS(perbus_file_set_decoder(NULL, &error));
        perbus_file *own = open_half();
        WORKS(perbus_file_read(own, channels, 1, 100, &read, &error));
        CHECK(read == 100 && memory[99] == 0.5f);
        perbus_file_destroy(own);
    }
    return NULL;
}

/* Writes one file, of mono. */
static void *write_file(void *context) {
    static const float memory[100], *channels[] = {memory};
    for (int round = 0; round < ROUNDS; round++) {
        WORKS(perbus_file_write(context, channels, 1, 100, &error));
    }
    return NULL;
}

static void files(void) {
    enum { READERS = 3, THREADS = 5 };
    pthread_t threads[THREADS];
    const perbus_file_settings settings = {.format = {48000.0, 1, PERBUS_LAYOUT_MONO}};
    perbus_file_info info;
    perbus_file *file = open_half(), *made = NULL;
    char path[] = "/tmp/perbus-made-XXXXXX";
    int empty = mkstemp(path);
    CHECK(empty >= 0);
    close(empty);
    WORKS(perbus_file_create(path, &settings, &made, &error));
    for (int t = 0; t < THREADS; t++) {
        CHECK(pthread_create(&threads[t], NULL, t < READERS ? read_file : write_file,
                             t < READERS ? file : made) == 0);
    }
    for (int t = 0; t < THREADS; t++) {
        CHECK(pthread_join(threads[t], NULL) == 0);
    }
    WORKS(perbus_file_get_info(made, &info, &error));
    CHECK(info.frames == (THREADS - READERS) * ROUNDS * 100);
    WORKS(perbus_file_finish(made, &error));
    perbus_file_destroy(made);
    perbus_file_destroy(file);
    unlink(path);
}

void test_threads(void) {
    files();
    make();
    /* With every fader at 1, each block has the full sum. */
    run(stop_and_start, 0.5f * INPUTS, (void *(*const[])(void *)){render, play, stream}, 3);
    run(edit, 0.5f * INPUTS, (void *(*const[])(void *)){render, play, stream, tap_subs}, 4);
    /* No fader goes below 0.1 and no pan beyond half, so that an edit that mutes a block is
     *  heard. */
    run(edit, 0.05f, (void *(*const[])(void *)){render, play, move_faders, move_faders}, 4);
    end();
}
