// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Batches on Apple's engine, which has none: the shim collects the plays of a batch and starts them
// together. NO without memory, and at the end when this thread has opened none.
#ifndef PERBUS_PLATFORM_APPLE_BATCH_H
#define PERBUS_PLATFORM_APPLE_BATCH_H

#import "play_batch.h"

static inline BOOL perbus__begin_batch(AVAudioEngine *engine) {
    return perbus__begin_play_batch(engine);
}

static inline BOOL perbus__begin_edit(AVAudioEngine *engine) {
    return perbus__begin_play_batch(engine);
}

static inline BOOL perbus__end_batch(AVAudioEngine *engine) {
    return perbus__end_play_batch(engine);
}

// Whether this thread has one open.
static inline BOOL perbus__has_batch(AVAudioEngine *engine) {
    return perbus__has_play_batch(engine);
}

// A batch holds no lock.
static inline void perbus__locked(AVAudioEngine *engine, void (^body)(void)) {
    (void)engine;
    body();
}

static inline BOOL perbus__try_locked(AVAudioEngine *engine, void (^body)(void)) {
    (void)engine;
    body();
    return YES;
}

static inline void perbus__give_way(void) {}

// Whether the play was put off to the batch's end.
static inline BOOL perbus__defer_play(AVAudioPlayerNode *player, AVAudioTime *when) {
    return when == nil && perbus__add_to_play_batch(player);
}

#endif
