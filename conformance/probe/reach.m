// SPDX-License-Identifier: MIT OR Apache-2.0
//
// P8 and P9: how far a source's control reaches, and which of two controls wins.
#import "probe.h"

#import <AudioToolbox/AudioToolbox.h>

static NSString *path(const char *name, const char *leaf) {
    return [NSString stringWithFormat:@"%s.%s", name, leaf];
}

/// The source through these nodes to bus 2: whether it has a destination there, and what is heard
/// with that one's volume at 0.25.
static void put_through(const ProbeReport *report, const char *name, AVAudioEngine *engine,
                        NSArray *nodes) {
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source(engine, 2, 1.0f, 1.0f);
    AVAudioNode *last = source;
    for (AVAudioNode *node in nodes) {
        [engine attachNode:node];
        [engine connect:last to:node fromBus:0 toBus:0 format:test_format(2)];
        last = node;
    }
    [engine connect:last to:mixer fromBus:0 toBus:2 format:test_format(2)];
    AVAudioMixingDestination *destination = [source destinationForMixer:mixer bus:2];
    probe_truth(report, [path(name, "reached") UTF8String], destination != nil);
    [destination setVolume:0.25f];
    if (destination != nil) {
        probe_number(report, [path(name, "heard") UTF8String], probe_level(engine, 0));
    }
}

static AVAudioUnitEQ *equalizer(void) {
    return [[[AVAudioUnitEQ alloc] initWithNumberOfBands:1] autorelease];
}

static AVAudioUnit *matrix(void) {
    __block AVAudioUnit *made = nil;
    __block int calls = 0;
    AudioComponentDescription description = {.componentType = kAudioUnitType_Mixer,
                                             .componentSubType = kAudioUnitSubType_MatrixMixer,
                                             .componentManufacturer = kAudioUnitManufacturer_Apple};
    [AVAudioUnit instantiateWithComponentDescription:description options:0
                                   completionHandler:^(AVAudioUnit *unit, NSError *error) {
                                       (void)error;
                                       made = [unit retain];
                                       test_count(&calls);
                                   }];
    if (!test_wait(&calls, 1) || made == nil) {
        [NSException raise:@"Probe" format:@"there is no matrix mixer"];
    }
    return [made autorelease];
}

PROBE(probe_p08_destination_through) {
    put_through(report, "nothing", test_engine(), @[]);
    put_through(report, "effect", test_engine(), @[equalizer()]);
    put_through(report, "two_effects", test_engine(), @[equalizer(), equalizer()]);
    Class pitch = NSClassFromString(@"AVAudioUnitTimePitch");
    if (pitch == Nil) {
        probe_none(report, "time_effect");
    } else {
        put_through(report, "time_effect", test_engine(), @[[[[pitch alloc] init] autorelease]]);
    }
    put_through(report, "matrix", test_engine(), @[matrix()]);
}

PROBE(probe_p09_parameter_and_source) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source_on_bus(engine, 2, 1.0f, mixer, 0);
    probe_render(engine, 512, 512);
    AUParameter *volume =
        [[[mixer AUAudioUnit] parameterTree] parameterWithID:kMultiChannelMixerParam_Volume
                                                       scope:kAudioUnitScope_Input
                                                     element:0];
    if (volume == nil) {
        probe_none(report, "parameter_set");
        return;
    }
    [volume setValue:0.25f originator:NULL];
    probe_number(report, "parameter_set.heard", probe_level(engine, 0));
    probe_number(report, "parameter_set.source_reads", (double)[source volume]);
    probe_number(report, "parameter_set.destination_reads",
                 (double)[[source destinationForMixer:mixer bus:0] volume]);
    [source setVolume:0.5f];
    probe_number(report, "then_source_set.heard", probe_level(engine, 0));
    probe_number(report, "then_source_set.parameter_reads", (double)[volume value]);
    [volume setValue:0.25f originator:NULL];
    [engine connect:source to:mixer fromBus:0 toBus:0 format:test_format(2)];
    probe_number(report, "then_connected_again.heard", probe_level(engine, 0));
}
