// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBErrors.h"

static NSString *const PBExceptionName = @"com.apple.coreaudio.avfaudio";
static NSString *const PBErrorDomain = @"com.apple.coreaudio.avfaudio";

void PBRaise(NSString *reason, ...) {
    va_list arguments;
    va_start(arguments, reason);
    NSString *text = [[[NSString alloc] initWithFormat:reason arguments:arguments] autorelease];
    va_end(arguments);
    @throw [NSException
        exceptionWithName:PBExceptionName
                   reason:[@"required condition is false: " stringByAppendingString:text]
                 userInfo:nil];
}

void PBRaiseNoMemory(NSString *what, ...) {
    va_list arguments;
    va_start(arguments, what);
    NSString *text = [[[NSString alloc] initWithFormat:what arguments:arguments] autorelease];
    va_end(arguments);
    @throw [NSException exceptionWithName:NSMallocException reason:text userInfo:nil];
}

static NSError *noMemory;

@interface PBErrors : NSObject
@end

@implementation PBErrors

+ (void)load {
    noMemory = [[NSError alloc] initWithDomain:PBErrorDomain code:kAudio_MemFullError userInfo:nil];
}

@end

NSError *PBNoMemoryError(void) {
    return noMemory;
}

BOOL PBFail(NSError **error, OSStatus code, NSString *reason, ...) {
    if (error != NULL) {
        va_list arguments;
        va_start(arguments, reason);
        NSString *text = [[[NSString alloc] initWithFormat:reason arguments:arguments] autorelease];
        va_end(arguments);
        NSDictionary *info = [NSDictionary dictionaryWithObject:text
                                                         forKey:NSLocalizedDescriptionKey];
        *error = [NSError errorWithDomain:PBErrorDomain code:code userInfo:info];
    }
    return NO;
}
