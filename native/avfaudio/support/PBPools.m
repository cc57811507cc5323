// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBPools.h"

#include <stdlib.h>

void PBRegisterThread(void) {
    @try {
        GSRegisterCurrentThread();
    } @catch (id exception) {
        (void)exception;
    }
}

void PBUnregisterThread(void) {
    @try {
        GSUnregisterCurrentThread();
    } @catch (id exception) {
        (void)exception;
    }
}

// More than are ever open at once. GNUstep keeps closed ones for the thread's next.
enum { DEPTH = 8 };

enum { ROOM = 65536 };

BOOL PBHasRoom(void) {
    // Without it the compiler does away with both calls.
    void *volatile room = malloc(ROOM);
    free(room);
    return room != NULL;
}

BOOL PBPreparePools(void) {
    static _Thread_local BOOL prepared;
    // Without a pool, GNUstep logs that there is none, which takes a pool.
    if (prepared || !PBHasRoom()) {
        return prepared;
    }
    NSAutoreleasePool *first = nil;
    @try {
        // The first one that closes makes room for closed ones, which must not fail below: the
        // thread's end cannot cope with a pool that is half closed.
        [[NSAutoreleasePool new] release];
        for (int i = 0; i < DEPTH; i++) {
            NSAutoreleasePool *pool = [NSAutoreleasePool new];
            first = first != nil ? first : pool;
            if (pool == nil) {
                break;
            }
            prepared = i + 1 == DEPTH;
        }
    } @catch (id exception) {
        (void)exception;
    }
    // The others with it.
    [first release];
    return prepared;
}

static void RunGuarded(void (*call)(void *context), void *context) {
    @try {
        call(context);
    } @catch (id exception) {
        (void)exception;
    }
}

void PBRunInPool(void (*call)(void *context), void *context) {
    if (!PBPreparePools()) {
        RunGuarded(call, context);
        return;
    }
    @autoreleasepool {
        RunGuarded(call, context);
    }
}
