// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The portable classes while memory runs out: each request of what makes and uses one fails once,
// for each of those that make requests. It throws NSMallocException, or gives nil or an error; and
// then the same works.
#import <AVFAudio/AVFAudio.h>
#import <AudioToolbox/AudioToolbox.h>
#import <Foundation/Foundation.h>

#include <stdio.h>

#include "../graph/failing.h"

enum { REQUESTS = 4000, BLOCK = 64 };

// nil: it does not work.
typedef id (*use)(void);

static AVAudioFormat *stereo(void) {
    return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:48000 channels:2] autorelease];
}

static id use_format(void) {
    AVAudioFormat *format = [[[AVAudioFormat alloc] initWithCommonFormat:AVAudioPCMFormatFloat32
                                                              sampleRate:48000
                                                                channels:2
                                                             interleaved:NO] autorelease];
    return [format isEqual:stereo()] ? [format description] : nil;
}

static id use_layout(void) {
    AVAudioChannelLayout *layout = [[[AVAudioChannelLayout alloc]
        initWithLayoutTag:kAudioChannelLayoutTag_MPEG_5_1_A] autorelease];
    return layout == nil ? nil
                         : [[[AVAudioFormat alloc] initWithCommonFormat:AVAudioPCMFormatFloat32
                                                             sampleRate:48000
                                                            interleaved:NO
                                                          channelLayout:layout] autorelease];
}

static id use_buffer(void) {
    AVAudioPCMBuffer *buffer = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:stereo()
                                                              frameCapacity:BLOCK] autorelease];
    [buffer setFrameLength:BLOCK];
    return [buffer floatChannelData] != NULL ? buffer : nil;
}

static id use_time(void) {
    AVAudioTime *time = [AVAudioTime timeWithSampleTime:7 atRate:48000];
    return [time sampleTime] == 7 ? time : nil;
}

static id use_point(void) {
    AVAudioMixerNode *mixer = [[[AVAudioMixerNode alloc] init] autorelease];
    AVAudioConnectionPoint *point = [[[AVAudioConnectionPoint alloc] initWithNode:mixer
                                                                              bus:3] autorelease];
    return [point bus] == 3 ? point : nil;
}

static id use_equalizer(void) {
    AVAudioUnitEQ *unit = [[[AVAudioUnitEQ alloc] initWithNumberOfBands:4] autorelease];
    AVAudioUnitEQFilterParameters *band = [[unit bands] lastObject];
    [band setFrequency:1000];
    return band != nil && [[unit bands] count] == 4 ? [unit AUAudioUnit] : nil;
}

static id use_effect(void) {
    const AudioComponentDescription description = {kAudioUnitType_Effect, kAudioUnitSubType_NBandEQ,
                                                   kAudioUnitManufacturer_Apple, 0, 0};
    return [[[AVAudioUnitEffect alloc] initWithAudioComponentDescription:description] autorelease];
}

static id use_parameters(void) {
    AVAudioMixerNode *mixer = [[[AVAudioMixerNode alloc] init] autorelease];
    AUAudioUnit *unit = [mixer AUAudioUnit];
    AUParameterTree *tree = [unit parameterTree];
    AUParameterGroup *group = tree;
    AUParameterNode *parameter = [tree parameterWithID:kMultiChannelMixerParam_Volume
                                                 scope:kAudioUnitScope_Input
                                               element:0];
    [(AUParameter *)parameter setValue:0.5f];
    AUAudioUnitBusArray *buses = [unit inputBusses];
    return [buses count] > 0 && group != nil ? parameter : nil;
}

static OSStatus render_half(AudioBufferList *list, AVAudioFrameCount frames) {
    for (UInt32 c = 0; c < list->mNumberBuffers; c++) {
        for (AVAudioFrameCount i = 0; i < frames; i++) {
            ((float *)list->mBuffers[c].mData)[i] = 0.5f;
        }
    }
    return kAudio_NoError;
}

static AVAudioSourceNode *make_source(void) {
    return [[[AVAudioSourceNode alloc]
        initWithFormat:stereo()
           renderBlock:^OSStatus(BOOL *silent, const AudioTimeStamp *time, AVAudioFrameCount frames,
                                 AudioBufferList *list) {
               (void)silent, (void)time;
               return render_half(list, frames);
           }] autorelease];
}

// What an engine is for: sources and players on mixers, rendered.
static id use_engine(void) {
    AVAudioEngine *engine = [[[AVAudioEngine alloc] init] autorelease];
    NSError *error = nil;
    if (![engine enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline format:stereo()
                         maximumFrameCount:BLOCK
                                     error:&error]) {
        return nil;
    }
    AVAudioMixerNode *main = [engine mainMixerNode], *sub = [[AVAudioMixerNode new] autorelease];
    AVAudioSourceNode *source = make_source();
    AVAudioPlayerNode *player = [[AVAudioPlayerNode new] autorelease];
    AVAudioUnitEQ *unit = [[[AVAudioUnitEQ alloc] initWithNumberOfBands:1] autorelease];
    AVAudioPCMBuffer *buffer = use_buffer();
    AVAudioPCMBuffer *out = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:stereo()
                                                           frameCapacity:BLOCK] autorelease];
    if (sub == nil || source == nil || player == nil || unit == nil) {
        return nil;
    }
    for (AVAudioNode *node in @[sub, source, player, unit]) {
        [engine attachNode:node];
    }
    [engine connect:source to:unit format:nil];
    [engine connect:unit to:sub format:nil];
    [engine connect:sub to:main format:nil];
    [engine connect:player to:main fromBus:0 toBus:4 format:stereo()];
    AVAudioMixingDestination *fader = [source destinationForMixer:sub bus:0];
    [fader setVolume:0.5f];
    [engine inputNode];
    if (buffer == nil || out == nil || ![engine startAndReturnError:&error]) {
        return nil;
    }
    [player scheduleBuffer:buffer completionHandler:nil];
    [player play];
    AVAudioEngineManualRenderingStatus status = [engine renderOffline:BLOCK toBuffer:out
                                                                error:&error];
    [engine stop];
    return status == AVAudioEngineManualRenderingStatusSuccess ? out : nil;
}

static id use_file(void) {
    NSString *path = [NSTemporaryDirectory() stringByAppendingPathComponent:@"perbus-starved.wav"];
    NSURL *url = [NSURL fileURLWithPath:path];
    NSError *error = nil;
    NSDictionary *settings = [NSDictionary
        dictionaryWithObjectsAndKeys:[NSNumber numberWithInt:kAudioFormatLinearPCM], AVFormatIDKey,
                                     [NSNumber numberWithInt:48000], AVSampleRateKey,
                                     [NSNumber numberWithInt:2], AVNumberOfChannelsKey,
                                     [NSNumber numberWithInt:16], AVLinearPCMBitDepthKey, nil];
    AVAudioFile *file = nil;
    AVAudioPCMBuffer *buffer = use_buffer();
    @autoreleasepool {
        file = [[[AVAudioFile alloc] initForWriting:url settings:settings
                                              error:&error] autorelease];
        if (file == nil || buffer == nil || ![file writeFromBuffer:buffer error:&error]) {
            return nil;
        }
    }
    file = [[[AVAudioFile alloc] initForReading:url error:&error] autorelease];
    return [file length] == BLOCK && [file readIntoBuffer:buffer error:&error] ? buffer : nil;
}

static int failures;

// What an attempt gives: YES if it works, or if a request has failed.
static BOOL attempt(const char *name, use use, int who, unsigned n, BOOL *failed) {
    BOOL works = NO, starved = NO;
    NSString *other = nil;
    @autoreleasepool {
        failing_begin(who, n);
        @try {
            works = use() != nil;
        } @catch (NSException *exception) {
            starved = [[exception name] isEqualToString:NSMallocException];
            other = starved ? nil : [[exception reason] retain];
        }
        *failed = failing_end();
    }
    if (other != nil || (!works && !*failed)) {
        printf("%s, request %u of %d: %s\n", name, n, who,
               other != nil ? [other UTF8String] : "it does not work");
        failures++;
    }
    return works;
}

static void starve(const char *name, use use, int who) {
    BOOL failed = YES, works = NO;
    unsigned n = 1;
    for (; failed && n < REQUESTS; n++) {
        works = attempt(name, use, who, n, &failed);
    }
    if (failed || !works) {
        printf("%s, %u requests of %d: it does not work in the end\n", name, n, who);
        failures++;
    }
}

int main(void) {
    static const struct {
        const char *name;
        use use;
    } uses[] = {{"AVAudioFormat", use_format},
                {"AVAudioChannelLayout", use_layout},
                {"AVAudioPCMBuffer, AVAudioBuffer", use_buffer},
                {"AVAudioTime", use_time},
                {"AVAudioConnectionPoint", use_point},
                {"AVAudioUnitEQ, AVAudioUnitEQFilterParameters", use_equalizer},
                {"AVAudioUnitEffect, AVAudioUnit", use_effect},
                {"AUAudioUnit, AUAudioUnitBusArray, AUParameter, AUParameterTree, "
                 "AUParameterGroup, AUParameterNode",
                 use_parameters},
                {"AVAudioEngine, AVAudioNode, AVAudioMixerNode, AVAudioSourceNode, "
                 "AVAudioPlayerNode, AVAudioIONode, AVAudioInputNode, AVAudioOutputNode, "
                 "AVAudioMixingDestination",
                 use_engine},
                {"AVAudioFile", use_file}};
    static const int all[] = {0, LIBRARY, BLOCKS, FOUNDATION};
    @autoreleasepool {
        for (size_t w = 0; w < sizeof all / sizeof *all; w++) {
            for (size_t i = 0; i < sizeof uses / sizeof *uses; i++) {
                starve(uses[i].name, uses[i].use, all[w]);
            }
        }
    }
    return failures != 0;
}
