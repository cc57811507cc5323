// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a program does that has an engine of its own: AVFAudio's calls alone, for src/foreign.rs. A
// call that AVFAudio answers with an exception returns false, or NULL. Objects that are made here
// belong to the caller; all others are borrowed.
#import <AVFAudio/AVFAudio.h>
#import <Foundation/Foundation.h>

#include <stdbool.h>
#include <string.h>

static AVAudioFormat *format_of(double rate, uint32_t channels) {
    return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:rate
                                                           channels:channels] autorelease];
}

static bool tried(void (^call)(void)) {
    @autoreleasepool {
        @try {
            call();
            return true;
        } @catch (NSException *exception) {
            return false;
        }
    }
}

// For a device if max_frames is 0.
void *foreign_engine(double rate, uint32_t channels, uint32_t max_frames) {
    @autoreleasepool {
        AVAudioEngine *engine = [[AVAudioEngine alloc] init];
        if (max_frames > 0) {
            [engine enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline
                                       format:format_of(rate, channels)
                            maximumFrameCount:max_frames
                                        error:NULL];
        }
        return engine;
    }
}

// Every sample is the value.
void *foreign_source(double rate, uint32_t channels, float value) {
    @autoreleasepool {
        return [[AVAudioSourceNode alloc]
            initWithFormat:format_of(rate, channels)
               renderBlock:^OSStatus(BOOL *silent, const AudioTimeStamp *time,
                                     AVAudioFrameCount frames, AudioBufferList *list) {
                   (void)time;
                   *silent = NO;
                   for (uint32_t c = 0; c < list->mNumberBuffers; c++) {
                       float *samples = list->mBuffers[c].mData;
                       for (uint32_t i = 0; i < frames; i++) {
                           samples[i] = value;
                       }
                   }
                   return 0;
               }];
    }
}

void *foreign_mixer(void) {
    @autoreleasepool {
        return [[AVAudioMixerNode alloc] init];
    }
}

void *foreign_player(void) {
    @autoreleasepool {
        return [[AVAudioPlayerNode alloc] init];
    }
}

void *foreign_equalizer(void) {
    @autoreleasepool {
        return [[AVAudioUnitEQ alloc] initWithNumberOfBands:1];
    }
}

void *foreign_object(void) {
    return [[NSObject alloc] init];
}

void foreign_release(void *object) {
    @autoreleasepool {
        [(id)object release];
    }
}

void *foreign_main_mixer(void *engine) {
    @autoreleasepool {
        return [(AVAudioEngine *)engine mainMixerNode];
    }
}

void *foreign_output(void *engine) {
    @autoreleasepool {
        return [(AVAudioEngine *)engine outputNode];
    }
}

size_t foreign_attached(void *engine) {
    @autoreleasepool {
        return [[(AVAudioEngine *)engine attachedNodes] count];
    }
}

bool foreign_has(void *engine, void *node) {
    return [(AVAudioNode *)node engine] == (AVAudioEngine *)engine;
}

bool foreign_attach(void *engine, void *node) {
    return tried(^{
        [(AVAudioEngine *)engine attachNode:(AVAudioNode *)node];
    });
}

bool foreign_detach(void *engine, void *node) {
    return tried(^{
        [(AVAudioEngine *)engine detachNode:(AVAudioNode *)node];
    });
}

bool foreign_connect(void *engine, void *source, void *destination, uint32_t bus, double rate,
                     uint32_t channels) {
    return tried(^{
        [(AVAudioEngine *)engine connect:(AVAudioNode *)source to:(AVAudioNode *)destination
                                 fromBus:0
                                   toBus:bus
                                  format:format_of(rate, channels)];
    });
}

// The source feeds two buses of one node.
bool foreign_connect_two(void *engine, void *source, void *destination, uint32_t one, uint32_t two,
                         double rate, uint32_t channels) {
    return tried(^{
        AVAudioNode *node = (AVAudioNode *)destination;
        NSMutableArray *points = [NSMutableArray array];
        for (int i = 0; i < 2; i++) {
            AVAudioNodeBus bus = i == 0 ? one : two;
            [points addObject:[[[AVAudioConnectionPoint alloc] initWithNode:node
                                                                        bus:bus] autorelease]];
        }
        [(AVAudioEngine *)engine connect:(AVAudioNode *)source toConnectionPoints:points fromBus:0
                                  format:format_of(rate, channels)];
    });
}

bool foreign_disconnect_input(void *engine, void *node, uint32_t bus) {
    return tried(^{
        [(AVAudioEngine *)engine disconnectNodeInput:(AVAudioNode *)node bus:bus];
    });
}

// What feeds an input bus; NULL if nothing does, or the engine does not have the node.
void *foreign_feeding(void *engine, void *node, uint32_t bus) {
    __block AVAudioNode *source = nil;
    tried(^{
        source = [[(AVAudioEngine *)engine inputConnectionPointForNode:(AVAudioNode *)node
                                                              inputBus:bus] node];
    });
    return source;
}

bool foreign_start(void *engine) {
    @autoreleasepool {
        return [(AVAudioEngine *)engine startAndReturnError:NULL];
    }
}

bool foreign_is_running(void *engine) {
    return [(AVAudioEngine *)engine isRunning];
}

bool foreign_set(void *source, void *mixer, uint32_t bus, float volume, float pan) {
    @autoreleasepool {
        AVAudioMixingDestination *destination =
            [(id<AVAudioMixing>)source destinationForMixer:(AVAudioNode *)mixer bus:bus];
        [destination setVolume:volume];
        [destination setPan:pan];
        return destination != nil;
    }
}

bool foreign_get(void *source, void *mixer, uint32_t bus, float *volume, float *pan) {
    @autoreleasepool {
        AVAudioMixingDestination *destination =
            [(id<AVAudioMixing>)source destinationForMixer:(AVAudioNode *)mixer bus:bus];
        *volume = [destination volume];
        *pan = [destination pan];
        return destination != nil;
    }
}

void foreign_set_output_volume(void *mixer, float volume) {
    [(AVAudioMixerNode *)mixer setOutputVolume:volume];
}

float foreign_output_volume(void *mixer) {
    return [(AVAudioMixerNode *)mixer outputVolume];
}

// Taps an output bus, and removes the tap at once; false if the bus has one.
bool foreign_taps(void *node, uint32_t bus) {
    AVAudioNodeTapBlock block = ^(AVAudioPCMBuffer *buffer, AVAudioTime *when) {
        (void)buffer, (void)when;
    };
    return tried(^{
        [(AVAudioNode *)node installTapOnBus:bus bufferSize:4800 format:nil block:block];
        [(AVAudioNode *)node removeTapOnBus:bus];
    });
}

// At most as many frames as the engine's blocks have; two channels.
bool foreign_render(void *engine, uint32_t frames, float *left, float *right) {
    @autoreleasepool {
        AVAudioFormat *format = [(AVAudioEngine *)engine manualRenderingFormat];
        AVAudioPCMBuffer *buffer =
            [[[AVAudioPCMBuffer alloc] initWithPCMFormat:format frameCapacity:frames] autorelease];
        AVAudioEngineManualRenderingStatus status = [(AVAudioEngine *)engine renderOffline:frames
                                                                                  toBuffer:buffer
                                                                                     error:NULL];
        if (status != AVAudioEngineManualRenderingStatusSuccess) {
            return false;
        }
        memcpy(left, [buffer floatChannelData][0], frames * sizeof(float));
        memcpy(right, [buffer floatChannelData][1], frames * sizeof(float));
        return true;
    }
}
