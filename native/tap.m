// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Taps. Blocks that AVFAudio has queued may run after the tap was removed, on any engine: they reach
// the client through a record that is reused but never freed, and know by its generation whether it
// is still theirs.
#import "checks.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

typedef struct record {
    struct record *next; // of those in use, or of the free ones
    AVAudioNode *node;   // only to be compared
    const void *engine;  // likewise: its taps share a thread
    uint32_t bus;
    perbus_tap_callback callback;
    void *context;
    void (*destroy)(void *context);
    uint64_t generation;
    uint64_t ran;     // blocks that the callback has had or missed
    uint64_t returns; // of callbacks of this engine's taps
    bool running;
    bool closed; // no call begins any more
    bool left;   // to be finished by the call that is running
} record;

struct perbus_tap {
    perbus__handle later;
    record *record;
    uint64_t generation; // while the record has it, it is the tap's
    AVAudioNode *node;   // retained
    uint32_t bus;
    bool ended; // nothing is left but the handle
};

// All that follows.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static record *in_use;
static record *free_records;
static uint64_t generations;

// Whether the thread is in a tap's callback.
static _Thread_local bool in_callback;

// NULL without memory, or if the bus has a tap: *taken says which.
static record *take_record(AVAudioNode *node, const void *engine, uint32_t bus, bool *taken) {
    pthread_mutex_lock(&lock);
    *taken = false;
    for (const record *other = in_use; other != NULL && !*taken; other = other->next) {
        *taken = other->node == node && other->bus == bus;
    }
    record *found = *taken ? NULL : free_records;
    if (found != NULL) {
        free_records = found->next;
    } else if (!*taken) {
        found = calloc(1, sizeof *found);
    }
    if (found != NULL) {
        *found = (record){.next = in_use, .node = node, .engine = engine, .bus = bus};
        found->generation = ++generations;
        in_use = found;
    }
    pthread_mutex_unlock(&lock);
    return found;
}

// The lock is held. Queued blocks do not know the record any more.
static void give_back(record *done) {
    record **link = &in_use;
    while (*link != done) {
        link = &(*link)->next;
    }
    *link = done->next;
    done->generation = 0;
    done->next = free_records;
    free_records = done;
}

// Ends the record: nothing runs. The lock is held, but not while the client's code runs.
static void finish(record *done) {
    void (*destroy)(void *context) = done->destroy;
    void *context = done->context;
    give_back(done);
    if (destroy != NULL) {
        pthread_mutex_unlock(&lock);
        destroy(context);
        pthread_mutex_lock(&lock);
    }
}

static bool may_run(const record *of, uint64_t generation) {
    return of->generation == generation && !of->closed;
}

// The lock is held.
static void count_return(const record *of) {
    for (record *other = in_use; other != NULL; other = other->next) {
        other->returns += other->engine == of->engine;
    }
}

static void run(record *of, uint64_t generation, const perbus_tap_block *block) {
    pthread_mutex_lock(&lock);
    while (may_run(of, generation) && of->running) {
        pthread_cond_wait(&changed, &lock);
    }
    bool runs = may_run(of, generation);
    if (runs) {
        of->running = true;
        pthread_mutex_unlock(&lock);
        bool outside = in_callback;
        in_callback = true;
        of->callback(of->context, block);
        in_callback = outside;
        pthread_mutex_lock(&lock);
        count_return(of);
        of->running = false;
    }
    if (of->generation == generation) {
        of->ran++;
        if (runs && of->left) {
            finish(of);
        }
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void receive(record *of, uint64_t generation, AVAudioPCMBuffer *buffer, AVAudioTime *when) {
    float *const *channels = [buffer floatChannelData];
    AVAudioFormat *format = [buffer format];
    const perbus_tap_block block = {
        .sample_time = [when isSampleTimeValid] ? [when sampleTime] : 0,
        .sample_rate = [format sampleRate],
        .frames = channels != NULL ? [buffer frameLength] : 0,
        .channel_count = [format channelCount],
        .channels = (const float *const *)channels,
    };
    run(of, generation, &block);
}

static perbus_status install(record *of, AVAudioNode *node, uint32_t bus, uint32_t frames,
                             perbus_tap **out_tap, perbus_error *error) {
    perbus_tap *tap = calloc(1, sizeof *tap);
    if (tap == NULL) {
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a tap");
    }
    uint64_t generation = of->generation;
    AVAudioNodeTapBlock block = ^(AVAudioPCMBuffer *buffer, AVAudioTime *when) {
        receive(of, generation, buffer, when);
    };
    @try {
        [node installTapOnBus:bus bufferSize:frames format:nil block:block];
    } @catch (NSException *exception) {
        free(tap);
        return perbus__caught(error, exception);
    }
    *tap = (perbus_tap){.record = of, .generation = generation, .node = [node retain], .bus = bus};
    *out_tap = tap;
    return PERBUS_OK;
}

perbus_status perbus_tap_create(perbus_node *node, uint32_t bus, uint32_t frames,
                                perbus_tap_callback callback, void *context,
                                void (*destroy)(void *context), perbus_tap **out_tap,
                                perbus_error *error) {
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(callback, error);
    PERBUS_REQUIRE(out_tap, error);
    if (frames < 1 || frames > PERBUS_MAX_TAP_FRAMES) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"%u frames are not in 1 to %d",
                            frames, PERBUS_MAX_TAP_FRAMES);
    }
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_bus("output", bus, [node->object numberOfOutputs], error));
        AVAudioEngine *engine = [node->object engine];
        if (engine == nil) {
            return perbus__fail(error, PERBUS_ERROR_NOT_ATTACHED,
                                @"the node is not attached to an engine");
        }
        bool taken;
        record *of = take_record(node->object, engine, bus, &taken);
        if (of == NULL) {
            return taken ? perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                                        @"output bus %u has a tap already", bus)
                         : perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a tap");
        }
        of->callback = callback;
        of->context = context;
        perbus_status status = install(of, node->object, bus, frames, out_tap, error);
        pthread_mutex_lock(&lock);
        if (status == PERBUS_OK) {
            of->destroy = destroy;
        } else {
            finish(of);
        }
        pthread_mutex_unlock(&lock);
        return status;
    });
}

// Whether the thread is one that callbacks run on: waiting for them there may be waiting for itself.
static bool serves(void) {
    return in_callback || perbus__is_callback_thread();
}

// Waits until something has changed. In a batch, for whose end a callback may be waiting, not for ever:
// *since is when one of the engine's has returned last. The lock is held.
static bool waits_on(const record *of, uint64_t *since) {
    const uint64_t LONGEST = 500000000;
    const struct timespec pause = {.tv_nsec = 1000000};
    if (!perbus__in_batch()) {
        pthread_cond_wait(&changed, &lock);
        return true;
    }
    uint64_t now = perbus__host_now(), before = of->returns;
    *since = *since == 0 ? now : *since;
    if (now - *since > LONGEST) {
        return false;
    }
    pthread_mutex_unlock(&lock);
    nanosleep(&pause, NULL);
    pthread_mutex_lock(&lock);
    *since = of->returns != before ? now : *since;
    return true;
}

// Until the callback has had them, or gets no more; false in a batch that has waited long enough. The
// lock is held.
static bool wait_until_run(const perbus_tap *tap, uint64_t queued, uint64_t *since) {
    const record *of = tap->record;
    while (may_run(of, tap->generation) && of->ran < queued) {
        if (!waits_on(of, since)) {
            return false;
        }
    }
    return true;
}

perbus_status perbus_tap_wait(perbus_tap *tap, perbus_error *error) {
    PERBUS_REQUIRE(tap, error);
    return perbus__guard(error, ^{
        if (serves()) {
            return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                                @"a callback would wait for callbacks");
        }
        uint64_t queued = perbus__tap_queued(tap->node, tap->bus, NO), since = 0;
        pthread_mutex_lock(&lock);
        bool done = wait_until_run(tap, queued, &since);
        pthread_mutex_unlock(&lock);
        return done ? PERBUS_OK
                    : perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                                   @"in a batch: a callback may wait for its end");
    });
}

perbus_status perbus_tap_get_dropped(perbus_tap *tap, uint64_t *out_frames, perbus_error *error) {
    PERBUS_REQUIRE(tap, error);
    PERBUS_REQUIRE(out_frames, error);
    return perbus__guard(error, ^{
        if (!perbus__counts_dropped()) {
            return perbus__fail(error, PERBUS_ERROR_UNSUPPORTED,
                                @"this system's AVFAudio does not count dropped frames");
        }
        pthread_mutex_lock(&lock);
        bool ended = tap->ended;
        pthread_mutex_unlock(&lock);
        if (ended) {
            return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT, @"the tap was discarded");
        }
        *out_frames = perbus__tap_dropped(tap->node, tap->bus);
        return PERBUS_OK;
    });
}

static void end_tap(perbus_tap *tap, bool waits) {
    pthread_mutex_lock(&lock);
    bool ended = tap->ended;
    tap->ended = true;
    pthread_mutex_unlock(&lock);
    if (ended) {
        return;
    }
    __block uint64_t queued = 0;
    perbus__catch(NULL, ^{
        @try {
            queued = waits ? perbus__tap_queued(tap->node, tap->bus, YES) : 0;
            [tap->node removeTapOnBus:tap->bus];
        } @finally {
            // The bus has no tap any more, and another node may soon have this one's address.
            pthread_mutex_lock(&lock);
            tap->record->node = nil;
            pthread_mutex_unlock(&lock);
        }
        return PERBUS_OK;
    });
    record *of = tap->record;
    pthread_mutex_lock(&lock);
    uint64_t since = 0;
    waits = waits && wait_until_run(tap, queued, &since);
    of->closed = true;
    while (waits && of->running) {
        waits = waits_on(of, &since);
    }
    if (of->running) {
        of->left = true;
    } else {
        finish(of);
    }
    pthread_cond_broadcast(&changed);
    pthread_mutex_unlock(&lock);
}

static void free_tap(perbus_tap *tap) {
    perbus__catch(NULL, ^{
        [tap->node release];
        return PERBUS_OK;
    });
    free(tap);
}

// Within another call, whose thread may hold a lock that the callback takes.
static void destroy_later(perbus__handle *handle) {
    perbus_tap *tap = (perbus_tap *)handle;
    end_tap(tap, false);
    free_tap(tap);
}

void perbus_tap_destroy(perbus_tap *tap) {
    if (tap != NULL && perbus__in_render) {
        perbus__end(&tap->later, destroy_later);
    } else if (tap != NULL) {
        end_tap(tap, !serves());
        free_tap(tap);
    }
}

void perbus_tap_discard(perbus_tap *tap) {
    if (tap != NULL && !perbus__in_render) {
        end_tap(tap, false);
    }
}
