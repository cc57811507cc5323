// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A mixer's input bus by its unit's parameters.
#ifndef PB_MIXERBUSES_H
#define PB_MIXERBUSES_H

#import "avfaudio/graph/PBRecords.h"

// A mixer's input bus by its unit's parameters: volume, enable and pan of the connection, or what
// the next one begins with. NO for a bus that the mixer does not have.
BOOL PBMixerParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                      float *value);
BOOL PBMixerSetParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                         float value);
// As PBMixerSetParameter, along a fade of so many of the engine's frames; not for the switch. NO, or
// an exception, and nothing has changed, without memory.
BOOL PBMixerFadeParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                          float value, uint64_t frames, int curve);

// Hands parked values to a connection's new gain, and takes them back when it ends.
void PBMixerUnpark(PBConnection *connection);
void PBMixerPark(const PBConnection *connection);

@interface AUAudioUnit ()
- (instancetype)_initWithNode:(AVAudioNode *)node;
@end

#endif
