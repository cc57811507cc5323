// SPDX-License-Identifier: MIT OR Apache-2.0
//
// All open play batches, of all engines and threads, are in one list.
#import "play_batch.h"

#include <pthread.h>
#include <stdlib.h>

// How far in the future the players of a batch start on a device: enough to start all of them in
// time.
static const double LEAD_SECONDS = 0.02;

typedef struct open_batch {
    struct open_batch *next;
    AVAudioEngine *engine; // not retained
    pthread_t thread;
    unsigned depth;
    AVAudioPlayerNode **players; // retained
    size_t count;
    size_t room;
} open_batch;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static open_batch *batches;

// The link to this thread's batch of the engine, or to NULL. The lock is held.
static open_batch **find(AVAudioEngine *engine) {
    open_batch **link = &batches;
    while (*link != NULL &&
           ((*link)->engine != engine || !pthread_equal((*link)->thread, pthread_self()))) {
        link = &(*link)->next;
    }
    return link;
}

BOOL perbus__begin_play_batch(AVAudioEngine *engine) {
    pthread_mutex_lock(&lock);
    open_batch **link = find(engine);
    if (*link == NULL) {
        *link = calloc(1, sizeof **link);
    }
    open_batch *batch = *link;
    if (batch != NULL) {
        batch->engine = engine;
        batch->thread = pthread_self();
        batch->depth++;
    }
    pthread_mutex_unlock(&lock);
    return batch != NULL;
}

BOOL perbus__has_play_batch(AVAudioEngine *engine) {
    pthread_mutex_lock(&lock);
    BOOL has = *find(engine) != NULL;
    pthread_mutex_unlock(&lock);
    return has;
}

BOOL perbus__add_to_play_batch(AVAudioPlayerNode *player) {
    BOOL deferred = NO;
    pthread_mutex_lock(&lock);
    open_batch *batch = *find([player engine]);
    if (batch != NULL && batch->count == batch->room) {
        size_t room = batch->room * 2 + 8;
        AVAudioPlayerNode **players = realloc(batch->players, room * sizeof *players);
        if (players != NULL) {
            batch->players = players;
            batch->room = room;
        }
    }
    if (batch != NULL && batch->count < batch->room) {
        batch->players[batch->count++] = [player retain];
        deferred = YES;
    }
    pthread_mutex_unlock(&lock);
    return deferred;
}

// When the player starts: on a device at a host time, offline at the next frame.
static AVAudioTime *start_of(AVAudioEngine *engine, AVAudioPlayerNode *player) {
    if ([engine isInManualRenderingMode]) {
        double own = [[player outputFormatForBus:0] sampleRate];
        double rate = [[engine manualRenderingFormat] sampleRate];
        double frame = (double)[engine manualRenderingSampleTime] * own / rate;
        return [AVAudioTime timeWithSampleTime:(AVAudioFramePosition)frame atRate:own];
    }
    AVAudioTime *now = [[engine outputNode] lastRenderTime];
    return [now isHostTimeValid]
               ? [AVAudioTime timeWithHostTime:[now hostTime] +
                                               [AVAudioTime hostTimeForSeconds:LEAD_SECONDS]]
               : nil;
}

static void start_all(const open_batch *batch) {
    AVAudioTime *start = nil;
    BOOL offline = [batch->engine isInManualRenderingMode];
    for (size_t i = 0; i < batch->count; i++) {
        AVAudioPlayerNode *player = batch->players[i];
        @try {
            // A host time serves all players; a sample time is at the player's rate.
            start = start == nil || offline ? start_of(batch->engine, player) : start;
            [player playAtTime:start];
        } @catch (NSException *exception) {
            // It was disconnected later in the batch. The others start anyway.
            (void)exception;
        }
        [player release];
    }
}

BOOL perbus__end_play_batch(AVAudioEngine *engine) {
    open_batch *ended = NULL;
    pthread_mutex_lock(&lock);
    open_batch **link = find(engine);
    BOOL open = *link != NULL;
    if (open && --(*link)->depth == 0) {
        ended = *link;
        *link = ended->next;
    }
    pthread_mutex_unlock(&lock);
    if (ended != NULL) {
        start_all(ended);
        free(ended->players);
        free(ended);
    }
    return open;
}
