/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Engines on fake devices while memory runs out. First each request of each call that opens, moves or
 * closes a device fails once; then those of all other threads do, of which the device's, the one that
 * watches it, the decoder's and that of the callbacks have work to do: the device dies, the engine starts
 * again, files stream, a tap records. Afterwards the engine plays, everything has ended once, and no
 * thread is left. */
#include "../check.h"
#include "../fake_device/fake.h"
#include "../graph/failing.h"

#include <dirent.h>
#include <unistd.h>

int check_failures;

enum { REQUESTS = 4000, SECOND = 48000 };

typedef struct rig {
    perbus_engine *engine;
    perbus_node *mixer, *input, *source, *player;
    perbus_file *file;
    atomic_int events, destroyed, ended;
    int given, scheduled;
} rig;

static void note_event(void *context, perbus_event event) {
    (void)event;
    atomic_fetch_add(&((rig *)context)->events, 1);
}

static void note_end(void *context) {
    atomic_fetch_add(&((rig *)context)->destroyed, 1);
}

static void note_completion(void *context, perbus_end how) {
    (void)how;
    atomic_fetch_add(&((rig *)context)->ended, 1);
}

typedef perbus_status call(rig *rig, perbus_error *error);

static perbus_status create(rig *rig, perbus_error *error) {
    const perbus_device_options options = {.restarts = true, .input = OWN};
    return perbus_engine_create_for_device(&options, &rig->engine, error);
}

static perbus_status destroy(rig *rig, perbus_error *error) {
    (void)error;
    perbus_engine_destroy(rig->engine);
    rig->engine = NULL;
    return PERBUS_OK;
}

static perbus_status handle(rig *rig, perbus_error *error) {
    perbus_status status =
        perbus_engine_set_event_handler(rig->engine, note_event, rig, note_end, error);
    rig->given += status == PERBUS_OK;
    return status;
}

static perbus_status unhandle(rig *rig, perbus_error *error) {
    return perbus_engine_set_event_handler(rig->engine, NULL, NULL, NULL, error);
}

static perbus_status start(rig *rig, perbus_error *error) {
    return perbus_engine_start(rig->engine, error);
}

static perbus_status stop(rig *rig, perbus_error *error) {
    return perbus_engine_stop(rig->engine, error);
}

static perbus_status hold(rig *rig, perbus_error *error) {
    return perbus_engine_pause(rig->engine, error);
}

static perbus_status read_status(rig *rig, perbus_error *error) {
    perbus_device_status status;
    perbus_status read = perbus_engine_get_device_status(rig->engine, &status, error);
    /* The device may just have died. */
    return read == PERBUS_ERROR_NOT_RUNNING ? PERBUS_OK : read;
}

static perbus_status list(rig *rig, perbus_error *error) {
    (void)rig;
    perbus_device *devices = NULL;
    size_t count = 0;
    perbus_status status = perbus_devices_copy(&devices, &count, error);
    CHECK(status != PERBUS_OK || count == 2);
    perbus_devices_free(devices);
    return status;
}

static perbus_status hear_input(rig *rig, perbus_error *error) {
    return perbus_engine_connect(rig->engine, rig->input, 0, rig->mixer, 1, NULL, error);
}

static perbus_status leave_input(rig *rig, perbus_error *error) {
    return perbus_engine_disconnect_output(rig->engine, rig->input, 0, error);
}

static perbus_status own_input(rig *rig, perbus_error *error) {
    return perbus_engine_set_input_device(rig->engine, OWN, error);
}

static perbus_status default_input(rig *rig, perbus_error *error) {
    return perbus_engine_set_input_device(rig->engine, NULL, error);
}

static perbus_status own_output(rig *rig, perbus_error *error) {
    return perbus_engine_set_output_device(rig->engine, OWN, error);
}

static perbus_status default_output(rig *rig, perbus_error *error) {
    return perbus_engine_set_output_device(rig->engine, NULL, error);
}

static unsigned long refused;

/* The fake device refuses some streams, whether there is memory or not. */
static void do_anyhow(rig *rig, call *it) {
    perbus_status status = PERBUS_ERROR_START;
    for (int i = 0; status == PERBUS_ERROR_START && i < 5; i++) {
        status = it(rig, NULL);
    }
    CHECK(status == PERBUS_OK);
}

/* Each request fails once; what works nevertheless is undone, and done again. */
static void take(rig *rig, const char *name, call *take, call *undo, int who) {
    bool failed = true;
    perbus_status status = PERBUS_ERROR_NO_MEMORY;
    for (unsigned n = 1; failed && n < REQUESTS; n++) {
        perbus_error error = {0, ""};
        unsigned before = atomic_load(&unavailable);
        failing_begin(who, n);
        status = take(rig, &error);
        failed = failing_end();
        refused += failed;
        bool unopened = status == PERBUS_ERROR_START && atomic_load(&unavailable) > before;
        if (status != PERBUS_OK && !unopened && !(failed && status == PERBUS_ERROR_NO_MEMORY)) {
            printf("%s, request %u of %d: %s, \"%s\"\n", name, n, who, perbus_status_name(status),
                   error.message);
            check_failures++;
        }
        CHECK(status == PERBUS_OK || error.message[0] != '\0');
        if (failed && status == PERBUS_OK && undo != NULL) {
            do_anyhow(rig, undo);
        }
    }
    CHECK(!failed);
    if (status != PERBUS_OK) {
        do_anyhow(rig, take);
    }
}

static void make_others(rig *rig) {
    WORKS(perbus_engine_copy_main_mixer(rig->engine, &rig->mixer, &error));
    WORKS(perbus_engine_copy_input(rig->engine, &rig->input, &error));
    WORKS(perbus_source_create(&STEREO, render_half, rig, note_end, &rig->source, &error));
    rig->given++;
    WORKS(perbus_engine_attach(rig->engine, rig->source, &error));
    WORKS(perbus_engine_connect(rig->engine, rig->source, 0, rig->mixer, 0, NULL, &error));
    WORKS(perbus_player_create(&rig->player, &error));
    WORKS(perbus_engine_attach(rig->engine, rig->player, &error));
    WORKS(perbus_engine_connect(rig->engine, rig->player, 0, rig->mixer, 2, NULL, &error));
}

static void end(rig *rig) {
    perbus_node_release(rig->player);
    perbus_node_release(rig->source);
    perbus_node_release(rig->input);
    perbus_node_release(rig->mixer);
    perbus_engine_destroy(rig->engine);
    perbus_file_destroy(rig->file);
    CHECK(atomic_load(&rig->destroyed) == rig->given);
    CHECK(atomic_load(&rig->ended) == rig->scheduled);
}

static void calls(int who) {
    rig own = {.engine = NULL};
    take(&own, "list the devices", list, NULL, who);
    take(&own, "create an engine", create, destroy, who);
    make_others(&own);
    take(&own, "set a handler", handle, unhandle, who);
    take(&own, "start", start, stop, who);
    take(&own, "read the status", read_status, NULL, who);
    take(&own, "hear the input", hear_input, leave_input, who);
    take(&own, "choose an input", own_input, default_input, who);
    take(&own, "choose the default input", default_input, own_input, who);
    take(&own, "pause", hold, start, who);
    take(&own, "start again", start, hold, who);
    take(&own, "stop", stop, start, who);
    take(&own, "choose an output", own_output, default_output, who);
    take(&own, "start there", start, stop, who);
    end(&own);
}

/* Waits until the device has asked for so many frames more, and starts it whenever it does not run. */
static void play_on(rig *rig, uint64_t frames) {
    perbus_device_status status;
    uint64_t heard = 0, last = 0;
    for (int i = 0; heard < frames; i++) {
        if (i == 20000) {
            printf("after 20 seconds the device has played %llu frames\n",
                   (unsigned long long)heard);
            check_failures++;
            return;
        }
        if (perbus_engine_get_device_status(rig->engine, &status, NULL) == PERBUS_OK) {
            heard += status.frames > last ? status.frames - last : 0;
            last = status.frames;
        } else {
            last = 0;
            (void)perbus_engine_start(rig->engine, NULL);
        }
        wait_for(0.001);
    }
}

static void count_frames(void *context, const perbus_tap_block *block) {
    atomic_fetch_add((atomic_ullong *)context, block->frames);
}

static void schedule(rig *rig) {
    const perbus_schedule how = {PERBUS_FOLLOW, 0, note_completion, rig};
    WORKS(perbus_player_schedule_segment(rig->player, rig->file, 100, 9000, &how, &error));
    rig->scheduled++;
    (void)perbus_player_play(rig->player, NULL);
}

static void others(int who, unsigned every, const char *path) {
    rig own = {.engine = NULL};
    perbus_tap *tap = NULL;
    atomic_ullong tapped = 0;
    WORKS(create(&own, &error));
    WORKS(perbus_file_open(path, &own.file, &error));
    make_others(&own);
    WORKS(handle(&own, &error));
    WORKS(hear_input(&own, &error));
    WORKS(perbus_tap_create(own.mixer, 0, 4800, count_frames, &tapped, NULL, &tap, &error));
    /* GNUstep does not survive it if there is no memory for a thread's first pool. */
    for (play_on(&own, SECOND / 10); atomic_load(&tapped) == 0 || atomic_load(&own.events) == 0;) {
        play_on(&own, 1);
    }
    failing_elsewhere(who, every);
    for (int i = 0; i < 4; i++) {
        schedule(&own);
        wait_for(0.04);
    }
    failing_elsewhere(0, 1);
    /* Now there is memory again. */
    play_on(&own, SECOND / 10);
    schedule(&own);
    play_on(&own, SECOND / 10);
    WORKS(perbus_engine_stop(own.engine, &error));
    WORKS(perbus_player_stop(own.player, &error));
    perbus_tap_destroy(tap);
    end(&own);
}

static int list_threads(void) {
    DIR *tasks = opendir("/proc/self/task");
    int found = 0;
    for (struct dirent *entry; tasks != NULL && (entry = readdir(tasks)) != NULL;) {
        found += entry->d_name[0] != '.';
    }
    closedir(tasks);
    return found;
}

/* One that has been joined may be listed a little longer; those of streams that hang stay. */
static bool threads_have_ended(void) {
    for (int i = 0; i < 5000 && list_threads() > 1 + 2 * (int)atomic_load(&hung); i++) {
        wait_for(0.001);
    }
    int threads = list_threads(), kept = 1 + 2 * (int)atomic_load(&hung);
    if (threads > kept) {
        printf("%d threads instead of %d\n", threads, kept);
    }
    return threads <= kept;
}

static void make_file(char *path) {
    static float samples[SECOND];
    const float *channels[] = {samples, samples};
    const perbus_file_settings settings = {.format = STEREO};
    perbus_file *file = NULL;
    int empty = mkstemp(path);
    CHECK(empty >= 0);
    close(empty);
    WORKS(perbus_file_create(path, &settings, &file, &error));
    WORKS(perbus_file_write(file, channels, 2, SECOND, &error));
    WORKS(perbus_file_finish(file, &error));
    perbus_file_destroy(file);
}

int main(void) {
    static const int all[] = {LIBRARY, BLOCKS, FOUNDATION, THREADS};
    char path[] = "/tmp/perbus-starve-XXXXXX";
    make_file(path);
    calls(0);
    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        refused = 0;
        calls(all[i]);
        for (unsigned every = 1; every <= 5 && all[i] != FOUNDATION; every += 2) {
            others(all[i], every, path);
        }
        printf("starve a device: %lu requests of %d refused\n", refused, all[i]);
        CHECK(threads_have_ended());
    }
    /* GNUstep copies to memory that it has not got when it throws for want of memory. So the library
     * does not let it come to that while it has none itself. */
    others(LIBRARY | FOUNDATION, 1, path);
    CHECK(threads_have_ended());
    unlink(path);
    return check_failures != 0;
}
