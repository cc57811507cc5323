// SPDX-License-Identifier: MIT OR Apache-2.0
#define _POSIX_C_SOURCE 200809L // the clock of conditions
#include "feeder.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

// How long a ring waits for its next piece: the audio thread wakes nobody.
enum { POLL_NANOSECONDS = 25 * 1000 * 1000 };

// Rings of a player's streams in the order of its queue have room for so many seconds, those of
// streams that are not decoded to their end being counted up to a number. Another ring may belong to
// one that interrupts.
#define AHEAD_SECONDS (2 * PBR_STREAM_RING_SECONDS)
enum { MOST_UNFINISHED = 2, MOST_AHEAD = 64 };

struct pbr_feeder {
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_cond_t filled;
    pthread_t thread;
    bool started;
    bool closed;
    atomic_bool asleep;
    pbr_stream_queue *first;
    pbr_stream_queue *turn; // the queue to look at next
    pbr_stream *wanted;     // a block waits for it
};

pbr_feeder *pbr_feeder_create(void) {
    pbr_feeder *feeder = calloc(1, sizeof *feeder);
    if (feeder == NULL) {
        return NULL;
    }
    pthread_condattr_t attributes;
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&feeder->wake, &attributes);
    pthread_condattr_destroy(&attributes);
    pthread_cond_init(&feeder->filled, NULL);
    pthread_mutex_init(&feeder->lock, NULL);
    return feeder;
}

void pbr_feeder_free(pbr_feeder *feeder) {
    if (feeder == NULL) {
        return;
    }
    pthread_mutex_lock(&feeder->lock);
    feeder->closed = true;
    pthread_cond_signal(&feeder->wake);
    pthread_mutex_unlock(&feeder->lock);
    if (feeder->started) {
        pthread_join(feeder->thread, NULL);
    }
    pthread_mutex_destroy(&feeder->lock);
    pthread_cond_destroy(&feeder->filled);
    pthread_cond_destroy(&feeder->wake);
    free(feeder);
}

// The lock is held from here on, unless stated.

static void enlist(pbr_feeder *feeder, pbr_stream_queue *queue) {
    queue->before = NULL;
    queue->next = feeder->first;
    if (feeder->first != NULL) {
        feeder->first->before = queue;
    }
    feeder->first = queue;
}

static void delist(pbr_feeder *feeder, pbr_stream_queue *queue) {
    feeder->turn = feeder->turn == queue ? queue->next : feeder->turn;
    *(queue->before != NULL ? &queue->before->next : &feeder->first) = queue->next;
    if (queue->next != NULL) {
        queue->next->before = queue->before;
    }
    queue->before = queue->next = NULL;
}

static void take_out(pbr_stream *stream) {
    pbr_stream_queue *queue = stream->queue;
    *(stream->before != NULL ? &stream->before->next : &queue->first) = stream->next;
    *(stream->next != NULL ? &stream->next->before : &queue->last) = stream->before;
    stream->before = stream->next = NULL;
    stream->queue = NULL;
    queue->interrupting -= stream->interrupts;
    if (queue->first == NULL) {
        delist(stream->feeder, queue);
    }
    // Otherwise, who is filling it closes it.
    if (!stream->busy) {
        pbr_stream_close(stream);
    }
}

// Whether the audio thread is through with the stream.
static bool is_over(const pbr_stream *stream, uint64_t passed, uint64_t sought) {
    return stream->place <= passed || (stream->replaced != 0 && stream->replaced <= sought);
}

static void take_out_passed(pbr_stream_queue *queue) {
    uint64_t passed = atomic_load_explicit(&queue->progress->passed, memory_order_acquire);
    uint64_t sought = pbr_progress_sought(queue->progress);
    for (pbr_stream *stream = queue->first, *next; stream != NULL; stream = next) {
        next = stream->next;
        if (!is_over(stream, passed, sought)) {
            break;
        }
        if (!stream->busy) {
            take_out(stream);
            pbr_stream_empty(stream);
        }
    }
}

static bool is_finished(pbr_stream *stream) {
    return pbr_stream_has_failed(stream) ||
           atomic_load_explicit(&stream->written, memory_order_relaxed) == stream->total;
}

// Of the queue's streams that interrupt, the one that does so first.
static pbr_stream *next_to_interrupt(const pbr_stream_queue *queue) {
    pbr_stream *found = NULL;
    for (pbr_stream *stream = queue->interrupting > 0 ? queue->first : NULL; stream != NULL;
         stream = stream->next) {
        if (stream->interrupts && (found == NULL || stream->start <= found->start)) {
            found = stream;
        }
    }
    return found;
}

// The first of the streams that may be filled now for which `wanted` says so.
static pbr_stream *find_ahead(const pbr_stream_queue *queue,
                              bool (*is_wanted)(pbr_stream *stream, void *by), void *by) {
    double room = 0;
    int unfinished = 0, count = 0;
    for (pbr_stream *stream = queue->first;
         stream != NULL && unfinished < MOST_UNFINISHED && count < MOST_AHEAD;
         stream = stream->next, count++) {
        double seconds = (double)stream->capacity / stream->feed.rate * (double)stream->ratio.in /
                         (double)stream->ratio.out;
        room += seconds;
        if (count > 0 && room > AHEAD_SECONDS * 1.01) {
            break;
        }
        if (is_wanted(stream, by)) {
            return stream;
        }
        unfinished += !is_finished(stream);
    }
    pbr_stream *interrupting = next_to_interrupt(queue);
    return interrupting != NULL && is_wanted(interrupting, by) ? interrupting : NULL;
}

static bool wants(pbr_stream *stream, void *by) {
    (void)by;
    return !stream->busy && pbr_stream_wants(stream);
}

static bool is_same(pbr_stream *stream, void *by) {
    return stream == by;
}

static pbr_stream *next_work(pbr_feeder *feeder) {
    if (feeder->wanted != NULL && wants(feeder->wanted, NULL)) {
        return feeder->wanted;
    }
    pbr_stream_queue *start = feeder->turn != NULL ? feeder->turn : feeder->first;
    for (int round = 0; round < 2; round++) {
        pbr_stream_queue *queue = round == 0 ? start : feeder->first;
        for (pbr_stream_queue *next; queue != NULL && (round == 0 || queue != start);
             queue = next) {
            next = queue->next;
            take_out_passed(queue);
            pbr_stream *stream = queue->first != NULL ? find_ahead(queue, wants, NULL) : NULL;
            if (stream != NULL) {
                feeder->turn = next;
                return stream;
            }
        }
    }
    return NULL;
}

static void sleep_until_work(pbr_feeder *feeder) {
    atomic_store_explicit(&feeder->asleep, true, memory_order_seq_cst);
    if (feeder->first == NULL) {
        pthread_cond_wait(&feeder->wake, &feeder->lock);
    } else {
        struct timespec until;
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += POLL_NANOSECONDS;
        if (until.tv_nsec >= 1000000000) {
            until.tv_nsec -= 1000000000;
            until.tv_sec += 1;
        }
        pthread_cond_timedwait(&feeder->wake, &feeder->lock, &until);
    }
    atomic_store_explicit(&feeder->asleep, false, memory_order_relaxed);
}

static void *feed(void *context) {
    pbr_feeder *feeder = context;
    pthread_mutex_lock(&feeder->lock);
    while (!feeder->closed) {
        pbr_stream *stream = next_work(feeder);
        if (stream == NULL) {
            sleep_until_work(feeder);
            continue;
        }
        stream->busy = true;
        pbr_stream_retain(stream);
        pthread_mutex_unlock(&feeder->lock);
        pbr_stream_fill(stream);
        pthread_mutex_lock(&feeder->lock);
        stream->busy = false;
        if (stream->queue == NULL) {
            pbr_stream_close(stream);
        }
        pthread_cond_broadcast(&feeder->filled);
        pbr_stream_release(stream);
    }
    pthread_mutex_unlock(&feeder->lock);
    return NULL;
}

// The lock is not held from here on.

bool pbr_feeder_start(pbr_feeder *feeder) {
    pthread_mutex_lock(&feeder->lock);
    if (!feeder->started) {
        feeder->started = pthread_create(&feeder->thread, NULL, feed, feeder) == 0;
    }
    bool runs = feeder->started;
    pthread_mutex_unlock(&feeder->lock);
    return runs;
}

void pbr_feeder_add(pbr_feeder *feeder, pbr_stream_queue *queue, pbr_stream *stream,
                    pbr_stream *replaced) {
    pthread_mutex_lock(&feeder->lock);
    stream->feeder = feeder;
    if (queue->first == NULL) {
        enlist(feeder, queue);
    }
    // The one that is replaced may have been taken out: then this one is the first.
    bool at_front = replaced != NULL && replaced->queue == NULL;
    pbr_stream *before = replaced == NULL ? queue->last : at_front ? NULL : replaced;
    stream->queue = queue;
    stream->before = before;
    stream->next = before != NULL ? before->next : queue->first;
    *(before != NULL ? &before->next : &queue->first) = stream;
    *(stream->next != NULL ? &stream->next->before : &queue->last) = stream;
    queue->interrupting += stream->interrupts;
    pthread_cond_signal(&feeder->wake);
    pthread_mutex_unlock(&feeder->lock);
}

void pbr_feeder_set_replaced(pbr_stream *stream, uint64_t seek) {
    pthread_mutex_lock(&stream->feeder->lock);
    stream->replaced = seek;
    pthread_mutex_unlock(&stream->feeder->lock);
}

void pbr_feeder_remove(pbr_stream *stream) {
    pbr_feeder *feeder = stream->feeder;
    if (feeder == NULL) {
        return;
    }
    pthread_mutex_lock(&feeder->lock);
    if (stream->queue != NULL) {
        atomic_store_explicit(&stream->dropped, true, memory_order_relaxed);
        take_out(stream);
        pthread_cond_broadcast(&feeder->filled);
    }
    pthread_mutex_unlock(&feeder->lock);
}

pbr_awaited pbr_feeder_await(pbr_stream *stream, int64_t frame, bool first) {
    pbr_feeder *feeder = stream->feeder;
    pbr_awaited result = PBR_AWAITED_FILLED;
    pthread_mutex_lock(&feeder->lock);
    while (stream->queue != NULL && !pbr_stream_has_failed(stream) &&
           atomic_load_explicit(&stream->written, memory_order_acquire) < frame) {
        take_out_passed(stream->queue);
        if (stream->queue == NULL) {
            break;
        }
        bool is_open = first || find_ahead(stream->queue, is_same, stream) != NULL;
        if (!is_open || (!stream->busy && !pbr_stream_wants(stream))) {
            result = PBR_AWAITED_CROWDED;
            break;
        }
        feeder->wanted = stream;
        pthread_cond_signal(&feeder->wake);
        pthread_cond_wait(&feeder->filled, &feeder->lock);
    }
    feeder->wanted = NULL;
    pthread_mutex_unlock(&feeder->lock);
    return result;
}

void pbr_feeder_nudge(pbr_stream *stream) {
    pbr_feeder *feeder = stream->feeder;
    if (atomic_load_explicit(&feeder->asleep, memory_order_relaxed)) {
        pthread_mutex_lock(&feeder->lock);
        pthread_cond_signal(&feeder->wake);
        pthread_mutex_unlock(&feeder->lock);
    }
}
