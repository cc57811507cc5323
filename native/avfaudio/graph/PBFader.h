// SPDX-License-Identifier: MIT OR Apache-2.0
//
// destinationForMixer:bus: combined with one access, for callers that make thousands of them a
// second: a single message costs as much as any of these. No lock, no allocation, nothing
// autoreleased, no exception. All return NO if the source does not control that bus.
#ifndef PB_FADER_H
#define PB_FADER_H

#import <AVFAudio/AVAudioMixing.h>

BOOL PBSetVolume(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float volume);
BOOL PBGetVolume(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float *volume);
BOOL PBSetPan(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float pan);
BOOL PBGetPan(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float *pan);

#endif
