// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE // SCHED_RESET_ON_FORK, syscall
#include "realtime.h"

#include <sched.h>
#include <signal.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

#if defined(SCHED_RESET_ON_FORK)
// What a source's function starts on the audio thread has no deadline.
enum { KEPT_TO_ITSELF = SCHED_RESET_ON_FORK };
#else
enum { KEPT_TO_ITSELF = 0 };
#endif

bool pbr_realtime_raise(pthread_t thread) {
    const struct sched_param wish = {.sched_priority = PBR_REALTIME_PRIORITY};
    return pthread_setschedparam(thread, SCHED_FIFO | KEPT_TO_ITSELF, &wish) == 0;
}

pbr_thread pbr_realtime_enlist(void) {
#if defined(__linux__)
    sigset_t time_used_up;
    sigemptyset(&time_used_up);
    sigaddset(&time_used_up, SIGXCPU);
    pthread_sigmask(SIG_UNBLOCK, &time_used_up, NULL);
    return (pbr_thread)syscall(SYS_gettid);
#else
    return 0;
#endif
}

bool pbr_realtime_has(pbr_thread thread) {
    int policy = sched_getscheduler(thread);
    return policy >= 0 &&
           ((policy & ~KEPT_TO_ITSELF) == SCHED_FIFO || (policy & ~KEPT_TO_ITSELF) == SCHED_RR);
}
