// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOBUFFER_H
#define PB_AVAUDIOBUFFER_H

#import <AVFAudio/AVAudioFormat.h>

NS_ASSUME_NONNULL_BEGIN

/// A block of audio with a format.
@interface AVAudioBuffer : NSObject {
  @package
    AVAudioFormat *_format;
    AudioBufferList *_list;
    AudioBufferList *_lengthList;
}

@property (nonatomic, readonly) AVAudioFormat *format;
/// Byte sizes follow frameLength.
@property (nonatomic, readonly) const AudioBufferList *audioBufferList;
/// Byte sizes follow frameCapacity.
@property (nonatomic, readonly) AudioBufferList *mutableAudioBufferList;

@end

/// PCM samples, initially zero. Throws for a format that is not PCM.
@interface AVAudioPCMBuffer : AVAudioBuffer {
  @private
    AVAudioFrameCount _frameCapacity;
    AVAudioFrameCount _frameLength;
    void **_channels;
    void *_samples;
}

- (nullable instancetype)initWithPCMFormat:(AVAudioFormat *)format
                             frameCapacity:(AVAudioFrameCount)frameCapacity
    NS_DESIGNATED_INITIALIZER;

@property (nonatomic, readonly) AVAudioFrameCount frameCapacity;
/// 0 in a new buffer; setting it past frameCapacity throws.
@property (nonatomic) AVAudioFrameCount frameLength;
/// The distance in samples between frames of a channel: 1 if planar, otherwise the channel count.
@property (nonatomic, readonly) NSUInteger stride;
/// One pointer per channel; NULL unless the samples are float32.
@property (nonatomic, readonly) float *const _Nonnull *_Nullable floatChannelData;
@property (nonatomic, readonly) int16_t *const _Nonnull *_Nullable int16ChannelData;
@property (nonatomic, readonly) int32_t *const _Nonnull *_Nullable int32ChannelData;

@end

NS_ASSUME_NONNULL_END

#endif
