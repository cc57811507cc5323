// SPDX-License-Identifier: MIT OR Apache-2.0
#import "desk.h"

#import "failure.h"
#import "memory.h"

#include <Block.h>

#define SAME(objc, c) _Static_assert((int)PB##objc == (int)PERBUS_##c, "the desk's")
SAME(CurveLinear, CURVE_LINEAR);
SAME(CurveEqualPower, CURVE_EQUAL_POWER);
SAME(CurveExponential, CURVE_EXPONENTIAL);
SAME(FadeEndFinished, DESK_FADE_FINISHED);
SAME(FadeEndReplaced, DESK_FADE_REPLACED);
SAME(FadeEndStopped, DESK_FADE_STOPPED);

@implementation PBFade

- (instancetype)initWithHandle:(perbus_desk_fade *)handle {
    self = [super init];
    if (self == nil) {
        perbus_desk_fade_release(handle);
        return nil;
    }
    _handle = handle;
    return self;
}

- (void)dealloc {
    perbus_desk_fade_release(_handle);
    PB_SUPER_DEALLOC();
}

- (BOOL)isRunning {
    bool running = false;
    perbus_desk_fade_is_running(_handle, &running, NULL);
    return running;
}

- (BOOL)cancelAndReturnError:(NSError **)error {
    perbus_error why = {0, ""};
    return PBDeskDone(perbus_desk_fade_cancel(_handle, &why), &why, error);
}

@end

static void *copy_of(PBFadeCompletion completion) {
    return completion == nil ? NULL : (void *)_Block_copy((__bridge const void *)completion);
}

static void complete(void *context, perbus_desk_fade_end end) {
    if (context == NULL) {
        return;
    }
    @autoreleasepool {
        ((__bridge PBFadeCompletion)context)((PBFadeEnd)end);
    }
    _Block_release(context);
}

static PBFade *started(perbus_status status, perbus_desk_fade *fade, void *context,
                       const perbus_error *why, NSError **error) {
    if (!PBDeskDone(status, why, error)) {
        if (context != NULL) {
            _Block_release(context);
        }
        return nil;
    }
    return PB_AUTORELEASE([[PBFade alloc] initWithHandle:fade]);
}

@implementation PBStrip (PBFades)

- (PBFade *)fadeToVolume:(float)volume
                duration:(NSTimeInterval)seconds
                   curve:(PBCurve)curve
              completion:(PBFadeCompletion)completion
                   error:(NSError **)error {
    perbus_desk_fade *fade = NULL;
    perbus_error why = {0, ""};
    void *context = copy_of(completion);
    perbus_status status = perbus_desk_bus_fade_to(
        [self handle], volume, seconds, (perbus_curve)curve, complete, context, &fade, &why);
    return started(status, fade, context, &why, error);
}

- (PBFade *)fadeToPan:(float)pan
             duration:(NSTimeInterval)seconds
           completion:(PBFadeCompletion)completion
                error:(NSError **)error {
    perbus_desk_fade *fade = NULL;
    perbus_error why = {0, ""};
    void *context = copy_of(completion);
    perbus_status status =
        perbus_desk_bus_fade_pan_to([self handle], pan, seconds, complete, context, &fade, &why);
    return started(status, fade, context, &why, error);
}

@end
