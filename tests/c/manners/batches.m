// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the shim does by itself while a program is in a batch: a call within the batch may need the
// same player.
#import "manners.h"

#include <stdlib.h>
#include <time.h>
#include <unistd.h>

enum { BATCHES = 10 };

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

// A batch that lasts for several steps of a halt: volumes are set, and at last the body runs.
static void in_long_batch(perbus_engine *engine, perbus_node *player, perbus_node *mixer,
                          void (^first)(void), void (^last)(void)) {
    const double SECONDS = 0.02;
    WORKS(perbus_engine_begin_batch(engine, &error));
    first();
    for (double end = now() + SECONDS; now() < end;) {
        WORKS(perbus_connection_set_volume(player, mixer, 0, 1.0f, &error));
    }
    last();
    WORKS(perbus_engine_end_batch(engine, &error));
}

static void a_halting_player_plays_on(void) {
    perbus_node *mixer;
    perbus_engine *engine = make_running("early-completions", &mixer);
    perbus_node *player = make_player(engine, mixer);
    perbus_buffer *buffer = make_buffer(0.5f, 512);
    const perbus_schedule loops = {PERBUS_FOLLOW, PERBUS_SCHEDULE_LOOPS, NULL, NULL};
    WORKS(perbus_player_schedule(player, buffer, &loops, &error));
    WORKS(perbus_player_play(player, &error));
    for (int i = 0; i < BATCHES; i++) {
        NEAR(render_last(engine, 512), 0.5f);
        in_long_batch(
            engine, player, mixer,
            ^{
                WORKS(perbus_player_stop_after(player, 1.0, &error));
            },
            ^{
                WORKS(perbus_player_play(player, &error));
            });
    }
    perbus_buffer_release(buffer);
    perbus_node_release(player);
    perbus_node_release(mixer);
    perbus_engine_destroy(engine);
}

// Of 100 frames: a second of it is 480 pieces.
static void make_file(char *path) {
    const perbus_file_settings wav = {.format = {.sample_rate = 48000.0, .channels = 1}};
    float samples[100];
    const float *planes[] = {samples};
    perbus_file *file = NULL;
    for (int i = 0; i < 100; i++) {
        samples[i] = 0.5f;
    }
    int handle = mkstemps(path, 4);
    CHECK(handle >= 0);
    close(handle);
    WORKS(perbus_file_create(path, &wav, &file, &error));
    WORKS(perbus_file_write(file, planes, 1, 100, &error));
    WORKS(perbus_file_finish(file, &error));
    perbus_file_destroy(file);
}

static void the_next_pieces_of_a_file_are_handed_over(void) {
    char path[] = "/tmp/perbus-XXXXXX.wav";
    perbus_node *mixer;
    perbus_engine *engine = make_running("early-completions", &mixer);
    perbus_node *player = make_player(engine, mixer);
    perbus_file *file = NULL;
    make_file(path);
    WORKS(perbus_file_open(path, &file, &error));
    const perbus_schedule loops = {PERBUS_FOLLOW, PERBUS_SCHEDULE_LOOPS, NULL, NULL};
    WORKS(perbus_player_schedule_file(player, file, &loops, &error));
    WORKS(perbus_player_play(player, &error));
    for (int i = 0; i < BATCHES; i++) {
        in_long_batch(
            engine, player, mixer,
            ^{
                // Handlers of these pieces run during the batch.
                NEAR(render_last(engine, 512), 0.5f);
            },
            ^{
                perbus_position position;
                WORKS(perbus_player_get_position(player, &position, &error));
            });
    }
    for (int block = 0; block < 200; block++) {
        NEAR(render_last(engine, 512), 0.5f);
        run_handlers(engine);
    }
    perbus_file_destroy(file);
    perbus_node_release(player);
    perbus_node_release(mixer);
    perbus_engine_destroy(engine);
    unlink(path);
}

void test_batches(void) {
    a_halting_player_plays_on();
    the_next_pieces_of_a_file_are_handed_over();
}
