// SPDX-License-Identifier: MIT OR Apache-2.0
#import "probe.h"

#include <math.h>
#include <time.h>

void probe_run(ProbeBody body, void *context, ProbePut put) {
    ProbeReport report = {context, put};
    @autoreleasepool {
        @try {
            body(&report);
        } @catch (NSException *exception) {
            probe_text(&report, "failed", [[exception reason] UTF8String]);
        }
    }
}

// MARK: - Answers

static NSString *literal(double value) {
    if (isnan(value)) {
        return @"\"NaN\"";
    }
    if (isinf(value)) {
        return value > 0 ? @"\"infinity\"" : @"\"-infinity\"";
    }
    // Adding 0 makes -0 a plain 0.
    return [NSString stringWithFormat:@"%.12g", round(value * 1e6) / 1e6 + 0.0];
}

static void put(const ProbeReport *report, const char *path, NSString *json) {
    report->put(report->context, path, [json UTF8String]);
}

void probe_number(const ProbeReport *report, const char *path, double value) {
    put(report, path, literal(value));
}

void probe_numbers(const ProbeReport *report, const char *path, const double *values,
                   size_t count) {
    NSMutableArray *parts = [NSMutableArray array];
    for (size_t i = 0; i < count; i++) {
        [parts addObject:literal(values[i])];
    }
    put(report, path, [NSString stringWithFormat:@"[%@]", [parts componentsJoinedByString:@","]]);
}

void probe_truth(const ProbeReport *report, const char *path, BOOL value) {
    put(report, path, value ? @"true" : @"false");
}

void probe_text(const ProbeReport *report, const char *path, const char *value) {
    NSMutableString *json = [NSMutableString stringWithString:@"\""];
    for (const char *at = value ? value : ""; *at != 0; at++) {
        // Exception reasons hold quotes and line ends; plain text is enough here.
        BOOL plain = *at >= ' ' && *at < 127 && *at != '"' && *at != '\\';
        [json appendFormat:@"%c", plain ? *at : ' '];
    }
    [json appendString:@"\""];
    put(report, path, json);
}

void probe_none(const ProbeReport *report, const char *path) {
    put(report, path, @"null");
}

// MARK: - Time

double probe_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

void probe_pass(void) {
    const struct timespec pause = {0, 2 * 1000 * 1000};
    nanosleep(&pause, NULL);
}

BOOL probe_comes(const int *counter, int wanted) {
    double until = probe_seconds() + 0.2;
    while (test_counted(counter) < wanted && probe_seconds() < until) {
        probe_pass();
    }
    return test_counted(counter) >= wanted;
}

// MARK: - Sound

TestAudio *probe_render(AVAudioEngine *engine, AVAudioFrameCount frames, AVAudioFrameCount block) {
    NSError *error = nil;
    if (![engine isRunning] && ![engine startAndReturnError:&error]) {
        [NSException raise:@"Probe" format:@"the engine does not start: %@", error];
    }
    TestAudio *audio = test_audio([[engine manualRenderingFormat] channelCount]);
    while (audio->frames < frames) {
        AVAudioFrameCount left = frames - audio->frames;
        AVAudioFrameCount before = audio->frames;
        AVAudioEngineManualRenderingStatus status =
            test_render_once(engine, left < block ? left : block, audio, &error);
        if (status != AVAudioEngineManualRenderingStatusSuccess || audio->frames == before) {
            [NSException raise:@"Probe" format:@"the engine does not render: %@", error];
        }
    }
    return audio;
}

double probe_level(AVAudioEngine *engine, AVAudioChannelCount channel) {
    TestAudio *audio = probe_render(engine, 8192, 512);
    return (double)audio->samples[channel][audio->frames - 1];
}
