// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The priority of threads that have a deadline.
#ifndef PBR_REALTIME_H
#define PBR_REALTIME_H

#include <pthread.h>
#include <stdbool.h>

// What PulseAudio's own threads have. Threads of the kernel and of JACK run before it.
enum { PBR_REALTIME_PRIORITY = 5 };

// A thread as the kernel numbers it; 0 where it does not.
typedef int pbr_thread;

// Has a thread run before all ordinary ones, as far as the system grants that to this process
// (RLIMIT_RTPRIO, CAP_SYS_NICE). False, and nothing changed, if it does not.
bool pbr_realtime_raise(pthread_t thread);

// The calling thread, which from now on takes the signal that its time is used up.
pbr_thread pbr_realtime_enlist(void);
// Whether a thread runs before all ordinary ones; 0 for the calling one.
bool pbr_realtime_has(pbr_thread thread);

#endif
