// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The thread on which an engine runs its clients' blocks: completion handlers and taps, in order,
// with no lock held. Made when the first block comes.
#ifndef PB_CALLBACKS_H
#define PB_CALLBACKS_H

#include <stdbool.h>

typedef struct PBCallbacks PBCallbacks;
typedef void (^PBJob)(void);

// poll runs on the callback thread every few milliseconds while polling is on.
PBCallbacks *PBCallbacksCreate(void (*poll)(void *context), void *context);
// Copies the block. Any thread.
void PBCallbacksRun(PBCallbacks *callbacks, PBJob job);
void PBCallbacksSetPolling(PBCallbacks *callbacks, bool polling);
// No poll starts after this returns; what is queued still runs. May be called from a job.
void PBCallbacksClose(PBCallbacks *callbacks);

#endif
