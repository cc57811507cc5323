// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Taps of output buses.
#ifndef PB_TAPS_H
#define PB_TAPS_H

#import "PBCallbacks.h"
#import "avfaudio/graph/PBRecords.h"

// Queues the blocks of the node's taps; the rest, too: what is less than a whole one. The engine's
// lock is held.
void PBTapDeliver(AVAudioNode *node, PBCallbacks *callbacks);
void PBTapDeliverRest(AVAudioNode *node, PBCallbacks *callbacks);
// How many blocks of a bus's tap were queued for the callback thread so far.
uint64_t PBTapQueued(AVAudioNode *node, AVAudioNodeBus bus, BOOL rest);
// How many frames found no room.
uint64_t PBTapDropped(AVAudioNode *node, AVAudioNodeBus bus);
void PBTapRemove(PBOutput *output);
// Adapts the tap to the bus's format and the engine's blocks, which may have changed since it was
// installed. NO without memory.
BOOL PBTapRetarget(PBTap *tap, AVAudioFormat *format, AVAudioEngine *engine);

#endif
