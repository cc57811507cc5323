// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An engine's state, and its lock.
#ifndef PB_ENGINE_H
#define PB_ENGINE_H

#import "PBRecords.h"
#import "avfaudio/nodes/PBCallbacks.h"

#include <pthread.h>

#include "render/device/device.h"

// One word: who looks without the lock sees no state that never was.
typedef enum PBPhase { PB_STOPPED, PB_PAUSED, PB_RUNNING } PBPhase;
typedef enum PBMode { PB_DEVICE, PB_OFFLINE, PB_REALTIME } PBMode;

typedef struct PBEngine {
    pthread_mutex_t lock; // recursive: guards the graph and everything below
    AVAudioNode *oldest;  // of its nodes, each of which it retains
    AVAudioNode *newest;
    NSUInteger nodeCount;
    AVAudioOutputNode *output;
    AVAudioInputNode *input;
    AVAudioMixerNode *main;
    pbr_core *core;
    pbr_plan *prepared; // compiled by prepare, not published yet
    pbr_device *device;
    PBCallbacks *callbacks;
    _Atomic(PBPhase) phase;
    _Atomic(unsigned) changing; // batches open: compiling waits for the outermost one's end
    _Atomic(BOOL) behind;       // they were opened before the last changes had been compiled
    _Atomic(BOOL) torn;         // something was detached in them
    NSUInteger splits;          // nodes that several connections leave
    NSUInteger foreign;         // connections at another rate than the engine's
    _Atomic(BOOL) dirty;        // the graph has changed since the published plan was compiled
    BOOL starved;               // there was no memory to compile it
    _Atomic uint64_t events;    // seen so far
    AVAudioFormat *deviceFormat;
    _Atomic(PBMode) mode;
    AVAudioFormat *manualFormat; // nil outside manual rendering
    AVAudioChannelCount manualChannels;
    AVAudioFrameCount manualFrames;
    float *manualMemory; // for callers of the block that bring no buffers
    AVAudioEngineManualRenderingBlock renderBlock;
} PBEngine;

// Locks for a scope, exceptions included.
#define PBLocked(engine)                                                                        \
    for (PBLock pbLock __attribute__((cleanup(PBUnlock))) = PBLockEngine(engine); !pbLock.done; \
         pbLock.done = YES)
typedef struct PBLock {
    PBEngine *engine;
    BOOL done;
} PBLock;
PBLock PBLockEngine(AVAudioEngine *engine);
void PBUnlock(PBLock *lock);

// The format that nodes get unless they are told otherwise: that of the output.
AVAudioFormat *PBEngineFormat(AVAudioEngine *engine);
AVAudioFormat *PBNominalFormat(void);

// Whether it runs, or is paused; NO for nil.
static inline BOOL PBIsStarted(AVAudioEngine *engine) {
    return engine != nil && engine->_engine->phase != PB_STOPPED;
}

#endif
