// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Threads that help the audio thread with a block. The audio thread offers a number of jobs;
// whoever is free takes the next one. What the jobs do is the caller's affair.
#ifndef PBR_PARALLEL_H
#define PBR_PARALLEL_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "realtime.h"

// The helpers look for work for PBR_WORKERS_LOOKOUT nanoseconds after the last they found, then
// sleep. To wake a sleeping one is a system call of the audio thread (sem_post, which does not
// wait); blocks that follow each other faster make none.
typedef struct pbr_workers pbr_workers;

#define PBR_WORKERS_LOOKOUT 200000

// Does job number `index` of those offered, once, on any of the threads.
typedef void (*pbr_job)(void *context, uint32_t index);

// NULL if the system gives no memory or no threads. At most PBR_MAX_WORKERS.
enum { PBR_MAX_WORKERS = 63 };
pbr_workers *pbr_workers_create(uint32_t count);
// Ends the threads. No block may be using them.
void pbr_workers_free(pbr_workers *workers);
uint32_t pbr_workers_count(const pbr_workers *workers);
// Gives them the priority of a real-time thread, where the system grants it: one that has one would
// otherwise wait for ordinary threads.
void pbr_workers_raise(pbr_workers *workers);
// One that runs and does not have it; each is named once. 0 when there is none left.
pbr_thread pbr_workers_next_ordinary(pbr_workers *workers);

// Audio thread.

// Offers jobs 0 .. count. The context stays valid until all of them are done, which the caller
// finds out by itself before it offers more.
void pbr_workers_offer(pbr_workers *workers, pbr_job job, void *context, uint32_t count);
// Returns once *done is true, which one of the jobs sets. Does jobs that nobody has taken until
// then, so that it waits only for one that another thread has begun.
void pbr_workers_help_until(pbr_workers *workers, const atomic_bool *done);

#endif
