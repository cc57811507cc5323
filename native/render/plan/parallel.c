// SPDX-License-Identifier: MIT OR Apache-2.0
#define _POSIX_C_SOURCE 200809L // clock_gettime, nanosleep
#include "parallel.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "render/kernels/denormals.h"
#include "plan_steps.h"

struct pbr_pool {
    // How many branches the block has in the high half, the next one to be taken in the low half.
    // Taking one is an addition; while somebody has one, the block is not over and `plan`, `time`
    // and `frames` stay.
    _Atomic uint64_t offer;
    pbr_plan *plan;
    int64_t time;
    uint32_t frames;
    atomic_uint asleep; // or about to be: each is owed a post by whoever takes it off this count
    atomic_bool quit;
    sem_t wake;
    uint32_t workers;
    pthread_t threads[PBR_POOL_WORKERS];
};

static bool open_offer(uint64_t offer) {
    return (uint32_t)offer < (uint32_t)(offer >> 32);
}

static void render_branch(pbr_plan *plan, pbr_branch *branch, int64_t time, uint32_t frames) {
    branch->events = branch->dry = false;
    pbr_plan_render(branch->plan, time, frames, plan->buses.items[branch->bus].own, &branch->events,
                    &branch->dry);
}

// Renders the next branch that nobody has taken; false when there is none.
static bool render_next(pbr_pool *pool) {
    if (!open_offer(atomic_load_explicit(&pool->offer, memory_order_relaxed))) {
        return false;
    }
    // Should the block have ended in between, this takes from the one that has begun since.
    uint64_t offer = atomic_fetch_add_explicit(&pool->offer, 1, memory_order_acq_rel);
    if (!open_offer(offer)) {
        return false;
    }
    pbr_branch *branch = &pool->plan->branches.items[(uint32_t)offer];
    render_branch(pool->plan, branch, pool->time, pool->frames);
    atomic_store_explicit(&branch->done, true, memory_order_release);
    return true;
}

static void relax(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

static int64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static bool needed(pbr_pool *pool) {
    return atomic_load(&pool->quit) || open_offer(atomic_load(&pool->offer));
}

static void look_out(pbr_pool *pool) {
    enum { LOOKS = 64 };
    int64_t end = nanoseconds() + PBR_POOL_LOOKOUT;
    while (nanoseconds() < end) {
        for (int i = 0; i < LOOKS; i++) {
            if (needed(pool)) {
                return;
            }
            relax();
        }
        // The audio thread may be waiting for this core.
        sched_yield();
    }
}

static void sleep_until_needed(pbr_pool *pool) {
    atomic_fetch_add(&pool->asleep, 1);
    // Whoever offers work after this look sees the count.
    if (needed(pool)) {
        unsigned asleep = atomic_load(&pool->asleep);
        while (asleep > 0 && !atomic_compare_exchange_weak(&pool->asleep, &asleep, asleep - 1)) {
        }
        if (asleep > 0) {
            return;
        }
    }
    while (sem_wait(&pool->wake) != 0) {
    }
}

static void wake_all(pbr_pool *pool) {
    for (unsigned asleep = atomic_exchange(&pool->asleep, 0); asleep > 0; asleep--) {
        sem_post(&pool->wake);
    }
}

static void *work(void *context) {
    pbr_pool *pool = context;
    pbr_denormals_flush();
    while (!atomic_load(&pool->quit)) {
        while (render_next(pool)) {
        }
        look_out(pool);
        if (!needed(pool)) {
            sleep_until_needed(pool);
        }
    }
    return NULL;
}

pbr_pool *pbr_pool_create(uint32_t workers) {
    pbr_pool *pool = workers <= PBR_POOL_WORKERS ? calloc(1, sizeof *pool) : NULL;
    if (pool == NULL) {
        return NULL;
    }
    if (sem_init(&pool->wake, 0, 0) != 0) {
        free(pool);
        return NULL;
    }
    while (pool->workers < workers &&
           pthread_create(&pool->threads[pool->workers], NULL, work, pool) == 0) {
        pool->workers++;
    }
    if (pool->workers < workers) {
        pbr_pool_free(pool);
        return NULL;
    }
    return pool;
}

void pbr_pool_free(pbr_pool *pool) {
    if (pool == NULL) {
        return;
    }
    atomic_store(&pool->quit, true);
    wake_all(pool);
    for (uint32_t i = 0; i < pool->workers; i++) {
        pthread_join(pool->threads[i], NULL);
    }
    sem_destroy(&pool->wake);
    free(pool);
}

uint32_t pbr_pool_workers(const pbr_pool *pool) {
    return pool != NULL ? pool->workers : 0;
}

void pbr_branches_use(pbr_plan *plan, pbr_pool *pool) {
    plan->pool = pool;
}

void pbr_branches_begin(pbr_plan *plan, int64_t time, uint32_t frames) {
    uint32_t count = plan->branches.count;
    pbr_pool *pool = plan->pool;
    plan->time = time;
    plan->frames = frames;
    if (pool == NULL || count == 0) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        atomic_store_explicit(&plan->branches.items[i].done, false, memory_order_relaxed);
    }
    pool->plan = plan;
    pool->time = time;
    pool->frames = frames;
    atomic_store(&pool->offer, (uint64_t)count << 32);
    wake_all(pool);
}

// Of a thread that has lost its core in the midst of a branch: it shall get this one.
static void let_others_run(int64_t *since) {
    enum { PATIENCE = 1000000 };
    int64_t now = nanoseconds();
    *since = *since == 0 ? now : *since;
    if (now - *since > PATIENCE) {
        nanosleep(&(struct timespec){0, 20 * 1000}, NULL);
    }
}

void pbr_branch_join(pbr_plan *plan, uint32_t index, bool *events, bool *dry) {
    pbr_branch *branch = &plan->branches.items[index];
    int64_t since = 0;
    if (plan->pool == NULL) {
        render_branch(plan, branch, plan->time, plan->frames);
    }
    while (plan->pool != NULL && !atomic_load_explicit(&branch->done, memory_order_acquire)) {
        if (!render_next(plan->pool)) {
            relax();
            let_others_run(&since);
        }
    }
    pbr_bus *bus = &plan->buses.items[branch->bus];
    memcpy(bus->data, bus->own, bus->channels * sizeof *bus->own);
    bus->sound = branch->plan->buses.items[PBR_OUTPUT_BUS].sound;
    *events = *events || branch->events;
    *dry = *dry || branch->dry;
}
