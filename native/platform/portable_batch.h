// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Batches. NO without memory, and at the end when this thread has opened none.
#ifndef PERBUS_PLATFORM_PORTABLE_BATCH_H
#define PERBUS_PLATFORM_PORTABLE_BATCH_H

#import "avfaudio/graph/PBBatches.h"
#import "avfaudio/support/PBLater.h"

static inline BOOL perbus__begin_batch(AVAudioEngine *engine) {
    [engine pbBeginBatch];
    return YES;
}

static inline BOOL perbus__begin_edit(AVAudioEngine *engine) {
    [engine pbBeginEdit];
    return YES;
}

static inline BOOL perbus__end_batch(AVAudioEngine *engine) {
    return [engine pbEndBatch];
}

// Whether this thread has one open.
static inline BOOL perbus__has_batch(AVAudioEngine *engine) {
    return [engine pbHasLock];
}

// Runs the body under the lock that a batch holds. The shim's own locks come after it, because calls
// within a batch take them.
static inline void perbus__locked(AVAudioEngine *engine, void (^body)(void)) {
    if (engine != nil) {
        [engine pbLocked:body];
    } else {
        body();
    }
}

// The same for a thread that has one of those already: NO, and nothing was done, if another thread is
// in a batch.
static inline BOOL perbus__try_locked(AVAudioEngine *engine, void (^body)(void)) {
    if (engine != nil) {
        return [engine pbTryLocked:body];
    }
    body();
    return YES;
}

// Before it is tried again, without the lock that the other thread may be waiting for.
static inline void perbus__give_way(void) {
    PBGiveWay();
}

// Whether the play was put off to the batch's end: here a batch itself takes up all that changes.
static inline BOOL perbus__defer_play(AVAudioPlayerNode *player, AVAudioTime *when) {
    (void)player;
    (void)when;
    return NO;
}

#endif
