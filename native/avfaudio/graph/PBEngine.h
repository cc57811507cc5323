// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An engine's state and its lock.
#ifndef PB_ENGINE_H
#define PB_ENGINE_H

#import "PBRecords.h"
#import "avfaudio/nodes/PBCallbacks.h"
#import "avfaudio/nodes/PBEvents.h"

#include <pthread.h>

#include "render/device/device.h"
#include "render/device/input.h"

@class PBMaster;

// One word each, so that a reader without the lock never sees a state that did not exist.
typedef enum PBPhase { PB_STOPPED, PB_PAUSED, PB_RUNNING } PBPhase;
typedef enum PBMode { PB_DEVICE, PB_OFFLINE, PB_REALTIME } PBMode;

// What an engine records.
typedef struct PBRecorded {
    char id[PBR_DEVICE_TEXT]; // empty: the default input
    AVAudioFormat *format;    // the device's; nil while there is none
    pbr_input *input;         // NULL while nothing is recorded, or by the output's stream
    unsigned choice;          // counts the devices that were chosen
    unsigned duplex;          // the choice that the output's stream may record
    uint64_t losses;          // of that, as last seen
    BOOL lost;                // not to be opened again before a new choice, connection or start
    BOOL optional;            // during a restart: the engine starts without it, too
} PBRecorded;

typedef struct PBEngine {
    pthread_mutex_t lock; // recursive: guards the graph and everything below
    PBMaster *masters;    // the newest
    unsigned manners;     // see PBManners.h
    AVAudioNode *oldest;  // of its nodes, all of which it retains
    AVAudioNode *newest;
    NSUInteger nodeCount;
    AVAudioOutputNode *output;
    AVAudioInputNode *input;
    AVAudioMixerNode *main;
    pbr_core *core;
    pbr_plan *prepared;      // compiled by prepare, not published yet
    pbr_device *device;      // NULL while stopped
    pbr_device_wish wish;    // without channels; without a rate: the device's
    const char *lostLibrary; // of the last device that was lost, or NULL
    PBRecorded recorded;
    PBCallbacks *watch; // polls the devices, and nothing else
    PBEvents *notices;
    _Atomic(BOOL) decoderLate; // since the last look at the device
    PBCallbacks *callbacks;
    struct pbr_feeder *feeder; // fills the streams of players; NULL before the first one
    _Atomic(PBPhase) phase;
    _Atomic(unsigned) changing; // open batches: compiling waits for the end of the outermost one
    _Atomic(BOOL) behind;       // they were opened before the latest changes had been compiled
    _Atomic(BOOL) torn;         // something was detached during them
    unsigned held;              // bodies that run under the lock, like a batch
    NSUInteger splits;          // nodes with several outgoing connections
    NSUInteger foreign;         // connections whose rate differs from the engine's
    _Atomic(BOOL) dirty;        // the graph has changed since the published plan was compiled
    BOOL starved;               // there was no memory to compile it
    _Atomic uint64_t events;    // the last count seen
    AVAudioFormat *deviceFormat;
    _Atomic(PBMode) mode;
    AVAudioFormat *manualFormat; // nil outside manual rendering
    AVAudioChannelCount manualChannels;
    AVAudioFrameCount manualFrames;
    float *manualMemory; // for callers of the block that provide no buffers
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

// The format that nodes get by default: that of the output.
AVAudioFormat *PBEngineFormat(AVAudioEngine *engine);
AVAudioFormat *PBNominalFormat(void);
// 0 Hz and 0 channels.
AVAudioFormat *PBNoFormat(void);

// Whether the engine runs or is paused. NO for nil.
static inline BOOL PBIsStarted(AVAudioEngine *engine) {
    return engine != nil && engine->_engine->phase != PB_STOPPED;
}

#endif
