// SPDX-License-Identifier: MIT OR Apache-2.0
#define _POSIX_C_SOURCE 200809L // clock_gettime, nanosleep
#include "parallel.h"

#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdlib.h>
#include <time.h>

#include "realtime.h"
#include "render/kernels/denormals.h"

typedef struct worker {
    pbr_workers *all;
    pthread_t thread;
    atomic_int number; // pbr_thread; 0 before it runs
    bool named;        // has been, as one without priority
} worker;

struct pbr_workers {
    // High half: how many jobs the block has; low half: the next one to take. Taking one is an
    // addition. While a job is being done, the block is not over, and job and context stay.
    _Atomic uint64_t offer;
    pbr_job job;
    void *context;
    atomic_uint asleep; // or about to be: whoever takes a helper off this count owes it a post
    atomic_bool quit;
    sem_t wake;
    uint32_t count;
    worker each[PBR_MAX_WORKERS];
};

static bool open_offer(uint64_t offer) {
    return (uint32_t)offer < (uint32_t)(offer >> 32);
}

// Does the next job that nobody has taken. False if there is none.
static bool do_next(pbr_workers *workers) {
    if (!open_offer(atomic_load_explicit(&workers->offer, memory_order_relaxed))) {
        return false;
    }
    // If the block has ended in between, this takes a job of the next one.
    uint64_t offer = atomic_fetch_add_explicit(&workers->offer, 1, memory_order_acq_rel);
    if (!open_offer(offer)) {
        return false;
    }
    workers->job(workers->context, (uint32_t)offer);
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

static bool needed(pbr_workers *workers) {
    return atomic_load(&workers->quit) || open_offer(atomic_load(&workers->offer));
}

static void look_out(pbr_workers *workers) {
    enum { LOOKS = 64 };
    int64_t end = nanoseconds() + PBR_WORKERS_LOOKOUT;
    while (nanoseconds() < end) {
        for (int i = 0; i < LOOKS; i++) {
            if (needed(workers)) {
                return;
            }
            relax();
        }
        // The audio thread may be waiting for this core.
        sched_yield();
    }
}

static void sleep_until_needed(pbr_workers *workers) {
    atomic_fetch_add(&workers->asleep, 1);
    // Whoever offers work after this check sees the count.
    if (needed(workers)) {
        unsigned asleep = atomic_load(&workers->asleep);
        while (asleep > 0 && !atomic_compare_exchange_weak(&workers->asleep, &asleep, asleep - 1)) {
        }
        if (asleep > 0) {
            return;
        }
    }
    while (sem_wait(&workers->wake) != 0) {
    }
}

static void wake_all(pbr_workers *workers) {
    for (unsigned asleep = atomic_exchange(&workers->asleep, 0); asleep > 0; asleep--) {
        sem_post(&workers->wake);
    }
}

static void *work(void *context) {
    worker *own = context;
    pbr_workers *workers = own->all;
    atomic_store(&own->number, pbr_realtime_enlist());
    pbr_denormals_flush();
    while (!atomic_load(&workers->quit)) {
        while (do_next(workers)) {
        }
        look_out(workers);
        if (!needed(workers)) {
            sleep_until_needed(workers);
        }
    }
    return NULL;
}

pbr_workers *pbr_workers_create(uint32_t count) {
    pbr_workers *workers = count <= PBR_MAX_WORKERS ? calloc(1, sizeof *workers) : NULL;
    if (workers == NULL) {
        return NULL;
    }
    if (sem_init(&workers->wake, 0, 0) != 0) {
        free(workers);
        return NULL;
    }
    for (worker *next = workers->each; workers->count < count; next++) {
        next->all = workers;
        if (pthread_create(&next->thread, NULL, work, next) != 0) {
            break;
        }
        workers->count++;
    }
    if (workers->count < count) {
        pbr_workers_free(workers);
        return NULL;
    }
    return workers;
}

void pbr_workers_free(pbr_workers *workers) {
    if (workers == NULL) {
        return;
    }
    atomic_store(&workers->quit, true);
    wake_all(workers);
    for (uint32_t i = 0; i < workers->count; i++) {
        pthread_join(workers->each[i].thread, NULL);
    }
    sem_destroy(&workers->wake);
    free(workers);
}

uint32_t pbr_workers_count(const pbr_workers *workers) {
    return workers != NULL ? workers->count : 0;
}

void pbr_workers_raise(pbr_workers *workers) {
    for (uint32_t i = 0; workers != NULL && i < workers->count; i++) {
        pbr_realtime_raise(workers->each[i].thread);
    }
}

pbr_thread pbr_workers_next_ordinary(pbr_workers *workers) {
    for (uint32_t i = 0; workers != NULL && i < workers->count; i++) {
        worker *own = &workers->each[i];
        pbr_thread number = atomic_load(&own->number);
        if (number != 0 && !own->named) {
            own->named = true;
            if (!pbr_realtime_has(number)) {
                return number;
            }
        }
    }
    return 0;
}

void pbr_workers_offer(pbr_workers *workers, pbr_job job, void *context, uint32_t count) {
    workers->job = job;
    workers->context = context;
    atomic_store(&workers->offer, (uint64_t)count << 32);
    wake_all(workers);
}

// Gives up the core in case the thread that does the job has lost its own.
static void let_others_run(int64_t *since) {
    enum { PATIENCE = 1000000 };
    int64_t now = nanoseconds();
    *since = *since == 0 ? now : *since;
    if (now - *since > PATIENCE) {
        nanosleep(&(struct timespec){0, 20 * 1000}, NULL);
    }
}

void pbr_workers_help_until(pbr_workers *workers, const atomic_bool *done) {
    int64_t since = 0;
    while (!atomic_load_explicit(done, memory_order_acquire)) {
        if (!do_next(workers)) {
            relax();
            let_others_run(&since);
        }
    }
}
