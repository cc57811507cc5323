// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How scheduled buffers end, for an engine that does not say so: its handlers run in the same way
// whether the buffer was played, interrupted or stopped. The calls made on the player tell which.
#import "platform/platform.h"
#import "player_queue.h"

#include <stdatomic.h>
#include <stdlib.h>

static void free_watch(perbus__watch *watch) {
    pthread_mutex_destroy(&watch->lock);
    free(watch);
}

perbus__watch *perbus__watch_of(PerbusPlayerNode *player) {
    perbus__watch *watch = player->_watch;
    if (watch == NULL) {
        perbus__watch *made = calloc(1, sizeof *made);
        if (made == NULL) {
            return NULL;
        }
        pthread_mutex_init(&made->lock, NULL);
        if (atomic_compare_exchange_strong(&player->_watch, &watch, made)) {
            return made;
        }
        // Another thread's came first.
        free_watch(made);
    }
    return watch;
}

void perbus__forget_watch(PerbusPlayerNode *player) {
    perbus__watch *watch = atomic_exchange(&player->_watch, NULL);
    if (watch != NULL) {
        free_watch(watch);
    }
}

void perbus__with_watch(PerbusPlayerNode *player, perbus__watch *watch, void (^body)(void)) {
    perbus__locked([player engine], ^{
        pthread_mutex_lock(&watch->lock);
        @try {
            body();
        } @finally {
            pthread_mutex_unlock(&watch->lock);
        }
    });
}

static BOOL is_file(const watched *item) {
    return item->buffer == nil;
}

static void free_watched(watched *item) {
    if (item->reader != NULL) {
        perbus__decoded_close(item->reader);
    }
    if (item->decoded != NULL) {
        perbus__decoded_release(item->decoded);
    }
    [item->buffer release];
    [item->file release];
    free(item);
}

static void decide(watched *item, perbus_end end) {
    if (!item->decided) {
        item->decided = true;
        item->end = end;
    }
    // Nothing more of it is played.
    item->issued = item->issued || item->end != PERBUS_END_PLAYED;
}

// Whether it is over at that time of the player's, and its handler may run later: it has been played to
// its end, or interrupted.
static bool is_over_at(const watched *item, int64_t time) {
    return item->issued && item->ends_at <= time;
}

// An immediate interruption ends everything queued before it that will not be over then; one at the
// loop's end lets the current pass finish.
static void interrupt(PerbusPlayerNode *player, perbus__watch *watch, const watched *by) {
    int64_t now = perbus__watch_time(player, watch);
    bool immediate = (by->flags & PERBUS_SCHEDULE_INTERRUPTS) != 0, first = true;
    int64_t then = by->timed && by->start > now ? by->start : now;
    for (watched *item = watch->queue; item != NULL; item = item->next) {
        if (item->halted || is_over_at(item, immediate ? then : now)) {
            continue;
        }
        if (first && !immediate) {
            then = perbus__pass_end(player, item, now);
        }
        if (!first || immediate || (item->flags & PERBUS_SCHEDULE_LOOPS) != 0) {
            decide(item, PERBUS_END_INTERRUPTED);
        }
        // What follows begins then.
        item->ends_at = item->ends_at > then ? then : item->ends_at;
        first = false;
    }
}

// Handlers run in order: if nothing has decided the end by now, it was played.
static void report(PerbusPlayerNode *player) {
    perbus__watch *watch = player->_watch;
    for (;;) {
        pthread_mutex_lock(&watch->lock);
        watched *item = watch->queue;
        bool is_over = item != NULL && item->issued && item->pieces == 0;
        if (is_over) {
            BOOL loops = (item->flags & PERBUS_SCHEDULE_LOOPS) != 0;
            decide(item, loops ? PERBUS_END_INTERRUPTED : PERBUS_END_PLAYED);
            watch->queue = item->next;
        }
        pthread_mutex_unlock(&watch->lock);
        if (!is_over) {
            break;
        }
        if (item->completion != NULL) {
            item->completion(item->context, item->end);
        }
        if (is_file(item)) {
            perbus__attend_offline(-1);
        }
        free_watched(item);
        [player release];
    }
}

static void report_later(PerbusPlayerNode *player) {
    [player retain];
    perbus__run_later(0, ^{
        report(player);
        [player release];
    });
}

void perbus__decide_ends(PerbusPlayerNode *player, perbus_end end) {
    perbus__watch *watch = player->_watch;
    if (watch == NULL) {
        return;
    }
    pthread_mutex_lock(&watch->lock);
    int64_t time = watch->passed + watch->now;
    for (watched *item = watch->queue; item != NULL; item = item->next) {
        decide(item, is_over_at(item, time) ? PERBUS_END_PLAYED : end);
        item->halted = true;
    }
    watch->passed = watch->now = 0;
    pthread_mutex_unlock(&watch->lock);
    report_later(player);
}

BOOL perbus__watches_nothing(PerbusPlayerNode *player) {
    perbus__watch *watch = player->_watch;
    if (watch == NULL) {
        return YES;
    }
    __block BOOL nothing = YES;
    perbus__with_watch(player, watch, ^{
        int64_t time = perbus__watch_time(player, watch);
        for (const watched *item = watch->queue; item != NULL; item = item->next) {
            if (!item->issued || item->pieces > 0) {
                nothing = item->halted || is_over_at(item, time);
            }
        }
    });
    return nothing;
}

static void take_out(perbus__watch *watch, const watched *item) {
    watched **link = &watch->queue;
    while (*link != NULL && *link != item) {
        link = &(*link)->next;
    }
    if (*link != NULL) {
        *link = item->next;
    }
}

static watched *first_to_issue(perbus__watch *watch) {
    watched *item = watch->queue;
    while (item != NULL && item->issued) {
        item = item->next;
    }
    return item;
}

// NO if another thread has the engine: it may be waiting for the watch. The lock is held, so that an
// engine that still has something to get cannot end.
static BOOL issue_if_free(PerbusPlayerNode *player, perbus__watch *watch) {
    if (first_to_issue(watch) == NULL) {
        return YES;
    }
    return perbus__try_locked([player engine], ^{
        @try {
            perbus__issue(player, watch);
        } @catch (NSException *exception) {
            // The player was detached meanwhile.
            first_to_issue(watch)->issued = true;
        }
    });
}

void perbus__piece_is_over(PerbusPlayerNode *player, watched *item, unsigned generation) {
    perbus__watch *watch = player->_watch;
    pthread_mutex_lock(&watch->lock);
    if (watch->generation == generation) {
        item->pieces--;
        while (!issue_if_free(player, watch)) {
            pthread_mutex_unlock(&watch->lock);
            perbus__give_way();
            pthread_mutex_lock(&watch->lock);
        }
    }
    pthread_mutex_unlock(&watch->lock);
    report(player);
}

void perbus__feed_watched(PerbusPlayerNode *player) {
    perbus__watch *watch = player->_watch;
    if (watch != NULL) {
        perbus__with_watch(player, watch, ^{
            perbus__issue(player, watch);
        });
    }
}

static perbus_status schedule(PerbusPlayerNode *player, const watched *wanted, AVAudioTime *when,
                              const perbus_schedule *how) {
    perbus__watch *watch = perbus__watch_of(player);
    watched *item = watch != NULL ? malloc(sizeof *item) : NULL;
    if (item == NULL) {
        return PERBUS_ERROR_NO_MEMORY;
    }
    *item = *wanted;
    item->flags = how->flags;
    item->completion = how->completion;
    item->context = how->context;
    item->timed = when != nil && [when isSampleTimeValid];
    item->start = item->timed ? [when sampleTime] : 0;
    item->host = when != nil && !item->timed ? [when hostTime] : 0;
    item->next_frame = item->from = item->first;
    [player retain];
    perbus__with_watch(player, watch, ^{
        watched **last = &watch->queue;
        while (*last != NULL) {
            last = &(*last)->next;
        }
        @try {
            if ((how->flags & (PERBUS_SCHEDULE_INTERRUPTS | PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP)) !=
                0) {
                interrupt(player, watch, item);
            }
            *last = item;
            perbus__issue(player, watch);
        } @catch (NSException *exception) {
            take_out(watch, item);
            // The caller's.
            item->buffer = nil;
            item->file = nil;
            item->decoded = NULL;
            free_watched(item);
            [player release];
            @throw;
        }
    });
    // The item may be gone by now.
    if (is_file(wanted)) {
        perbus__attend_offline(1);
    }
    report_later(player);
    return PERBUS_OK;
}

perbus_status perbus__schedule_watched(PerbusPlayerNode *player, AVAudioPCMBuffer *buffer,
                                       AVAudioTime *when, const perbus_schedule *how) {
    watched item = {.buffer = buffer};
    [buffer retain];
    BOOL kept = NO;
    @try {
        perbus_status status = schedule(player, &item, when, how);
        kept = status == PERBUS_OK;
        return status;
    } @finally {
        if (!kept) {
            [buffer release];
        }
    }
}

perbus_status perbus__schedule_watched_file(PerbusPlayerNode *player, const perbus_file *file,
                                            int64_t first, int64_t last, AVAudioTime *when,
                                            const perbus_schedule *how) {
    perbus__decoded *decoded = file->object == nil ? perbus__decoded_create(file) : NULL;
    // Its position is the handle's: the player gets an object of its own.
    AVAudioFile *own = file->object != nil
                           ? [[[file->object class] alloc] initForReading:[file->object url]
                                                                    error:NULL]
                           : nil;
    BOOL kept = NO;
    @try {
        if (file->object == nil && decoded == NULL) {
            return PERBUS_ERROR_NO_MEMORY;
        }
        watched item = {.file = own, .decoded = decoded, .first = first, .last = last};
        perbus_status status = schedule(player, &item, when, how);
        kept = status == PERBUS_OK;
        return status;
    } @finally {
        if (!kept) {
            [own release];
            if (decoded != NULL) {
                perbus__decoded_release(decoded);
            }
        }
    }
}
