// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Why a call failed. A call that fails has changed nothing.
#ifndef PERBUS_DESK_PBERROR_H
#define PERBUS_DESK_PBERROR_H

#import "PBDefines.h"

NS_ASSUME_NONNULL_BEGIN

/// The domain of all errors here. Their localizedDescription names the value and its limit.
FOUNDATION_EXPORT NSString *const PBErrorDomain;

/// In an error's userInfo: the system's own code, an OSStatus or errno, as an NSNumber. Absent where
/// there is none.
FOUNDATION_EXPORT NSString *const PBErrorOSCodeKey;

/// Those of perbus_status, which perbus/types.h explains.
typedef NS_ERROR_ENUM(PBErrorDomain, PBError) {
    PBErrorInvalidArgument = -1,
    PBErrorOutOfRange = -2,
    PBErrorNotConnected = -3,
    PBErrorNotAttached = -4,
    PBErrorWrongEngine = -5,
    PBErrorWrongKind = -6,
    PBErrorNotMixing = -7,
    PBErrorCycle = -8,
    PBErrorFormat = -9,
    PBErrorNotRunning = -10,
    PBErrorStart = -11,
    PBErrorRender = -12,
    PBErrorException = -13,
    PBErrorNoMemory = -14,
    PBErrorUnavailable = -15,
    PBErrorUnsupported = -16,
    PBErrorInRender = -17,
    PBErrorNoPanControl = -18,
    PBErrorFile = -19,
    PBErrorClosed = -20,
    PBErrorInternal = -21,
    PBErrorDamaged = -22,
    PBErrorPending = -23
};

NS_ASSUME_NONNULL_END

#endif
