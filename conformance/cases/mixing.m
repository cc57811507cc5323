// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Cases 21-29 and 31: volume and pan of sources and of their connections, as values.
#import "support.h"

/// Sets both connections up as the multi-point call does: source -> {first 0, second 0}.
static void split(AVAudioEngine *engine, AVAudioNode *source, AVAudioMixerNode *first,
                  AVAudioMixerNode *second) {
    [engine connect:source toConnectionPoints:@[
        [[[AVAudioConnectionPoint alloc] initWithNode:first bus:0] autorelease],
        [[[AVAudioConnectionPoint alloc] initWithNode:second bus:0] autorelease]
    ]
                   fromBus:0
                    format:test_format(2)];
}

CASE(case_21_no_destination) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioMixerNode *other = test_mixer(engine);
    AVAudioPlayerNode *player = [[[AVAudioPlayerNode alloc] init] autorelease];
    CHECK([player destinationForMixer:mixer bus:0] == nil, "unattached: expected nil");
    [engine attachNode:player];
    CHECK([player destinationForMixer:mixer bus:0] == nil, "unconnected: expected nil");
    [engine connect:player to:mixer fromBus:0 toBus:1 format:test_format(2)];
    CHECK([player destinationForMixer:mixer bus:0] == nil, "another bus: expected nil");
    CHECK([player destinationForMixer:mixer bus:99] == nil,
          "a bus past the mixer's last: expected nil");
    CHECK([player destinationForMixer:other bus:1] == nil, "another mixer: expected nil");
    CHECK([player destinationForMixer:mixer bus:1] != nil, "the connected bus: expected one");

    // The first mixer downstream is the one that a source can talk to.
    [engine connect:mixer to:other fromBus:0 toBus:0 format:test_format(2)];
    CHECK([player destinationForMixer:other bus:0] == nil, "through a mixer: expected nil");
    CHECK([mixer destinationForMixer:other bus:0] != nil, "mixer to mixer: expected one");

    [engine disconnectNodeInput:mixer bus:1];
    CHECK([player destinationForMixer:mixer bus:1] == nil, "disconnected: expected nil");
}

CASE(case_22_destination_before_start) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioPlayerNode *player = test_player(engine);
    [engine connect:player to:mixer fromBus:0 toBus:0 format:test_format(2)];
    CHECK(![engine isRunning], "expected an engine that was never started");
    AVAudioMixingDestination *destination = [player destinationForMixer:mixer bus:0];
    CHECK(destination != nil, "expected a destination");
    CHECK_POINT([destination connectionPoint], mixer, 0);
    CHECK_FLOAT([destination volume], 1.0f);
    CHECK_FLOAT([destination pan], 0.0f);
    [destination setVolume:0.75f];
    [destination setPan:-0.5f];
    destination = [player destinationForMixer:mixer bus:0];
    CHECK_FLOAT([destination volume], 0.75f);
    CHECK_FLOAT([destination pan], -0.5f);
}

CASE(case_23_volume_set_before_connect) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    [player setVolume:0.3f];
    [engine connect:player to:mixer fromBus:0 toBus:0 format:test_format(2)];
    CHECK_FLOAT([[player destinationForMixer:mixer bus:0] volume], 0.3f);
    CHECK_FLOAT([player volume], 0.3f);
}

CASE(case_24_destination_volume_is_its_own) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *first = test_mixer(engine);
    AVAudioMixerNode *second = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    split(engine, player, first, second);
    [[player destinationForMixer:first bus:0] setVolume:0.2f];
    [[player destinationForMixer:first bus:0] setPan:0.6f];
    CHECK_FLOAT([player volume], 1.0f);
    CHECK_FLOAT([player pan], 0.0f);
    CHECK_FLOAT([[player destinationForMixer:first bus:0] volume], 0.2f);
    CHECK_FLOAT([[player destinationForMixer:first bus:0] pan], 0.6f);
    CHECK_FLOAT([[player destinationForMixer:second bus:0] volume], 1.0f);
    CHECK_FLOAT([[player destinationForMixer:second bus:0] pan], 0.0f);
}

CASE(case_25_source_volume_reaches_all) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *first = test_mixer(engine);
    AVAudioMixerNode *second = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    split(engine, player, first, second);
    [[player destinationForMixer:first bus:0] setVolume:0.2f];
    [player setVolume:0.6f];
    CHECK_FLOAT([[player destinationForMixer:first bus:0] volume], 0.6f);
    CHECK_FLOAT([[player destinationForMixer:second bus:0] volume], 0.6f);

    // The same value again is a write, too: it overrides what a connection was set to since.
    [[player destinationForMixer:second bus:0] setVolume:0.1f];
    [player setVolume:0.6f];
    CHECK_FLOAT([[player destinationForMixer:second bus:0] volume], 0.6f);

    [[player destinationForMixer:first bus:0] setPan:-1.0f];
    [player setPan:0.5f];
    CHECK_FLOAT([[player destinationForMixer:first bus:0] pan], 0.5f);
    CHECK_FLOAT([[player destinationForMixer:second bus:0] pan], 0.5f);
}

CASE(case_26_reconnect_forgets_the_destination) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    [player setVolume:0.7f];
    [engine connect:player to:mixer fromBus:0 toBus:0 format:test_format(2)];
    [[player destinationForMixer:mixer bus:0] setVolume:0.2f];
    [engine disconnectNodeInput:mixer bus:0];
    CHECK([player destinationForMixer:mixer bus:0] == nil, "disconnected: expected nil");
    CHECK_FLOAT([player volume], 0.7f);
    [engine connect:player to:mixer fromBus:0 toBus:0 format:test_format(2)];
    CHECK_FLOAT([[player destinationForMixer:mixer bus:0] volume], 0.7f);

    // In one step, too.
    [[player destinationForMixer:mixer bus:0] setVolume:0.2f];
    [[player destinationForMixer:mixer bus:0] setPan:0.4f];
    [engine connect:player to:mixer fromBus:0 toBus:0 format:test_format(2)];
    CHECK_FLOAT([[player destinationForMixer:mixer bus:0] volume], 0.7f);
    CHECK_FLOAT([[player destinationForMixer:mixer bus:0] pan], 0.0f);
}

CASE(case_27_pan_moves_with_the_source) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *first = test_mixer(engine);
    AVAudioMixerNode *second = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    [engine connect:player to:first fromBus:0 toBus:0 format:test_format(2)];
    [player setPan:-0.4f];
    [engine connect:player to:second fromBus:0 toBus:0 format:test_format(2)];
    CHECK([player destinationForMixer:first bus:0] == nil, "the old mixer: expected nil");
    CHECK_FLOAT([[player destinationForMixer:second bus:0] pan], -0.4f);
}

CASE(case_28_destination_of_a_destination) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioMixerNode *other = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    split(engine, player, mixer, other);
    AVAudioMixingDestination *destination = [player destinationForMixer:mixer bus:0];
    CHECK(destination != nil, "expected a destination");
    CHECK([destination destinationForMixer:mixer bus:0] == destination,
          "its own point: expected itself");
    CHECK([destination destinationForMixer:mixer bus:1] == nil, "another bus: expected nil");
    // The source reaches that one, this connection does not.
    CHECK([destination destinationForMixer:other bus:0] == nil, "another mixer: expected nil");
}

CASE(case_29_who_conforms) {
    // By name: clang leaves @protocol(...) half made for GCC's runtime in a file without a class
    // that adopts it, and such a protocol matches nothing.
    Protocol *mixing = NSProtocolFromString(@"AVAudioMixing");
    CHECK(mixing != nil, "expected the protocol AVAudioMixing");
    CHECK([AVAudioPlayerNode conformsToProtocol:mixing], "player: expected YES");
    CHECK([AVAudioSourceNode conformsToProtocol:mixing], "source: expected YES");
    CHECK([AVAudioMixerNode conformsToProtocol:mixing], "mixer: expected YES");
    CHECK([AVAudioInputNode conformsToProtocol:mixing], "input node: expected YES");
    CHECK([AVAudioMixingDestination conformsToProtocol:mixing], "destination: expected YES");
    CHECK(![AVAudioOutputNode conformsToProtocol:mixing], "output node: expected NO");
    CHECK(![AVAudioNode conformsToProtocol:mixing], "node: expected NO");
    CHECK(![AVAudioUnitEQ conformsToProtocol:mixing], "equalizer: expected NO");
    CHECK(![AVAudioUnitEffect conformsToProtocol:mixing], "effect: expected NO");

    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = test_player(engine);
    CHECK([player conformsToProtocol:mixing], "a player object: expected YES");
    CHECK([[engine inputNode] conformsToProtocol:mixing], "the input node: expected YES");
    CHECK([[engine mainMixerNode] conformsToProtocol:mixing], "the main mixer: expected YES");
    CHECK(![[engine outputNode] conformsToProtocol:mixing], "the output node: expected NO");

    // Conforming includes the members that only 3D mixers use: they read back.
    [player setRate:0.5f];
    [player setReverbBlend:0.25f];
    [player setPosition:(AVAudio3DPoint){1.0f, 2.0f, 3.0f}];
    CHECK_FLOAT([player rate], 0.5f);
    CHECK_FLOAT([player reverbBlend], 0.25f);
    CHECK_FLOAT([player position].z, 3.0f);
}

CASE(case_31_unconnected_bus_touches_nothing) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source_on_bus(engine, 2, 1.0f, mixer, 0);
    [mixer setOutputVolume:0.75f];
    START(engine);

    AVAudioMixingDestination *none = [source destinationForMixer:mixer bus:2];
    CHECK(none == nil, "an unconnected bus: expected nil");
    [none setVolume:0.1f];
    [none setPan:1.0f];
    CHECK_FLOAT([mixer outputVolume], 0.75f);
    CHECK_FLOAT([mixer volume], 1.0f);
    CHECK_FLOAT([source volume], 1.0f);
    CHECK_FLOAT([[source destinationForMixer:mixer bus:0] volume], 1.0f);

    TestAudio *audio = test_audio(2);
    RENDER(engine, 2048, 512, audio);
    RENDER(engine, 1000, 97, audio);
    CHECK_LEVEL(audio, 0, CHOICE_SETTLE_FRAMES, 0.75f, TEST_TOLERANCE);
    CHECK_LEVEL(audio, 1, CHOICE_SETTLE_FRAMES, 0.75f, TEST_TOLERANCE);
}
