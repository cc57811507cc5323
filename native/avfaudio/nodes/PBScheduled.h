// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a player has queued: buffers and streams, each with what is to be done at its end.
#ifndef PB_SCHEDULED_H
#define PB_SCHEDULED_H

#import "PBNode.h"
#import "avfaudio/graph/PBHostTime.h"

#include "render/stream/feeder.h"

// Serialises the control side's queue operations.
struct PBPlayer {
    pthread_mutex_t lock;
    pbr_stream_queue streams;
    uint64_t late; // frames that were silent, as of the last look
};

// It is kept until the audio thread has passed it and its handler has run. Everything that its end
// needs is allocated with it.
typedef struct PBScheduled {
    PBEntry entry; // runs the handler on the callback thread
    atomic_int owners;
    unsigned end; // pbr_end
    AVAudioPCMBuffer *buffer;
    pbr_stream *stream; // or this
    pbr_stream *sought; // what replaces it, once a block has taken up the seek of this number
    uint64_t seek;
    AVAudioNodeCompletionHandler handler;
    AVAudioPlayerNodeCompletionHandler typedHandler;
    AVAudioPlayerNodeCompletionCallbackType type : 8;
    BOOL early; // the handler has been handed over (PBManners.h)
    void (*ended)(void *context, unsigned end);
    void *context;
    AVAudioNode *player;
} PBScheduled;

extern const pbr_player_callbacks PBScheduledCallbacks;

// Copies what is to be done at the end. NULL without memory.
PBScheduled *PBNewScheduled(const PBScheduled *wanted, AVAudioNode *player,
                            AVAudioPCMBuffer *buffer);
// It has been queued. The player's lock is held.
void PBScheduledWasQueued(PBScheduled *item, uint32_t flags);
// It has not been queued. NULL is a no-op.
void PBForgetScheduled(PBScheduled *item);
// Bits of pbr_clip.
uint32_t PBItemFlags(AVAudioPlayerNodeBufferOptions options);

@interface AVAudioPlayerNode (PBQueue)
// Where something starts that is scheduled now. The engine's lock is held.
- (PBStart)pbStart:(AVAudioTime *)when options:(AVAudioPlayerNodeBufferOptions)options;
// Everything asked of a player from here to the unlock takes effect with the returned stamp. The
// engine's lock is held.
- (uint64_t)pbTakeLock;
@end

#endif
