// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What else is chosen, besides P1 to P14.
#import "probe.h"

#include <math.h>

static AVAudioFormat *format_at(double rate, AVAudioChannelCount channels) {
    return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:rate
                                                           channels:channels] autorelease];
}

/// Frames until a constant of another rate is heard at half its level.
static void put_lateness(const ProbeReport *report, const char *path, double rate) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioFormat *format = format_at(rate, 2);
    [engine connect:player to:[engine mainMixerNode] fromBus:0 toBus:0 format:format];
    AVAudioPCMBuffer *buffer = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:format
                                                              frameCapacity:16384] autorelease];
    [buffer setFrameLength:16384];
    for (AVAudioFrameCount frame = 0; frame < 2 * 16384; frame++) {
        [buffer floatChannelData][frame % 2][frame / 2] = 1.0f;
    }
    probe_render(engine, 512, 512);
    [player scheduleBuffer:buffer completionHandler:nil];
    [player play];
    TestAudio *audio = probe_render(engine, 4096, 512);
    AVAudioFrameCount frame = 0;
    while (frame < audio->frames && audio->samples[0][frame] < 0.5f) {
        frame++;
    }
    probe_number(report, path, frame);
}

/// A split whose paths meet in the main mixer, one of them at half the rate.
static BOOL throws_across_rates(void) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *first = test_mixer(engine);
    AVAudioMixerNode *second = test_mixer(engine);
    [engine connect:second to:[engine mainMixerNode] fromBus:0 toBus:1 format:test_format(2)];
    [engine connect:first to:[engine mainMixerNode] fromBus:0 toBus:0 format:format_at(22050, 2)];
    NSArray *both = @[
        [[[AVAudioConnectionPoint alloc] initWithNode:first bus:0] autorelease],
        [[[AVAudioConnectionPoint alloc] initWithNode:second bus:0] autorelease]
    ];
    AVAudioPlayerNode *player = test_player(engine);
    return test_exception(^{
               [engine connect:player toConnectionPoints:both fromBus:0 format:test_format(2)];
           }) != nil;
}

PROBE(probe_others) {
    AVAudioEngine *fresh = [[[AVAudioEngine alloc] init] autorelease];
    AVAudioPlayerNode *unconnected = test_player(fresh);
    AVAudioFormat *format = [unconnected outputFormatForBus:0];
    probe_number(report, "new_node.sample_rate", [format sampleRate]);
    probe_number(report, "new_node.channels", [format channelCount]);

    put_lateness(report, "frames_late.from_22050_to_44100", 22050);
    put_lateness(report, "frames_late.from_48000_to_44100", 48000);
    put_lateness(report, "frames_late.from_96000_to_44100", 96000);
    probe_truth(report, "split_across_rates_throws", throws_across_rates());

    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = test_player(engine);
    [engine connect:player to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    probe_render(engine, 512, 512);
    [player scheduleBuffer:test_constant_buffer(2, 16384, 0.5f) completionHandler:nil];
    [player play];
    probe_render(engine, 2048, 512);
    [engine stop];
    probe_truth(report, "engine_stop.player_still_plays", [player isPlaying]);
    probe_render(engine, 512, 512);
    [player play];
    probe_truth(report, "engine_stop.keeps_queue", probe_level(engine, 0) == 0.5);
}
