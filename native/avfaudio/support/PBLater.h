// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A thread of the process that runs blocks later, in the order in which they are due: what a serial
// queue is on Apple's systems. It is created for the first block, and never ends.
#ifndef PB_LATER_H
#define PB_LATER_H

#include <stdbool.h>

// Copies the block. Runs it at once if there is no memory or no thread. Any thread.
void PBRunLater(double seconds, void (^job)(void));
// Whether the calling thread is that one.
bool PBIsLaterThread(void);
// Returns a millisecond later: for a thread that has to try something again.
void PBGiveWay(void);

#endif
