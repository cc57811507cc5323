// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs the tests of the binding; returns 0 if everything is as its headers say.
#import "tests.h"

int check_failures;
atomic_int engines_alive;

@interface CountedEngine : AVAudioEngine
@end

@implementation CountedEngine

- (instancetype)init {
    atomic_fetch_add(&engines_alive, 1);
    return [super init];
}

- (void)dealloc {
    atomic_fetch_sub(&engines_alive, 1);
    [super dealloc];
}

@end

AVAudioFormat *stereo_format(void) {
    return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:48000.0
                                                           channels:2] autorelease];
}

float left_of(AVAudioEngine *engine) {
    float left, right;
    hear_program(engine, &left, &right);
    return left;
}

float right_of(AVAudioEngine *engine) {
    float left, right;
    hear_program(engine, &left, &right);
    return right;
}

@implementation Stage

- (instancetype)init {
    self = [super init];
    engine = [[CountedEngine alloc] init];
    CHECK([engine enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline
                                     format:stereo_format()
                          maximumFrameCount:BLOCK
                                      error:NULL]);
    mixer = [engine mainMixerNode];
    loud = make_source(0.5f);
    soft = make_source(0.25f);
    feed(engine, loud, mixer, 1);
    feed(engine, soft, mixer, 2);
    start(engine);
    return self;
}

- (void)dealloc {
    [engine pb_relinquish];
    // An engine that ends with sources may render them once more.
    for (AVAudioNode *node in [[engine attachedNodes] allObjects]) {
        if (node != mixer && node != [engine outputNode]) {
            [engine detachNode:node];
        }
    }
    [loud release];
    [soft release];
    [engine release];
    [super dealloc];
}

@end

static void run(void (*test)(void)) {
    @autoreleasepool {
        test();
    }
    CHECK(atomic_load(&sources_alive) == 0);
    CHECK(atomic_load(&engines_alive) == 0);
}

int main(void) {
    run(test_strips);
    run(test_graphs);
    run(test_refusals);
    run(test_fades);
    run(test_sends);
    run(test_lifetimes);
    run(test_threads);
    return check_failures == 0 ? 0 : 1;
}
