// SPDX-License-Identifier: MIT OR Apache-2.0
#import "registry.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

void PBDeskLock(void) {
    pthread_mutex_lock(&mutex);
}

void PBDeskUnlock(void) {
    pthread_mutex_unlock(&mutex);
}

#ifndef __APPLE__

NSMapTable *PBDeskMakeRegistry(void) {
    return [[NSMapTable alloc]
        initWithKeyOptions:NSPointerFunctionsObjectPersonality
              valueOptions:NSPointerFunctionsOpaqueMemory | NSPointerFunctionsOpaquePersonality
                  capacity:0];
}

void PBDeskRelease(id object, NSMapTable *registry, NSString *key) {
    PBDeskLock();
    BOOL last = NSDecrementExtraRefCountWasZero(object);
    if (last && [registry objectForKey:key] == object) {
        [registry removeObjectForKey:key];
    }
    PBDeskUnlock();
    if (last) {
        [object dealloc];
    }
}

#else

NSMapTable *PBDeskMakeRegistry(void) {
    return [[NSMapTable alloc] initWithKeyOptions:NSPointerFunctionsStrongMemory
                                     valueOptions:NSPointerFunctionsWeakMemory
                                         capacity:0];
}

#endif
