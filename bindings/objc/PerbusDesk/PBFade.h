// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PERBUS_DESK_PBFADE_H
#define PERBUS_DESK_PBFADE_H

#import "PBDefines.h"

NS_ASSUME_NONNULL_BEGIN

/// The course of a fade of a volume. Pans fade linearly.
typedef NS_ENUM(NSInteger, PBCurve) {
    PBCurveLinear = 0,
    /// Keeps the loudness of two sounds even that fade into each other.
    PBCurveEqualPower = 1,
    /// Linear in decibels; silence counts as -80 dB.
    PBCurveExponential = 2
};

typedef NS_ENUM(NSInteger, PBFadeEnd) {
    /// It has reached its value.
    PBFadeEndFinished = 1,
    /// It was cancelled, a new value or fade took its place, or perbus let the engine go.
    PBFadeEndReplaced = 2,
    /// Its mixer was detached, or its engine is gone: it has stayed where it had got to.
    PBFadeEndStopped = 3
};

/// Called once when a fade is over: on the thread that renders, after the offline block that ends it;
/// within the call that replaces it; or within a few milliseconds on a thread of the library while a
/// device plays. It may call anything here, but must not throw.
typedef void (^PBFadeCompletion)(PBFadeEnd end);

/// A fade that is in progress or over. It goes on without this object.
///
/// Threads: any.
@interface PBFade : NSObject {
  @private
    struct perbus_desk_fade *_handle;
}

- (instancetype)init PB_UNAVAILABLE;
+ (instancetype)new PB_UNAVAILABLE;

@property (nonatomic, readonly, getter=isRunning) BOOL running;

/// Stops the fade at its current value. No effect if it is over or was replaced.
- (BOOL)cancelAndReturnError:(NSError **)error NS_SWIFT_NAME(cancel());

@end

NS_ASSUME_NONNULL_END

#endif
