// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE // SCHED_RESET_ON_FORK
#include "realtime.h"

#include <sched.h>

// What PulseAudio's own threads have. Threads of the kernel and of JACK run before it.
enum { PRIORITY = 5 };

bool pbr_realtime_raise(pthread_t thread) {
    const struct sched_param wish = {.sched_priority = PRIORITY};
#if defined(SCHED_RESET_ON_FORK)
    // What a source's function starts on the audio thread has no deadline.
    return pthread_setschedparam(thread, SCHED_FIFO | SCHED_RESET_ON_FORK, &wish) == 0;
#else
    return pthread_setschedparam(thread, SCHED_FIFO, &wish) == 0;
#endif
}
