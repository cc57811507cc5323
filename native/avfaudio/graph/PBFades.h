// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What Apple's mixing does not have: fades and meters, of connections and of mixers.
#ifndef PB_FADES_H
#define PB_FADES_H

#import <AVFAudio/AVAudioMixerNode.h>
#import <AVFAudio/AVAudioMixing.h>

NS_ASSUME_NONNULL_BEGIN

@interface AVAudioMixingDestination (AVAudioMixingDestinationFades)
/// Moves a value over `frames` frames, exact to the frame, from the next block on. curve: 0 linear,
/// 1 equal power, 2 exponential. A new value or fade replaces the running one. NO, and nothing
/// changed, without memory.
- (BOOL)pbFadeVolume:(float)volume frames:(uint64_t)frames curve:(int)curve;
- (BOOL)pbFadePan:(float)pan frames:(uint64_t)frames curve:(int)curve;
@end

@interface AVAudioMixingDestination (AVAudioMixingDestinationMeters)
/// Peak and RMS (linear; two values each, left and right) of what the connection adds to the mixer,
/// and its samples past full scale, all after volume and pan. NO once the connection has ended.
- (BOOL)pbReadPeak:(float *)peak rms:(float *)rms clips:(uint64_t *)clips;
@end

@interface AVAudioMixerNode (AVAudioMixerNodeMeters)
/// The same for the mixer's sum, after its outputVolume.
- (BOOL)pbReadPeak:(float *)peak rms:(float *)rms clips:(uint64_t *)clips;
@end

@interface AVAudioMixerNode (AVAudioMixerNodePanLaws)
/// Pans what is mono by constant power, -3 dB on each side at the centre, or by Apple's balance.
- (void)pbSetConstantPower:(BOOL)constantPower;
@end

@interface AVAudioMixerNode (AVAudioMixerNodeFades)
/// Moves an input bus's own parameter as pbFadeVolume:frames:curve: moves a connection's value. No
/// effect while nothing is connected there.
- (BOOL)pbFadeVolume:(float)volume bus:(AVAudioNodeBus)bus frames:(uint64_t)frames curve:(int)curve;
- (BOOL)pbFadePan:(float)pan bus:(AVAudioNodeBus)bus frames:(uint64_t)frames curve:(int)curve;
@end

NS_ASSUME_NONNULL_END

#endif
