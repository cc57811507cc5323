/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Engines on fake devices, with everything at once: calls and edits from two threads, completions,
 * events, taps that write files, files that are streamed, an input that comes and goes, and several
 * threads that render. `make races` looks for data races in what comes of that. */
#define _GNU_SOURCE
#include "../check.h"
#include "fake.h"

#include <pthread.h>
#include <unistd.h>

int check_failures;

enum { ENGINES = 2, SECOND = 48000 };

static bool render_one(void *context, int64_t time, uint32_t frames, float *const *channels,
                       uint32_t channel_count) {
    (void)context, (void)time;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = 1.0f;
        }
    }
    return false;
}

static void start(perbus_engine *engine) {
    perbus_status status = perbus_engine_start(engine, NULL);
    CHECK(status == PERBUS_OK || status == PERBUS_ERROR_START);
}

atomic_int destroyed;
static atomic_int lost, configured, restarted, unheard;

/* An engine that does not start again by itself is started here. */
static void note(void *context, perbus_event event) {
    perbus_engine *own = context;
    atomic_fetch_add(&lost, event == PERBUS_EVENT_DEVICE_LOST);
    atomic_fetch_add(&restarted, event == PERBUS_EVENT_RESTARTED);
    atomic_fetch_add(&unheard, event == PERBUS_EVENT_INPUT_LOST);
    atomic_fetch_add(&configured, event == PERBUS_EVENT_CONFIGURATION_CHANGED);
    if (event == PERBUS_EVENT_CONFIGURATION_CHANGED && own != NULL) {
        start(own);
    }
}

static void note_end(void *context) {
    (void)context;
    atomic_fetch_add(&destroyed, 1);
}

/* Sets, reads and edits from a thread of its own while the other starts and stops. */
typedef struct watcher {
    perbus_engine *engine;
    perbus_node *mixer, *source, *player, *streamer, *input, *moved;
    perbus_buffer *buffer;
    perbus_file *file;
    pthread_mutex_t alone; /* held by who edits, and by who must not overlap that */
    atomic_bool ends;
    atomic_int scheduled, ended;
} watcher;

/* A second of 0.25, which all engines stream. */
static char path[] = "/tmp/perbus-fake-XXXXXX";

static void make_file(void) {
    static float samples[SECOND];
    const float *channels[] = {samples, samples};
    const perbus_file_settings settings = {.format = STEREO};
    perbus_file *file = NULL;
    int empty = mkstemp(path);
    CHECK(empty >= 0);
    close(empty);
    for (int i = 0; i < SECOND; i++) {
        samples[i] = 0.25f;
    }
    WORKS(perbus_file_create(path, &settings, &file, &error));
    WORKS(perbus_file_write(file, channels, 2, SECOND, &error));
    WORKS(perbus_file_finish(file, &error));
    perbus_file_destroy(file);
}

static void note_completion(void *context, perbus_end how) {
    (void)how;
    atomic_fetch_add(&((watcher *)context)->ended, 1);
}

/* Buffers and parts of the file, one after the other, at once, sought in and stopped. */
static void keep_playing(watcher *own, unsigned round) {
    const uint32_t flags = round % 4 == 3 ? PERBUS_SCHEDULE_INTERRUPTS : 0;
    const perbus_schedule how = {PERBUS_FOLLOW, flags, note_completion, own};
    WORKS(perbus_player_schedule(own->player, own->buffer, &how, &error));
    WORKS(perbus_player_schedule_segment(own->streamer, own->file, round * 97 % 40000,
                                         1 + round * 53 % 5000, &how, &error));
    atomic_fetch_add(&own->scheduled, 2);
    perbus_position position;
    WORKS(perbus_player_get_position(own->streamer, &position, &error));
    perbus_status sought = perbus_player_seek(own->streamer, position.file_frame + 10, NULL);
    CHECK(sought == PERBUS_OK || sought == PERBUS_ERROR_OUT_OF_RANGE ||
          sought == PERBUS_ERROR_INVALID_ARGUMENT);
    if (round % 6 == 5) {
        WORKS(perbus_player_stop(own->streamer, &error));
        WORKS(perbus_player_stop(own->player, &error));
    }
}

static void move_faders(watcher *own, unsigned round) {
    perbus_meter meter;
    WORKS(perbus_connection_fade_volume(own->source, own->mixer, 0, 0.5f, 100 + round % 900,
                                        PERBUS_CURVE_LINEAR, &error));
    WORKS(perbus_connection_get_meter(own->source, own->mixer, 0, &meter, &error));
    WORKS(perbus_bus_set_pan(own->engine, own->mixer, 1, 0.1f * (float)(round % 10), &error));
    const perbus_automation_point point = {PERBUS_MAX_TIME, 0.25f, 0, PERBUS_CURVE_LINEAR};
    WORKS(perbus_mixer_automate_output_volume(own->mixer, PERBUS_MAX_TIME, &point, 1, &error));
}

static void edit(watcher *own, unsigned round) {
    pthread_mutex_lock(&own->alone);
    WORKS(perbus_engine_begin_batch(own->engine, &error));
    WORKS(
        perbus_engine_connect(own->engine, own->moved, 0, own->mixer, 4 + round % 3, NULL, &error));
    WORKS(perbus_bus_set_volume(own->engine, own->mixer, 4 + round % 3, 0.01f, &error));
    WORKS(perbus_engine_end_batch(own->engine, &error));
    if (round % 5 == 4) {
        WORKS(perbus_engine_disconnect_output(own->engine, own->moved, 0, &error));
        WORKS(perbus_engine_detach(own->engine, own->moved, &error));
        WORKS(perbus_engine_attach(own->engine, own->moved, &error));
    }
    pthread_mutex_unlock(&own->alone);
    WORKS(perbus_engine_set_render_threads(own->engine, 1 + round % 3, &error));
}

static void *watch(void *context) {
    watcher *own = context;
    for (unsigned i = 0; !atomic_load(&own->ends); i++) {
        perbus_device_status status;
        bool running = false;
        perbus_status read = perbus_engine_get_device_status(own->engine, &status, NULL);
        CHECK(read == PERBUS_OK || read == PERBUS_ERROR_NOT_RUNNING);
        WORKS(perbus_engine_is_running(own->engine, &running, &error));
        WORKS(perbus_connection_set_volume(own->source, own->mixer, 0, 0.1f * (float)(i % 10),
                                           &error));
        move_faders(own, i);
        if (i % 3 == 2) {
            keep_playing(own, i / 3);
        }
        if (i % 5 == 4) {
            edit(own, i / 5);
        }
        if (i % 50 == 49) {
            /* One with a stream of its own, or that of the output, which may be refused. */
            perbus_status chosen =
                perbus_engine_set_input_device(own->engine, i % 100 == 49 ? OWN : NULL, NULL);
            CHECK(chosen == PERBUS_OK || chosen == PERBUS_ERROR_START);
        }
        wait_for(0.001);
    }
    return NULL;
}

static void play(watcher *own) {
    perbus_node *const players[] = {own->player, own->streamer};
    for (int i = 0; i < 2; i++) {
        pthread_mutex_lock(&own->alone);
        perbus_status status = perbus_player_play(players[i], NULL);
        pthread_mutex_unlock(&own->alone);
        CHECK(status == PERBUS_OK || status == PERBUS_ERROR_NOT_RUNNING ||
              status == PERBUS_ERROR_EXCEPTION);
    }
}

/* A recording: the tap's thread writes what it gets. */
typedef struct recording {
    perbus_file *file;
    uint64_t frames;
    atomic_int over;
} recording;

static void write_block(void *context, const perbus_tap_block *block) {
    recording *own = context;
    const perbus_status status =
        perbus_file_write(own->file, block->channels, block->channel_count, block->frames, NULL);
    CHECK(status == PERBUS_OK);
    own->frames += block->frames;
}

static void end_recording(void *context) {
    atomic_store(&((recording *)context)->over, 1);
}

static _Atomic uint64_t written;

static void record(watcher *own) {
    char name[] = "/tmp/perbus-fake-XXXXXX";
    int empty = mkstemp(name);
    const perbus_file_settings settings = {.format = STEREO};
    recording made = {.file = NULL};
    perbus_tap *tap = NULL;
    perbus_file_info info;
    CHECK(empty >= 0);
    close(empty);
    WORKS(perbus_file_create(name, &settings, &made.file, &error));
    pthread_mutex_lock(&own->alone);
    WORKS(perbus_tap_create(own->mixer, 0, 4800, write_block, &made, end_recording, &tap, &error));
    pthread_mutex_unlock(&own->alone);
    wait_for(0.15);
    pthread_mutex_lock(&own->alone);
    perbus_tap_destroy(tap);
    pthread_mutex_unlock(&own->alone);
    while (atomic_load(&made.over) == 0) {
        wait_for(0.001);
    }
    WORKS(perbus_file_get_info(made.file, &info, &error));
    CHECK(info.frames == (int64_t)made.frames);
    WORKS(perbus_file_finish(made.file, &error));
    perbus_file_destroy(made.file);
    unlink(name);
    atomic_fetch_add(&written, made.frames);
}

static void hear_block(void *context, const perbus_tap_block *block) {
    (void)context;
    for (uint32_t i = 0; i < block->frames; i++) {
        /* Silence, the converter's rise to what is recorded, or that. */
        CHECK(block->channels[0][i] > -0.2f && block->channels[0][i] < 0.7f);
    }
}

static void make_others(watcher *own) {
    perbus_format format;
    pthread_mutex_init(&own->alone, NULL);
    WORKS(perbus_source_create(&STEREO, render_one, NULL, NULL, &own->moved, &error));
    WORKS(perbus_engine_attach(own->engine, own->moved, &error));
    WORKS(perbus_player_create_with_format(&STEREO, &own->streamer, &error));
    WORKS(perbus_engine_attach(own->engine, own->streamer, &error));
    WORKS(perbus_engine_connect(own->engine, own->streamer, 0, own->mixer, 3, NULL, &error));
    WORKS(perbus_node_get_output_format(own->player, 0, &format, &error));
    WORKS(perbus_buffer_create(&format, 500, &own->buffer, &error));
    WORKS(perbus_file_open(path, &own->file, &error));
}

static void end_others(watcher *own) {
    perbus_node_release(own->moved);
    perbus_node_release(own->streamer);
    perbus_buffer_release(own->buffer);
    perbus_file_destroy(own->file);
    pthread_mutex_destroy(&own->alone);
}

static void *live(void *context) {
    unsigned round = *(const unsigned *)context;
    watcher own = {.engine = NULL};
    const perbus_device_options options = {.restarts = round % 2 == 0,
                                           .input = round % 4 < 2 ? OWN : NULL};
    WORKS(perbus_engine_create_for_device(&options, &own.engine, &error));
    WORKS(perbus_engine_copy_main_mixer(own.engine, &own.mixer, &error));
    WORKS(perbus_source_create(&STEREO, render_one, NULL, NULL, &own.source, &error));
    WORKS(perbus_engine_attach(own.engine, own.source, &error));
    WORKS(perbus_engine_connect(own.engine, own.source, 0, own.mixer, 0, NULL, &error));
    WORKS(perbus_engine_copy_input(own.engine, &own.input, &error));
    if (round % 3 > 0) {
        WORKS(perbus_engine_connect(own.engine, own.input, 0, own.mixer, 2, NULL, &error));
    }
    WORKS(perbus_player_create(&own.player, &error));
    WORKS(perbus_engine_attach(own.engine, own.player, &error));
    WORKS(perbus_engine_connect(own.engine, own.player, 0, own.mixer, 1, NULL, &error));
    make_others(&own);
    WORKS(perbus_engine_set_event_handler(own.engine, note, options.restarts ? NULL : own.engine,
                                          note_end, &error));
    pthread_t watching;
    pthread_create(&watching, NULL, watch, &own);
    for (unsigned i = 0; i < 6; i++) {
        start(own.engine);
        play(&own);
        wait_for(0.002 * ((round + i) % 4));
        if (i % 3 == 0) {
            WORKS(perbus_engine_pause(own.engine, &error));
            start(own.engine);
        }
        if (i == 3) {
            /* While it plays. */
            perbus_tap *tap = NULL;
            pthread_mutex_lock(&own.alone);
            WORKS(perbus_tap_create(own.input, 0, 4800, hear_block, NULL, NULL, &tap, &error));
            pthread_mutex_unlock(&own.alone);
            wait_for(0.06);
            pthread_mutex_lock(&own.alone);
            perbus_tap_destroy(tap);
            pthread_mutex_unlock(&own.alone);
            wait_for(0.06);
        }
        if (i == 4) {
            record(&own);
        }
        if (round % 10 >= 8) {
            wait_for(0.6);
        }
        if (i == 3) {
            /* A restart may be under way, and need what a batch has. */
            WORKS(perbus_engine_begin_batch(own.engine, &error));
        }
        if (i % 2 == 1) {
            WORKS(perbus_engine_stop(own.engine, &error));
        }
        if (i == 3) {
            WORKS(perbus_engine_end_batch(own.engine, &error));
        }
    }
    atomic_store(&own.ends, true);
    pthread_join(watching, NULL);
    end_others(&own);
    perbus_node_release(own.input);
    perbus_node_release(own.player);
    perbus_node_release(own.source);
    perbus_node_release(own.mixer);
    perbus_engine_destroy(own.engine);
    /* With some manners, the last ones are reported a moment later. */
    for (int i = 0; i < 2000 && atomic_load(&own.ended) != atomic_load(&own.scheduled); i++) {
        wait_for(0.001);
    }
    CHECK(atomic_load(&own.ended) == atomic_load(&own.scheduled));
    return NULL;
}

/* The number of rounds is the argument: with 20, everything below has happened. */
int main(int count, char **arguments) {
    static unsigned rounds[ENGINES];
    const unsigned last = count > 1 ? (unsigned)atoi(arguments[1]) : 20;
    make_file();
    for (unsigned round = 0; round < last; round++) {
        pthread_t threads[ENGINES];
        for (unsigned e = 0; e < ENGINES; e++) {
            rounds[e] = round + 5 * e;
            pthread_create(&threads[e], NULL, live, &rounds[e]);
        }
        for (unsigned e = 0; e < ENGINES; e++) {
            pthread_join(threads[e], NULL);
        }
    }
    unlink(path);
    CHECK(destroyed == (int)(ENGINES * last));
    CHECK(atomic_load(&written) > 0);
    CHECK(lost > 0 && configured > 0 && lost >= configured && restarted > 0);
    CHECK(hung > 0 && opened > 20);
    CHECK(unheard > 0 && duplex > 0 && recorded > 48000);
    printf("fake device: %u streams, %u of them duplex, %d losses, %d of inputs, %d restarts, "
           "%u hung, %llu frames written, %d failures\n",
           atomic_load(&opened), atomic_load(&duplex), atomic_load(&lost), atomic_load(&unheard),
           atomic_load(&restarted), atomic_load(&hung), (unsigned long long)atomic_load(&written),
           check_failures);
    return check_failures != 0;
}
