// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Per-bus volume and pan on an engine of the program's.
#import "program.h"

// A source on bus 3, and through a sub-mixer and an equalizer one on bus 5.
static void buses_of_a_program(void) {
    AVAudioEngine *av_engine = make_engine();
    AVAudioMixerNode *main = [av_engine mainMixerNode], *sub = [[AVAudioMixerNode alloc] init];
    AVAudioUnitEQ *eq = [[AVAudioUnitEQ alloc] initWithNumberOfBands:1];
    AVAudioSourceNode *one = make_source(0.5f), *two = make_source(0.25f);
    feed(av_engine, one, main, 3);
    feed(av_engine, sub, main, 0);
    feed(av_engine, two, sub, 0);
    feed(av_engine, eq, main, 5);
    feed(av_engine, sub, eq, 0);
    [[one destinationForMixer:main bus:3] setVolume:0.5f];
    start(av_engine);

    perbus_engine *adopted = NULL;
    perbus_node *mixer_handle = NULL, *sub_handle = NULL, *one_handle = NULL;
    float left, right, value = 0.0f;
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    WORKS(perbus_node_adopt(main, &mixer_handle, &error));
    WORKS(perbus_node_adopt(sub, &sub_handle, &error));
    WORKS(perbus_node_adopt(one, &one_handle, &error));
    WORKS(perbus_bus_get_volume(adopted, mixer_handle, 3, &value, &error));
    CHECK(value == 0.5f);

    WORKS(perbus_bus_set_volume(adopted, mixer_handle, 3, 0.25f, &error));
    WORKS(perbus_bus_set_pan(adopted, mixer_handle, 3, -1.0f, &error));
    WORKS(perbus_bus_set_volume(adopted, mixer_handle, 5, 2.0f, &error));
    hear_program(av_engine, &left, &right);
    NEAR(left, 0.5f * 0.25f + 0.25f * 2.0f);
    NEAR(right, 0.25f * 2.0f);
    CHECK([[one destinationForMixer:main bus:3] volume] == 0.25f);
    CHECK([[sub destinationForMixer:main bus:5] volume] == 2.0f);

    // What the program changes is seen at the next call.
    [[one destinationForMixer:main bus:3] setPan:1.0f];
    WORKS(perbus_connection_get_pan(one_handle, mixer_handle, 3, &value, &error));
    CHECK(value == 1.0f);
    perbus_point point = {0, 0};
    [av_engine disconnectNodeOutput:one bus:0];
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_track_input, adopted, mixer_handle, 3, &point);
    FAILS(PERBUS_ERROR_NOT_CONNECTED, perbus_connection_set_volume, one_handle, mixer_handle, 3,
          1.0f);
    feed(av_engine, one, main, 7);
    WORKS(perbus_track_input(adopted, mixer_handle, 7, &point, &error));
    CHECK(point.node == perbus_node_get_id(one_handle) && point.bus == 0);

    perbus_node_release(one_handle);
    perbus_node_release(sub_handle);
    perbus_node_release(mixer_handle);
    perbus_engine_destroy(adopted);
    [one release];
    [two release];
    [eq release];
    [sub release];
    [av_engine release];
}

// Graph calls of perbus on nodes of both.
static void both_edit_the_graph(void) {
    AVAudioEngine *av_engine = make_engine();
    AVAudioMixerNode *main = [av_engine mainMixerNode];
    AVAudioSourceNode *own = make_source(0.5f);
    feed(av_engine, own, main, 0);
    start(av_engine);
    perbus_engine *adopted = NULL;
    perbus_node *mixer_handle = NULL, *own_handle = NULL, *made = NULL;
    float left, right;
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    WORKS(perbus_engine_copy_main_mixer(adopted, &mixer_handle, &error));
    WORKS(perbus_node_adopt(own, &own_handle, &error));
    WORKS(perbus_source_create(&STEREO, render_half, NULL, NULL, &made, &error));
    WORKS(perbus_engine_attach(adopted, made, &error));
    WORKS(perbus_engine_connect(adopted, made, 0, mixer_handle, 1, NULL, &error));
    WORKS(perbus_engine_connect(adopted, own_handle, 0, mixer_handle, 2, NULL, &error));
    WORKS(perbus_bus_set_volume(adopted, mixer_handle, 1, 0.5f, &error));
    WORKS(perbus_bus_set_volume(adopted, mixer_handle, 2, 0.25f, &error));
    hear_program(av_engine, &left, &right);
    NEAR(left, 0.5f * 0.5f + 0.5f * 0.25f);
    WORKS(perbus_engine_detach(adopted, own_handle, &error));
    hear_program(av_engine, &left, &right);
    NEAR(left, 0.25f);
    CHECK([own engine] == nil);
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_engine_detach, adopted, own_handle);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_detach, adopted, mixer_handle);
    FAILS(PERBUS_ERROR_WRONG_ENGINE, perbus_engine_attach, engine, made);
    perbus_node_release(made);
    perbus_node_release(own_handle);
    perbus_node_release(mixer_handle);
    perbus_engine_destroy(adopted);
    [own release];
    [av_engine release];
}

static void perbus_renders_it(void) {
    AVAudioEngine *av_engine = make_engine();
    AVAudioSourceNode *own = make_source(0.5f);
    feed(av_engine, own, [av_engine mainMixerNode], 0);
    perbus_engine *adopted = NULL;
    float memory[2][BLOCK], *channels[] = {memory[0], memory[1]};
    WORKS(perbus_engine_adopt(av_engine, &adopted, &error));
    FAILS(PERBUS_ERROR_NOT_RUNNING, perbus_engine_render, adopted, BLOCK, channels, 2);
    WORKS(perbus_engine_start(adopted, &error));
    CHECK([av_engine isRunning]);
    WORKS(perbus_engine_render(adopted, BLOCK, channels, 2, &error));
    NEAR(memory[0][BLOCK - 1], 0.5f);
    int64_t time = 0;
    WORKS(perbus_engine_get_sample_time(adopted, &time, &error));
    CHECK(time == BLOCK && time == [av_engine manualRenderingSampleTime]);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_engine_render, adopted, BLOCK + 1, channels, 2);
    FAILS(PERBUS_ERROR_FORMAT, perbus_engine_render, adopted, BLOCK, channels, 1);
    perbus_engine_destroy(adopted);
    [own release];
    [av_engine release];
}

void test_sound(void) {
    buses_of_a_program();
    both_edit_the_graph();
    perbus_renders_it();
}
