// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Manual rendering: the block that renders, and what it shares with renderOffline:.
#import "PBPublish.h"

#include <Block.h>
#include <time.h>

BOOL PBIsOffline(const PBEngine *engine) {
    return engine->mode == PB_OFFLINE;
}

// Once the engine has been seen running, the other settings stay until the block is over.
OSStatus PBCheckManual(const PBEngine *engine, AVAudioFrameCount frames) {
    if (engine->mode == PB_DEVICE) {
        return AVAudioEngineManualRenderingErrorInvalidMode;
    }
    if (engine->phase != PB_RUNNING) {
        return AVAudioEngineManualRenderingErrorNotRunning;
    }
    return frames > engine->manualFrames ? kAudioUnitErr_TooManyFramesToProcess : kAudio_NoError;
}

AVAudioEngineManualRenderingStatus PBRender(PBEngine *state, AVAudioFrameCount frames,
                                            float *const *channels) {
    BOOL complete =
        pbr_core_render(state->core, frames, channels, state->manualChannels, PBIsOffline(state));
    return complete ? AVAudioEngineManualRenderingStatusSuccess
                    : AVAudioEngineManualRenderingStatusInsufficientDataFromInputNode;
}

// The caller's buffers, or the engine's if there are none. A status if they are not suitable.
static OSStatus TakeBuffers(PBEngine *state, AVAudioFrameCount frames, AudioBufferList *list,
                            float **channels) {
    if (list->mNumberBuffers < state->manualChannels) {
        return kAudio_ParamError;
    }
    for (uint32_t c = 0; c < state->manualChannels; c++) {
        AudioBuffer *buffer = &list->mBuffers[c];
        if (buffer->mData == NULL) {
            buffer->mData = state->manualMemory + (size_t)c * state->manualFrames;
        } else if (buffer->mDataByteSize < frames * sizeof(float)) {
            return kAudio_ParamError;
        }
        buffer->mDataByteSize = (UInt32)(frames * sizeof(float));
        channels[c] = buffer->mData;
    }
    return kAudio_NoError;
}

// In realtime mode this is an audio thread: no lock and no message. The block is entered before the
// engine's state is read, because a stop waits for blocks that saw the engine running. problem: the
// status of what has failed already.
static AVAudioEngineManualRenderingStatus RenderBlock(PBEngine *state, OSStatus problem,
                                                      AVAudioFrameCount frames,
                                                      AudioBufferList *list, OSStatus *outError) {
    AVAudioEngineManualRenderingStatus status = AVAudioEngineManualRenderingStatusError;
    float *channels[PB_MAX_CHANNELS];
    if (problem == kAudio_NoError) {
        problem = PBCheckManual(state, frames);
    }
    if (problem == kAudio_NoError) {
        problem = TakeBuffers(state, frames, list, channels);
    }
    if (problem == kAudio_NoError) {
        status = PBRender(state, frames, channels);
    } else if (outError != NULL) {
        *outError = problem;
    }
    return status;
}

// Offline, the block is rendered on the caller's thread, which compiles what has changed. It enters
// before it looks for changes: a thread that makes a change and then waits either finds it inside,
// or has its change seen. On return the block has been entered again.
//
// The changes of an open batch, on whichever thread, are heard from its end on. This waits for the
// batch of another thread if something was detached in it, because that is silent at once, or if
// the batch was opened before earlier changes were compiled.
BOOL PBKeepsPlan(const PBEngine *state) {
    return state->changing > 0 && !state->behind;
}

// Compiles if necessary, and enters again. NO while another thread has the lock.
static BOOL CompileNow(AVAudioEngine *engine, OSStatus *problem) {
    PBEngine *state = engine->_engine;
    if (pthread_mutex_trylock(&state->lock) != 0) {
        return NO;
    }
    @try {
        @autoreleasepool {
            NSError *error = nil;
            if (!PBKeepsPlan(state) && state->phase != PB_STOPPED && state->dirty &&
                !PBCompile(engine, &error)) {
                *problem = (OSStatus)[error code];
            }
        }
    } @catch (NSException *exception) {
        *problem = kAudio_MemFullError;
    }
    pbr_core_enter(state->core);
    pthread_mutex_unlock(&state->lock);
    return YES;
}

static __attribute__((noinline)) OSStatus CompileChanges(AVAudioEngine *engine) {
    PBEngine *state = engine->_engine;
    const struct timespec pause = {0, 20 * 1000};
    OSStatus problem = kAudio_NoError;
    // Read inside a block every time, because a thread that detaches something waits for the block.
    while (state->dirty && (!PBKeepsPlan(state) || state->torn)) {
        pbr_core_leave(state->core);
        if (CompileNow(engine, &problem)) {
            break;
        }
        nanosleep(&pause, NULL);
        pbr_core_enter(state->core);
    }
    return problem;
}

// If another thread's batch prevents it, the work waits for a later block.
static __attribute__((noinline)) void CollectOffline(AVAudioEngine *engine) {
    PBEngine *state = engine->_engine;
    const struct timespec pause = {0, 20 * 1000};
    BOOL locked;
    while (!(locked = pthread_mutex_trylock(&state->lock) == 0) && state->changing == 0) {
        nanosleep(&pause, NULL);
    }
    if (locked) {
        @try {
            @autoreleasepool {
                PBCollect(engine);
            }
        } @catch (NSException *exception) {
            // No memory: the next block tries again.
            (void)exception;
        }
        pthread_mutex_unlock(&state->lock);
    }
}

AVAudioEngineManualRenderingBlock PBNewRenderBlock(AVAudioEngine *engine) {
    PBEngine *state = engine->_engine;
    return Block_copy(^AVAudioEngineManualRenderingStatus(
        AVAudioFrameCount frames, AudioBufferList *list, OSStatus *outError) {
        pbr_core_enter(state->core);
        BOOL offline = PBIsOffline(state);
        OSStatus problem = offline && state->dirty ? CompileChanges(engine) : kAudio_NoError;
        AVAudioEngineManualRenderingStatus status =
            RenderBlock(state, problem, frames, list, outError);
        pbr_core_leave(state->core);
        if (offline && pbr_core_events(state->core) != state->events) {
            CollectOffline(engine);
        }
        return status;
    });
}
