// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBEvents.h"
#import "PBCallbacks.h"
#import "avfaudio/support/PBPools.h"
#import "avfaudio/graph/PBManners.h"

#import <AVFAudio/AVAudioEngine.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <time.h>

NSString *const AVAudioEngineConfigurationChangeNotification =
    @"AVAudioEngineConfigurationChangeNotification";

enum { KINDS = PB_INPUT_LOST + 1 };

// How long a notification waits for memory, and how often.
static const struct timespec Pause = {0, 10 * 1000 * 1000};
enum { ATTEMPTS = 100 };

typedef struct Event {
    PBEntry entry;
    PBEvents *events;
    PBEvent what;
    BOOL spare;
} Event;

struct PBEvents {
    // One of each kind, for when there is no memory. Those that are queued meanwhile are one event.
    Event spares[KINDS];
    atomic_bool queued[KINDS];
    atomic_uint holders; // the engine, and every event that is queued
    PBCallbacks *thread;
    pthread_mutex_t lock;
    pthread_cond_t idle;
    AVAudioEngine *engine; // not retained; nil once it goes
    PBListener listener;
    BOOL reporting;
    pthread_t reporter;
    BOOL outlived;    // the listener that is running has replaced itself,
    PBListener later; // so it is destroyed afterwards
};

static void Release(PBEvents *events) {
    if (atomic_fetch_sub(&events->holders, 1) == 1) {
        pthread_cond_destroy(&events->idle);
        pthread_mutex_destroy(&events->lock);
        free(events);
    }
}

static void Destroy(PBListener listener) {
    if (listener.destroy != NULL) {
        listener.destroy(listener.context);
    }
}

static void Tell(PBEvents *events, PBEvent what) {
    pthread_mutex_lock(&events->lock);
    PBListener listener = events->listener;
    events->reporting = YES;
    events->reporter = pthread_self();
    events->outlived = NO;
    pthread_mutex_unlock(&events->lock);
    if (listener.tell != NULL) {
        listener.tell(listener.context, what);
    }
    pthread_mutex_lock(&events->lock);
    events->reporting = NO;
    BOOL outlived = events->outlived;
    PBListener later = events->later;
    pthread_cond_broadcast(&events->idle);
    pthread_mutex_unlock(&events->lock);
    if (outlived) {
        Destroy(later);
    }
}

// NO without memory.
static BOOL Post(AVAudioEngine *engine) {
    if (!PBHasRoom()) {
        return NO;
    }
    @try {
        PBMannersConfigurationChanged(engine);
        [[NSNotificationCenter defaultCenter]
            postNotificationName:AVAudioEngineConfigurationChangeNotification
                          object:engine];
    } @catch (NSException *exception) {
        return ![[exception name] isEqualToString:NSMallocException];
    }
    return YES;
}

// Whoever starts the engine again depends on it.
static void Notify(PBEvents *events) {
    for (int i = 0; i < ATTEMPTS; i++) {
        pthread_mutex_lock(&events->lock);
        AVAudioEngine *engine = events->engine;
        pthread_mutex_unlock(&events->lock);
        // The engine's end waits for this thread, unless it is an observer that ends it.
        if (engine == nil || Post(engine)) {
            return;
        }
        nanosleep(&Pause, NULL);
    }
}

static void Run(PBEntry *entry) {
    Event *event = (Event *)entry;
    PBEvents *events = event->events;
    PBEvent what = event->what;
    if (event->spare) {
        atomic_store(&events->queued[what], false);
    } else {
        free(event);
    }
    @try {
        if (what == PB_CONFIGURATION_CHANGED) {
            Notify(events);
        }
        Tell(events, what);
    } @finally {
        Release(events);
    }
}

static void PollNothing(void *context) {
    (void)context;
}

PBEvents *PBEventsCreate(AVAudioEngine *engine) {
    PBEvents *events = calloc(1, sizeof *events);
    if (events == NULL) {
        return NULL;
    }
    events->thread = PBCallbacksCreate(PollNothing, NULL, 0);
    if (events->thread == NULL) {
        free(events);
        return NULL;
    }
    atomic_init(&events->holders, 1);
    pthread_mutex_init(&events->lock, NULL);
    pthread_cond_init(&events->idle, NULL);
    events->engine = engine;
    return events;
}

void PBEventsPut(PBEvents *events, PBEvent what) {
    Event *event = calloc(1, sizeof *event);
    BOOL spare = event == NULL;
    if (spare) {
        if (atomic_exchange(&events->queued[what], true)) {
            return;
        }
        event = &events->spares[what];
    }
    *event = (Event){{NULL, Run}, events, what, spare};
    atomic_fetch_add(&events->holders, 1);
    PBCallbacksPut(events->thread, &event->entry);
}

void PBEventsSetListener(PBEvents *events, PBListener listener) {
    pthread_mutex_lock(&events->lock);
    PBListener former = events->listener;
    events->listener = listener;
    BOOL itself = events->reporting && pthread_equal(events->reporter, pthread_self());
    BOOL later = itself && !events->outlived;
    if (later) {
        events->outlived = YES;
        events->later = former;
    }
    while (!itself && events->reporting) {
        pthread_cond_wait(&events->idle, &events->lock);
    }
    pthread_mutex_unlock(&events->lock);
    if (!later) {
        Destroy(former);
    }
}

void PBEventsClose(PBEvents *events) {
    PBEventsSetListener(events, (PBListener){NULL, NULL, NULL});
    pthread_mutex_lock(&events->lock);
    events->engine = nil;
    pthread_mutex_unlock(&events->lock);
    PBCallbacksClose(events->thread);
    Release(events);
}
