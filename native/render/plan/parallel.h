// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Parts of a plan on several threads. A branch is a part that shares nothing with the rest but the
// one bus that it fills, so that who renders it and when changes no sample. The audio thread offers
// a block's branches, renders what it comes to first and takes what others have finished; it waits
// only for a branch that another thread is in the midst of.
#ifndef PBR_PARALLEL_H
#define PBR_PARALLEL_H

#include "plan.h"

// Threads that help the audio thread. They look out for work for PBR_POOL_LOOKOUT nanoseconds after
// the last they found, then sleep. Waking one that sleeps is a system call of the audio thread
// (sem_post, which does not wait); blocks that follow each other faster make none.
typedef struct pbr_pool pbr_pool;

#define PBR_POOL_LOOKOUT 200000

// NULL when the system gives no memory or no threads. At most PBR_POOL_WORKERS.
enum { PBR_POOL_WORKERS = 63 };
pbr_pool *pbr_pool_create(uint32_t workers);
// Ends the threads. No block may be using them.
void pbr_pool_free(pbr_pool *pool);
uint32_t pbr_pool_workers(const pbr_pool *pool);

// Audio thread, for a plan that is no branch itself.

// Before pbr_plan_render: who helps with it; NULL for nobody.
void pbr_branches_use(pbr_plan *plan, pbr_pool *pool);
// A block begins: offers its branches to the pool.
void pbr_branches_begin(pbr_plan *plan, int64_t time, uint32_t frames);
// Returns once the branch has filled its bus, rendering as much as nobody else has begun.
void pbr_branch_join(pbr_plan *plan, uint32_t branch, bool *events, bool *dry);

#endif
