/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Engines on devices of this program's own, in place of PortAudio, whose threads call for blocks or
 * bring them without a pause, also while their stream is being stopped, die now and then, and do not
 * always end when asked to. `make sanitize` looks for data races in what comes of that. */
#define _GNU_SOURCE
#include "../check.h"

#include <portaudio.h>
#include <pthread.h>
#include <time.h>
#include <unistd.h>

int check_failures;

enum { ENGINES = 2, ROUNDS = 20, LONGEST = 300 };

typedef struct stream {
    PaStreamCallback *callback;
    void *context;
    pthread_t thread;
    atomic_bool running, calling, closed;
    bool plays, records;
    unsigned number;
} stream;

/* Frames that were recorded. */
static _Atomic uint64_t recorded;

static atomic_uint asked, opened, started, hung, duplex;

/* The input of the device that plays. */
#define OWN "portaudio:PortAudio:fake"

static void wait_for(double seconds) {
    struct timespec pause = {(time_t)seconds, (long)((seconds - (time_t)seconds) * 1e9)};
    nanosleep(&pause, NULL);
}

/* Every third stream dies after a while. */
static bool dies(const stream *own, unsigned blocks) {
    return own->number % 3 == 1 && blocks > 20;
}

static void *run_stream(void *context) {
    stream *own = context;
    float left[LONGEST], right[LONGEST], *planes[] = {left, right}, heard[2 * LONGEST];
    unsigned blocks = 0;
    for (int i = 0; i < 2 * LONGEST; i++) {
        heard[i] = 0.5f;
    }
    while (!atomic_load(&own->closed)) {
        atomic_store(&own->calling, true);
        if (atomic_load(&own->running) && !dies(own, blocks)) {
            PaStreamCallbackFlags flags = blocks % 5 == 4 ? paOutputUnderflow : 0;
            flags |= blocks % 7 == 3 ? paInputOverflow : 0;
            unsigned long frames = 1 + blocks * 37 % LONGEST;
            own->callback(own->records ? heard : NULL, own->plays ? planes : NULL, frames, NULL,
                          flags, own->context);
            atomic_fetch_add(&recorded, own->records ? frames : 0);
            blocks++;
        }
        atomic_store(&own->calling, false);
        wait_for(0.0002);
    }
    return NULL;
}

PaError Pa_Initialize(void) {
    return paNoError;
}

PaError Pa_Terminate(void) {
    return paNoError;
}

PaDeviceIndex Pa_GetDefaultOutputDevice(void) {
    return 0;
}

PaDeviceIndex Pa_GetDefaultInputDevice(void) {
    return 1;
}

PaDeviceIndex Pa_GetDeviceCount(void) {
    return 2;
}

const PaDeviceInfo *Pa_GetDeviceInfo(PaDeviceIndex index) {
    static const PaDeviceInfo infos[] = {{.structVersion = 2,
                                          .name = "fake",
                                          .maxInputChannels = 2,
                                          .maxOutputChannels = 2,
                                          .defaultLowOutputLatency = 0.01,
                                          .defaultHighOutputLatency = 0.1,
                                          .defaultSampleRate = 48000.0},
                                         {.structVersion = 2,
                                          .name = "microphone",
                                          .maxInputChannels = 1,
                                          .defaultLowInputLatency = 0.01,
                                          .defaultSampleRate = 44100.0}};
    return index >= 0 && index < 2 ? &infos[index] : NULL;
}

const PaHostApiInfo *Pa_GetHostApiInfo(PaHostApiIndex index) {
    (void)index;
    return NULL;
}

const char *Pa_GetErrorText(PaError error) {
    return error == paNoError ? "none" : "an error";
}

const PaStreamInfo *Pa_GetStreamInfo(PaStream *of) {
    (void)of;
    static const PaStreamInfo info = {1, 0.01, 0.01, 48000.0};
    return &info;
}

PaError Pa_OpenStream(PaStream **out, const PaStreamParameters *input,
                      const PaStreamParameters *output, double rate, unsigned long frames,
                      PaStreamFlags flags, PaStreamCallback *callback, void *context) {
    (void)rate, (void)frames, (void)flags;
    if (atomic_fetch_add(&asked, 1) % 7 == 5) {
        return paDeviceUnavailable;
    }
    stream *made = calloc(1, sizeof *made);
    made->callback = callback;
    made->context = context;
    made->plays = output != NULL;
    made->records = input != NULL;
    atomic_fetch_add(&duplex, input != NULL && output != NULL);
    made->number = atomic_fetch_add(&opened, 1);
    *out = made;
    return pthread_create(&made->thread, NULL, run_stream, made) == 0 ? paNoError : paInternalError;
}

PaError Pa_StartStream(PaStream *of) {
    stream *own = of;
    atomic_fetch_add(&started, 1);
    atomic_store(&own->running, true);
    return paNoError;
}

PaError Pa_StopStream(PaStream *of) {
    stream *own = of;
    if (own->number % 20 == 11) {
        /* It goes on calling. */
        atomic_fetch_add(&hung, 1);
        pause();
    }
    wait_for(0.001);
    atomic_store(&own->running, false);
    while (atomic_load(&own->calling)) {
        wait_for(0.0001);
    }
    return paNoError;
}

PaError Pa_CloseStream(PaStream *of) {
    stream *own = of;
    atomic_store(&own->closed, true);
    pthread_join(own->thread, NULL);
    free(own);
    return paNoError;
}

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

/* Sets and reads from a thread of its own while the other starts and stops. */
typedef struct watcher {
    perbus_engine *engine;
    perbus_node *mixer, *source, *player, *input;
    atomic_bool ends;
} watcher;

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
    perbus_status status = perbus_player_play(own->player, NULL);
    CHECK(status == PERBUS_OK || status == PERBUS_ERROR_NOT_RUNNING ||
          status == PERBUS_ERROR_EXCEPTION);
}

static void hear_block(void *context, const perbus_tap_block *block) {
    (void)context;
    for (uint32_t i = 0; i < block->frames; i++) {
        /* Silence, the converter's rise to what is recorded, or that. */
        CHECK(block->channels[0][i] > -0.2f && block->channels[0][i] < 0.7f);
    }
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
            WORKS(perbus_tap_create(own.input, 0, 4800, hear_block, NULL, NULL, &tap, &error));
            wait_for(0.06);
            perbus_tap_destroy(tap);
            wait_for(0.06);
        }
        if (round % 10 >= 8) {
            wait_for(0.6);
        }
        if (i % 2 == 1) {
            WORKS(perbus_engine_stop(own.engine, &error));
        }
    }
    atomic_store(&own.ends, true);
    pthread_join(watching, NULL);
    perbus_node_release(own.input);
    perbus_node_release(own.player);
    perbus_node_release(own.source);
    perbus_node_release(own.mixer);
    perbus_engine_destroy(own.engine);
    return NULL;
}

int main(void) {
    static unsigned rounds[ENGINES];
    for (unsigned round = 0; round < ROUNDS; round++) {
        pthread_t threads[ENGINES];
        for (unsigned e = 0; e < ENGINES; e++) {
            rounds[e] = round + 5 * e;
            pthread_create(&threads[e], NULL, live, &rounds[e]);
        }
        for (unsigned e = 0; e < ENGINES; e++) {
            pthread_join(threads[e], NULL);
        }
    }
    CHECK(destroyed == ENGINES * ROUNDS);
    CHECK(lost > 0 && configured > 0 && lost >= configured && restarted > 0);
    CHECK(hung > 0 && opened > 20);
    CHECK(unheard > 0 && duplex > 0 && recorded > 48000);
    printf("fake device: %u streams, %u of them duplex, %d losses, %d of inputs, %d restarts, "
           "%u hung, %d failures\n",
           atomic_load(&opened), atomic_load(&duplex), atomic_load(&lost), atomic_load(&unheard),
           atomic_load(&restarted), atomic_load(&hung), check_failures);
    return check_failures != 0;
}
