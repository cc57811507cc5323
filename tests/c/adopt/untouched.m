// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An engine is asked for nothing that it would create: no main mixer, no output, no input.
#import "program.h"

static void nothing_is_created(void) {
    AVAudioEngine *av_engine = [[AVAudioEngine alloc] init];
    perbus_engine *adopted = NULL;
    perbus_node **nodes = NULL;
    size_t count = 7;
    int64_t time = 7;
    uint32_t frames = 7;
    bool running = true;
    perbus_format format = {0};
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    WORKS(perbus_engine_copy_nodes(adopted, &nodes, &count, &error));
    WORKS(perbus_engine_get_sample_time(adopted, &time, &error));
    WORKS(perbus_engine_get_max_frames(adopted, &frames, &error));
    WORKS(perbus_engine_is_running(adopted, &running, &error));
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_engine_get_format, adopted, &format);
    CHECK(count == 0 && time == 0 && frames == 0 && !running && format.channels == 0);
    float memory[BLOCK], *channels[] = {memory, memory};
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_render, adopted, BLOCK, channels, 2);
    CHECK([[av_engine attachedNodes] count] == 0);
    perbus_nodes_free(nodes, count);
    perbus_engine_destroy(adopted);
    CHECK([[av_engine attachedNodes] count] == 0);
    [av_engine release];
}

// A mixer of the program's feeds the output: asking for the main mixer would make a second one.
static void detaching_asks_for_no_main_mixer(void) {
    AVAudioEngine *av_engine = make_engine();
    AVAudioMixerNode *own_mixer = [[AVAudioMixerNode alloc] init];
    AVAudioSourceNode *own = make_source(0.5f);
    feed(av_engine, own_mixer, [av_engine outputNode], 0);
    feed(av_engine, own, own_mixer, 0);
    start(av_engine);
    NSUInteger before = [[av_engine attachedNodes] count];
    perbus_engine *adopted = NULL;
    perbus_node *handle = NULL, *mixer_handle = NULL, *output_handle = NULL;
    float left, right;
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    WORKS(perbus_node_adopt(own, &handle, &error));
    WORKS(perbus_node_adopt(own_mixer, &mixer_handle, &error));
    WORKS(perbus_bus_set_volume(adopted, mixer_handle, 0, 0.5f, &error));
    hear_program(av_engine, &left, &right);
    NEAR(left, 0.25f);
    [av_engine stop];
    WORKS(perbus_engine_detach(adopted, handle, &error));
    WORKS(perbus_engine_detach(adopted, mixer_handle, &error));
    CHECK([[av_engine attachedNodes] count] == before - 2);
    WORKS(perbus_engine_copy_output(adopted, &output_handle, &error));
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_detach, adopted, output_handle);
    perbus_node_release(output_handle);
    perbus_node_release(mixer_handle);
    perbus_node_release(handle);
    perbus_engine_destroy(adopted);
    [own release];
    [own_mixer release];
    [av_engine release];
}

static void asking_creates_and_connects(void) {
    AVAudioEngine *av_engine = make_engine();
    perbus_engine *adopted = NULL;
    perbus_node *main = NULL, *output_handle = NULL;
    perbus_point point = {0, 7};
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    WORKS(perbus_engine_copy_main_mixer(adopted, &main, &error));
    WORKS(perbus_engine_copy_output(adopted, &output_handle, &error));
    WORKS(perbus_track_input(adopted, output_handle, 0, &point, &error));
    CHECK(point.node == perbus_node_get_id(main) && point.bus == 0);
    perbus_node_release(main);
    perbus_node_release(output_handle);
    perbus_engine_destroy(adopted);
    [av_engine release];
}

void test_untouched(void) {
    nothing_is_created();
    detaching_asks_for_no_main_mixer();
    asking_creates_and_connects();
}
