// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The parameters of a mixer's input buses.
#ifndef PB_MIXERBUSES_H
#define PB_MIXERBUSES_H

#import "avfaudio/graph/PBRecords.h"

// Volume, enable and pan of the connection at an input bus, or those with which the next connection
// begins. NO for a bus that the mixer does not have.
BOOL PBMixerParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                      float *value);
BOOL PBMixerSetParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                         float value);
// PBMixerSetParameter along a fade of a number of the engine's frames; not for enable. NO, or an
// exception, and nothing has changed, without memory.
BOOL PBMixerFadeParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                          float value, uint64_t frames, int curve);

// Hands parked values to the gain of a new connection, and takes them back when it ends.
void PBMixerUnpark(PBConnection *connection);
void PBMixerPark(const PBConnection *connection);

@interface AUAudioUnit ()
- (instancetype)_initWithNode:(AVAudioNode *)node;
@end

#endif
