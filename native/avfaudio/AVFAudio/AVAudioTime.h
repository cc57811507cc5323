// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOTIME_H
#define PB_AVAUDIOTIME_H

#import <AVFAudio/AVAudioTypes.h>

NS_ASSUME_NONNULL_BEGIN

/// A moment as a host time (nanoseconds of the monotonic clock), a sample time at a rate, or both.
/// Immutable.
@interface AVAudioTime : NSObject {
  @private
    AudioTimeStamp _timeStamp;
    double _sampleRate;
}

- (instancetype)initWithHostTime:(uint64_t)hostTime;
- (instancetype)initWithSampleTime:(AVAudioFramePosition)sampleTime atRate:(double)sampleRate;
- (instancetype)initWithHostTime:(uint64_t)hostTime
                      sampleTime:(AVAudioFramePosition)sampleTime
                          atRate:(double)sampleRate;
+ (instancetype)timeWithHostTime:(uint64_t)hostTime;
+ (instancetype)timeWithSampleTime:(AVAudioFramePosition)sampleTime atRate:(double)sampleRate;
+ (instancetype)timeWithHostTime:(uint64_t)hostTime
                      sampleTime:(AVAudioFramePosition)sampleTime
                          atRate:(double)sampleRate;
+ (uint64_t)hostTimeForSeconds:(NSTimeInterval)seconds;
+ (NSTimeInterval)secondsForHostTime:(uint64_t)hostTime;

/// Fills in whichever of the two times is missing, counted from the anchor. nil if the anchor
/// itself lacks one.
- (nullable AVAudioTime *)extrapolateTimeFromAnchor:(AVAudioTime *)anchorTime;

@property (nonatomic, readonly, getter=isHostTimeValid) BOOL hostTimeValid;
@property (nonatomic, readonly) uint64_t hostTime;
@property (nonatomic, readonly, getter=isSampleTimeValid) BOOL sampleTimeValid;
@property (nonatomic, readonly) AVAudioFramePosition sampleTime;
@property (nonatomic, readonly) double sampleRate;
@property (nonatomic, readonly) AudioTimeStamp audioTimeStamp;

@end

NS_ASSUME_NONNULL_END

#endif
