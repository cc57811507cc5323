// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Cases 9-20: connections between nodes, and what the engine tells about them.
#import "support.h"

CASE(case_09_connect_unattached) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioPlayerNode *strayPlayer = [[[AVAudioPlayerNode alloc] init] autorelease];
    AVAudioMixerNode *strayMixer = [[[AVAudioMixerNode alloc] init] autorelease];

    CHECK_THROWS("an unattached source", [engine connect:strayPlayer to:mixer fromBus:0 toBus:0
                                                  format:test_format(2)]);
    CHECK_THROWS("an unattached destination", [engine connect:player to:strayMixer fromBus:0 toBus:0
                                                       format:test_format(2)]);
    CHECK_THROWS("an unattached source, without buses", [engine connect:strayPlayer to:mixer
                                                                 format:nil]);
    CHECK_FREE(engine, mixer, 0);
    CHECK([[engine outputConnectionPointsForNode:player outputBus:0] count] == 0,
          "the player: expected no connection");
}

CASE(case_10_connect_with_an_empty_format) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    // An engine outside manual rendering mode gives out the one format that is quite empty.
    AVAudioEngine *deviceEngine = [[[AVAudioEngine alloc] init] autorelease];
    AVAudioFormat *empty = [deviceEngine manualRenderingFormat];
    CHECK(empty != nil, "expected a format of 0 Hz and 0 channels");
    CHECK_THROWS("0 Hz, 0 channels", [engine connect:player to:mixer fromBus:0 toBus:0
                                              format:empty]);
    // Some of these cannot even be made, and nil would be a legal argument.
    AVAudioFormat *noRate =
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:0.0 channels:2] autorelease];
    AVAudioFormat *noChannels =
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:TEST_SAMPLE_RATE
                                                        channels:0] autorelease];
    CHECK(noRate == nil || test_exception(^{
                               [engine connect:player to:mixer fromBus:0 toBus:0 format:noRate];
                           }) != nil, "0 Hz, 2 channels: expected an exception, none came");
    CHECK(noChannels == nil || test_exception(^{
                                   [engine connect:player to:mixer fromBus:0 toBus:0
                                            format:noChannels];
                               }) != nil, "44100 Hz, 0 channels: expected an exception, none came");
    CHECK_FREE(engine, mixer, 0);
}

CASE(case_11_connect_is_told_from_both_ends) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    CHECK_FREE(engine, mixer, 0);
    NSArray *points = [engine outputConnectionPointsForNode:player outputBus:0];
    CHECK(points != nil && [points count] == 0, "unconnected: expected an empty array");

    [engine connect:player to:mixer fromBus:0 toBus:0 format:test_format(2)];
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:0], player, 0);
    points = [engine outputConnectionPointsForNode:player outputBus:0];
    CHECK([points count] == 1, "expected 1 output connection, got %lu",
          (unsigned long)[points count]);
    CHECK_POINT([points objectAtIndex:0], mixer, 0);
    CHECK_FREE(engine, mixer, 1);
}

CASE(case_12_connect_replaces_the_source) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *p = test_player(engine);
    AVAudioPlayerNode *q = test_player(engine);
    [engine connect:p to:mixer fromBus:0 toBus:0 format:test_format(2)];
    [engine connect:q to:mixer fromBus:0 toBus:0 format:test_format(2)];
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:0], q, 0);
    CHECK([[engine outputConnectionPointsForNode:p outputBus:0] count] == 0,
          "the replaced source: expected no outputs");
    CHECK([p destinationForMixer:mixer bus:0] == nil,
          "the replaced source: expected no destination");
}

CASE(case_13_connect_moves_the_source) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    [engine connect:player to:mixer fromBus:0 toBus:0 format:test_format(2)];
    [engine connect:player to:mixer fromBus:0 toBus:1 format:test_format(2)];
    CHECK_FREE(engine, mixer, 0);
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:1], player, 0);
    NSArray *points = [engine outputConnectionPointsForNode:player outputBus:0];
    CHECK([points count] == 1, "expected 1 output connection, got %lu",
          (unsigned long)[points count]);
    CHECK_POINT([points objectAtIndex:0], mixer, 1);
}

CASE(case_14_connect_without_buses) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *p = test_player(engine);
    AVAudioPlayerNode *q = test_player(engine);
    [engine connect:p to:mixer format:test_format(2)];
    [engine connect:q to:mixer format:test_format(2)];
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:0], p, 0);
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:1], q, 0);

    [engine connect:p to:mixer format:test_format(2)];
    AVAudioNodeBus wanted = CHOICE_RECONNECT_BUS;
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:wanted], p, 0);
    CHECK_FREE(engine, mixer, 2 - wanted);
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:1], q, 0);
}

CASE(case_15_next_available_input_bus) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    CHECK([mixer nextAvailableInputBus] == 0, "none taken: expected 0, got %lu",
          (unsigned long)[mixer nextAvailableInputBus]);
    for (AVAudioNodeBus bus = 0; bus < 2; bus++) {
        [engine connect:test_player(engine) to:mixer fromBus:0 toBus:bus format:test_format(2)];
    }
    CHECK([mixer nextAvailableInputBus] == 2, "0 and 1 taken: expected 2, got %lu",
          (unsigned long)[mixer nextAvailableInputBus]);
    [engine disconnectNodeInput:mixer bus:0];
    CHECK([mixer nextAvailableInputBus] == 0, "0 freed: expected 0, got %lu",
          (unsigned long)[mixer nextAvailableInputBus]);

    for (AVAudioNodeBus bus = 0; bus < CHOICE_MIXER_INPUTS; bus++) {
        [engine connect:test_player(engine) to:mixer fromBus:0 toBus:bus format:test_format(2)];
    }
    CHECK([mixer nextAvailableInputBus] == CHOICE_NEXT_BUS_WHEN_FULL,
          "all taken: expected %d, got %lu", CHOICE_NEXT_BUS_WHEN_FULL,
          (unsigned long)[mixer nextAvailableInputBus]);
}

CASE(case_16_connect_grows_the_mixer) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioMixerNode *other = test_mixer(engine);
    CHECK([other numberOfInputs] == CHOICE_MIXER_INPUTS, "new mixer: expected %d inputs, got %lu",
          CHOICE_MIXER_INPUTS, (unsigned long)[other numberOfInputs]);
    CHECK([other numberOfOutputs] == 1, "new mixer: expected 1 output, got %lu",
          (unsigned long)[other numberOfOutputs]);

    AVAudioSourceNode *source = test_source_on_bus(engine, 2, 1.0f, mixer, 12);
    CHECK([mixer numberOfInputs] >= 13, "numberOfInputs: expected 13 or more, got %lu",
          (unsigned long)[mixer numberOfInputs]);
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:12], source, 0);
    CHECK([mixer nextAvailableInputBus] == 0, "nextAvailableInputBus: expected 0, got %lu",
          (unsigned long)[mixer nextAvailableInputBus]);

    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 500, 97, audio);
    CHECK_LEVEL(audio, 0, 0, 1.0f, 0.0f);
}

CASE(case_17_connection_formats) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioFormat *own = [player outputFormatForBus:0];
    CHECK([own sampleRate] == CHOICE_DEFAULT_SAMPLE_RATE &&
              [own channelCount] == CHOICE_DEFAULT_CHANNELS,
          "a new node: expected %g Hz, %d channels, got %g Hz, %u channels",
          (double)CHOICE_DEFAULT_SAMPLE_RATE, CHOICE_DEFAULT_CHANNELS, [own sampleRate],
          [own channelCount]);
    [engine connect:player to:mixer fromBus:0 toBus:0 format:nil];
    CHECK([[player outputFormatForBus:0] isEqual:own], "format nil: expected the source's to stay");
    CHECK([[mixer inputFormatForBus:0] isEqual:own],
          "format nil: expected the source's on the mixer, too");

    AVAudioFormat *mono = test_format(1);
    [engine connect:player to:mixer fromBus:0 toBus:0 format:mono];
    CHECK([[player outputFormatForBus:0] isEqual:mono],
          "format given: expected it on the source, got %g Hz, %u channels",
          [[player outputFormatForBus:0] sampleRate], [[player outputFormatForBus:0] channelCount]);
    CHECK([[mixer inputFormatForBus:0] isEqual:mono],
          "format given: expected it on the mixer, got %g Hz, %u channels",
          [[mixer inputFormatForBus:0] sampleRate], [[mixer inputFormatForBus:0] channelCount]);

    [engine connect:player to:mixer fromBus:0 toBus:1 format:nil];
    CHECK([[mixer inputFormatForBus:1] isEqual:mono],
          "nil after a given one: expected the given one to stay");
}

/// P -> {first 0, second 0}; the split of cases 18 and 19.
static AVAudioPlayerNode *split(AVAudioEngine *engine, AVAudioMixerNode *first,
                                AVAudioMixerNode *second) {
    AVAudioPlayerNode *player = test_player(engine);
    [engine connect:player toConnectionPoints:@[
        [[[AVAudioConnectionPoint alloc] initWithNode:first bus:0] autorelease],
        [[[AVAudioConnectionPoint alloc] initWithNode:second bus:0] autorelease]
    ]
                   fromBus:0
                    format:test_format(2)];
    return player;
}

CASE(case_18_connect_to_many) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *first = test_mixer(engine);
    AVAudioMixerNode *second = test_mixer(engine);
    AVAudioPlayerNode *player = split(engine, first, second);

    NSArray *points = [engine outputConnectionPointsForNode:player outputBus:0];
    CHECK([points count] == 2, "expected 2 output connections, got %lu",
          (unsigned long)[points count]);
    BOOL firstSeen = NO;
    BOOL secondSeen = NO;
    for (AVAudioConnectionPoint *point in points) {
        CHECK([point bus] == 0, "expected bus 0, got %lu", (unsigned long)[point bus]);
        firstSeen = firstSeen || [point node] == first;
        secondSeen = secondSeen || [point node] == second;
    }
    CHECK(firstSeen && secondSeen, "expected both mixers among the output connections");
    CHECK_POINT([engine inputConnectionPointForNode:first inputBus:0], player, 0);
    CHECK_POINT([engine inputConnectionPointForNode:second inputBus:0], player, 0);
}

CASE(case_19_connect_to_fewer) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *first = test_mixer(engine);
    AVAudioMixerNode *second = test_mixer(engine);
    AVAudioPlayerNode *player = split(engine, first, second);
    [engine connect:player
        toConnectionPoints:@[[[[AVAudioConnectionPoint alloc] initWithNode:second
                                                                       bus:0] autorelease]]
                   fromBus:0
                    format:test_format(2)];
    CHECK_FREE(engine, first, 0);
    CHECK_POINT([engine inputConnectionPointForNode:second inputBus:0], player, 0);
    NSArray *points = [engine outputConnectionPointsForNode:player outputBus:0];
    CHECK([points count] == 1, "expected 1 output connection, got %lu",
          (unsigned long)[points count]);
    CHECK_POINT([points objectAtIndex:0], second, 0);
}

CASE(case_20_disconnect) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    [player setVolume:0.5f];
    [engine connect:player to:mixer fromBus:0 toBus:0 format:test_format(2)];
    [engine disconnectNodeInput:mixer bus:0];
    CHECK_FREE(engine, mixer, 0);
    CHECK([[engine outputConnectionPointsForNode:player outputBus:0] count] == 0,
          "expected no output connections");
    CHECK_FLOAT([player volume], 0.5f);
    CHECK([player engine] == engine, "expected the player to stay attached");

    [engine connect:player to:mixer fromBus:0 toBus:5 format:test_format(2)];
    [engine disconnectNodeOutput:player bus:0];
    CHECK_FREE(engine, mixer, 5);

    for (AVAudioNodeBus bus = 0; bus < 2; bus++) {
        [engine connect:test_player(engine) to:mixer fromBus:0 toBus:bus format:test_format(2)];
    }
    [engine disconnectNodeInput:mixer];
    CHECK_FREE(engine, mixer, 0);
    CHECK_FREE(engine, mixer, 1);

    NSException *input = test_exception(^{
        [engine disconnectNodeInput:mixer bus:0];
    });
    CHECK((input != nil) == CHOICE_DISCONNECT_FREE_INPUT_THROWS,
          "disconnecting a free input: expected %s, got %s",
          CHOICE_DISCONNECT_FREE_INPUT_THROWS ? "an exception" : "nothing",
          input ? [[input reason] UTF8String] : "nothing");
    NSException *output = test_exception(^{
        [engine disconnectNodeOutput:player bus:0];
    });
    CHECK((output != nil) == CHOICE_DISCONNECT_FREE_OUTPUT_THROWS,
          "disconnecting a free output: expected %s, got %s",
          CHOICE_DISCONNECT_FREE_OUTPUT_THROWS ? "an exception" : "nothing",
          output ? [[output reason] UTF8String] : "nothing");
}

CASE(case_13_output_of_a_running_engine) {
    AVAudioEngine *engine = test_engine();
    AVAudioOutputNode *output = [engine outputNode];
    AVAudioMixerNode *main = [engine mainMixerNode];
    AVAudioMixerNode *other = test_mixer(engine);
    test_source_on_bus(engine, 2, 0.5f, main, 0);
    START(engine);
    CHECK_THROWS("another node at the output", [engine connect:other to:output fromBus:0 toBus:0
                                                        format:test_format(2)]);
    CHECK_THROWS("the main mixer elsewhere", [engine connect:main to:other fromBus:0 toBus:0
                                                      format:test_format(2)]);
    CHECK_THROWS("the output's input", [engine disconnectNodeInput:output bus:0]);
    CHECK_THROWS("the main mixer's output", [engine disconnectNodeOutput:main bus:0]);
    CHECK_POINT([engine inputConnectionPointForNode:output inputBus:0], main, 0);
    CHECK_FREE(engine, other, 0);

    // Upstream of a mixer everything may change.
    test_source_on_bus(engine, 2, 0.25f, main, 9);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 500, 97, audio);
    CHECK_LEVEL(audio, 0, 0, 0.75f, 0.0f);

    [engine stop];
    [engine disconnectNodeInput:output bus:0];
    CHECK_FREE(engine, output, 0);
}
