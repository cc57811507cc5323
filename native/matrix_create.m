// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Creates a matrix mixer: the system does so asynchronously and calls a handler on any thread.
#import "shim.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/time.h>

// How long the system may take, and how often the main thread runs its run loop meanwhile.
enum { PATIENCE_SECONDS = 10, TURN_MICROSECONDS = 2000 };

// Shared by the caller and the handler. The last of the two to release it frees it, so that the
// handler may come after the caller has given up.
typedef struct Waiting {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    int owners;
    bool done;
    AVAudioUnit *unit; // retained
    NSError *error;    // retained
} Waiting;

static Waiting *create_waiting(void) {
    Waiting *waiting = calloc(1, sizeof *waiting);
    if (waiting != NULL) {
        pthread_mutex_init(&waiting->lock, NULL);
        pthread_cond_init(&waiting->arrived, NULL);
        waiting->owners = 2;
    }
    return waiting;
}

static void release_waiting(Waiting *waiting) {
    pthread_mutex_lock(&waiting->lock);
    bool last = --waiting->owners == 0;
    pthread_mutex_unlock(&waiting->lock);
    if (last) {
        [waiting->unit release];
        [waiting->error release];
        pthread_cond_destroy(&waiting->arrived);
        pthread_mutex_destroy(&waiting->lock);
        free(waiting);
    }
}

static void deliver(Waiting *waiting, AVAudioUnit *unit, NSError *error) {
    pthread_mutex_lock(&waiting->lock);
    waiting->unit = [unit retain];
    waiting->error = [error retain];
    waiting->done = true;
    pthread_cond_signal(&waiting->arrived);
    pthread_mutex_unlock(&waiting->lock);
    release_waiting(waiting);
}

static struct timespec from_now(long microseconds) {
    struct timeval now;
    gettimeofday(&now, NULL);
    long sum = now.tv_usec + microseconds;
    return (struct timespec){now.tv_sec + sum / 1000000, (sum % 1000000) * 1000};
}

// Whether the handler came in time. On the main thread the run loop goes on, as the system may need
// it.
static bool wait_for(Waiting *waiting) {
    bool main = [NSThread isMainThread];
    long turn = main ? TURN_MICROSECONDS : PATIENCE_SECONDS * 1000000L;
    NSDate *limit = [NSDate dateWithTimeIntervalSinceNow:PATIENCE_SECONDS];
    for (;;) {
        struct timespec until = from_now(turn);
        pthread_mutex_lock(&waiting->lock);
        int problem = 0;
        while (!waiting->done && problem == 0) {
            problem = pthread_cond_timedwait(&waiting->arrived, &waiting->lock, &until);
        }
        bool done = waiting->done;
        pthread_mutex_unlock(&waiting->lock);
        if (done || [limit timeIntervalSinceNow] <= 0) {
            return done;
        }
        if (main) {
            [[NSRunLoop currentRunLoop] runMode:NSDefaultRunLoopMode beforeDate:[NSDate date]];
        }
    }
}

static perbus_status resize(AVAudioUnit *unit, AudioUnitScope scope, UInt32 buses,
                            perbus_error *error) {
    OSStatus problem = AudioUnitSetProperty([unit audioUnit], kAudioUnitProperty_ElementCount,
                                            scope, 0, &buses, sizeof buses);
    if (problem == 0) {
        return PERBUS_OK;
    }
    perbus_status status = perbus__fail(
        error, problem == kAudio_MemFullError ? PERBUS_ERROR_NO_MEMORY : PERBUS_ERROR_EXCEPTION,
        @"the matrix refuses %u %s buses (error %d)", (unsigned)buses,
        scope == kAudioUnitScope_Input ? "input" : "output", (int)problem);
    if (error != NULL) {
        error->os_code = problem;
    }
    return status;
}

static perbus_status finish(Waiting *waiting, uint32_t input_buses, uint32_t output_buses,
                            perbus_node **out_node, perbus_error *error) {
    if (!wait_for(waiting)) {
        return perbus__fail(error, PERBUS_ERROR_UNSUPPORTED,
                            @"the system has made no matrix mixer in %d seconds", PATIENCE_SECONDS);
    }
    if (waiting->unit == nil) {
        return perbus__fail_with(error, PERBUS_ERROR_UNSUPPORTED, waiting->error);
    }
    // Now, because a running engine does not connect buses that are added later.
    PERBUS_CHECK(resize(waiting->unit, kAudioUnitScope_Input, input_buses, error));
    PERBUS_CHECK(resize(waiting->unit, kAudioUnitScope_Output, output_buses, error));
    return perbus__wrap(waiting->unit, PERBUS_KIND_MATRIX, out_node, error);
}

static perbus_status check_buses(const char *role, uint32_t buses, perbus_error *error) {
    if (buses >= 1 && buses <= PERBUS_MAX_MATRIX_BUSES) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"%u %s buses are not in 1 to %d", buses,
                        role, PERBUS_MAX_MATRIX_BUSES);
}

perbus_status perbus_matrix_create(uint32_t input_buses, uint32_t output_buses,
                                   perbus_node **out_node, perbus_error *error) {
    PERBUS_REQUIRE(out_node, error);
    PERBUS_CHECK(check_buses("input", input_buses, error));
    PERBUS_CHECK(check_buses("output", output_buses, error));
    return perbus__guard(error, ^{
        Waiting *waiting = create_waiting();
        if (waiting == NULL) {
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a matrix");
        }
        AudioComponentDescription description = {
            .componentType = kAudioUnitType_Mixer,
            .componentSubType = kAudioUnitSubType_MatrixMixer,
            .componentManufacturer = kAudioUnitManufacturer_Apple,
        };
        perbus_status status;
        @try {
            [AVAudioUnit instantiateWithComponentDescription:description options:0
                                           completionHandler:^(AVAudioUnit *unit, NSError *cause) {
                                               deliver(waiting, unit, cause);
                                           }];
        } @catch (NSException *exception) {
            // No handler will come: this call owns both references.
            release_waiting(waiting);
            release_waiting(waiting);
            return perbus__caught(error, exception);
        } @
        try {
            status = finish(waiting, input_buses, output_buses, out_node, error);
        } @finally {
            release_waiting(waiting);
        }
        return status;
    });
}
