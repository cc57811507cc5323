/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Deep graphs, on a thread with a small stack: nothing may recurse along the graph. */
#include <pthread.h>

#include "graph.h"
#include "world.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#define DEEP 10000
#endif
#endif
#ifndef DEEP
#define DEEP 100000
#endif

enum { RATES_DEEP = 1000, SMALL_STACK = 256 * 1024, FRAMES = 32 };

typedef struct chain {
    perbus_engine *engine;
    perbus_node *main, *source;
    perbus_node **links; /* the first is fed by the source, the last feeds the main mixer */
    int count;
} chain;

typedef perbus_status maker(perbus_node **out, perbus_error *error);

static perbus_status make_mixer(perbus_node **out, perbus_error *error) {
    return perbus_mixer_create(out, error);
}

static perbus_status make_effect(perbus_node **out, perbus_error *error) {
    return perbus_equalizer_create(1, out, error);
}

static perbus_status make_either(perbus_node **out, perbus_error *error) {
    return random_below(2) ? make_mixer(out, error) : make_effect(out, error);
}

static void create(chain *chain, int count, maker *make) {
    *chain = (struct chain){.count = count, .links = calloc((size_t)count, sizeof(perbus_node *))};
    WORKS(perbus_engine_create_offline(&STEREO, FRAMES, &chain->engine, &error));
    WORKS(perbus_engine_copy_main_mixer(chain->engine, &chain->main, &error));
    WORKS(perbus_source_create(&STEREO, render_half, NULL, NULL, &chain->source, &error));
    WORKS(perbus_engine_attach(chain->engine, chain->source, &error));
    for (int i = 0; i < count; i++) {
        WORKS(make(&chain->links[i], &error));
        WORKS(perbus_engine_attach(chain->engine, chain->links[i], &error));
    }
}

static void destroy(chain *chain) {
    for (int i = 0; i < chain->count; i++) {
        perbus_node_release(chain->links[i]);
    }
    perbus_node_release(chain->main);
    perbus_node_release(chain->source);
    perbus_engine_destroy(chain->engine);
    free(chain->links);
}

/* Link number i to what follows it; -1 is the source. */
static void join(const chain *chain, int i, double rate) {
    perbus_format format = {.sample_rate = rate, .channels = 2};
    perbus_node *from = i < 0 ? chain->source : chain->links[i];
    perbus_node *to = i + 1 < chain->count ? chain->links[i + 1] : chain->main;
    WORKS(perbus_engine_connect(chain->engine, from, 0, to, 0, &format, &error));
}

static float hear_chain(const chain *chain, int blocks) {
    float left[FRAMES], right[FRAMES], *channels[] = {left, right};
    for (int i = 0; i < blocks; i++) {
        WORKS(perbus_engine_render(chain->engine, FRAMES, channels, 2, &error));
    }
    return left[FRAMES - 1];
}

/* The test proper, once the chain is built. */
static void use(const chain *chain) {
    float volume = 0;
    WORKS(perbus_engine_start(chain->engine, &error));
    NEAR(hear_chain(chain, 2), 0.5f);
    FAILS(PERBUS_ERROR_CYCLE, perbus_engine_connect, chain->engine, chain->links[chain->count - 1],
          0, chain->links[0], 0, NULL);
    WORKS(perbus_node_set_volume(chain->source, 0.5f, &error));
    WORKS(perbus_node_get_volume(chain->source, &volume, &error));
    WORKS(perbus_bus_set_volume(chain->engine, chain->main, 0, 0.25f, &error));
    (void)hear_chain(chain, 1);
    /* From the middle: what is upstream of it is no longer heard. */
    WORKS(
        perbus_engine_disconnect_output(chain->engine, chain->links[chain->count / 2], 0, &error));
    NEAR(hear_chain(chain, 100), 0.0f);
    join(chain, chain->count / 2, 48000.0);
    WORKS(perbus_engine_detach(chain->engine, chain->links[chain->count / 3], &error));
    (void)hear_chain(chain, 1);
}

static void in_order(maker *make, bool upwards) {
    chain chain;
    create(&chain, DEEP, make);
    for (int i = -1; i < DEEP; i++) {
        join(&chain, upwards ? DEEP - 2 - i : i, 48000.0);
    }
    use(&chain);
    destroy(&chain);
}

static void in_any_order(void) {
    chain chain;
    int order[2000];
    enum { COUNT = sizeof order / sizeof *order };
    create(&chain, COUNT, make_either);
    for (int i = 0; i < COUNT; i++) {
        order[i] = i;
    }
    for (uint32_t i = COUNT - 1; i > 0; i--) {
        uint32_t other = random_below(i + 1);
        int moved = order[i];
        order[i] = order[other];
        order[other] = moved;
    }
    for (int i = 0; i < COUNT; i++) {
        join(&chain, order[i], 48000.0);
    }
    join(&chain, -1, 48000.0);
    use(&chain);
    destroy(&chain);
}

/* Every second link at another rate: plans inside plans. */
static void rate_after_rate(void) {
    chain chain;
    create(&chain, RATES_DEEP, make_mixer);
    for (int i = -1; i < RATES_DEEP; i++) {
        join(&chain, i, i % 2 == 0 ? 48000.0 : 24000.0);
    }
    WORKS(perbus_engine_start(chain.engine, &error));
    (void)hear_chain(&chain, 2);
    WORKS(perbus_engine_disconnect_input(chain.engine, chain.main, 0, &error));
    NEAR(hear_chain(&chain, 1), 0.0f);
    destroy(&chain);
}

/* Each feeds both buses of the next, so that there are countless paths. */
static void ladder(void) {
    enum { RUNGS = 5000 };
    chain chain;
    create(&chain, RUNGS, make_mixer);
    for (int i = 0; i + 1 < RUNGS; i++) {
        perbus_destination both[] = {{chain.links[i + 1], 0}, {chain.links[i + 1], 1}};
        WORKS(perbus_mixer_set_output_volume(chain.links[i], 0.5f, &error));
        WORKS(
            perbus_engine_connect_many(chain.engine, chain.links[i], 0, both, 2, &STEREO, &error));
    }
    join(&chain, RUNGS - 1, 48000.0);
    join(&chain, -1, 48000.0);
    use(&chain);
    destroy(&chain);
}

static void *on_a_small_stack(void *context) {
    (void)context;
    in_order(make_mixer, false);
    in_order(make_mixer, true);
    in_order(make_effect, false);
    in_order(make_effect, true);
    in_order(make_either, true);
    in_any_order();
    rate_after_rate();
    ladder();
    return NULL;
}

void test_depth(void) {
    pthread_t thread;
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, SMALL_STACK);
    CHECK(pthread_create(&thread, &attributes, on_a_small_stack, NULL) == 0);
    pthread_join(thread, NULL);
    pthread_attr_destroy(&attributes);
}
