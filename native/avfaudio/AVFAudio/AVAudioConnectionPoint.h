// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOCONNECTIONPOINT_H
#define PB_AVAUDIOCONNECTIONPOINT_H

#import <AVFAudio/AVAudioTypes.h>

@class AVAudioNode;

NS_ASSUME_NONNULL_BEGIN

/// A node and one of its buses. Immutable; it does not keep the node alive.
@interface AVAudioConnectionPoint : NSObject {
  @private
    id _weakNode;
    AVAudioNodeBus _bus;
}

/// nil when node is nil.
- (instancetype)initWithNode:(AVAudioNode *)node bus:(AVAudioNodeBus)bus NS_DESIGNATED_INITIALIZER;

/// nil once the node is gone.
@property (nonatomic, readonly, weak, nullable) AVAudioNode *node;
@property (nonatomic, readonly) AVAudioNodeBus bus;

@end

NS_ASSUME_NONNULL_END

#endif
