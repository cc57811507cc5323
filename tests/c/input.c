/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* The input of an offline engine: every sample that is pushed in comes out where it belongs. */
#include "check.h"

enum { BLOCK = 256, HEARD = 16 * BLOCK };

/* Counts on: the samples say which they are. Both channels of it, one negative. */
typedef struct feed {
    uint32_t next, calls, longest;
    bool dry;
    atomic_int ends;
} feed;

static float sample(uint32_t at) {
    return (float)(at % 1000 + 1) / 1000.0f;
}

static bool push(void *context, uint32_t frames, float *const *channels, uint32_t channel_count) {
    feed *own = context;
    own->calls++;
    own->longest = frames > own->longest ? frames : own->longest;
    for (uint32_t i = 0; i < frames && !own->dry; i++, own->next++) {
        for (uint32_t c = 0; c < channel_count; c++) {
            channels[c][i] = c % 2 == 0 ? sample(own->next) : -sample(own->next);
        }
    }
    return !own->dry;
}

static void end_feed(void *context) {
    atomic_fetch_add(&((feed *)context)->ends, 1);
}

/* An engine with its input on bus 1 of the main mixer and a constant on bus 0. */
typedef struct studio {
    perbus_engine *engine;
    perbus_node *mixer, *input, *constant;
    float left[HEARD], right[HEARD];
} studio;

static studio create(void) {
    studio made;
    WORKS(perbus_engine_create_offline(&STEREO, BLOCK, &made.engine, &error));
    WORKS(perbus_engine_copy_main_mixer(made.engine, &made.mixer, &error));
    WORKS(perbus_engine_copy_input(made.engine, &made.input, &error));
    WORKS(perbus_source_create(&STEREO, render_half, NULL, NULL, &made.constant, &error));
    WORKS(perbus_engine_attach(made.engine, made.constant, &error));
    WORKS(perbus_engine_connect(made.engine, made.constant, 0, made.mixer, 0, NULL, &error));
    return made;
}

static void destroy(studio *made) {
    perbus_node_release(made->constant);
    perbus_node_release(made->input);
    perbus_node_release(made->mixer);
    perbus_engine_destroy(made->engine);
}

static void render(studio *made, uint32_t from, uint32_t to) {
    static const uint32_t sizes[] = {BLOCK, 1, 100, 37};
    for (uint32_t i = 0, frames; from < to; i++, from += frames) {
        frames = sizes[i % 4] < to - from ? sizes[i % 4] : to - from;
        float *channels[] = {made->left + from, made->right + from};
        WORKS(perbus_engine_render(made->engine, frames, channels, 2, &error));
    }
}

static void every_sample_arrives(void) {
    studio made = create();
    feed pushed = {0};
    WORKS(perbus_engine_set_input(made.engine, &STEREO, push, &pushed, end_feed, &error));
    WORKS(perbus_engine_connect(made.engine, made.input, 0, made.mixer, 1, NULL, &error));
    WORKS(perbus_connection_set_volume(made.input, made.mixer, 1, 0.5f, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    render(&made, 0, HEARD);
    for (uint32_t i = 0; i < HEARD; i++) {
        NEAR(made.left[i], 0.5f + 0.5f * sample(i));
        NEAR(made.right[i], 0.5f - 0.5f * sample(i));
    }
    CHECK(pushed.next == HEARD && pushed.longest == BLOCK);
    /* Without data it is silent, and the rest sounds. */
    pushed.dry = true;
    render(&made, 0, BLOCK);
    NEAR(made.left[0], 0.5f);
    NEAR(made.left[BLOCK - 1], 0.5f);
    pushed.dry = false;
    render(&made, 0, BLOCK);
    NEAR(made.left[0], 0.5f + 0.5f * sample(HEARD));
    destroy(&made);
    CHECK(pushed.ends == 1);
}

/* It is asked at its own rate: 441 frames for 480. */
static void another_rate(void) {
    studio made = create();
    feed pushed = {0};
    const perbus_format mono = {.sample_rate = 44100.0, .channels = 1};
    perbus_format format;
    WORKS(perbus_engine_set_input(made.engine, &mono, push, &pushed, end_feed, &error));
    WORKS(perbus_node_get_output_format(made.input, 0, &format, &error));
    CHECK(format.sample_rate == 44100.0 && format.channels == 1);
    WORKS(perbus_engine_connect(made.engine, made.input, 0, made.mixer, 1, NULL, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    render(&made, 0, HEARD);
    CHECK(abs((int)pushed.next - HEARD * 441 / 480) <= 2);
    /* The saw has its period of 1000 frames, now 1088.4 of the engine's, 51 later. */
    double rise = 0.0;
    for (uint32_t i = 1200; i < 2000; i++) {
        rise += made.left[i + 1] - made.left[i];
    }
    CHECK(fabs(rise / 800.0 - 0.001 * 441.0 / 480.0) < 1e-5);
    CHECK(fabsf(made.left[2000] - made.right[2000]) < 1e-6f);
    destroy(&made);
    CHECK(pushed.ends == 1);
}

static void hear_block(void *context, const perbus_tap_block *block) {
    uint32_t *heard = context;
    for (uint32_t i = 0; i < block->frames; i++, (*heard)++) {
        NEAR(block->channels[0][i], sample(*heard));
    }
}

/* A recorder needs no connection: a tap is enough. */
static void it_is_tapped(void) {
    studio made = create();
    feed pushed = {0};
    uint32_t heard = 0;
    perbus_tap *tap = NULL;
    WORKS(perbus_engine_set_input(made.engine, &STEREO, push, &pushed, end_feed, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    render(&made, 0, BLOCK);
    CHECK(pushed.calls == 0);
    WORKS(perbus_tap_create(made.input, 0, 4800, hear_block, &heard, NULL, &tap, &error));
    render(&made, 0, HEARD);
    perbus_tap_destroy(tap);
    CHECK(heard == HEARD && pushed.next == HEARD);
    NEAR(made.left[HEARD - 1], 0.5f);
    destroy(&made);
}

static void inputs_replace_each_other(void) {
    studio made = create();
    feed first = {0}, second = {0};
    WORKS(perbus_engine_set_input(made.engine, &STEREO, push, &first, end_feed, &error));
    WORKS(perbus_engine_connect(made.engine, made.input, 0, made.mixer, 1, NULL, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    render(&made, 0, BLOCK);
    FAILS(PERBUS_ERROR_START, perbus_engine_set_input, made.engine, &STEREO, push, &second,
          end_feed);
    CHECK(first.ends == 0 && second.ends == 0);
    WORKS(perbus_engine_pause(made.engine, &error));
    WORKS(perbus_engine_set_input(made.engine, &STEREO, push, &second, end_feed, &error));
    CHECK(first.ends == 1 && second.ends == 0);
    WORKS(perbus_engine_start(made.engine, &error));
    render(&made, 0, BLOCK);
    CHECK(first.next == BLOCK && second.next == BLOCK);
    NEAR(made.left[1], 0.5f + sample(1));
    WORKS(perbus_engine_stop(made.engine, &error));
    WORKS(perbus_engine_set_input(made.engine, &STEREO, NULL, NULL, NULL, &error));
    CHECK(second.ends == 1);
    WORKS(perbus_engine_start(made.engine, &error));
    render(&made, 0, BLOCK);
    NEAR(made.left[1], 0.5f);
    destroy(&made);
    CHECK(first.ends == 1 && second.ends == 1);
}

/* Errors change nothing. */
static void refusals(void) {
    studio made = create();
    feed pushed = {0}, refused = {0};
    perbus_engine *device = NULL;
    const perbus_format wrong = {.sample_rate = 0.0, .channels = 2};
    const perbus_format many = {.sample_rate = 48000.0, .channels = 65};
    WORKS(perbus_engine_set_input(made.engine, &STEREO, push, &pushed, end_feed, &error));
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_set_input, made.engine, &wrong, push, &refused,
          end_feed);
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_set_input, made.engine, &many, push, &refused,
          end_feed);
    WORKS(perbus_engine_create(&device, &error));
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_set_input, device, &STEREO, push, &refused,
          end_feed);
    perbus_engine_destroy(device);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_detach, made.engine, made.input);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_connect, made.engine, made.constant, 0,
          made.input, 0, NULL);
    perbus_error kind = {0, ""};
    CHECK(perbus_mixer_set_output_volume(made.input, 0.5f, &kind) == PERBUS_ERROR_WRONG_KIND);
    CHECK(strcmp(kind.message, "the node is an input, not a mixer") == 0);
    perbus_node_info info;
    WORKS(perbus_node_get_info(made.input, &info, &error));
    CHECK(info.kind == PERBUS_KIND_INPUT && info.outputs == 1);
    perbus_node *again = NULL, *found = NULL;
    WORKS(perbus_engine_copy_input(made.engine, &again, &error));
    WORKS(perbus_engine_copy_node(made.engine, perbus_node_get_id(made.input), &found, &error));
    CHECK(perbus_node_get_id(again) == perbus_node_get_id(made.input));
    WORKS(perbus_node_get_info(found, &info, &error));
    CHECK(info.kind == PERBUS_KIND_INPUT);
    perbus_node_release(again);
    perbus_node_release(found);
    destroy(&made);
    CHECK(pushed.ends == 1 && refused.ends == 0);
}

/* An engine's own nodes are attached to no other once it has gone. */
static void left_behind(void) {
    perbus_engine *former = NULL;
    perbus_node *nodes[2] = {NULL};
    WORKS(perbus_engine_create_offline(&STEREO, BLOCK, &former, &error));
    WORKS(perbus_engine_copy_input(former, &nodes[0], &error));
    WORKS(perbus_engine_copy_output(former, &nodes[1], &error));
    WORKS(perbus_engine_attach(former, nodes[0], &error));
    perbus_engine_destroy(former);
    for (int i = 0; i < 2; i++) {
        FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_attach, engine, nodes[i]);
        perbus_node_release(nodes[i]);
    }
}

void test_inputs(void) {
    every_sample_arrives();
    another_rate();
    it_is_tapped();
    inputs_replace_each_other();
    refusals();
    left_behind();
}
