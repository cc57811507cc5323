// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOUNITEFFECT_H
#define PB_AVAUDIOUNITEFFECT_H

#import <AVFAudio/AVAudioUnit.h>

NS_ASSUME_NONNULL_BEGIN

/// A node that processes its one input.
@interface AVAudioUnitEffect : AVAudioUnit {
  @package
    _Atomic(BOOL) _bypass;
}

/// The portable engine has one such unit, kAudioUnitSubType_NBandEQ, without bands. Any other
/// description throws.
- (instancetype)initWithAudioComponentDescription:
    (AudioComponentDescription)audioComponentDescription;

/// YES passes the input on unchanged. NO by default.
@property (nonatomic) BOOL bypass;

@end

NS_ASSUME_NONNULL_END

#endif
