// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the default output device makes of an engine. It plays silence for up to a second, and records
// nothing. What depends on the device is below "observed", and no choice.
#import "probe.h"

#include <math.h>

static AVAudioEngine *device_engine(void) {
    return [[AVAudioEngine alloc] init]; // never deallocated
}

// A player that is going to play silence. The main mixer exists from now on.
static AVAudioPlayerNode *silent_player(AVAudioEngine *engine) {
    AVAudioPlayerNode *player = test_player(engine);
    [engine connect:player to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    [player scheduleBuffer:test_constant_buffer(2, 4410, 0.0f) atTime:nil
                   options:AVAudioPlayerNodeBufferLoops
         completionHandler:nil];
    return player;
}

PROBE(probe_manner_output) {
    AVAudioFormat *format = [[device_engine() outputNode] outputFormatForBus:0];
    double rate = [format sampleRate];
    AVAudioChannelCount channels = [format channelCount];
    BOOL none = channels == 0 || !(rate > 0.0);
    probe_truth(report, "has_format", !none);
    probe_truth(report, "is_wide", channels > 2);
    probe_number(report, "observed.channels", channels);
    probe_number(report, "observed.sample_rate", rate);
}

// How long a start takes, and from where the nodes of a running engine count.
PROBE(probe_manner_device) {
    AVAudioEngine *engine = device_engine();
    AVAudioPlayerNode *player = silent_player(engine);
    double before = probe_seconds();
    NSError *error = nil;
    BOOL starts = [engine startAndReturnError:&error];
    double took = probe_seconds() - before;
    probe_truth(report, "observed.starts", starts);
    if (!starts) {
        probe_text(report, "observed.reason", [[error localizedDescription] UTF8String]);
        return;
    }
    probe_number(report, "observed.start_milliseconds", round(took * 1000.0));
    probe_truth(report, "observed.start_takes_10_ms", took >= 0.01);
    AVAudioOutputNode *output = [engine outputNode];
    AVAudioTime *first = [output lastRenderTime];
    probe_truth(report, "observed.has_sample_time_at_once",
                first != nil && [first isSampleTimeValid]);
    [player play];
    AVAudioTime *device = nil, *own = nil;
    double until = probe_seconds() + 1.0;
    do {
        probe_pass();
        device = [output lastRenderTime];
        own = [player lastRenderTime];
    } while (!([device isSampleTimeValid] && [own isSampleTimeValid]) && probe_seconds() < until);
    BOOL counts = [device isSampleTimeValid] && [own isSampleTimeValid];
    probe_truth(report, "observed.has_sample_times", counts);
    probe_truth(report, "observed.has_host_times", [device isHostTimeValid]);
    if (counts) {
        // The same moment in seconds, but for a block or two between the two answers.
        double apart = (double)[device sampleTime] / [device sampleRate] -
                       (double)[own sampleTime] / [own sampleRate];
        probe_number(report, "observed.seconds_apart", apart);
        probe_truth(report, "observed.counts_from_elsewhere", fabs(apart) > 0.5);
    }
    [player stop];
    [engine stop];
}
