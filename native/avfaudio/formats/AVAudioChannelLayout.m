// SPDX-License-Identifier: MIT OR Apache-2.0
#import <AVFAudio/AVFAudio.h>

@implementation AVAudioChannelLayout

@synthesize layoutTag = _layoutTag;

- (instancetype)initWithLayoutTag:(AudioChannelLayoutTag)layoutTag {
    self = [super init];
    if (self != nil && (layoutTag & 0xFFFF) == 0) {
        [self release];
        return nil;
    }
    if (self != nil) {
        _layoutTag = layoutTag;
    }
    return self;
}

- (AVAudioChannelCount)channelCount {
    return _layoutTag & 0xFFFF;
}

- (BOOL)isEqual:(id)object {
    return [object isKindOfClass:[AVAudioChannelLayout class]] && [object layoutTag] == _layoutTag;
}

- (NSUInteger)hash {
    return _layoutTag;
}

@end
