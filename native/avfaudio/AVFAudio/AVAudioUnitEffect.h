// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOUNITEFFECT_H
#define PB_AVAUDIOUNITEFFECT_H

#import <AVFAudio/AVAudioUnit.h>

NS_ASSUME_NONNULL_BEGIN

/// Changes its one input and puts it out.
@interface AVAudioUnitEffect : AVAudioUnit {
  @package
    _Atomic(BOOL) _bypass;
}

/// The one unit that the portable engine has is kAudioUnitSubType_NBandEQ, without bands; any other
/// description throws.
- (instancetype)initWithAudioComponentDescription:
    (AudioComponentDescription)audioComponentDescription;

/// YES passes the input on as it is. NO by default.
@property (nonatomic) BOOL bypass;

@end

NS_ASSUME_NONNULL_END

#endif
