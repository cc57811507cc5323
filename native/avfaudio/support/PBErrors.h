// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Exceptions and errors like AVFAudio's.
#ifndef PB_ERRORS_H
#define PB_ERRORS_H

#import <AudioToolbox/AudioToolbox.h>
#import <Foundation/Foundation.h>

// Throws an NSException like AVFAudio's: com.apple.coreaudio.avfaudio, with a reason that names the
// values at fault.
void PBRaise(NSString *reason, ...) NS_FORMAT_FUNCTION(1, 2) __attribute__((noreturn));
#define PBRequire(condition, ...) \
    do {                          \
        if (!(condition)) {       \
            PBRaise(__VA_ARGS__); \
        }                         \
    } while (0)

// The same when memory has run out: an NSMallocException, which Foundation's classes throw, too.
void PBRaiseNoMemory(NSString *what, ...) NS_FORMAT_FUNCTION(1, 2) __attribute__((noreturn));
#define PBRequireMemory(condition, ...)   \
    do {                                  \
        if (!(condition)) {               \
            PBRaiseNoMemory(__VA_ARGS__); \
        }                                 \
    } while (0)

// Returns NO, with an NSError like AVFAudio's in *error unless error is NULL.
BOOL PBFail(NSError **error, OSStatus code, NSString *reason, ...) NS_FORMAT_FUNCTION(3, 4);

// What says so when there is not even memory for an error.
NSError *PBNoMemoryError(void);

#endif
