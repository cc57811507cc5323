// SPDX-License-Identifier: MIT OR Apache-2.0
#import "failure.h"

#import "PBError.h"

NSString *const PBErrorDomain = @"PBErrorDomain";
NSString *const PBErrorOSCodeKey = @"PBErrorOSCodeKey";

#define SAME(objc, c) _Static_assert((int)PBError##objc == PERBUS_ERROR_##c, "codes are statuses")
SAME(InvalidArgument, INVALID_ARGUMENT);
SAME(OutOfRange, OUT_OF_RANGE);
SAME(NotConnected, NOT_CONNECTED);
SAME(NotAttached, NOT_ATTACHED);
SAME(WrongEngine, WRONG_ENGINE);
SAME(WrongKind, WRONG_KIND);
SAME(NotMixing, NOT_MIXING);
SAME(Cycle, CYCLE);
SAME(Format, FORMAT);
SAME(NotRunning, NOT_RUNNING);
SAME(Start, START);
SAME(Render, RENDER);
SAME(Exception, EXCEPTION);
SAME(NoMemory, NO_MEMORY);
SAME(Unavailable, UNAVAILABLE);
SAME(Unsupported, UNSUPPORTED);
SAME(InRender, IN_RENDER);
SAME(NoPanControl, NO_PAN_CONTROL);
SAME(File, FILE);
SAME(Closed, CLOSED);
SAME(Internal, INTERNAL);
SAME(Damaged, DAMAGED);
SAME(Pending, PENDING);

BOOL PBDeskFail(perbus_status status, NSString *reason, int os_code, NSError **error) {
    if (error == NULL) {
        return NO;
    }
    NSMutableDictionary *info = [NSMutableDictionary dictionary];
    if (reason != nil) {
        [info setObject:reason forKey:NSLocalizedDescriptionKey];
    }
    if (os_code != 0) {
        [info setObject:[NSNumber numberWithInt:os_code] forKey:PBErrorOSCodeKey];
    }
    *error = [NSError errorWithDomain:PBErrorDomain code:status userInfo:info];
    return NO;
}

BOOL PBDeskDone(perbus_status status, const perbus_error *why, NSError **error) {
    if (status == PERBUS_OK) {
        return YES;
    }
    NSString *reason = error == NULL ? nil : [NSString stringWithUTF8String:why->message];
    return PBDeskFail(status, reason, why->os_code, error);
}
