// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A thread on which an engine runs its clients' blocks, in order and with no lock held, or looks
// after something. It is created for the first block.
#ifndef PB_CALLBACKS_H
#define PB_CALLBACKS_H

#include <stdbool.h>

typedef struct PBCallbacks PBCallbacks;
typedef void (^PBJob)(void);

// A job in memory of the caller's. It runs once.
typedef struct PBEntry {
    struct PBEntry *next;
    void (*run)(struct PBEntry *entry);
} PBEntry;

// poll runs on the callback thread, at this interval, while polling is on. Finished work of the audio
// thread may wait that long.
PBCallbacks *PBCallbacksCreate(void (*poll)(void *context), void *context, unsigned milliseconds);
// Copies the block into an entry that is to be put. NULL without memory.
PBEntry *PBNewJob(PBJob job);
// For those who are going to wait for what they put. False if the system gives no thread; otherwise
// that is created with the first job, or with a later one. Any thread.
bool PBCallbacksStart(PBCallbacks *callbacks);
// Cannot fail. Any thread.
void PBCallbacksPut(PBCallbacks *callbacks, PBEntry *entry);
void PBCallbacksSetPolling(PBCallbacks *callbacks, bool polling);
// Whether the calling thread is that of any engine.
bool PBIsCallbackThread(void);
// No poll starts after this returns; what is queued still runs. May be called from a job.
void PBCallbacksClose(PBCallbacks *callbacks);

#endif
