// SPDX-License-Identifier: MIT OR Apache-2.0
#import "AVAudioEngine+Perbus.h"

#import "desk.h"
#import "failure.h"
#import "memory.h"

static BOOL run(AVAudioEngine *engine, NSError **error,
                perbus_status (*call)(perbus_desk_engine *, perbus_error *)) {
    PBDesk *desk = [PBDesk deskOfEngine:engine error:error];
    perbus_error why = {0, ""};
    return desk != nil && PBDeskDone(call([desk handle], &why), &why, error);
}

static void run_block(void *context) {
    ((__bridge void (^)(void))context)();
}

@implementation AVAudioEngine (PerbusState)

- (BOOL)pb_prepareAndReturnError:(NSError **)error {
    return run(self, error, perbus_desk_engine_prepare);
}

- (BOOL)pb_startAndReturnError:(NSError **)error {
    return run(self, error, perbus_desk_engine_start);
}

- (BOOL)pb_pauseAndReturnError:(NSError **)error {
    return run(self, error, perbus_desk_engine_pause);
}

- (BOOL)pb_stopAndReturnError:(NSError **)error {
    return run(self, error, perbus_desk_engine_stop);
}

- (BOOL)pb_resetAndReturnError:(NSError **)error {
    return run(self, error, perbus_desk_engine_reset);
}

- (BOOL)pb_renderOffline:(AVAudioFrameCount)frames
                toBuffer:(AVAudioPCMBuffer *)buffer
                   error:(NSError **)error {
    PBDesk *desk = [PBDesk deskOfEngine:self error:error];
    if (desk == nil) {
        return NO;
    }
    perbus_format format;
    perbus_error why = {0, ""};
    void *native = (__bridge void *)[buffer format];
    if (!PBDeskDone(perbus_format_from_native(native, &format, &why), &why, error)) {
        return NO;
    }
    if (frames > [buffer frameCapacity]) {
        NSString *reason = [NSString stringWithFormat:@"%u frames do not fit into a buffer of %u",
                                                      frames, [buffer frameCapacity]];
        return PBDeskFail(PERBUS_ERROR_OUT_OF_RANGE, reason, 0, error);
    }
    perbus_status status = perbus_desk_engine_render(
        [desk handle], frames, [buffer floatChannelData], format.channels, &why);
    if (!PBDeskDone(status, &why, error)) {
        return NO;
    }
    [buffer setFrameLength:frames];
    return YES;
}

- (BOOL)pb_clearSoloAndReturnError:(NSError **)error {
    return run(self, error, perbus_desk_engine_clear_solo);
}

- (BOOL)pb_performBatch:(NS_NOESCAPE void (^)(void))changes error:(NSError **)error {
    PBDesk *desk = [PBDesk deskOfEngine:self error:error];
    if (desk == nil) {
        return NO;
    }
    // No exception may pass the functions of C in between.
    __block NSException *thrown = nil;
    void (^guarded)(void) = ^{
        @try {
            changes();
        } @catch (NSException *exception) {
            thrown = PB_RETAIN(exception);
        }
    };
    perbus_error why = {0, ""};
    perbus_status status =
        perbus_desk_engine_batch([desk handle], run_block, (__bridge void *)guarded, &why);
    NSException *caught = PB_AUTORELEASE(thrown);
    return caught == nil ? PBDeskDone(status, &why, error)
                         : PBDeskFail(PERBUS_ERROR_EXCEPTION, [caught reason], 0, error);
}

- (BOOL)pb_syncAndReturnError:(NSError **)error {
    return run(self, error, perbus_desk_engine_sync);
}

- (void)pb_relinquish {
    [PBDesk relinquishEngine:self];
}

@end
