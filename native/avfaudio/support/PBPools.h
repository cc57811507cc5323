// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A thread of the library's own, and its autorelease pools.
#ifndef PB_POOLS_H
#define PB_POOLS_H

#import <Foundation/Foundation.h>

// Makes the thread known to GNUstep, and unknown again at its end. Without memory, GNUstep makes up for
// it when the thread first needs that.
void PBRegisterThread(void);
void PBUnregisterThread(void);

// Whether there is memory for an exception. GNUstep does not survive it if there is none at all: it
// throws again.
BOOL PBHasRoom(void);

// Makes the pools that this thread is going to need, so that opening one takes no memory any more.
// NO without memory: whatever opens a pool may throw, so it must be in a @try.
BOOL PBPreparePools(void);

// Runs the call in a pool; without memory for one, what is autoreleased is lost. Exceptions end here,
// since the thread has no caller to pass them to.
void PBRunInPool(void (*call)(void *context), void *context);

#endif
