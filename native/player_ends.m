// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How scheduled buffers end, for an engine that does not say so: its handlers run in the same way
// whether the buffer was played, interrupted or stopped. The calls made on the player tell which.
#import "platform/platform.h"
#import "player_node.h"

#include <Block.h>
#include <pthread.h>
#include <stdlib.h>

// One scheduled buffer whose handler has not run yet.
typedef struct watched {
    struct watched *next;
    uint32_t flags;
    bool decided; // `end` is final
    perbus_end end;
    perbus_completion completion;
    void *context;
} watched;

struct perbus__watch {
    pthread_mutex_t lock;
    watched *first;
};

static perbus__watch *watch_of(PerbusPlayerNode *player) {
    if (player->_watch == NULL) {
        perbus__watch *made = calloc(1, sizeof *made);
        if (made != NULL) {
            pthread_mutex_init(&made->lock, NULL);
        }
        player->_watch = made;
    }
    return player->_watch;
}

void perbus__forget_watch(PerbusPlayerNode *player) {
    if (player->_watch != NULL) {
        pthread_mutex_destroy(&player->_watch->lock);
        free(player->_watch);
        player->_watch = NULL;
    }
}

static void decide(watched *item, perbus_end end) {
    if (!item->decided) {
        item->decided = true;
        item->end = end;
    }
}

// An immediate interruption ends everything queued before it; one at the loop's end lets the
// current pass finish. A timed one may come after a buffer has already played to its end: that
// buffer is reported as interrupted, too.
static void interrupt(watched *first, uint32_t flags) {
    for (watched *item = first; item != NULL; item = item->next) {
        bool whole = item == first && (flags & PERBUS_SCHEDULE_INTERRUPTS) == 0 &&
                     (item->flags & PERBUS_SCHEDULE_LOOPS) == 0;
        decide(item, whole ? PERBUS_END_PLAYED : PERBUS_END_INTERRUPTED);
    }
}

void perbus__decide_ends(PerbusPlayerNode *player, perbus_end end) {
    perbus__watch *watch = player->_watch;
    if (watch == NULL) {
        return;
    }
    pthread_mutex_lock(&watch->lock);
    for (watched *item = watch->first; item != NULL; item = item->next) {
        decide(item, end);
    }
    pthread_mutex_unlock(&watch->lock);
}

BOOL perbus__watches_nothing(PerbusPlayerNode *player) {
    perbus__watch *watch = player->_watch;
    if (watch == NULL) {
        return YES;
    }
    pthread_mutex_lock(&watch->lock);
    BOOL nothing = watch->first == NULL;
    pthread_mutex_unlock(&watch->lock);
    return nothing;
}

static void take_out(perbus__watch *watch, const watched *item) {
    watched **link = &watch->first;
    while (*link != NULL && *link != item) {
        link = &(*link)->next;
    }
    if (*link == item) {
        *link = item->next;
    }
}

// Handlers run in order: if nothing has decided the end by now, the buffer was played.
static void has_ended(PerbusPlayerNode *player, watched *item) {
    perbus__watch *watch = player->_watch;
    pthread_mutex_lock(&watch->lock);
    decide(item,
           (item->flags & PERBUS_SCHEDULE_LOOPS) != 0 ? PERBUS_END_INTERRUPTED : PERBUS_END_PLAYED);
    take_out(watch, item);
    pthread_mutex_unlock(&watch->lock);
    if (item->completion != NULL) {
        item->completion(item->context, item->end);
    }
    free(item);
    [player release];
}

perbus_status perbus__schedule_watched(PerbusPlayerNode *player, AVAudioPCMBuffer *buffer,
                                       AVAudioTime *when, const perbus_schedule *how) {
    perbus__watch *watch = watch_of(player);
    watched *item = watch != NULL ? calloc(1, sizeof *item) : NULL;
    AVAudioNodeCompletionHandler handler = item == NULL ? NULL : Block_copy(^{
        // Not on the engine's own queue: a stop waits for that queue.
        perbus__run_later(0, ^{
            has_ended(player, item);
        });
    });
    if (handler == NULL) {
        free(item);
        return PERBUS_ERROR_NO_MEMORY;
    }
    uint32_t flags = how->flags;
    *item = (watched){.flags = flags, .completion = how->completion, .context = how->context};
    [player retain];
    pthread_mutex_lock(&watch->lock);
    if ((flags & (PERBUS_SCHEDULE_INTERRUPTS | PERBUS_SCHEDULE_INTERRUPTS_AT_LOOP)) != 0) {
        interrupt(watch->first, flags);
    }
    watched **last = &watch->first;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = item;
    pthread_mutex_unlock(&watch->lock);
    @try {
        [player scheduleBuffer:buffer atTime:when options:flags completionHandler:handler];
    } @catch (NSException *exception) {
        pthread_mutex_lock(&watch->lock);
        take_out(watch, item);
        pthread_mutex_unlock(&watch->lock);
        free(item);
        [player release];
        @throw;
    } @finally {
        Block_release(handler);
    }
    return PERBUS_OK;
}
