// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Taps of output buses.
#ifndef PB_TAPS_H
#define PB_TAPS_H

#import "PBCallbacks.h"
#import "avfaudio/graph/PBRecords.h"

void PBTapDeliver(AVAudioNode *node, PBCallbacks *callbacks);
void PBTapRemove(PBOutput *output);
// The bus's format or the engine's blocks may have changed since the tap was installed: it goes on
// in the format that the bus has now. NO when there is no memory.
BOOL PBTapRetarget(PBTap *tap, AVAudioFormat *format, AVAudioEngine *engine);

#endif
