// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Taps of output buses.
#ifndef PB_TAPS_H
#define PB_TAPS_H

#import "PBCallbacks.h"
#import "avfaudio/graph/PBRecords.h"

void PBTapDeliver(AVAudioNode *node, PBCallbacks *callbacks);
void PBTapRemove(PBOutput *output);
// Adapts the tap to the bus's format and the engine's blocks, which may have changed since it was
// installed. NO without memory.
BOOL PBTapRetarget(PBTap *tap, AVAudioFormat *format, AVAudioEngine *engine);

#endif
