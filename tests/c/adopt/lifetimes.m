// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Who keeps what alive, and what is left when perbus has let go.
#import "program.h"

// The program releases everything it has: the handle keeps the engine, and the engine its nodes.
static void the_program_releases_first(void) {
    int before = atomic_load(&sources_alive);
    perbus_engine *adopted = NULL;
    perbus_node *mixer_handle = NULL;
    float memory[2][BLOCK], *channels[] = {memory[0], memory[1]};
    @autoreleasepool {
        AVAudioEngine *av_engine = make_engine();
        AVAudioSourceNode *own = make_source(0.5f);
        feed(av_engine, own, [av_engine mainMixerNode], 2);
        start(av_engine);
        WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
        WORKS(perbus_engine_copy_main_mixer(adopted, &mixer_handle, &error));
        [own release];
        [av_engine release];
    }
    WORKS(perbus_bus_set_volume(adopted, mixer_handle, 2, 0.5f, &error));
    for (int i = 0; i < 2; i++) {
        WORKS(perbus_engine_render(adopted, BLOCK, channels, 2, &error));
    }
    NEAR(memory[0][BLOCK - 1], 0.25f);
    CHECK(atomic_load(&sources_alive) == before + 1);
    perbus_engine_destroy(adopted);
    CHECK(atomic_load(&sources_alive) == before);
    // The handle of a node outlives its engine.
    float volume = 0.0f;
    perbus_node_info info;
    WORKS(perbus_mixer_get_output_volume(mixer_handle, &volume, &error));
    WORKS(perbus_node_get_info(mixer_handle, &info, &error));
    CHECK(volume == 1.0f && !info.attached);
    perbus_node_release(mixer_handle);
}

static void perbus_releases_first(void) {
    AVAudioEngine *av_engine = make_engine();
    AVAudioMixerNode *main = [av_engine mainMixerNode];
    AVAudioSourceNode *own = make_source(0.5f);
    feed(av_engine, own, main, 2);
    start(av_engine);
    NSUInteger nodes = [[av_engine attachedNodes] count];
    perbus_engine *adopted = NULL;
    perbus_node *mixer_handle = NULL;
    float left, right;
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    WORKS(perbus_engine_copy_main_mixer(adopted, &mixer_handle, &error));
    WORKS(perbus_bus_set_volume(adopted, mixer_handle, 2, 0.5f, &error));
    WORKS(perbus_bus_set_pan(adopted, mixer_handle, 2, 1.0f, &error));
    WORKS(perbus_mixer_set_output_volume(mixer_handle, 0.5f, &error));
    perbus_engine_destroy(adopted);
    perbus_node_release(mixer_handle);
    CHECK([av_engine isRunning] && [[av_engine attachedNodes] count] == nodes);
    CHECK([[own destinationForMixer:main bus:2] volume] == 0.5f);
    CHECK([[own destinationForMixer:main bus:2] pan] == 1.0f);
    hear_program(av_engine, &left, &right);
    NEAR(left, 0.0f);
    NEAR(right, 0.125f);
    [own release];
    [av_engine release];
}

// Attached nodes whose owner has gone, connected and not.
static void nodes_of_nobody(void) {
    int before = atomic_load(&sources_alive);
    AVAudioEngine *av_engine = make_engine();
    @autoreleasepool {
        for (uint32_t i = 0; i < 3; i++) {
            AVAudioSourceNode *own = make_source(0.25f);
            feed(av_engine, own, [av_engine mainMixerNode], i);
            [own release];
        }
        AVAudioSourceNode *alone = make_source(0.25f);
        [av_engine attachNode:alone];
        [alone release];
    }
    start(av_engine);
    perbus_engine *adopted = NULL;
    perbus_node **nodes = NULL;
    size_t count = 0, found = 0;
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    WORKS(perbus_engine_copy_nodes(adopted, &nodes, &count, &error));
    for (size_t i = 0; i < count; i++) {
        perbus_node_info info;
        WORKS(perbus_node_get_info(nodes[i], &info, &error));
        CHECK(info.attached);
        if (info.kind == PERBUS_KIND_SOURCE) {
            found++;
            WORKS(perbus_engine_detach(adopted, nodes[i], &error));
        }
    }
    CHECK(count == 6 && found == 4);
    CHECK(atomic_load(&sources_alive) == before + 4);
    float left, right;
    hear_program(av_engine, &left, &right);
    NEAR(left, 0.0f);
    perbus_nodes_free(nodes, count);
    CHECK(atomic_load(&sources_alive) == before);
    perbus_engine_destroy(adopted);
    [av_engine release];
}

static void adopted_twice(void) {
    AVAudioEngine *av_engine = make_engine();
    AVAudioSourceNode *own = make_source(0.5f);
    feed(av_engine, own, [av_engine mainMixerNode], 0);
    perbus_engine *first = NULL, *second = NULL;
    perbus_node *one = NULL, *two = NULL, *main = NULL;
    float volume = 0.0f;
    WORKS(perbus_engine_adopt(av_engine, &first, &error));
    WORKS(perbus_engine_adopt(av_engine, &second, &error));
    WORKS(perbus_node_adopt(own, &one, &error));
    WORKS(perbus_node_adopt(own, &two, &error));
    WORKS(perbus_engine_copy_main_mixer(first, &main, &error));
    CHECK(one != two && perbus_node_get_id(one) == perbus_node_get_id(two));
    WORKS(perbus_connection_set_volume(one, main, 0, 0.5f, &error));
    perbus_engine_destroy(first);
    perbus_node_release(one);
    WORKS(perbus_connection_get_volume(two, main, 0, &volume, &error));
    CHECK(volume == 0.5f);
    WORKS(perbus_engine_attach(second, two, &error)); // which it is
    perbus_engine_destroy(second);
    perbus_node_release(two);
    perbus_node_release(main);
    [own release];
    [av_engine release];
}

void test_lifetimes(void) {
    the_program_releases_first();
    perbus_releases_first();
    nodes_of_nobody();
    adopted_twice();
}
