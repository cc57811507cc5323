// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A graph with one of everything, rendered in realtime mode: what runs in render_graph is what an
// audio thread runs. One of its sources can be told to do what an audio thread must not.
#include "graph.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#import "../../native/avfaudio/graph/PBBatches.h"
#import "../../native/avfaudio/graph/PBFades.h"
#import "../cases/support.h"

enum { FRAMES = 512, CHANNELS = 2 };

static struct {
    AVAudioEngine *engine;
    AVAudioEngineManualRenderingBlock render;
    AVAudioPlayerNode *looping, *converted, *queued, *sent;
    AVAudioMixerNode *group;
    AVAudioPCMBuffer *stereo, *other_rate;
    fault fault;
    pthread_mutex_t lock;
    float samples[CHANNELS][FRAMES];
} graph = {.lock = PTHREAD_MUTEX_INITIALIZER};

static void misbehave(void) {
    switch (graph.fault) {
    case FAULT_NONE:
        break;
    case FAULT_ALLOCATION:
        free(malloc(100));
        break;
    case FAULT_LOCK:
        pthread_mutex_lock(&graph.lock);
        pthread_mutex_unlock(&graph.lock);
        break;
    case FAULT_MESSAGE:
        (void)[graph.engine isRunning];
        break;
    case FAULT_SYSTEM_CALL:
        (void)syscall(SYS_getppid);
        break;
    }
}

static AVAudioSourceNode *misbehaving_source(void) {
    AVAudioSourceNode *source = [[[AVAudioSourceNode alloc]
        initWithFormat:test_format(CHANNELS)
           renderBlock:^OSStatus(BOOL *isSilence, const AudioTimeStamp *timestamp,
                                 AVAudioFrameCount frameCount, AudioBufferList *outputData) {
               (void)isSilence, (void)timestamp;
               misbehave();
               for (UInt32 c = 0; c < outputData->mNumberBuffers; c++) {
                   memset(outputData->mBuffers[c].mData, 0, frameCount * sizeof(float));
               }
               return 0;
           }] autorelease];
    [graph.engine attachNode:source];
    return source;
}

static AVAudioUnit *matrix(void) {
    AudioComponentDescription description = {.componentType = kAudioUnitType_Mixer,
                                             .componentSubType = kAudioUnitSubType_MatrixMixer,
                                             .componentManufacturer = kAudioUnitManufacturer_Apple};
    __block AVAudioUnit *made = nil;
    __block int calls = 0;
    [AVAudioUnit instantiateWithComponentDescription:description options:0
                                   completionHandler:^(AVAudioUnit *unit, NSError *error) {
                                       (void)error;
                                       made = [unit retain];
                                       test_count(&calls);
                                   }];
    if (!test_wait(&calls, 1) || made == nil) {
        return nil;
    }
    [graph.engine attachNode:made];
    return [made autorelease];
}

static void open_matrix(AVAudioUnit *unit) {
    static const AudioUnitScope scopes[] = {kAudioUnitScope_Global, kAudioUnitScope_Input,
                                            kAudioUnitScope_Output};
    for (UInt32 channel = 0; channel < CHANNELS; channel++) {
        for (size_t i = 0; i < sizeof scopes / sizeof *scopes; i++) {
            AudioUnitElement element = i == 0 ? 0xFFFFFFFFu : channel;
            AudioUnitSetParameter([unit audioUnit], kMatrixMixerParam_Volume, scopes[i], element, 1,
                                  0);
        }
        AudioUnitSetParameter([unit audioUnit], kMatrixMixerParam_Volume, kAudioUnitScope_Global,
                              channel << 16 | channel, 1, 0);
    }
}

static AVAudioFormat *other_rate(void) {
    return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:48000
                                                           channels:CHANNELS] autorelease];
}

static AVAudioMixingDestination *on(AVAudioPlayerNode *player, AVAudioMixerNode *mixer,
                                    AVAudioNodeBus bus) {
    return [player destinationForMixer:mixer bus:bus];
}

static void ignore(AVAudioPCMBuffer *buffer, AVAudioTime *when) {
    (void)buffer, (void)when;
}

static void connect_all(void) {
    AVAudioEngine *engine = graph.engine;
    AVAudioMixerNode *main = [engine mainMixerNode];
    AVAudioFormat *format = test_format(CHANNELS);
    [engine connect:graph.looping to:main fromBus:0 toBus:0 format:format];
    AVAudioUnitEQ *equalizer = [[[AVAudioUnitEQ alloc] initWithNumberOfBands:2] autorelease];
    [[[equalizer bands] objectAtIndex:0] setBypass:NO];
    [engine attachNode:equalizer];
    [engine connect:test_source(engine, CHANNELS, 0.1f, 0.2f) to:equalizer format:format];
    [engine connect:equalizer to:main fromBus:0 toBus:1 format:format];
    [engine connect:graph.converted to:main fromBus:0 toBus:2 format:other_rate()];
    [engine connect:graph.queued to:graph.group fromBus:0 toBus:0 format:format];
    [engine connect:graph.group to:main fromBus:0 toBus:3 format:format];
    AVAudioUnit *crossing = matrix();
    [engine connect:test_source(engine, CHANNELS, 0.3f, 0.4f) to:crossing format:format];
    [engine connect:crossing to:main fromBus:0 toBus:4 format:format];
    [engine connect:misbehaving_source() to:main fromBus:0 toBus:5 format:format];
    NSArray *points = @[
        [[[AVAudioConnectionPoint alloc] initWithNode:main bus:6] autorelease],
        [[[AVAudioConnectionPoint alloc] initWithNode:graph.group bus:1] autorelease]
    ];
    [engine connect:graph.sent toConnectionPoints:points fromBus:0 format:format];
    [graph.group installTapOnBus:0 bufferSize:4410 format:nil
                           block:^(AVAudioPCMBuffer *buffer, AVAudioTime *when) {
                               ignore(buffer, when);
                           }];
    open_matrix(crossing);
}

static void loop(AVAudioPlayerNode *player, AVAudioPCMBuffer *buffer) {
    [player scheduleBuffer:buffer atTime:nil options:AVAudioPlayerNodeBufferLoops
         completionHandler:NULL];
    [player play];
}

static bool set_up(void) {
    graph.engine = [[AVAudioEngine alloc] init];
    AVAudioEngine *engine = graph.engine;
    graph.looping = test_player(engine);
    graph.converted = test_player(engine);
    graph.queued = test_player(engine);
    graph.sent = test_player(engine);
    graph.group = test_mixer(engine);
    // Not a whole number of blocks: seams fall everywhere.
    graph.stereo = [test_constant_buffer(CHANNELS, 700, 0.1f) retain];
    graph.other_rate = [[AVAudioPCMBuffer alloc] initWithPCMFormat:other_rate() frameCapacity:900];
    [graph.other_rate setFrameLength:900];
    if (![engine enableManualRenderingMode:AVAudioEngineManualRenderingModeRealtime
                                    format:test_format(CHANNELS)
                         maximumFrameCount:FRAMES
                                     error:NULL]) {
        return false;
    }
    connect_all();
    graph.render = [engine manualRenderingBlock];
    if (![engine startAndReturnError:NULL]) {
        return false;
    }
    loop(graph.looping, graph.stereo);
    loop(graph.converted, graph.other_rate);
    loop(graph.sent, graph.stereo);
    float peak[2], rms[2];
    uint64_t clips;
    return [on(graph.looping, [engine mainMixerNode], 0) pbReadPeak:peak rms:rms clips:&clips];
}

bool open_graph(void) {
    @autoreleasepool {
        return set_up();
    }
}

static void change(uint32_t step) {
    AVAudioMixerNode *main = [graph.engine mainMixerNode];
    AVAudioMixingDestination *first = on(graph.looping, main, 0);
    float value = (float)(step % 5) / 4.0f;
    switch (step % 8) {
    case 0:
        [first setVolume:value];
        [graph.converted setPan:value];
        break;
    case 1:
        [first pbFadeVolume:value frames:1300 curve:1];
        break;
    case 2:
        [graph.engine pbBeginBatch];
        [first setPan:value];
        [graph.sent setVolume:1.0f - value];
        [graph.engine pbEndBatch];
        break;
    case 3:
        [graph.queued scheduleBuffer:graph.stereo completionHandler:NULL];
        [graph.queued play];
        break;
    case 4:
        [graph.looping
               scheduleBuffer:graph.stereo
                       atTime:nil
                      options:AVAudioPlayerNodeBufferInterrupts | AVAudioPlayerNodeBufferLoops
            completionHandler:NULL];
        break;
    case 5:
        [graph.converted stop];
        loop(graph.converted, graph.other_rate);
        break;
    case 6:
        // The graph changes, and with it the plan.
        [graph.engine disconnectNodeOutput:graph.queued];
        [graph.engine connect:graph.queued to:graph.group fromBus:0 toBus:0
                       format:test_format(CHANNELS)];
        break;
    default:
        [first setVolume:0];
        break;
    }
}

void change_graph(uint32_t step) {
    @autoreleasepool {
        change(step);
    }
}

void set_fault(fault fault) {
    graph.fault = fault;
}

bool render_graph(void) {
    struct {
        AudioBufferList list;
        AudioBuffer second;
    } output = {{2, {{1, sizeof graph.samples[0], graph.samples[0]}}},
                {1, sizeof graph.samples[1], graph.samples[1]}};
    OSStatus problem = 0;
    return graph.render(FRAMES, &output.list, &problem) ==
           AVAudioEngineManualRenderingStatusSuccess;
}
