/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Taps: their blocks against the rendered samples, and how they end. */
#include "check.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

enum { BLOCK = 512, BLOCKS = 40, HEARD = BLOCKS * BLOCK };

/* What a tap has got, until it is destroyed. */
typedef struct listener {
    perbus_tap *tap;
    float left[HEARD], right[HEARD];
    uint32_t frames, calls, longest;
    int64_t next;            /* sample time */
    uint32_t destroys_after; /* the tap, from its callback, in this call */
    perbus_node *taps_again; /* after that, while the call is still running */
    perbus_tap *second;
    bool joined, refused; /* one block after the other; waiting in the callback */
    atomic_int ends;
} listener;

static void hear_block(void *context, const perbus_tap_block *block) {
    listener *heard = context;
    CHECK(block->sample_rate == 48000.0 && block->channel_count == 2);
    heard->joined = heard->calls == 0 || (heard->joined && block->sample_time == heard->next);
    heard->next = block->sample_time + block->frames;
    heard->longest = block->frames > heard->longest ? block->frames : heard->longest;
    for (uint32_t i = 0; i < block->frames && heard->frames < HEARD; i++) {
        heard->left[heard->frames] = block->channels[0][i];
        heard->right[heard->frames++] = block->channels[1][i];
    }
    heard->calls++;
    perbus_error error = {0, ""};
    heard->refused = perbus_tap_wait(heard->tap, &error) == PERBUS_ERROR_INVALID_ARGUMENT &&
                     strstr(error.message, "wait") != NULL;
    if (heard->calls == heard->destroys_after) {
        perbus_tap_destroy(heard->tap);
        if (heard->taps_again != NULL) {
            WORKS(perbus_tap_create(heard->taps_again, 0, 4800, hear_block, heard, NULL,
                                    &heard->second, &error));
            perbus_tap_destroy(heard->second);
        }
    }
}

static void end_listener(void *context) {
    atomic_fetch_add(&((listener *)context)->ends, 1);
}

/* A saw on the left, its negative on the right. */
static bool render_saw(void *context, int64_t time, uint32_t frames, float *const *channels,
                       uint32_t channel_count) {
    (void)context;
    for (uint32_t i = 0; i < frames; i++) {
        channels[0][i] = (float)((time + i) % 1000 + 1) / 1000.0f;
        channels[channel_count - 1][i] = -channels[0][i];
    }
    return false;
}

static void refusals(perbus_node *of) {
    perbus_node *loose = NULL;
    perbus_tap *tap = NULL, *second = NULL;
    listener heard = {0};
    WORKS(perbus_mixer_create(&loose, &error));
#define TAPS(node, bus, frames) node, bus, frames, hear_block, &heard, end_listener, &second
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_tap_create, TAPS(of, 1, 4800));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_tap_create, TAPS(of, 0, 0));
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_tap_create, TAPS(of, 0, PERBUS_MAX_TAP_FRAMES + 1));
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_tap_create, TAPS(loose, 0, 4800));
    WORKS(perbus_tap_create(of, 0, 4800, hear_block, &heard, end_listener, &tap, &error));
    REJECTS(perbus_tap_create, TAPS(of, 0, 4800));
    CHECK(second == NULL && atomic_load(&heard.ends) == 0);
    perbus_tap_destroy(tap);
    CHECK(atomic_load(&heard.ends) == 1 && heard.calls == 0);
    /* The bus is free again, and a tap may ask for any length. */
    WORKS(perbus_tap_create(of, 0, 1, hear_block, &heard, NULL, &tap, &error));
    perbus_tap_destroy(tap);
    CHECK(atomic_load(&heard.ends) == 1);
    perbus_node_release(loose);
}

static void blocks_are_what_is_rendered(perbus_engine *made, perbus_node *of) {
    static float samples[2][HEARD];
    static listener heard;
    heard = (listener){0};
    uint64_t dropped = 7;
    int64_t from = 0;
    WORKS(perbus_engine_get_sample_time(made, &from, &error));
    WORKS(perbus_tap_create(of, 0, 4800, hear_block, &heard, end_listener, &heard.tap, &error));
    for (uint32_t at = 0; at < HEARD; at += BLOCK) {
        float *channels[] = {samples[0] + at, samples[1] + at};
        WORKS(perbus_engine_render(made, BLOCK, channels, 2, &error));
    }
    WORKS(perbus_tap_wait(heard.tap, &error));
    CHECK(heard.calls == HEARD / 4800 && heard.longest == 4800 && heard.refused);
    WORKS(perbus_tap_get_dropped(heard.tap, &dropped, &error));
    perbus_tap_destroy(heard.tap);
    CHECK(dropped == 0 && heard.joined && heard.next == from + HEARD);
    CHECK(heard.frames == HEARD && atomic_load(&heard.ends) == 1);
    CHECK(memcmp(heard.left, samples[0], sizeof heard.left) == 0);
    CHECK(memcmp(heard.right, samples[1], sizeof heard.right) == 0);
}

static void render_all(perbus_engine *made) {
    static float samples[2][BLOCK];
    float *channels[] = {samples[0], samples[1]};
    for (uint32_t block = 0; block < BLOCKS; block++) {
        WORKS(perbus_engine_render(made, BLOCK, channels, 2, &error));
    }
}

static void a_callback_ends_its_tap(perbus_engine *made, perbus_node *of) {
    static listener heard = {.destroys_after = 2};
    heard.taps_again = of;
    perbus_tap *next = NULL;
    static listener after;
    WORKS(perbus_tap_create(of, 0, 4800, hear_block, &heard, end_listener, &heard.tap, &error));
    render_all(made);
    /* The bus is free as soon as the callback has returned. */
    while (atomic_load(&heard.ends) == 0) {
        render_all(made);
    }
    WORKS(perbus_tap_create(of, 0, 4800, hear_block, &after, end_listener, &next, &error));
    after.tap = next;
    render_all(made);
    perbus_tap_destroy(next);
    CHECK(heard.calls == 2 && heard.frames == 9600 && atomic_load(&heard.ends) == 1);
    CHECK(after.frames == HEARD && after.joined);
}

typedef struct held {
    atomic_int calls, ends;
    atomic_bool goes_on;
} held;

static void hold_block(void *context, const perbus_tap_block *block) {
    held *of = context;
    (void)block;
    atomic_fetch_add(&of->calls, 1);
    while (!atomic_load(&of->goes_on)) {
        sched_yield();
    }
}

static void end_held(void *context) {
    atomic_fetch_add(&((held *)context)->ends, 1);
}

static void wait_for(atomic_int *count) {
    while (atomic_load(count) == 0) {
        sched_yield();
    }
}

static void *wait_on(void *tap) {
    WORKS(perbus_tap_wait(tap, &error));
    return NULL;
}

/* A tap is discarded while its callback runs, which would be waited for. */
static void a_discard_waits_for_nobody(perbus_engine *made, perbus_node *of) {
    static held held;
    perbus_tap *tap = NULL, *next = NULL;
    WORKS(perbus_tap_create(of, 0, 4800, hold_block, &held, end_held, &tap, &error));
    render_all(made); /* several blocks */
    wait_for(&held.calls);
    /* Another thread waits for it, or is about to. */
    pthread_t waiter;
    CHECK(pthread_create(&waiter, NULL, wait_on, tap) == 0);
    perbus_tap_discard(tap);
    CHECK(pthread_join(waiter, NULL) == 0);
    CHECK(atomic_load(&held.calls) == 1 && atomic_load(&held.ends) == 0);
    perbus_tap_discard(tap);
    WORKS(perbus_tap_wait(tap, &error));
    uint64_t dropped = 7;
    FAILS(PERBUS_ERROR_INVALID_ARGUMENT, perbus_tap_get_dropped, tap, &dropped);
    CHECK(dropped == 7);
    perbus_tap_destroy(tap);
    /* The bus is free at once. */
    WORKS(perbus_tap_create(of, 0, 4800, hold_block, &held, NULL, &next, &error));
    perbus_tap_discard(next);
    perbus_tap_destroy(next);
    atomic_store(&held.goes_on, true);
    wait_for(&held.ends);
    render_all(made);
    CHECK(atomic_load(&held.calls) == 1 && atomic_load(&held.ends) == 1);
    /* One that nobody hears any more. */
    WORKS(perbus_tap_create(of, 0, 4800, hold_block, &held, end_held, &tap, &error));
    perbus_tap_discard(tap);
    CHECK(atomic_load(&held.calls) == 1 && atomic_load(&held.ends) == 2);
    perbus_tap_destroy(tap);
}

/* After longer than a batch would wait. */
static void *let_go_later(void *of) {
    struct timespec begin, now;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    do {
        sched_yield();
        clock_gettime(CLOCK_MONOTONIC, &now);
    } while (now.tv_sec - begin.tv_sec < 2);
    atomic_store(&((held *)of)->goes_on, true);
    return NULL;
}

/* Who waits for a callback in a batch might wait for ever; an engine's batches go with it. */
static void a_batch_waits_for_a_while(perbus_engine *made, perbus_node *of) {
    static held held;
    perbus_tap *tap = NULL;
    perbus_engine *other = NULL;
    WORKS(perbus_tap_create(of, 0, 4800, hold_block, &held, end_held, &tap, &error));
    render_all(made);
    wait_for(&held.calls);
    WORKS(perbus_engine_create_offline(&STEREO, BLOCK, &other, &error));
    for (int i = 0; i < 2; i++) {
        WORKS(perbus_engine_begin_batch(i == 0 ? other : made, &error));
        FAILS(PERBUS_ERROR_INVALID_ARGUMENT, perbus_tap_wait, tap);
    }
    WORKS(perbus_engine_end_batch(made, &error));
    FAILS(PERBUS_ERROR_INVALID_ARGUMENT, perbus_tap_wait, tap);
    WORKS(perbus_engine_begin_edit(other, &error));
    perbus_engine_destroy(other);
    pthread_t waiter;
    CHECK(pthread_create(&waiter, NULL, let_go_later, &held) == 0);
    WORKS(perbus_tap_wait(tap, &error));
    CHECK(pthread_join(waiter, NULL) == 0);
    WORKS(perbus_engine_begin_batch(made, &error));
    render_all(made);
    WORKS(perbus_tap_wait(tap, &error));
    CHECK(atomic_load(&held.calls) == 2 * HEARD / 4800);
    perbus_tap_destroy(tap);
    WORKS(perbus_engine_end_batch(made, &error));
    CHECK(atomic_load(&held.ends) == 1);
}

void test_taps(void) {
    static listener last, detached;
    perbus_engine *made = NULL;
    perbus_node *saw = NULL, *main_mixer = NULL;
    WORKS(perbus_engine_create_offline(&STEREO, BLOCK, &made, &error));
    WORKS(perbus_engine_copy_main_mixer(made, &main_mixer, &error));
    WORKS(perbus_source_create(&STEREO, render_saw, NULL, NULL, &saw, &error));
    WORKS(perbus_engine_attach(made, saw, &error));
    WORKS(perbus_engine_connect(made, saw, 0, main_mixer, 0, NULL, &error));
    WORKS(perbus_engine_start(made, &error));
    refusals(saw);
    blocks_are_what_is_rendered(made, saw);
    blocks_are_what_is_rendered(made, main_mixer);
    a_callback_ends_its_tap(made, main_mixer);
    a_discard_waits_for_nobody(made, saw);
    a_batch_waits_for_a_while(made, saw);

    /* The rest comes when the node is detached, or the engine destroyed. */
    WORKS(perbus_tap_create(saw, 0, 4800, hear_block, &detached, end_listener, &detached.tap,
                            &error));
    WORKS(
        perbus_tap_create(main_mixer, 0, 4800, hear_block, &last, end_listener, &last.tap, &error));
    render_all(made);
    WORKS(perbus_engine_detach(made, saw, &error));
    render_all(made);
    perbus_engine_destroy(made);
    CHECK(detached.frames == HEARD && last.frames == HEARD && last.calls > 8);
    perbus_tap_destroy(detached.tap);
    perbus_tap_destroy(last.tap);
    CHECK(atomic_load(&detached.ends) == 1 && atomic_load(&last.ends) == 1);
    perbus_node_release(saw);
    perbus_node_release(main_mixer);
    perbus_tap_destroy(NULL);
    perbus_tap_discard(NULL);
}
