// SPDX-License-Identifier: MIT OR Apache-2.0
#define _POSIX_C_SOURCE 200809L // clock_gettime
#import "PBLater.h"
#import "PBPools.h"

#import <Foundation/Foundation.h>

#include <Block.h>
#include <math.h>
#include <pthread.h>
#include <stdlib.h>
#include <time.h>

typedef struct Job {
    struct Job *next;
    struct timespec due;
    void (^block)(void);
} Job;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_cond_t wake;
static Job *first;
static bool started;
static _Thread_local bool serves;

bool PBIsLaterThread(void) {
    return serves;
}

static void SetUp(void) {
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&wake, &attributes);
    pthread_condattr_destroy(&attributes);
}

static bool IsAfter(const struct timespec *one, const struct timespec *other) {
    return one->tv_sec != other->tv_sec ? one->tv_sec > other->tv_sec
                                        : one->tv_nsec > other->tv_nsec;
}

static void CallBlock(void *context) {
    ((Job *)context)->block();
}

static void Run(Job *job) {
    PBRunInPool(CallBlock, job);
    Block_release(job->block);
    free(job);
}

static void *Serve(void *unused) {
    PBRegisterThread();
    serves = true;
    pthread_mutex_lock(&lock);
    for (;;) {
        struct timespec now;
        clock_gettime(CLOCK_MONOTONIC, &now);
        if (first == NULL) {
            pthread_cond_wait(&wake, &lock);
        } else if (IsAfter(&first->due, &now)) {
            struct timespec due = first->due;
            pthread_cond_timedwait(&wake, &lock, &due);
        } else {
            Job *job = first;
            first = job->next;
            pthread_mutex_unlock(&lock);
            Run(job);
            pthread_mutex_lock(&lock);
        }
    }
    return unused;
}

// The lock is held.
static void Start(void) {
    pthread_t thread;
    if (!started && pthread_create(&thread, NULL, Serve, NULL) == 0) {
        pthread_detach(thread);
        started = true;
    }
}

void PBGiveWay(void) {
    nanosleep(&(struct timespec){0, 1000000}, NULL);
}

void PBRunLater(double seconds, void (^block)(void)) {
    pthread_once(&once, SetUp);
    Job *job = calloc(1, sizeof *job);
    void (^copy)(void) = job != NULL ? Block_copy(block) : NULL;
    if (copy == NULL) {
        free(job);
        block();
        return;
    }
    job->block = copy;
    clock_gettime(CLOCK_MONOTONIC, &job->due);
    long nanoseconds = job->due.tv_nsec + lround(fmod(seconds, 1.0) * 1e9);
    job->due.tv_sec += (time_t)seconds + nanoseconds / 1000000000;
    job->due.tv_nsec = nanoseconds % 1000000000;
    pthread_mutex_lock(&lock);
    Start();
    bool runs = started;
    if (runs) {
        Job **link = &first;
        while (*link != NULL && !IsAfter(&(*link)->due, &job->due)) {
            link = &(*link)->next;
        }
        job->next = *link;
        *link = job;
        pthread_cond_signal(&wake);
    }
    pthread_mutex_unlock(&lock);
    if (!runs) {
        Run(job);
    }
}
