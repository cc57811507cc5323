// SPDX-License-Identifier: MIT OR Apache-2.0
#import <AVFAudio/AVFAudio.h>

static AVAudioCommonFormat CommonFormatOf(const AudioStreamBasicDescription *description) {
    if (description->mFormatID != kAudioFormatLinearPCM ||
        (description->mFormatFlags & kAudioFormatFlagIsBigEndian)) {
        return AVAudioOtherFormat;
    }
    BOOL isFloat = (description->mFormatFlags & kAudioFormatFlagIsFloat) != 0;
    BOOL isSigned = (description->mFormatFlags & kAudioFormatFlagIsSignedInteger) != 0;
    switch (description->mBitsPerChannel) {
    case 16:
        return isSigned && !isFloat ? AVAudioPCMFormatInt16 : AVAudioOtherFormat;
    case 32:
        return isFloat ? AVAudioPCMFormatFloat32
                       : (isSigned ? AVAudioPCMFormatInt32 : AVAudioOtherFormat);
    case 64:
        return isFloat ? AVAudioPCMFormatFloat64 : AVAudioOtherFormat;
    default:
        return AVAudioOtherFormat;
    }
}

static AudioStreamBasicDescription Describe(AVAudioCommonFormat format, double sampleRate,
                                            AVAudioChannelCount channels, BOOL interleaved) {
    static const UInt32 bits[] = {0, 32, 64, 16, 32};
    BOOL isFloat = format == AVAudioPCMFormatFloat32 || format == AVAudioPCMFormatFloat64;
    UInt32 bytes = bits[format] / 8;
    AudioStreamBasicDescription description = {0};
    description.mSampleRate = sampleRate;
    description.mFormatID = kAudioFormatLinearPCM;
    description.mFormatFlags =
        kAudioFormatFlagIsPacked |
        (isFloat ? kAudioFormatFlagIsFloat : kAudioFormatFlagIsSignedInteger) |
        (interleaved ? 0 : kAudioFormatFlagIsNonInterleaved);
    description.mBytesPerFrame = interleaved ? bytes * channels : bytes;
    description.mFramesPerPacket = 1;
    description.mBytesPerPacket = description.mBytesPerFrame;
    description.mChannelsPerFrame = channels;
    description.mBitsPerChannel = bits[format];
    return description;
}

@implementation AVAudioFormat

@synthesize commonFormat = _commonFormat;
@synthesize channelLayout = _channelLayout;

- (instancetype)initWithStreamDescription:(const AudioStreamBasicDescription *)asbd {
    return [self initWithStreamDescription:asbd channelLayout:nil];
}

- (instancetype)initWithStreamDescription:(const AudioStreamBasicDescription *)asbd
                            channelLayout:(AVAudioChannelLayout *)layout {
    self = [super init];
    if (self == nil) {
        return nil;
    }
    if (asbd == NULL || (asbd->mChannelsPerFrame > 2 && layout == nil)) {
        [self release];
        return nil;
    }
    _description = *asbd;
    _commonFormat = CommonFormatOf(asbd);
    _channelLayout = [layout retain];
    return self;
}

- (instancetype)initStandardFormatWithSampleRate:(double)sampleRate
                                        channels:(AVAudioChannelCount)channels {
    return [self initWithCommonFormat:AVAudioPCMFormatFloat32 sampleRate:sampleRate
                             channels:channels
                          interleaved:NO];
}

- (instancetype)initStandardFormatWithSampleRate:(double)sampleRate
                                   channelLayout:(AVAudioChannelLayout *)layout {
    return [self initWithCommonFormat:AVAudioPCMFormatFloat32 sampleRate:sampleRate interleaved:NO
                        channelLayout:layout];
}

- (instancetype)initWithCommonFormat:(AVAudioCommonFormat)format
                          sampleRate:(double)sampleRate
                            channels:(AVAudioChannelCount)channels
                         interleaved:(BOOL)interleaved {
    if (format == AVAudioOtherFormat || format > AVAudioPCMFormatInt32) {
        [self release];
        return nil;
    }
    AudioStreamBasicDescription description = Describe(format, sampleRate, channels, interleaved);
    return [self initWithStreamDescription:&description channelLayout:nil];
}

- (instancetype)initWithCommonFormat:(AVAudioCommonFormat)format
                          sampleRate:(double)sampleRate
                         interleaved:(BOOL)interleaved
                       channelLayout:(AVAudioChannelLayout *)layout {
    if (format == AVAudioOtherFormat || format > AVAudioPCMFormatInt32) {
        [self release];
        return nil;
    }
    AudioStreamBasicDescription description =
        Describe(format, sampleRate, [layout channelCount], interleaved);
    return [self initWithStreamDescription:&description channelLayout:layout];
}

- (void)dealloc {
    [_channelLayout release];
    [super dealloc];
}

- (const AudioStreamBasicDescription *)streamDescription {
    return &_description;
}

- (double)sampleRate {
    return _description.mSampleRate;
}

- (AVAudioChannelCount)channelCount {
    return _description.mChannelsPerFrame;
}

- (BOOL)isInterleaved {
    return !(_description.mFormatFlags & kAudioFormatFlagIsNonInterleaved);
}

- (BOOL)isStandard {
    return _commonFormat == AVAudioPCMFormatFloat32 && ![self isInterleaved];
}

- (BOOL)isEqual:(id)object {
    if (![object isKindOfClass:[AVAudioFormat class]]) {
        return NO;
    }
    AVAudioFormat *other = object;
    const AudioStreamBasicDescription *theirs = [other streamDescription];
    // Mono and stereo need no layout: without one, and with the usual one, the format is the same.
    BOOL sameLayout =
        _description.mChannelsPerFrame <= 2 || [_channelLayout isEqual:[other channelLayout]];
    return sameLayout && _description.mSampleRate == theirs->mSampleRate &&
           _description.mFormatID == theirs->mFormatID &&
           _description.mFormatFlags == theirs->mFormatFlags &&
           _description.mBitsPerChannel == theirs->mBitsPerChannel &&
           _description.mChannelsPerFrame == theirs->mChannelsPerFrame;
}

- (NSUInteger)hash {
    return (NSUInteger)_description.mSampleRate * 31 + _description.mChannelsPerFrame;
}

- (NSString *)description {
    return [NSString stringWithFormat:@"<AVAudioFormat %u ch, %g Hz, %@%@>", [self channelCount],
                                      [self sampleRate], [self isStandard] ? @"Float32" : @"other",
                                      [self isInterleaved] ? @", interleaved" : @""];
}

@end
