// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOFORMAT_H
#define PB_AVAUDIOFORMAT_H

#import <AVFAudio/AVAudioChannelLayout.h>

NS_ASSUME_NONNULL_BEGIN

typedef NS_ENUM(NSUInteger, AVAudioCommonFormat) {
    AVAudioOtherFormat = 0,
    AVAudioPCMFormatFloat32 = 1,
    AVAudioPCMFormatFloat64 = 2,
    AVAudioPCMFormatInt16 = 3,
    AVAudioPCMFormatInt32 = 4
};

/// Sample rate (Hz), channel count and sample layout of a stream. Immutable.
/// "Standard" is planar native float32, the only format that node connections take.
@interface AVAudioFormat : NSObject {
  @private
    AudioStreamBasicDescription _description;
    AVAudioCommonFormat _commonFormat;
    AVAudioChannelLayout *_channelLayout;
}

- (nullable instancetype)initWithStreamDescription:(const AudioStreamBasicDescription *)asbd;

/// nil for more than two channels without a layout.
- (nullable instancetype)initWithStreamDescription:(const AudioStreamBasicDescription *)asbd
                                     channelLayout:(nullable AVAudioChannelLayout *)layout;

/// nil for more than two channels: those need a layout.
- (nullable instancetype)initStandardFormatWithSampleRate:(double)sampleRate
                                                 channels:(AVAudioChannelCount)channels;
- (instancetype)initStandardFormatWithSampleRate:(double)sampleRate
                                   channelLayout:(AVAudioChannelLayout *)layout;
- (nullable instancetype)initWithCommonFormat:(AVAudioCommonFormat)format
                                   sampleRate:(double)sampleRate
                                     channels:(AVAudioChannelCount)channels
                                  interleaved:(BOOL)interleaved;
- (instancetype)initWithCommonFormat:(AVAudioCommonFormat)format
                          sampleRate:(double)sampleRate
                         interleaved:(BOOL)interleaved
                       channelLayout:(AVAudioChannelLayout *)layout;
- (BOOL)isEqual:(id)object;

@property (nonatomic, readonly, getter=isStandard) BOOL standard;
@property (nonatomic, readonly) AVAudioCommonFormat commonFormat;
@property (nonatomic, readonly) AVAudioChannelCount channelCount;
@property (nonatomic, readonly) double sampleRate;
@property (nonatomic, readonly, getter=isInterleaved) BOOL interleaved;
@property (nonatomic, readonly) const AudioStreamBasicDescription *streamDescription;
@property (nonatomic, readonly, nullable) AVAudioChannelLayout *channelLayout;

@end

NS_ASSUME_NONNULL_END

#endif
