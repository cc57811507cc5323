// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Running the engine: on a device, or by the caller in manual rendering mode.
#import "PBDevice.h"
#import "PBInputDevice.h"
#import "PBPublish.h"
#import "avfaudio/graph/PBBatches.h"
#import "avfaudio/graph/PBManners.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/nodes/PBTaps.h"
#import "avfaudio/support/PBErrors.h"

#include <stdlib.h>

@implementation AVAudioEngine (AVAudioEngineBatches)

- (void)pbBeginEdit {
    pthread_mutex_lock(&_engine->lock);
    if (_engine->changing == 0) {
        _engine->behind = _engine->dirty;
        _engine->torn = NO;
        pbr_core_begin_change(_engine->core);
    }
    _engine->changing++;
}

- (void)pbBeginBatch {
    PBLocked(self) {
        // Blocks rendered during the batch have everything that changed before it.
        if (_engine->changing == 0 && _engine->dirty && PBIsOffline(_engine) &&
            _engine->phase != PB_STOPPED) {
            PBCompile(self, NULL);
        }
        [self pbBeginEdit];
    }
}

- (BOOL)pbEndBatch {
    // Recursive: this thread gets it unless another thread is in a batch.
    BOOL mine = pthread_mutex_trylock(&_engine->lock) == 0;
    BOOL open = mine && _engine->changing > 0;
    if (mine) {
        pthread_mutex_unlock(&_engine->lock);
    }
    if (!open) {
        return NO;
    }
    if (_engine->changing > 1) {
        _engine->changing--;
    } else {
        pbr_core_close_change(_engine->core);
        if (_engine->dirty) {
            PBGraphChanged(self);
        }
        // In this order, so that an offline block that finds the change closed compiles it first.
        _engine->changing = 0;
        pbr_core_end_change(_engine->core);
    }
    pthread_mutex_unlock(&_engine->lock);
    return YES;
}

// The lock is held.
static void RunLocked(PBEngine *engine, void (^body)(void)) {
    engine->held++;
    @try {
        body();
    } @finally {
        engine->held--;
    }
}

- (void)pbLocked:(void (^)(void))body {
    PBLocked(self) {
        RunLocked(_engine, body);
    }
}

- (BOOL)pbTryLocked:(void (^)(void))body {
    BOOL mine = pthread_mutex_trylock(&_engine->lock) == 0;
    if (mine) {
        @try {
            RunLocked(_engine, body);
        } @finally {
            pthread_mutex_unlock(&_engine->lock);
        }
    }
    return mine;
}

- (BOOL)pbHasLock {
    if (pthread_mutex_trylock(&_engine->lock) != 0) {
        return NO;
    }
    BOOL has = _engine->changing > 0 || _engine->held > 0;
    pthread_mutex_unlock(&_engine->lock);
    return has;
}

@end

@implementation AVAudioEngine (AVAudioEngineThreads)

- (BOOL)pbSetRenderThreads:(NSUInteger)count {
    PBRequire(count >= 1 && count <= PBR_MAX_WORKERS + 1, @"%lu render threads are not in 1 to %d",
              (unsigned long)count, PBR_MAX_WORKERS + 1);
    BOOL done = YES;
    PBLocked(self) {
        if (count != pbr_core_threads(_engine->core)) {
            done = pbr_core_set_threads(_engine->core, (uint32_t)count);
            PBGraphChanged(self);
        }
    }
    return done;
}

@end

@implementation AVAudioEngine (AVAudioEngineRendering)

- (BOOL)isRunning {
    return _engine->phase == PB_RUNNING;
}

- (void)prepare {
    PBLocked(self) {
        if (_engine->phase == PB_STOPPED) {
            PBPrepare(self, NULL);
        }
    }
}

- (BOOL)startAndReturnError:(NSError **)outError {
    BOOL started = NO;
    PBLocked(self) {
        PBRequire(_engine->output != nil || _engine->input != nil,
                  @"an engine without an output or input node has nothing to start");
        if ([self isRunning]) {
            started = YES;
        } else if (PBCompile(self, outError)) {
            pbr_core_start_anew(_engine->core);
            PBMannersStart(self);
            started = _engine->manualFormat != nil || [self pbStartDevice:outError];
        }
        if (started && ![self isRunning]) {
            _engine->phase = PB_RUNNING;
            PBCallbacksSetPolling(_engine->callbacks, !PBIsOffline(_engine));
        }
    }
    return started;
}

- (void)pause {
    PBLocked(self) {
        if (_engine->phase == PB_RUNNING) {
            if (_engine->device != NULL) {
                pbr_device_stop(_engine->device);
            }
            [self pbHaltInput];
            _engine->phase = PB_PAUSED;
            // A caller may still be inside a block that saw the engine running. It renders to its
            // end, and what it uses up is collected here, because nothing polls.
            pbr_core_wait(_engine->core);
            pbr_core_forget_moment(_engine->core);
            PBCallbacksSetPolling(_engine->callbacks, false);
            PBCollect(self);
        }
    }
}

- (void)stop {
    if (_engine->core == NULL || _engine->callbacks == NULL) {
        return;
    }
    PBLocked(self) {
        if (_engine->phase != PB_STOPPED) {
            [self pause];
            [self pbCloseDevice];
            _engine->phase = PB_STOPPED;
            // Since the pause, no caller has been inside a block that saw the engine running, so
            // the players belong to the control side alone. A stop frees the plan's memory, even
            // while a block is being refused.
            pbr_core_publish(_engine->core, NULL);
            pbr_core_wait(_engine->core);
            pbr_core_collect(_engine->core);
            for (AVAudioNode *node = _engine->oldest; node != nil; node = node->_node->newer) {
                [node pbEngineStopped];
                [node pbCollect:YES];
            }
        }
    }
}

- (void)reset {
    PBLocked(self) {
        for (AVAudioNode *node = _engine->oldest; node != nil; node = node->_node->newer) {
            [node reset];
        }
        pbr_core_set_time(_engine->core, 0);
    }
}

- (BOOL)enableManualRenderingMode:(AVAudioEngineManualRenderingMode)mode
                           format:(AVAudioFormat *)pcmFormat
                maximumFrameCount:(AVAudioFrameCount)maximumFrameCount
                            error:(NSError **)outError {
    BOOL enabled = NO;
    PBLocked(self) {
        if (_engine->phase != PB_STOPPED) {
            PBFail(outError, AVAudioEngineManualRenderingErrorInitialized,
                   @"manual rendering can be enabled only while the engine is stopped");
        } else if (![pcmFormat isStandard] || !([pcmFormat sampleRate] > 0) ||
                   [pcmFormat channelCount] == 0 || [pcmFormat channelCount] > PB_MAX_CHANNELS) {
            PBFail(outError, kAudioUnitErr_FormatNotSupported,
                   @"manual rendering takes planar float32 of 1 to %d channels, not %@",
                   PB_MAX_CHANNELS, pcmFormat);
        } else if (maximumFrameCount == 0) {
            PBFail(outError, kAudio_ParamError, @"maximumFrameCount must not be 0");
        } else {
            size_t samples = (size_t)maximumFrameCount * [pcmFormat channelCount];
            float *memory = calloc(samples, sizeof(float));
            enabled = memory != NULL ||
                      PBFail(outError, kAudio_MemFullError, @"no memory for %zu samples", samples);
            if (enabled) {
                BOOL offline = mode == AVAudioEngineManualRenderingModeOffline;
                [self pbSetManualFormat:pcmFormat mode:offline ? PB_OFFLINE : PB_REALTIME
                                 frames:maximumFrameCount];
                free(_engine->manualMemory);
                _engine->manualMemory = memory;
            }
        }
    }
    return enabled;
}

- (void)disableManualRenderingMode {
    PBLocked(self) {
        if (_engine->manualFormat != nil) {
            [self stop];
            [self reset];
            [self pbSetManualFormat:nil mode:PB_DEVICE frames:0];
        }
    }
}

- (void)pbSetManualFormat:(AVAudioFormat *)format
                     mode:(PBMode)mode
                   frames:(AVAudioFrameCount)frames {
    [format retain];
    [_engine->manualFormat release];
    _engine->manualFormat = format;
    _engine->mode = mode;
    _engine->manualChannels = [format channelCount];
    _engine->manualFrames = frames;
    _engine->dirty = YES; // the prepared plan has other rates and blocks
    pbr_core_set_time(_engine->core, 0);
    if (mode == PB_DEVICE) {
        [_engine->input pbForgetBlock];
    }
    // A tap on an I/O node was made for the previous format.
    AVAudioNode *ends[] = {_engine->output, _engine->input};
    for (int i = 0; i < 2; i++) {
        if (ends[i] != nil) {
            PBTapRemove(&ends[i]->_node->outputs[0]);
        }
    }
}

- (AVAudioEngineManualRenderingStatus)renderOffline:(AVAudioFrameCount)numberOfFrames
                                           toBuffer:(AVAudioPCMBuffer *)buffer
                                              error:(NSError **)outError {
    OSStatus problem = kAudio_NoError;
    [buffer setFrameLength:0];
    PBLocked(self) {
        problem = PBCheckManual(_engine, numberOfFrames);
        if (problem == kAudio_NoError && !PBIsOffline(_engine)) {
            problem = AVAudioEngineManualRenderingErrorInvalidMode;
        }
        if (problem != kAudio_NoError) {
            PBFail(outError, problem,
                   @"renderOffline needs a started engine in offline manual rendering mode and at "
                   @"most %u frames; asked for %u",
                   _engine->manualFrames, numberOfFrames);
            return AVAudioEngineManualRenderingStatusError;
        }
        if (![[buffer format] isEqual:_engine->manualFormat] ||
            [buffer frameCapacity] < numberOfFrames) {
            PBFail(outError, kAudio_ParamError,
                   @"a buffer of %@ with room for %u frames cannot take %u frames of %@",
                   [buffer format], [buffer frameCapacity], numberOfFrames, _engine->manualFormat);
            return AVAudioEngineManualRenderingStatusError;
        }
        // The changes of a batch are heard from its end on.
        if (_engine->dirty && !PBKeepsPlan(_engine) && !PBCompile(self, outError)) {
            return AVAudioEngineManualRenderingStatusError;
        }
        pbr_core_enter(_engine->core);
    }
    AVAudioEngineManualRenderingStatus status =
        PBRender(_engine, numberOfFrames, [buffer floatChannelData]);
    pbr_core_leave(_engine->core);
    [buffer setFrameLength:numberOfFrames];
    if (pbr_core_events(_engine->core) != _engine->events) {
        PBCollect(self);
    }
    return status;
}

// Created once and owned by the engine: with this runtime a block is not an object that callers
// could release.
- (AVAudioEngineManualRenderingBlock)manualRenderingBlock {
    PBEngine *state = _engine;
    PBLocked(self) {
        if (state->renderBlock == NULL) {
            state->renderBlock = PBNewRenderBlock(self);
        }
    }
    return state->renderBlock;
}

- (BOOL)isInManualRenderingMode {
    return _engine->mode != PB_DEVICE;
}

- (AVAudioEngineManualRenderingMode)manualRenderingMode {
    return _engine->mode == PB_REALTIME ? AVAudioEngineManualRenderingModeRealtime
                                        : AVAudioEngineManualRenderingModeOffline;
}

- (AVAudioFormat *)manualRenderingFormat {
    AVAudioFormat *format = nil;
    PBLocked(self) {
        format = [[_engine->manualFormat retain] autorelease];
    }
    return format != nil ? format : PBNoFormat();
}

- (AVAudioFrameCount)manualRenderingMaximumFrameCount {
    AVAudioFrameCount frames = 0;
    PBLocked(self) {
        frames = _engine->manualFrames;
    }
    return frames;
}

- (AVAudioFramePosition)manualRenderingSampleTime {
    return pbr_core_time(_engine->core);
}

@end
