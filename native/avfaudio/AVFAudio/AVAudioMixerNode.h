// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOMIXERNODE_H
#define PB_AVAUDIOMIXERNODE_H

#import <AVFAudio/AVAudioMixing.h>
#import <AVFAudio/AVAudioNode.h>

NS_ASSUME_NONNULL_BEGIN

/// Sums any number of input buses of any channel count into one output bus.
/// volume and pan act on this mixer as a source of the next mixer; its own sum has outputVolume.
@interface AVAudioMixerNode : AVAudioNode <AVAudioMixing>

- (instancetype)init NS_DESIGNATED_INITIALIZER;

/// Linear gain of the sum, 0 to 1, 1 by default.
@property (nonatomic) float outputVolume;
/// The lowest input bus that nothing is connected to.
@property (nonatomic, readonly) AVAudioNodeBus nextAvailableInputBus;

@end

/// Not of Apple's.
@interface AVAudioMixerNode (AVAudioMixerNodeMeters)
/// The same as of a connection, for the mixer's sum after its outputVolume.
- (BOOL)pbReadPeak:(float *)peak rms:(float *)rms clips:(uint64_t *)clips;
@end

/// Not of Apple's: moves an input bus's own parameter as pbFadeVolume:frames:curve: moves a
/// connection's value. No effect while nothing is connected there.
@interface AVAudioMixerNode (AVAudioMixerNodeFades)
- (BOOL)pbFadeVolume:(float)volume bus:(AVAudioNodeBus)bus frames:(uint64_t)frames curve:(int)curve;
- (BOOL)pbFadePan:(float)pan bus:(AVAudioNodeBus)bus frames:(uint64_t)frames curve:(int)curve;
@end

NS_ASSUME_NONNULL_END

#endif
