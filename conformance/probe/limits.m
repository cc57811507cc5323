// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How far mixers and equalizers grow, and which clock a node has.
#import "probe.h"

/// Connects one source past a new mixer's buses, with the engine running or not.
static void put_growth(const ProbeReport *report, const char *name, BOOL running, BOOL listed) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    test_source_on_bus(engine, 2, 0.25f, mixer, 0);
    AVAudioSourceNode *source = test_source(engine, 2, 0.5f, 0.5f);
    if (running) {
        probe_render(engine, 512, 512);
    }
    BOOL throws =
        test_exception(^{
            AVAudioConnectionPoint *point =
                [[[AVAudioConnectionPoint alloc] initWithNode:mixer bus:1000] autorelease];
            if (listed) {
                [engine connect:source toConnectionPoints:@[point] fromBus:0 format:test_format(2)];
            } else {
                [engine connect:source to:mixer fromBus:0 toBus:1000 format:test_format(2)];
            }
        }) != nil;
    NSString *path = [NSString stringWithFormat:@"%s", name];
    probe_truth(report, [[path stringByAppendingString:@".throws"] UTF8String], throws);
    if (!throws) {
        probe_number(report, [[path stringByAppendingString:@".inputs"] UTF8String],
                     (double)[mixer numberOfInputs]);
        probe_number(report, [[path stringByAppendingString:@".heard"] UTF8String],
                     probe_level(engine, 0));
    }
}

PROBE(probe_bus_1000) {
    put_growth(report, "connect", NO, NO);
    put_growth(report, "connect_running", YES, NO);
    put_growth(report, "list", NO, YES);
    put_growth(report, "list_running", YES, YES);
}

/// Whether an equalizer of so many bands is made and heard.
static BOOL has_bands(NSUInteger bands) {
    __block double heard = 0.0;
    NSException *thrown = test_exception(^{
        AVAudioUnitEQ *equalizer =
            [[[AVAudioUnitEQ alloc] initWithNumberOfBands:bands] autorelease];
        if ([[equalizer bands] count] != bands) {
            return;
        }
        AVAudioEngine *engine = test_engine();
        [engine attachNode:equalizer];
        [engine connect:test_source(engine, 2, 0.5f, 0.5f) to:equalizer format:test_format(2)];
        [engine connect:equalizer to:[engine mainMixerNode] format:test_format(2)];
        heard = probe_level(engine, 0);
    });
    return thrown == nil && heard > 0.49 && heard < 0.51;
}

PROBE(probe_equalizer_bands) {
    NSUInteger most = 0;
    for (NSUInteger bands = 1; bands <= 1024 && has_bands(bands); bands *= 2) {
        most = bands;
    }
    probe_number(report, "most_of_1024", (double)most);
}

/// A node's own time after 1024 frames of the engine.
static void put_time(const ProbeReport *report, NSString *prefix, AVAudioTime *time) {
    BOOL counts = [time isSampleTimeValid];
    probe_truth(report, [[prefix stringByAppendingString:@"has_sample_time"] UTF8String], counts);
    if (counts) {
        probe_number(report, [[prefix stringByAppendingString:@"sample_time"] UTF8String],
                     (double)[time sampleTime]);
        probe_number(report, [[prefix stringByAppendingString:@"rate"] UTF8String],
                     [time sampleRate]);
    }
}

PROBE(probe_clocks) {
    AVAudioEngine *engine = test_engine();
    AVAudioFormat *half =
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:TEST_SAMPLE_RATE / 2
                                                        channels:2] autorelease];
    AVAudioPlayerNode *same = test_player(engine);
    AVAudioPlayerNode *slow = test_player(engine);
    [engine connect:same to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    [engine connect:slow to:[engine mainMixerNode] fromBus:0 toBus:1 format:half];
    probe_render(engine, 1024, 512);
    put_time(report, @"output.", [[engine outputNode] lastRenderTime]);
    put_time(report, @"player.", [same lastRenderTime]);
    put_time(report, @"player_of_half_the_rate.", [slow lastRenderTime]);
}
