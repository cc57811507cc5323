/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Every function of perbus.h, in any order, with any arguments that its types allow and that its
 *  documentation does not leave to the caller: handles that are alive, and pointers to room. What is
 *  refused has a message and leaves its outs alone; samples are numbers; completions come once for
 *  each buffer, and contexts are given back once. */
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

#include "../../tests/c/check.h"
#include "draw.h"

enum {
    HANDLES = 12,
    LIST = 4,
    CONTEXTS = 1 << 14,
    MOST = 4096,
    CHANNELS = 64,
    NUMBERS = 1 << 16,
    SECONDS = 10
};

typedef struct call {
    const char *name;
    perbus_status (*run)(void);
} call;

int perbus_fuzz_calls(const uint8_t *data, size_t size);

static perbus_error report;
static float samples[CHANNELS][MOST], *planes[CHANNELS], numbers[NUMBERS];

/* The engine that another thread renders: it stays, whether it has a place among the handles or not. */
static perbus_engine *rendered;

#define HANDLE(type, release)                                              \
    static perbus_##type *type##s[HANDLES];                                \
    static perbus_##type *draw_##type##_handle(void) {                     \
        return type##s[draw_below(HANDLES)];                               \
    }                                                                      \
    static void drop_##type(uint32_t at) {                                 \
        perbus_##type *old = type##s[at];                                  \
        type##s[at] = NULL;                                                \
        release(old);                                                      \
    }                                                                      \
    __attribute__((unused)) static void keep_##type(perbus_##type *made) { \
        if (made != NULL) {                                                \
            uint32_t at = draw_below(HANDLES);                             \
            drop_##type(at);                                               \
            type##s[at] = made;                                            \
        }                                                                  \
    }

static void destroy_engine(perbus_engine *engine) {
    if (engine != rendered) {
        perbus_engine_destroy(engine);
    }
}

HANDLE(engine, destroy_engine)
HANDLE(node, perbus_node_release)
HANDLE(buffer, perbus_buffer_release)
HANDLE(file, perbus_file_destroy)
HANDLE(tap, perbus_tap_destroy)
HANDLE(master, perbus_master_destroy)

static perbus_engine *draw_engine_alone(void) {
    perbus_engine *engine = draw_engine_handle();
    return engine == rendered ? NULL : engine;
}

/* How often each completion or context has come back, and how often it has to. */
static atomic_int returned[CONTEXTS];
static int owed[CONTEXTS];
static const char *owners[CONTEXTS];
static uint32_t contexts, scheduled;
/* The call that is being made. */
static const char *current;

static void *draw_context(void) {
    return &returned[contexts % CONTEXTS];
}

static void settle_context(bool accepted) {
    owners[contexts % CONTEXTS] = current;
    owed[contexts++ % CONTEXTS] = accepted ? 1 : 0;
}

static void release_context(void *context) {
    atomic_fetch_add((atomic_int *)context, 1);
}

static void complete(void *context, perbus_end end) {
    atomic_fetch_add((atomic_int *)context,
                     end >= PERBUS_END_PLAYED && end <= PERBUS_END_FAILED ? 1 : 99);
}

static perbus_schedule draw_schedule(void) {
    perbus_schedule schedule = {PERBUS_FOLLOW, draw_below(5), complete, NULL};
    if (draw_below(4) == 0) {
        schedule.start = (int64_t)draw_u64();
        schedule.flags = draw_u32();
    }
    scheduled = contexts++ % CONTEXTS;
    schedule.context = &returned[scheduled];
    return schedule;
}

static void settle_schedule(bool accepted) {
    owners[scheduled] = current;
    owed[scheduled] = accepted ? 1 : 0;
}

static void fill(void *one, void *other, size_t size) {
    memset(one, 0x5a, size);
    memset(other, 0x5a, size);
}

static bool fill_block(uint32_t frames, float *const *channels, uint32_t channel_count) {
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = 0.25f;
        }
    }
    return false;
}

static bool call_render(void *context, int64_t time, uint32_t frames, float *const *channels,
                        uint32_t channel_count) {
    CHECK(atomic_load((atomic_int *)context) == 0 && time > INT64_MIN);
    return fill_block(frames, channels, channel_count);
}

static bool call_input_function(void *context, uint32_t frames, float *const *channels,
                                uint32_t channel_count) {
    CHECK(atomic_load((atomic_int *)context) == 0);
    return fill_block(frames, channels, channel_count);
}

static void call_tap_callback(void *context, const perbus_tap_block *block) {
    CHECK(atomic_load((atomic_int *)context) == 0);
    for (uint32_t c = 0; c < block->channel_count; c++) {
        for (uint32_t i = 0; i < block->frames; i++) {
            CHECK(isfinite(block->channels[c][i]));
        }
    }
}

static void call_event_handler(void *context, perbus_event event) {
    CHECK(atomic_load((atomic_int *)context) == 0 && event != 0);
}

static uint32_t draw_channels(void) {
    return draw_below(8) > 0 ? 2 : draw_below(CHANNELS);
}

/* Within the room that there is. */
static uint32_t draw_block(void) {
    return draw_below(16) > 0 ? draw_below(513) : draw_below(MOST);
}

#define LISTED(type, name, ...)              \
    static perbus_##name draw_##name(void) { \
        return (perbus_##name)__VA_ARGS__;   \
    }

LISTED(struct, destination, {draw_node_handle(), draw_u32()})
LISTED(struct, connection_change,
       {draw_node_handle(), draw_node_handle(), draw_u32(), (float)draw_number(),
        (float)draw_number()})
LISTED(struct, automation_point,
       {(int64_t)draw_u64(), (float)draw_number(), draw_u64(), (perbus_curve)draw_below(4)})
LISTED(struct, band,
       {(int32_t)draw_below(12), (float)draw_number() * 20000, (float)draw_number() * 24,
        (float)draw_number() * 2, draw_below(2)})

#include "calls.inc"

static void drop_something(void) {
    uint32_t at = draw_below(HANDLES);
    switch (draw_below(8)) {
    case 0:
        if (engines[at] != rendered) {
            drop_engine(at);
        }
        break;
    case 1:
    case 2:
        drop_node(at);
        break;
    case 3:
        drop_buffer(at);
        break;
    case 4:
        drop_file(at);
        break;
    case 5:
        drop_tap(at);
        break;
    case 6:
        drop_master(at);
        break;
    default:
        break;
    }
}

static const char *file_path(void);

static void remove_file(void) {
    unlink(file_path());
}

/* A second of a ramp, in a file that is there until the end. */
static const char *file_path(void) {
    static char path[64];
    if (path[0] == '\0') {
        perbus_file_settings settings = {.format = STEREO, .samples = PERBUS_FILE_INT_16};
        perbus_file *file = NULL;
        for (uint32_t i = 0; i < 2 * MOST; i++) {
            samples[i / MOST][i % MOST] = (float)(i % 256) / 512;
        }
        snprintf(path, sizeof path, "/tmp/perbus-fuzz-%d.wav", (int)getpid());
        WORKS(perbus_file_create(path, &settings, &file, &error));
        for (int i = 0; i < 12; i++) {
            WORKS(perbus_file_write(file, (const float *const *)planes, 2, MOST, &error));
        }
        WORKS(perbus_file_finish(file, &error));
        perbus_file_destroy(file);
        atexit(remove_file);
    }
    return path;
}

static void make_something(void) {
    perbus_node *made = NULL;
    perbus_file *file = NULL;
    perbus_format format = draw_format();
    switch (draw_below(5)) {
    case 0:
        perbus_mixer_create(&made, NULL);
        break;
    case 1:
        perbus_player_create(&made, NULL);
        break;
    case 2:
        perbus_engine_copy_main_mixer(draw_engine_handle(), &made, NULL);
        break;
    case 3:
        WORKS(perbus_file_open(file_path(), &file, &error));
        keep_file(file);
        break;
    default: {
        perbus_buffer *buffer = NULL;
        perbus_buffer_create(&format, 1 + draw_below(600), &buffer, NULL);
        for (uint32_t c = 0; buffer != NULL && c < format.channels; c++) {
            for (uint32_t i = 0; i < perbus_buffer_get_frames(buffer); i++) {
                perbus_buffer_get_channel(buffer, c)[i] = 0.5f;
            }
        }
        keep_buffer(buffer);
        break;
    }
    }
    keep_node(made);
}

static void take(void) {
    uint32_t kind = draw_below(16);
    if (kind == 0) {
        drop_something();
        return;
    }
    if (kind == 1) {
        make_something();
        return;
    }
    const call *call = &CALLS[draw_below(sizeof CALLS / sizeof *CALLS)];
    report = (perbus_error){0, ""};
    current = call->name;
    perbus_status status = call->run();
    bool known = strcmp(perbus_status_name(status), "unknown status") != 0;
    if (!known || status > 0 || (status != PERBUS_OK) != (report.message[0] != '\0') ||
        memchr(report.message, '\0', sizeof report.message) == NULL) {
        printf("%s is %d, \"%.251s\"\n", call->name, (int)status, report.message);
        check_failures++;
    }
    if (strcmp(call->name, "perbus_engine_render") == 0 && status == PERBUS_OK) {
        for (uint32_t i = 0; i < 2 * MOST; i++) {
            CHECK(isfinite(samples[i / MOST][i % MOST]));
        }
    }
}

/* What renders may wait for them. */
static void end_batches(void) {
    while (rendered != NULL && perbus_engine_end_batch(rendered, NULL) == PERBUS_OK) {
    }
    for (uint32_t i = 0; i < HANDLES; i++) {
        while (engines[i] != NULL && perbus_engine_end_batch(engines[i], NULL) == PERBUS_OK) {
        }
    }
}

static atomic_bool ends;

static void *render_on(void *unused) {
    static float left[512], right[512];
    float *channels[] = {left, right};
    (void)unused;
    while (!atomic_load(&ends)) {
        if (perbus_engine_render(rendered, 512, channels, 2, NULL) == PERBUS_OK) {
            CHECK(isfinite(left[0]) && isfinite(right[511]));
        }
        sched_yield();
    }
    return NULL;
}

static void set_up(void) {
    for (uint32_t c = 0; c < CHANNELS; c++) {
        planes[c] = samples[c];
    }
    memset(samples, 0, sizeof samples);
    for (uint32_t i = 0; i < NUMBERS; i++) {
        numbers[i] = (float)(i % 5) / 4;
    }
    memset(returned, 0, sizeof returned);
    memset(owed, 0, sizeof owed);
    contexts = 0;
    for (int e = 0; e < 2; e++) {
        WORKS(perbus_engine_create_offline(&STEREO, e == 0 ? 512 : 4096, &engines[e], &error));
        WORKS(perbus_engine_start(engines[e], &error));
        WORKS(perbus_engine_copy_main_mixer(engines[e], &nodes[e], &error));
        WORKS(perbus_mixer_create(&nodes[2 + e], &error));
        WORKS(perbus_player_create(&nodes[4 + e], &error));
        WORKS(perbus_engine_attach(engines[e], nodes[2 + e], &error));
        WORKS(perbus_engine_attach(engines[e], nodes[4 + e], &error));
        WORKS(perbus_engine_connect(engines[e], nodes[4 + e], 0, nodes[2 + e], 0, NULL, &error));
        WORKS(perbus_engine_connect(engines[e], nodes[2 + e], 0, nodes[e], 0, NULL, &error));
    }
    WORKS(perbus_equalizer_create(2, &nodes[6], &error));
    WORKS(perbus_matrix_create(2, 2, &nodes[7], &error));
    for (int i = 0; i < 4; i++) {
        make_something();
    }
}

static void clean_up(void) {
    for (uint32_t i = 0; i < HANDLES; i++) {
        engines[i] = engines[i] == rendered ? NULL : engines[i];
    }
    perbus_engine_destroy(rendered);
    rendered = NULL;
    for (uint32_t i = 0; i < HANDLES; i++) {
        drop_tap(i);
        drop_master(i);
    }
    for (uint32_t i = 0; i < HANDLES; i++) {
        drop_engine(i);
    }
    for (uint32_t i = 0; i < HANDLES; i++) {
        drop_node(i);
        drop_buffer(i);
        drop_file(i);
    }
    time_t until = time(NULL) + SECONDS;
    uint32_t count = contexts < CONTEXTS ? contexts : CONTEXTS;
    for (uint32_t i = 0; i < count; i++) {
        while (atomic_load(&returned[i]) < owed[i] && time(NULL) < until) {
            sched_yield();
        }
        if (atomic_load(&returned[i]) != owed[i]) {
            printf("%s: context %u came back %d times, not %d\n", owners[i], i,
                   atomic_load(&returned[i]), owed[i]);
            check_failures++;
        }
    }
}

/* A call takes about six bytes. */
int perbus_fuzz_calls(const uint8_t *data, size_t size) {
    pthread_t thread;
    draw_from(data, size);
    bool threads = draw_below(4) == 0;
    set_up();
    atomic_init(&ends, false);
    if (threads) {
        rendered = engines[0];
        threads = pthread_create(&thread, NULL, render_on, NULL) == 0;
    }
    for (uint32_t i = 0; !draw_ended() && contexts < CONTEXTS && check_failures == 0; i++) {
        take();
        if (i % 64 == 0) {
            end_batches();
        }
    }
    end_batches();
    if (threads) {
        atomic_store(&ends, true);
        pthread_join(thread, NULL);
    }
    clean_up();
    int faults = check_failures;
    check_failures = 0;
    return faults;
}
