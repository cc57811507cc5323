// SPDX-License-Identifier: MIT OR Apache-2.0
#import <Foundation/Foundation.h>

#include <Block.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#import "PBCallbacks.h"
#import "avfaudio/support/PBPools.h"

typedef struct Job {
    PBEntry entry;
    PBJob block;
} Job;

struct PBCallbacks {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool started;
    bool polling;
    bool closed;
    bool detached; // closed on its own thread, which then frees the record
    PBEntry *first;
    PBEntry **last;
    void (*poll)(void *context);
    void *context;
    long interval; // of polls, in nanoseconds: less than a second
};

PBCallbacks *PBCallbacksCreate(void (*poll)(void *context), void *context, unsigned milliseconds) {
    PBCallbacks *callbacks = calloc(1, sizeof *callbacks);
    if (callbacks == NULL) {
        return NULL;
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&callbacks->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_mutex_init(&callbacks->lock, NULL);
    callbacks->last = &callbacks->first;
    callbacks->poll = poll;
    callbacks->context = context;
    callbacks->interval = (long)milliseconds * 1000000;
    return callbacks;
}

static void destroy(PBCallbacks *callbacks) {
    pthread_cond_destroy(&callbacks->wake);
    pthread_mutex_destroy(&callbacks->lock);
    free(callbacks);
}

static void wait_for_work(PBCallbacks *callbacks) {
    if (!callbacks->polling) {
        pthread_cond_wait(&callbacks->wake, &callbacks->lock);
        return;
    }
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += callbacks->interval;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec += 1;
    }
    pthread_cond_timedwait(&callbacks->wake, &callbacks->lock, &until);
}

static void RunJob(PBEntry *entry) {
    Job *job = (Job *)entry;
    @try {
        job->block();
    } @finally {
        Block_release(job->block);
        free(job);
    }
}

static void run(void *context) {
    PBEntry *entry = context;
    entry->run(entry);
}

// The lock is held, but not while a job runs.
static bool run_first(PBCallbacks *callbacks) {
    PBEntry *entry = callbacks->first;
    if (entry == NULL) {
        return false;
    }
    callbacks->first = entry->next;
    if (callbacks->first == NULL) {
        callbacks->last = &callbacks->first;
    }
    pthread_mutex_unlock(&callbacks->lock);
    // An exception in a client's block must not end the thread, which serves all of them.
    PBRunInPool(run, entry);
    pthread_mutex_lock(&callbacks->lock);
    return true;
}

static _Thread_local bool is_callback_thread;

bool PBIsCallbackThread(void) {
    return is_callback_thread;
}

static void *serve(void *context) {
    PBCallbacks *callbacks = context;
    is_callback_thread = true;
    PBRegisterThread();
    pthread_mutex_lock(&callbacks->lock);
    for (;;) {
        if (run_first(callbacks)) {
            continue;
        }
        if (callbacks->closed) {
            break;
        }
        wait_for_work(callbacks);
        if (callbacks->polling && !callbacks->closed) {
            pthread_mutex_unlock(&callbacks->lock);
            // It can wait for the next time.
            if (PBHasRoom()) {
                PBRunInPool(callbacks->poll, callbacks->context);
            }
            pthread_mutex_lock(&callbacks->lock);
        }
    }
    bool detached = callbacks->detached;
    pthread_mutex_unlock(&callbacks->lock);
    PBUnregisterThread();
    if (detached) {
        destroy(callbacks);
    }
    return NULL;
}

// The lock is held. If the thread cannot be created, its jobs wait for the next attempt.
static void start(PBCallbacks *callbacks) {
    if (!callbacks->started) {
        callbacks->started = pthread_create(&callbacks->thread, NULL, serve, callbacks) == 0;
    }
}

PBEntry *PBNewJob(PBJob job) {
    Job *made = calloc(1, sizeof *made);
    PBJob copy = made != NULL ? Block_copy(job) : NULL;
    if (copy == NULL) {
        free(made);
        return NULL;
    }
    made->block = copy;
    made->entry.run = RunJob;
    return &made->entry;
}

bool PBCallbacksStart(PBCallbacks *callbacks) {
    pthread_mutex_lock(&callbacks->lock);
    start(callbacks);
    bool started = callbacks->started;
    pthread_mutex_unlock(&callbacks->lock);
    return started;
}

void PBCallbacksPut(PBCallbacks *callbacks, PBEntry *entry) {
    entry->next = NULL;
    pthread_mutex_lock(&callbacks->lock);
    *callbacks->last = entry;
    callbacks->last = &entry->next;
    start(callbacks);
    pthread_cond_signal(&callbacks->wake);
    pthread_mutex_unlock(&callbacks->lock);
}

void PBCallbacksSetPolling(PBCallbacks *callbacks, bool polling) {
    pthread_mutex_lock(&callbacks->lock);
    callbacks->polling = polling;
    if (polling) {
        start(callbacks);
    }
    pthread_cond_signal(&callbacks->wake);
    pthread_mutex_unlock(&callbacks->lock);
}

void PBCallbacksClose(PBCallbacks *callbacks) {
    pthread_mutex_lock(&callbacks->lock);
    callbacks->closed = true;
    callbacks->polling = false;
    bool started = callbacks->started;
    bool own = started && pthread_equal(pthread_self(), callbacks->thread);
    callbacks->detached = own;
    pthread_cond_signal(&callbacks->wake);
    pthread_mutex_unlock(&callbacks->lock);
    if (own) {
        pthread_detach(pthread_self());
        return;
    }
    if (started) {
        pthread_join(callbacks->thread, NULL);
    }
    // Jobs for which no thread could be created.
    pthread_mutex_lock(&callbacks->lock);
    while (run_first(callbacks)) {
    }
    pthread_mutex_unlock(&callbacks->lock);
    destroy(callbacks);
}
