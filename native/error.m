// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Turns NSException, NSError and plain reasons into a perbus_error.
#import "shim.h"
#import "platform/platform.h"

#include <math.h>
#include <string.h>

uint32_t perbus_version(void) {
    return PERBUS_VERSION;
}

const char *perbus_status_name(perbus_status status) {
    switch (status) {
    case PERBUS_OK:
        return "PERBUS_OK";
    case PERBUS_ERROR_INVALID_ARGUMENT:
        return "PERBUS_ERROR_INVALID_ARGUMENT";
    case PERBUS_ERROR_OUT_OF_RANGE:
        return "PERBUS_ERROR_OUT_OF_RANGE";
    case PERBUS_ERROR_NOT_CONNECTED:
        return "PERBUS_ERROR_NOT_CONNECTED";
    case PERBUS_ERROR_NOT_ATTACHED:
        return "PERBUS_ERROR_NOT_ATTACHED";
    case PERBUS_ERROR_WRONG_ENGINE:
        return "PERBUS_ERROR_WRONG_ENGINE";
    case PERBUS_ERROR_WRONG_KIND:
        return "PERBUS_ERROR_WRONG_KIND";
    case PERBUS_ERROR_NOT_MIXING:
        return "PERBUS_ERROR_NOT_MIXING";
    case PERBUS_ERROR_CYCLE:
        return "PERBUS_ERROR_CYCLE";
    case PERBUS_ERROR_FORMAT:
        return "PERBUS_ERROR_FORMAT";
    case PERBUS_ERROR_NOT_RUNNING:
        return "PERBUS_ERROR_NOT_RUNNING";
    case PERBUS_ERROR_START:
        return "PERBUS_ERROR_START";
    case PERBUS_ERROR_RENDER:
        return "PERBUS_ERROR_RENDER";
    case PERBUS_ERROR_EXCEPTION:
        return "PERBUS_ERROR_EXCEPTION";
    case PERBUS_ERROR_NO_MEMORY:
        return "PERBUS_ERROR_NO_MEMORY";
    case PERBUS_ERROR_UNAVAILABLE:
        return "PERBUS_ERROR_UNAVAILABLE";
    case PERBUS_ERROR_UNSUPPORTED:
        return "PERBUS_ERROR_UNSUPPORTED";
    case PERBUS_ERROR_IN_RENDER:
        return "PERBUS_ERROR_IN_RENDER";
    case PERBUS_ERROR_NO_PAN_CONTROL:
        return "PERBUS_ERROR_NO_PAN_CONTROL";
    case PERBUS_ERROR_FILE:
        return "PERBUS_ERROR_FILE";
    case PERBUS_ERROR_DAMAGED:
        return "PERBUS_ERROR_DAMAGED";
    case PERBUS_ERROR_PENDING:
        return "PERBUS_ERROR_PENDING";
    case PERBUS_ERROR_CLOSED:
        return "PERBUS_ERROR_CLOSED";
    case PERBUS_ERROR_INTERNAL:
        return "PERBUS_ERROR_INTERNAL";
    }
    return "unknown status";
}

// Copies as much as fits, cut at the end of a UTF-8 sequence.
static void fill(perbus_error *error, int32_t os_code, NSString *text) {
    const char *bytes = [text UTF8String];
    size_t length = bytes != NULL ? strlen(bytes) : 0;
    size_t room = sizeof error->message - 1;
    if (length > room) {
        length = room;
        while (length > 0 && ((unsigned char)bytes[length] & 0xC0) == 0x80) {
            length--;
        }
    }
    if (length > 0) {
        memcpy(error->message, bytes, length);
    }
    error->message[length] = '\0';
    error->os_code = os_code;
}

// For when there is no memory for a reason. It makes no object.
static perbus_status fill_no_memory(perbus_error *error, perbus_status status) {
    static const char reason[] = "no memory";
    if (error != NULL) {
        memcpy(error->message, reason, sizeof reason);
        error->os_code = 0;
    }
    return status;
}

_Thread_local bool perbus__has_pools;

perbus_status perbus__prepare_pools(perbus_error *error) {
    perbus__has_pools = perbus__make_pools();
    return perbus__has_pools ? PERBUS_OK : fill_no_memory(error, PERBUS_ERROR_NO_MEMORY);
}

perbus_status perbus__fail(perbus_error *error, perbus_status status, NSString *format, ...) {
    if (error == NULL) {
        return status;
    }
    va_list arguments;
    va_start(arguments, format);
    @autoreleasepool {
        @try {
            NSString *text = [[NSString alloc] initWithFormat:format arguments:arguments];
            fill(error, 0, text);
            [text release];
        } @catch (NSException *exception) {
            fill_no_memory(error, status);
        }
    }
    va_end(arguments);
    return status;
}

perbus_status perbus__fail_with(perbus_error *error, perbus_status status, NSError *cause) {
    if ([cause code] == kAudio_MemFullError) {
        status = PERBUS_ERROR_NO_MEMORY;
    }
    if (error != NULL) {
        @autoreleasepool {
            @try {
                fill(error, (int32_t)[cause code], [cause localizedDescription]);
            } @catch (NSException *exception) {
                fill_no_memory(error, status);
            }
        }
    }
    return status;
}

perbus_status perbus__caught(perbus_error *error, NSException *exception) {
    perbus_status status = [[exception name] isEqualToString:NSMallocException]
                               ? PERBUS_ERROR_NO_MEMORY
                               : PERBUS_ERROR_EXCEPTION;
    if (error != NULL) {
        @autoreleasepool {
            @try {
                fill(error, 0, [exception reason]);
            } @catch (NSException *another) {
                fill_no_memory(error, status);
            }
        }
    }
    return status;
}

perbus_status perbus__refuse_render(perbus_error *error) {
    // This is an audio thread: no pool and no string object.
    static const char reason[] =
        "the call was made from a source's render function, where nothing may wait";
    if (error != NULL) {
        memcpy(error->message, reason, sizeof reason);
        error->os_code = 0;
    }
    return PERBUS_ERROR_IN_RENDER;
}

perbus_status perbus__guard(perbus_error *error, perbus_body body) {
    PERBUS_CHECK(perbus__enter(error));
    return perbus__catch(error, body);
}

static perbus_status run(perbus_error *error, perbus_body body) {
    @try {
        return body();
    } @catch (NSException *exception) {
        return perbus__caught(error, exception);
    }
}

perbus_status perbus__catch(perbus_error *error, perbus_body body) {
    // What cannot be refused runs without a pool, too: what is autoreleased is lost.
    if (!perbus__has_pools && perbus__prepare_pools(NULL) != PERBUS_OK) {
        return run(error, body);
    }
    perbus_status status;
    @autoreleasepool {
        status = run(error, body);
    }
    return status;
}
