// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Manual rendering: the block that renders, and what it shares with renderOffline:.
#import "PBInternal.h"

#include <Block.h>

BOOL PBIsOffline(const PBEngine *engine) {
    return engine->mode == PB_OFFLINE;
}

// Once the engine has been seen running, what else is set stays until the block is over.
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
    BOOL complete = pbr_core_render(state->core, frames, channels, state->manualChannels);
    return complete ? AVAudioEngineManualRenderingStatusSuccess
                    : AVAudioEngineManualRenderingStatusInsufficientDataFromInputNode;
}

// The caller's buffers, or the engine's where there are none; a status when they do not do.
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

// In realtime mode this is an audio thread: no lock and no message. The block has been entered
// before the engine is looked at: a stop waits for what saw it running. problem: what has already
// failed.
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

// Offline the block is rendered on the caller's thread, which compiles what has changed. It has been
// entered before it looks for changes: whoever makes one and then waits finds it inside, or is
// seen. Entered again when it returns.
static OSStatus CompileChanges(AVAudioEngine *engine) {
    PBEngine *state = engine->_engine;
    OSStatus problem = kAudio_NoError;
    if (!state->dirty) {
        return problem;
    }
    pbr_core_leave(state->core);
    @autoreleasepool {
        PBLocked(engine) {
            NSError *error = nil;
            if (state->phase != PB_STOPPED && state->dirty && !PBCompile(engine, &error)) {
                problem = (OSStatus)[error code];
            }
            pbr_core_enter(state->core);
        }
    }
    return problem;
}

static void CollectOffline(AVAudioEngine *engine) {
    PBEngine *state = engine->_engine;
    if (pbr_core_events(state->core) != state->events) {
        @autoreleasepool {
            PBCollect(engine);
        }
    }
}

AVAudioEngineManualRenderingBlock PBNewRenderBlock(AVAudioEngine *engine) {
    PBEngine *state = engine->_engine;
    return Block_copy(^AVAudioEngineManualRenderingStatus(
        AVAudioFrameCount frames, AudioBufferList *list, OSStatus *outError) {
        pbr_core_enter(state->core);
        BOOL offline = PBIsOffline(state);
        OSStatus problem = offline ? CompileChanges(engine) : kAudio_NoError;
        AVAudioEngineManualRenderingStatus status =
            RenderBlock(state, problem, frames, list, outError);
        pbr_core_leave(state->core);
        if (offline) {
            CollectOffline(engine);
        }
        return status;
    });
}
