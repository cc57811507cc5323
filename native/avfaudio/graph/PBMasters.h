// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What Apple's mixers do not have: masters, each of which scales any number of mixer input buses.
#ifndef PB_MASTERS_H
#define PB_MASTERS_H

#import <AVFAudio/AVAudioEngine.h>
#import <AVFAudio/AVAudioMixerNode.h>

struct pbr_gain;

NS_ASSUME_NONNULL_BEGIN

@interface PBMaster : NSObject {
  @public
    struct pbr_gain *_gain; // owned
    PBMaster *_older;       // in the engine's list, which retains none
    PBMaster *_newer;       // in the same list
    BOOL _listed;
    AVAudioEngine *_engine; // retained
}
/// At volume 1. nil without memory.
- (nullable instancetype)initWithEngine:(AVAudioEngine *)engine;
- (AVAudioEngine *)engine;
/// As AVAudioMixingDestination's pbFadeVolume:frames:curve:. NO, and nothing changed, without
/// memory.
- (BOOL)pbFadeVolume:(float)volume frames:(uint64_t)frames curve:(int)curve;
@end

/// Any thread; no message, no lock.
void PBSetMasterVolume(PBMaster *master, float volume);
float PBGetMasterVolume(PBMaster *master);

@interface AVAudioMixerNode (AVAudioMixerNodeMasters)
/// Puts these in place of the masters that the input bus had, for whatever is or will be connected
/// there. NO, and nothing changed, without memory. The mixer is attached to the masters' engine.
- (BOOL)pbSetMasters:(PBMaster *_Nonnull const *_Nullable)masters
               count:(NSUInteger)count
                 bus:(AVAudioNodeBus)bus;
@end

NS_ASSUME_NONNULL_END

#endif
