// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOCHANNELLAYOUT_H
#define PB_AVAUDIOCHANNELLAYOUT_H

#import <AVFAudio/AVAudioTypes.h>

NS_ASSUME_NONNULL_BEGIN

/// The order of a format's channels, as a layout tag. Immutable.
@interface AVAudioChannelLayout : NSObject {
  @private
    AudioChannelLayoutTag _layoutTag;
}

/// nil for a tag without channels.
- (nullable instancetype)initWithLayoutTag:(AudioChannelLayoutTag)layoutTag;
- (BOOL)isEqual:(id)object;

@property (nonatomic, readonly) AudioChannelLayoutTag layoutTag;
@property (nonatomic, readonly) AVAudioChannelCount channelCount;

@end

NS_ASSUME_NONNULL_END

#endif
