// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOMIXERNODE_H
#define PB_AVAUDIOMIXERNODE_H

#import <AVFAudio/AVAudioMixing.h>
#import <AVFAudio/AVAudioNode.h>

NS_ASSUME_NONNULL_BEGIN

/// Sums any number of input buses of any channel count into one output bus. volume and pan apply to
/// this mixer as a source of the next mixer; outputVolume scales its own sum.
@interface AVAudioMixerNode : AVAudioNode <AVAudioMixing>

- (instancetype)init NS_DESIGNATED_INITIALIZER;

/// Linear gain of the sum, 1 by default; more than 1 amplifies.
@property (nonatomic) float outputVolume;
/// The lowest input bus without a connection.
@property (nonatomic, readonly) AVAudioNodeBus nextAvailableInputBus;

@end

NS_ASSUME_NONNULL_END

#endif
