// SPDX-License-Identifier: MIT OR Apache-2.0
#import <AVFAudio/AVFAudio.h>

#include <math.h>

static const double NanosecondsPerSecond = 1e9;

@implementation AVAudioTime

@synthesize sampleRate = _sampleRate;

- (instancetype)initWithHostTime:(uint64_t)hostTime {
    self = [super init];
    if (self != nil) {
        _timeStamp.mHostTime = hostTime;
        _timeStamp.mFlags = kAudioTimeStampHostTimeValid;
    }
    return self;
}

- (instancetype)initWithSampleTime:(AVAudioFramePosition)sampleTime atRate:(double)sampleRate {
    self = [super init];
    if (self != nil) {
        _timeStamp.mSampleTime = (Float64)sampleTime;
        _timeStamp.mFlags = kAudioTimeStampSampleTimeValid;
        _sampleRate = sampleRate;
    }
    return self;
}

- (instancetype)initWithHostTime:(uint64_t)hostTime
                      sampleTime:(AVAudioFramePosition)sampleTime
                          atRate:(double)sampleRate {
    self = [self initWithSampleTime:sampleTime atRate:sampleRate];
    if (self != nil) {
        _timeStamp.mHostTime = hostTime;
        _timeStamp.mFlags |= kAudioTimeStampHostTimeValid;
    }
    return self;
}

+ (instancetype)timeWithHostTime:(uint64_t)hostTime {
    return [[[self alloc] initWithHostTime:hostTime] autorelease];
}

+ (instancetype)timeWithSampleTime:(AVAudioFramePosition)sampleTime atRate:(double)sampleRate {
    return [[[self alloc] initWithSampleTime:sampleTime atRate:sampleRate] autorelease];
}

+ (instancetype)timeWithHostTime:(uint64_t)hostTime
                      sampleTime:(AVAudioFramePosition)sampleTime
                          atRate:(double)sampleRate {
    return [[[self alloc] initWithHostTime:hostTime sampleTime:sampleTime
                                    atRate:sampleRate] autorelease];
}

+ (uint64_t)hostTimeForSeconds:(NSTimeInterval)seconds {
    return (uint64_t)(seconds * NanosecondsPerSecond);
}

+ (NSTimeInterval)secondsForHostTime:(uint64_t)hostTime {
    return (NSTimeInterval)hostTime / NanosecondsPerSecond;
}

- (AVAudioTime *)extrapolateTimeFromAnchor:(AVAudioTime *)anchorTime {
    BOOL host = [self isHostTimeValid];
    BOOL sample = [self isSampleTimeValid];
    if (host && sample) {
        return [[self retain] autorelease];
    }
    if ((!host && !sample) || ![anchorTime isHostTimeValid] || ![anchorTime isSampleTimeValid]) {
        return nil;
    }
    double rate = sample ? _sampleRate : [anchorTime sampleRate];
    if (host) {
        double seconds =
            ((double)[self hostTime] - (double)[anchorTime hostTime]) / NanosecondsPerSecond;
        return [AVAudioTime timeWithHostTime:[self hostTime]
                                  sampleTime:[anchorTime sampleTime] + llround(seconds * rate)
                                      atRate:rate];
    }
    double seconds = (double)([self sampleTime] - [anchorTime sampleTime]) / rate;
    int64_t ticks = (int64_t)[anchorTime hostTime] + llround(seconds * NanosecondsPerSecond);
    return [AVAudioTime timeWithHostTime:(uint64_t)ticks sampleTime:[self sampleTime] atRate:rate];
}

- (BOOL)isHostTimeValid {
    return (_timeStamp.mFlags & kAudioTimeStampHostTimeValid) != 0;
}

- (uint64_t)hostTime {
    return _timeStamp.mHostTime;
}

- (BOOL)isSampleTimeValid {
    return (_timeStamp.mFlags & kAudioTimeStampSampleTimeValid) != 0;
}

- (AVAudioFramePosition)sampleTime {
    // Beyond the range of the integer, the conversion would be undefined.
    double limit = 9223372036854775808.0;
    if (_timeStamp.mSampleTime >= limit) {
        return INT64_MAX;
    }
    return _timeStamp.mSampleTime < -limit ? INT64_MIN
                                           : (AVAudioFramePosition)_timeStamp.mSampleTime;
}

- (AudioTimeStamp)audioTimeStamp {
    return _timeStamp;
}

@end
