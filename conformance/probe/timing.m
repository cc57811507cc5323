// SPDX-License-Identifier: MIT OR Apache-2.0
//
// P12 to P14: refused blocks, and on which thread and how late taps and completion handlers come.
#import "probe.h"

#include <pthread.h>

/// One renderOffline call with a buffer of that capacity.
static void put_refused(const ProbeReport *report, const char *name, AVAudioFrameCount frames,
                        AVAudioFrameCount capacity) {
    AVAudioEngine *engine = test_engine();
    test_source_on_bus(engine, 2, 1.0f, [engine mainMixerNode], 0);
    probe_render(engine, 512, 512);
    AVAudioPCMBuffer *buffer =
        [[[AVAudioPCMBuffer alloc] initWithPCMFormat:[engine manualRenderingFormat]
                                       frameCapacity:capacity] autorelease];
    __block NSError *error = nil;
    __block AVAudioEngineManualRenderingStatus status = 0;
    if (test_exception(^{
            status = [engine renderOffline:frames toBuffer:buffer error:&error];
        }) != nil) {
        probe_text(report, name, "throws");
        return;
    }
    NSString *path = [NSString stringWithFormat:@"%s", name];
    probe_number(report, [[path stringByAppendingString:@".status"] UTF8String], (double)status);
    probe_number(report, [[path stringByAppendingString:@".code"] UTF8String],
                 (double)[error code]);
    probe_number(report, [[path stringByAppendingString:@".frames"] UTF8String],
                 [buffer frameLength]);
    probe_number(report, [[path stringByAppendingString:@".time_taken"] UTF8String],
                 (double)([engine manualRenderingSampleTime] - 512));
}

PROBE(probe_p12_too_many_frames) {
    put_refused(report, "above_maximum", TEST_MAXIMUM_FRAMES + 1, 2 * TEST_MAXIMUM_FRAMES);
    put_refused(report, "above_capacity", 512, 256);
}

/// What a call from the engine saw.
typedef struct Call {
    int begun;
    int ended;
    int released;
    int onCaller;
    int waited;
    AVAudioFrameCount frames;
} Call;

/// Called first thing: it waits until the render call that caused it has returned, if that returns.
static void arrive(Call *call, pthread_t caller) {
    if (pthread_equal(pthread_self(), caller)) {
        test_count(&call->onCaller);
    }
    test_count(&call->begun);
    if (test_wait(&call->released, 1)) {
        test_count(&call->waited);
    }
    test_count(&call->ended);
}

static void put_call(const ProbeReport *report, NSString *prefix, Call *call) {
    BOOL came = test_wait(&call->ended, 1);
    probe_truth(report, [[prefix stringByAppendingString:@"comes"] UTF8String], came);
    if (came) {
        probe_truth(report, [[prefix stringByAppendingString:@"render_waits_for_it"] UTF8String],
                    test_counted(&call->waited) == 0);
        probe_truth(report,
                    [[prefix stringByAppendingString:@"on_the_rendering_thread"] UTF8String],
                    test_counted(&call->onCaller) > 0);
    }
}

PROBE(probe_p13_tap) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    [engine connect:test_source(engine, 2, 0.5f, 0.5f) to:mixer fromBus:0 toBus:0
             format:test_format(2)];
    [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    pthread_t caller = pthread_self();
    __block Call call = {0, 0, 0, 0, 0, 0};
    __block int calls = 0;
    [mixer installTapOnBus:0 bufferSize:4410 format:nil
                     block:^(AVAudioPCMBuffer *buffer, AVAudioTime *when) {
                         (void)when;
                         if (test_counted(&calls) == 0) {
                             call.frames = [buffer frameLength];
                             arrive(&call, caller);
                         }
                         test_count(&calls);
                     }];
    // Two buffers of what was asked for and not a frame more.
    probe_render(engine, 8820, 980);
    test_count(&call.released);
    put_call(report, @"", &call);
    test_wait(&calls, 2);
    probe_number(report, "frames_of_4410_asked", call.frames);
    probe_number(report, "calls_in_8820_frames", test_counted(&calls));
    [mixer removeTapOnBus:0];
}

PROBE(probe_p14_completion) {
    static const struct {
        NSString *prefix;
        AVAudioPlayerNodeCompletionCallbackType type;
    } kinds[] = {{@"consumed.", AVAudioPlayerNodeCompletionDataConsumed},
                 {@"rendered.", AVAudioPlayerNodeCompletionDataRendered},
                 {@"played_back.", AVAudioPlayerNodeCompletionDataPlayedBack}};
    pthread_t caller = pthread_self();
    for (int kind = 0; kind < 3; kind++) {
        AVAudioEngine *engine = test_engine();
        AVAudioPlayerNode *player = test_player(engine);
        [engine connect:player to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
        probe_render(engine, 512, 512);
        __block Call call = {0, 0, 0, 0, 0, 0};
        [player scheduleBuffer:test_constant_buffer(2, 300, 0.5f)
            completionCallbackType:kinds[kind].type
                 completionHandler:^(AVAudioPlayerNodeCompletionCallbackType type) {
                     (void)type;
                     arrive(&call, caller);
                 }];
        [player play];
        probe_render(engine, 512, 512);
        test_count(&call.released);
        put_call(report, kinds[kind].prefix, &call);
        [player stop];
    }
}
