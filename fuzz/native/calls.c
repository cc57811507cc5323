/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Every function of perbus.h, in any order, with any arguments that its types allow and that its
 *  documentation does not leave to the caller: handles that are alive, and pointers to room. What is
 *  refused has a message and leaves its outs alone; samples are numbers; completions come once for
 *  each buffer, and contexts are given back once. */
#include "given.h"

#include <pthread.h>
#include <sched.h>

enum { HANDLES = 12, LIST = 4 };

int perbus_fuzz_calls(const uint8_t *data, size_t size);

/* The engine that another thread renders: it stays, whether it has a place among the handles or not. */
static perbus_engine *rendered;

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

LISTED(struct, destination, {draw_node_handle(), draw_u32()})
LISTED(struct, connection_change,
       {draw_node_handle(), draw_node_handle(), draw_u32(), (float)draw_number(),
        (float)draw_number()})
LISTED(struct, automation_point,
       {(int64_t)draw_u64(), (float)draw_number(), draw_u64(), (perbus_curve)draw_below(4)})

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
    make_call(&CALLS[draw_below(sizeof CALLS / sizeof *CALLS)]);
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
    give_anew();
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
    check_returned();
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
    for (uint32_t i = 0; !draw_ended() && !given_all() && check_failures == 0; i++) {
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
