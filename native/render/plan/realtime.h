// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The priority of threads that have a deadline.
#ifndef PBR_REALTIME_H
#define PBR_REALTIME_H

#include <pthread.h>
#include <stdbool.h>

// Has a thread run before all ordinary ones, as far as the system grants that to this process
// (RLIMIT_RTPRIO, CAP_SYS_NICE). False, and nothing changed, if it does not.
bool pbr_realtime_raise(pthread_t thread);

#endif
