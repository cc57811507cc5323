// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Case 30, and 31 and 61 behind effects: equalizers in the graph, and what still controls a mixer
// bus that one of them feeds.
#import "support.h"

#import <AudioToolbox/AudioToolbox.h>
#include <math.h>

static AVAudioUnitEQ *test_equalizer(AVAudioEngine *engine, NSUInteger bands) {
    AVAudioUnitEQ *equalizer = [[[AVAudioUnitEQ alloc] initWithNumberOfBands:bands] autorelease];
    [engine attachNode:equalizer];
    return equalizer;
}

static void chain(AVAudioEngine *engine, AVAudioNode *from, AVAudioNode *to, AVAudioNodeBus bus) {
    [engine connect:from to:to fromBus:0 toBus:bus format:test_format(2)];
}

/// A low pass: a constant passes it unchanged once it has settled.
static void pass_low(AVAudioUnitEQ *equalizer) {
    AVAudioUnitEQFilterParameters *band = [[equalizer bands] objectAtIndex:0];
    [band setFilterType:AVAudioUnitEQFilterTypeLowPass];
    [band setFrequency:2000.0f];
    [band setBypass:NO];
}

static AUParameter *bus_parameter(AVAudioMixerNode *mixer, AudioUnitParameterID which,
                                  AudioUnitElement bus) {
    return [[[mixer AUAudioUnit] parameterTree] parameterWithID:which scope:kAudioUnitScope_Input
                                                        element:bus];
}

enum { SETTLED = 2048 };

CASE(case_30_destination_through_an_effect) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioUnitEQ *equalizer = test_equalizer(engine, 1);
    pass_low(equalizer);
    chain(engine, player, equalizer, 0);
    chain(engine, equalizer, mixer, 2);

    AVAudioMixingDestination *destination = [player destinationForMixer:mixer bus:2];
    CHECK(destination != nil, "through an effect: expected a destination");
    CHECK_POINT([destination connectionPoint], mixer, 2);
    CHECK([player destinationForMixer:mixer bus:0] == nil, "another bus: expected nil");
    [destination setVolume:0.25f];
    CHECK_FLOAT([player volume], 1.0f);

    START(engine);
    [player scheduleBuffer:test_constant_buffer(2, 512, 1.0f) atTime:nil
                   options:AVAudioPlayerNodeBufferLoops
         completionHandler:nil];
    [player play];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 4096, 512, audio);
    CHECK_LEVEL(audio, 0, SETTLED, 0.25f, 1e-5f);
    CHECK_LEVEL(audio, 1, SETTLED, 0.25f, 1e-5f);

    [player setVolume:0.5f];
    CHECK_FLOAT([[player destinationForMixer:mixer bus:2] volume], 0.5f);
    RENDER(engine, 4096, 512, audio);
    CHECK_LEVEL(audio, 0, 4096 + SETTLED, 0.5f, 1e-5f);
}

CASE(case_30_destination_through_two_effects) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source(engine, 2, 1.0f, -0.5f);
    AVAudioUnitEQ *first = test_equalizer(engine, 1);
    AVAudioUnitEQ *second = test_equalizer(engine, 3);
    pass_low(first);
    pass_low(second);
    // From the mixer upwards: the destination comes with the last connection.
    chain(engine, second, mixer, 2);
    chain(engine, first, second, 0);
    CHECK([source destinationForMixer:mixer bus:2] == nil, "not connected yet: expected nil");
    [source setVolume:0.5f];
    chain(engine, source, first, 0);
    CHECK_FLOAT([[source destinationForMixer:mixer bus:2] volume], 0.5f);
    [[source destinationForMixer:mixer bus:2] setPan:-1.0f];

    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 4096, 97, audio);
    CHECK_LEVEL(audio, 0, SETTLED, 0.5f, 1e-5f);
    CHECK_LEVEL(audio, 1, SETTLED, 0.0f, 1e-5f);

    // A break anywhere in the chain ends it.
    [engine disconnectNodeInput:second bus:0];
    CHECK([source destinationForMixer:mixer bus:2] == nil, "broken: expected nil");
    RENDER(engine, 4096, 512, audio);
    CHECK_LEVEL(audio, 0, 4096 + SETTLED, 0.0f, 1e-5f);
}

CASE(case_30_effects_and_splits) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source(engine, 2, 1.0f, 1.0f);
    AVAudioUnitEQ *equalizer = test_equalizer(engine, 1);
    [equalizer setGlobalGain:-20.0f];
    // Dry on bus 0, through the effect on buses 1 and 2.
    [engine connect:source toConnectionPoints:@[
        [[[AVAudioConnectionPoint alloc] initWithNode:mixer bus:0] autorelease],
        [[[AVAudioConnectionPoint alloc] initWithNode:equalizer bus:0] autorelease]
    ]
                   fromBus:0
                    format:test_format(2)];
    [engine connect:equalizer toConnectionPoints:@[
        [[[AVAudioConnectionPoint alloc] initWithNode:mixer bus:1] autorelease],
        [[[AVAudioConnectionPoint alloc] initWithNode:mixer bus:2] autorelease]
    ]
                   fromBus:0
                    format:test_format(2)];
    [[source destinationForMixer:mixer bus:0] setVolume:0.5f];
    [[source destinationForMixer:mixer bus:1] setVolume:0.25f];
    CHECK_FLOAT([[source destinationForMixer:mixer bus:2] volume], 1.0f);
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 1024, 512, audio);
    CHECK_LEVEL(audio, 0, 0, 0.5f + 0.025f + 0.1f, 1e-6f);
    CHECK_LEVEL(audio, 1, 0, 0.5f + 0.025f + 0.1f, 1e-6f);
}

CASE(case_30_detached_effect_joins_its_neighbours) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source(engine, 2, 1.0f, 1.0f);
    AVAudioUnitEQ *first = test_equalizer(engine, 1);
    AVAudioUnitEQ *second = test_equalizer(engine, 1);
    [first setGlobalGain:-20.0f];
    chain(engine, source, first, 0);
    chain(engine, first, second, 0);
    chain(engine, second, mixer, 4);
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 512, 512, audio);
    CHECK_LEVEL(audio, 0, 0, 0.1f, 1e-6f);

    [engine detachNode:first];
    CHECK([first engine] == nil, "detached: expected no engine");
    CHECK_POINT([engine inputConnectionPointForNode:second inputBus:0], source, 0);
    [engine detachNode:second];
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:4], source, 0);
    CHECK([source destinationForMixer:mixer bus:4] != nil, "joined: expected a destination");
    RENDER(engine, 512, 512, audio);
    CHECK_LEVEL(audio, 0, 512, 1.0f, 0.0f);
}

CASE(case_30_reset_clears_an_effects_tail) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioUnitEQ *equalizer = test_equalizer(engine, 1);
    AVAudioUnitEQFilterParameters *band = [[equalizer bands] objectAtIndex:0];
    [band setFilterType:AVAudioUnitEQFilterTypeResonantLowPass];
    [band setFrequency:100.0f];
    [band setBandwidth:0.1f];
    [band setBypass:NO];
    chain(engine, player, equalizer, 0);
    chain(engine, equalizer, mixer, 0);
    START(engine);
    [player scheduleBuffer:test_constant_buffer(2, 512, 1.0f) completionHandler:nil];
    [player play];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 1024, 512, audio);
    float tail = 0.0f;
    for (AVAudioFrameCount frame = 512; frame < 1024; frame++) {
        tail = fmaxf(tail, fabsf(audio->samples[0][frame]));
    }
    CHECK(tail > 0.1f, "after the sound: expected a tail, got at most %g", (double)tail);
    [equalizer reset];
    RENDER(engine, 512, 512, audio);
    CHECK_LEVEL(audio, 0, 1024, 0.0f, 0.0f);
}

CASE(case_30_reset_clears_what_converts_into_an_effect) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioUnitEQ *equalizer = test_equalizer(engine, 1);
    AVAudioFormat *half =
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:TEST_SAMPLE_RATE / 2
                                                        channels:2] autorelease];
    AVAudioPCMBuffer *buffer = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:half
                                                              frameCapacity:256] autorelease];
    for (AVAudioFrameCount frame = 0; frame < 256; frame++) {
        [buffer floatChannelData][0][frame] = [buffer floatChannelData][1][frame] = 1.0f;
    }
    [buffer setFrameLength:256];
    [engine connect:player to:equalizer fromBus:0 toBus:0 format:half];
    chain(engine, equalizer, [engine mainMixerNode], 0);
    START(engine);
    [player scheduleBuffer:buffer completionHandler:nil];
    [player play];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 512, 512, audio);
    CHECK(fabsf(audio->samples[0][400]) > 0.5f, "expected to hear the buffer");
    [equalizer reset];
    RENDER(engine, 512, 512, audio);
    CHECK_LEVEL(audio, 0, 512, 0.0f, 0.0f);
}

CASE(case_30_equalizer_values) {
    AVAudioEngine *engine = test_engine();
    AVAudioUnitEQ *equalizer = test_equalizer(engine, 3);
    CHECK([[equalizer bands] count] == 3, "expected 3 bands, got %lu",
          (unsigned long)[[equalizer bands] count]);
    CHECK([equalizer numberOfInputs] == 1 && [equalizer numberOfOutputs] == 1,
          "expected one input and one output");
    CHECK(![equalizer bypass], "bypass: expected NO");
    CHECK_FLOAT([equalizer globalGain], 0.0f);
    AVAudioUnitEQFilterParameters *band = [[equalizer bands] objectAtIndex:1];
    CHECK([band bypass], "a band's bypass: expected YES");
    CHECK_FLOAT([band gain], 0.0f);
    CHECK([band filterType] == AVAudioUnitEQFilterTypeParametric, "expected a parametric band");
    [band setFilterType:AVAudioUnitEQFilterTypeHighShelf];
    [band setFrequency:440.0f];
    [band setGain:-96.0f];
    [band setBandwidth:5.0f];
    band = [[equalizer bands] objectAtIndex:1];
    CHECK([band filterType] == AVAudioUnitEQFilterTypeHighShelf, "expected a high shelf");
    CHECK_FLOAT([band frequency], 440.0f);
    CHECK_FLOAT([band gain], -96.0f);
    CHECK_FLOAT([band bandwidth], 5.0f);
    CHECK([equalizer audioComponentDescription].componentSubType == kAudioUnitSubType_NBandEQ,
          "expected the equalizer's description");

    AudioComponentDescription description = [equalizer audioComponentDescription];
    AVAudioUnitEQ *bare =
        [[[AVAudioUnitEQ alloc] initWithAudioComponentDescription:description] autorelease];
    [bare setBypass:YES];
    CHECK([bare bypass], "made from a description: expected a bypass that can be set");
    description.componentSubType = 0;
    CHECK_THROWS(
        "a description of nothing",
        [[[AVAudioUnitEffect alloc] initWithAudioComponentDescription:description] autorelease]);
}

CASE(case_30_band_past_half_the_rate) {
    AVAudioEngine *engine = test_engine();
    AVAudioUnitEQ *equalizer = [[[AVAudioUnitEQ alloc] initWithNumberOfBands:1] autorelease];
    AVAudioUnitEQFilterParameters *band = [[equalizer bands] objectAtIndex:0];
    [band setFrequency:23000.0f];
    [engine attachNode:equalizer];
    chain(engine, equalizer, [engine mainMixerNode], 0);
    // A bypassed band is not in use: it hinders nothing.
    START(engine);
    [engine stop];
    [band setBypass:NO];
    [engine detachNode:equalizer];
    [engine attachNode:equalizer];
    chain(engine, equalizer, [engine mainMixerNode], 0);
    NSError *error = nil;
    CHECK(![engine startAndReturnError:&error] && error != nil,
          "23 kHz at 44.1 kHz: expected no start, and an error");
    CHECK_THROWS("a frequency at half the rate", [band setFrequency:22050.0f]);
    CHECK_FLOAT([band frequency], 23000.0f);
    [band setFrequency:22000.0f];
    START(engine);
}

CASE(case_31_bus_volume_through_an_effect) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source(engine, 2, 1.0f, 1.0f);
    AVAudioUnitEQ *equalizer = test_equalizer(engine, 1);
    chain(engine, source, equalizer, 0);
    chain(engine, equalizer, mixer, 2);
    [mixer setOutputVolume:0.75f];

    // Who controls bus 2: upstream from it, the first that conforms.
    AVAudioNode *node = [[engine inputConnectionPointForNode:mixer inputBus:2] node];
    CHECK(node == equalizer, "expected the effect on bus 2");
    CHECK(![node conformsToProtocol:NSProtocolFromString(@"AVAudioMixing")],
          "an effect: expected no AVAudioMixing");
    node = [[engine inputConnectionPointForNode:node inputBus:0] node];
    CHECK(node == source, "expected the source before the effect");
    [[source destinationForMixer:mixer bus:2] setVolume:0.4f];
    CHECK([source destinationForMixer:mixer bus:3] == nil, "an unconnected bus: expected nil");
    [[source destinationForMixer:mixer bus:3] setVolume:0.1f];
    CHECK_FLOAT([mixer outputVolume], 0.75f);

    START(engine);
    [mixer setOutputVolume:0.75f];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 2048, 512, audio);
    CHECK_LEVEL(audio, 0, CHOICE_SETTLE_FRAMES, 0.3f, TEST_TOLERANCE);
}

CASE(case_61_bus_parameters) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source_on_bus(engine, 2, 1.0f, mixer, 0);
    test_source_on_bus(engine, 2, 0.5f, mixer, 1);
    AudioUnitElement count = (AudioUnitElement)[mixer numberOfInputs];
    CHECK(bus_parameter(mixer, kMultiChannelMixerParam_Volume, count) == nil,
          "an element past the last bus: expected nil");
    CHECK(bus_parameter(mixer, 77, 0) == nil, "an unknown parameter: expected nil");
    CHECK(bus_parameter(mixer, kMultiChannelMixerParam_Volume, count - 1) != nil,
          "the last bus: expected a parameter");

    START(engine);
    AUParameter *volume = bus_parameter(mixer, kMultiChannelMixerParam_Volume, 0);
    CHECK_FLOAT([volume value], 1.0f);
    [volume setValue:0.25f];
    CHECK_FLOAT([volume value], 0.25f);
    // Past the source's back: it does not know.
    CHECK_FLOAT([source volume], 1.0f);
    CHECK_FLOAT([[source destinationForMixer:mixer bus:0] volume], 1.0f);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 1024, 512, audio);
    CHECK_LEVEL(audio, 0, CHOICE_SETTLE_FRAMES, 0.75f, TEST_TOLERANCE);

    AUParameter *enable = bus_parameter(mixer, kMultiChannelMixerParam_Enable, 1);
    [enable setValue:0.0f];
    [bus_parameter(mixer, kMultiChannelMixerParam_Pan, 0) setValue:1.0f];
    RENDER(engine, 1024, 512, audio);
    CHECK_LEVEL(audio, 0, 1024 + CHOICE_SETTLE_FRAMES, 0.0f, TEST_TOLERANCE);
    CHECK_LEVEL(audio, 1, 1024 + CHOICE_SETTLE_FRAMES, 0.25f, TEST_TOLERANCE);

    // The next write to the source overwrites both, and a disabled bus stays so.
    [source setVolume:0.5f];
    [source setPan:0.0f];
    CHECK_FLOAT([volume value], 0.5f);
    RENDER(engine, 1024, 512, audio);
    CHECK_LEVEL(audio, 0, 2048 + CHOICE_SETTLE_FRAMES, 0.5f, TEST_TOLERANCE);
    [enable setValue:1.0f];
    RENDER(engine, 1024, 512, audio);
    CHECK_LEVEL(audio, 1, 3072 + CHOICE_SETTLE_FRAMES, 1.0f, TEST_TOLERANCE);
}

CASE(case_61_bus_parameters_without_a_source) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioUnitEQ *equalizer = test_equalizer(engine, 1);
    AUParameter *volume = bus_parameter(mixer, kMultiChannelMixerParam_Volume, 3);
    [volume setValue:0.5f];
    [bus_parameter(mixer, kMultiChannelMixerParam_Enable, 3) setValue:0.0f];
    // Nothing upstream of the effect: the parameter holds.
    chain(engine, equalizer, mixer, 3);
    CHECK_FLOAT([volume value], 0.5f);
    // A source brings its own volume, but does not enable the bus.
    AVAudioSourceNode *source = test_source(engine, 2, 1.0f, 1.0f);
    chain(engine, source, equalizer, 0);
    CHECK_FLOAT([volume value], 1.0f);
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 512, 512, audio);
    CHECK_LEVEL(audio, 0, 0, 0.0f, 0.0f);
    [bus_parameter(mixer, kMultiChannelMixerParam_Enable, 3) setValue:1.0f];
    RENDER(engine, 1024, 512, audio);
    CHECK_LEVEL(audio, 0, 512 + CHOICE_SETTLE_FRAMES, 1.0f, TEST_TOLERANCE);
}

CASE(case_61_bus_count) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AUAudioUnitBusArray *buses = [[mixer AUAudioUnit] inputBusses];
    CHECK([buses count] == [mixer numberOfInputs], "expected as many buses as inputs");
    NSError *error = nil;
    CHECK([buses setBusCount:20 error:&error], "20 buses: expected YES");
    CHECK([buses count] == 20 && [mixer numberOfInputs] == 20, "expected 20 buses");
    // A running engine's multi-point connection finds them.
    AVAudioSourceNode *source = test_source_on_bus(engine, 2, 1.0f, mixer, 0);
    START(engine);
    [engine connect:source
        toConnectionPoints:@[[[[AVAudioConnectionPoint alloc] initWithNode:mixer
                                                                       bus:19] autorelease]]
                   fromBus:0
                    format:test_format(2)];
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:19], source, 0);
    CHECK(![buses setBusCount:19 error:&error] && error != nil,
          "fewer than are connected: expected NO and an error");
    CHECK([buses count] == 20, "after a failure: expected 20 buses");
}
