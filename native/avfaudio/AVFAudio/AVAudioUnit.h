// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOUNIT_H
#define PB_AVAUDIOUNIT_H

#import <AVFAudio/AVAudioNode.h>
#import <AudioToolbox/AudioComponent.h>

NS_ASSUME_NONNULL_BEGIN

/// A node that is one audio unit. None of them is an AVAudioMixing.
@interface AVAudioUnit : AVAudioNode {
  @package
    AudioComponentDescription _description;
}

@property (nonatomic, readonly) AudioComponentDescription audioComponentDescription;
@property (nonatomic, readonly) NSString *name;

@end

NS_ASSUME_NONNULL_END

#endif
