// SPDX-License-Identifier: MIT OR Apache-2.0
#import "avfaudio/PBInternal.h"

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

void PBRequireFormat(AVAudioFormat *format) {
    PBRequire([format sampleRate] > 0 && [format sampleRate] <= 768000 &&
                  [format channelCount] > 0 && [format channelCount] <= PB_MAX_CHANNELS,
              @"a format of %g Hz and %u channels cannot be connected (0 < rate <= 768000, "
              @"1 to %d channels)",
              [format sampleRate], [format channelCount], PB_MAX_CHANNELS);
    PBRequire([format isStandard], @"connections carry planar float32 only (error %d)",
              kAudioUnitErr_FormatNotSupported);
}

@implementation PBNodeHolder
@end

PBLock PBLockEngine(AVAudioEngine *engine) {
    PBLock lock = {engine != nil ? engine->_engine : NULL, NO};
    if (lock.engine != NULL) {
        pthread_mutex_lock(&lock.engine->lock);
    }
    return lock;
}

void PBUnlock(PBLock *lock) {
    if (lock->engine != NULL) {
        pthread_mutex_unlock(&lock->engine->lock);
    }
}
