// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What is refused is an error with its reason, never an exception, and changes nothing.
#import "tests.h"

static void values(void) {
    Stage *stage = [[Stage alloc] init];
    PBStrip *strip = [stage->mixer pb_stripForBus:1];
    [strip setVolume:0.5f];
    REFUSES(PBErrorOutOfRange, [strip setVolume:4.5f error:error]);
    REFUSES(PBErrorOutOfRange, [strip setVolume:NAN error:error]);
    REFUSES(PBErrorOutOfRange, [strip setDecibels:20.0f error:error]);
    REFUSES(PBErrorOutOfRange, [strip setPan:-1.5f error:error]);
    [strip setVolume:-1.0f];
    [strip setPan:2.0f];
    CHECK([strip volume] == 0.5f && [strip pan] == 0.0f);
    NSString *no_label = nil;
    NSError *why = nil;
    CHECK(![strip setVolume:4.5f error:&why]);
    CHECK([[why localizedDescription] rangeOfString:@"4.5"].length > 0);
    REFUSES(PBErrorInvalidArgument, [strip setLabel:no_label error:error]);
    NEAR(left_of(stage->engine), 0.5f * 0.5f + 0.25f);
    [stage release];
}

static void buses_and_nodes(void) {
    Stage *stage = [[Stage alloc] init], *other = [[Stage alloc] init];
    AVAudioMixerNode *alone = [[AVAudioMixerNode alloc] init];
    AVAudioNode *nothing = nil;
    AVAudioFormat *integers = [[[AVAudioFormat alloc] initWithCommonFormat:AVAudioPCMFormatInt16
                                                                sampleRate:48000.0
                                                                  channels:2
                                                               interleaved:NO] autorelease];
    AVAudioEngine *engine = stage->engine;
    CHECK([alone pb_stripForBus:0] == nil && [[alone pb_strips] count] == 0);
    REFUSES(PBErrorNotAttached, [alone pb_stripForBus:0 error:error]);
    REFUSES(PBErrorOutOfRange, [stage->mixer pb_stripForBus:65536 error:error]);
    REFUSES(PBErrorOutOfRange, [stage->mixer pb_stripForBus:((NSUInteger)1 << 32) error:error]);
    REFUSES(PBErrorInvalidArgument, [engine pb_attachNode:nothing error:error]);
    REFUSES(PBErrorNotAttached, [engine pb_detachNode:alone error:error]);
    REFUSES(PBErrorNotAttached, [engine pb_connect:alone to:stage->mixer format:nil error:error]);
    REFUSES(PBErrorNotAttached, [engine pb_connect:stage->loud to:nothing format:nil error:error]);
    REFUSES(PBErrorWrongEngine, [engine pb_attachNode:other->loud error:error]);
    REFUSES(PBErrorWrongEngine, [engine pb_connect:other->loud to:stage->mixer format:nil
                                             error:error]);
    REFUSES(PBErrorException, [engine pb_detachNode:stage->mixer error:error]);
    REFUSES(PBErrorFormat, [engine pb_connect:stage->loud to:stage->mixer format:integers
                                        error:error]);
    REFUSES(PBErrorFormat, [engine pb_connect:stage->loud to:stage->mixer fromBus:0 toBus:3
                                       format:integers
                                        error:error]);
    REFUSES(PBErrorOutOfRange, [engine pb_connect:stage->loud to:stage->mixer fromBus:0 toBus:100000
                                           format:nil
                                            error:error]);
    REFUSES(PBErrorOutOfRange, [engine pb_connect:stage->loud to:stage->mixer
                                          fromBus:((NSUInteger)1 << 32)
                                            toBus:3
                                           format:nil
                                            error:error]);
    REFUSES(PBErrorCycle, [engine pb_connect:stage->mixer to:stage->mixer fromBus:0 toBus:3
                                      format:nil
                                       error:error]);
    NSArray *none = [NSArray array];
    AVAudioConnectionPoint *output =
        [[[AVAudioConnectionPoint alloc] initWithNode:[engine outputNode] bus:0] autorelease];
    NSArray *to_output = [NSArray arrayWithObject:output];
    REFUSES(PBErrorInvalidArgument, [engine pb_connect:stage->loud toConnectionPoints:none fromBus:0
                                                    format:nil
                                                     error:error]);
    REFUSES(PBErrorWrongKind, [engine pb_connect:stage->loud toConnectionPoints:to_output fromBus:0
                                              format:nil
                                               error:error]);
    REFUSES(PBErrorFormat, [engine pb_connect:stage->loud toConnectionPoints:to_output fromBus:0
                                           format:integers
                                            error:error]);
    NEAR(left_of(engine), 0.75f);
    [alone release];
    [other release];
    [stage release];
}

static void rendering(void) {
    Stage *stage = [[Stage alloc] init];
    AVAudioEngine *engine = stage->engine;
    AVAudioPCMBuffer *buffer = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:stereo_format()
                                                              frameCapacity:16] autorelease];
    AVAudioFormat *mono = [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:48000.0
                                                                          channels:1] autorelease];
    AVAudioPCMBuffer *narrow = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:mono
                                                              frameCapacity:16] autorelease];
    AVAudioFormat *integers = [[[AVAudioFormat alloc] initWithCommonFormat:AVAudioPCMFormatInt16
                                                                sampleRate:48000.0
                                                                  channels:2
                                                               interleaved:NO] autorelease];
    AVAudioPCMBuffer *whole = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:integers
                                                             frameCapacity:16] autorelease];
    DOES([engine pb_renderOffline:8 toBuffer:buffer error:error]);
    CHECK([buffer frameLength] == 8);
    REFUSES(PBErrorOutOfRange, [engine pb_renderOffline:17 toBuffer:buffer error:error]);
    REFUSES(PBErrorFormat, [engine pb_renderOffline:16 toBuffer:narrow error:error]);
    REFUSES(PBErrorFormat, [engine pb_renderOffline:16 toBuffer:whole error:error]);
    [engine pb_stopAndReturnError:NULL];
    REFUSES(PBErrorNotRunning, [engine pb_renderOffline:16 toBuffer:buffer error:error]);
    CHECK([buffer frameLength] == 8 && [engine manualRenderingSampleTime] == 8);
    [stage release];
}

static void exceptions(void) {
    Stage *stage = [[Stage alloc] init];
    NSError *why = nil;
    BOOL done = [stage->engine pb_performBatch:^{
        [[stage->mixer pb_stripForBus:1] setVolume:0.5f];
        [NSException raise:NSInvalidArgumentException format:@"on purpose"];
    } error:&why];
    CHECK(!done && [why code] == PBErrorException);
    CHECK([[why localizedDescription] isEqual:@"on purpose"]);
    NEAR(left_of(stage->engine), 0.5f * 0.5f + 0.25f);
    [stage release];
}

void test_refusals(void) {
    values();
    buses_and_nodes();
    rendering();
    exceptions();
}
