// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Strips that are asked for and released by several threads, also while the engine is let go.
#import "tests.h"

#include <pthread.h>

enum { ROUNDS = 300, THREADS = 3 };

static void *ask_and_release(void *context) {
    Stage *stage = context;
    for (int i = 0; i < ROUNDS; i++) {
        @autoreleasepool {
            PBStrip *strip = [stage->mixer pb_stripForBus:1];
            CHECK([strip bus] == 1 && [strip mixer] == stage->mixer);
            CHECK(strip == [stage->mixer pb_stripForBus:1]);
            [strip setVolume:0.5f];
            CHECK([strip volume] == 0.5f);
        }
    }
    return NULL;
}

static void *ask_while_it_is_let_go(void *context) {
    Stage *stage = context;
    for (int i = 0; i < ROUNDS; i++) {
        @autoreleasepool {
            NSError *why = nil;
            PBStrip *strip = [stage->mixer pb_stripForBus:1 error:&why];
            CHECK(strip != nil || [why code] == PBErrorClosed);
            CHECK([strip setVolume:0.25f error:&why] || [why code] == PBErrorClosed);
        }
    }
    return NULL;
}

static void on_threads(void *(*body)(void *), Stage *stage, void (*meanwhile)(Stage *)) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, body, stage) == 0);
    }
    meanwhile(stage);
    for (int i = 0; i < THREADS; i++) {
        pthread_join(threads[i], NULL);
    }
}

static void render(Stage *stage) {
    for (int i = 0; i < ROUNDS / 10; i++) {
        @autoreleasepool {
            left_of(stage->engine);
        }
    }
}

static void let_go(Stage *stage) {
    for (int i = 0; i < ROUNDS / 10; i++) {
        @autoreleasepool {
            [stage->engine pb_relinquish];
        }
    }
}

void test_threads(void) {
    Stage *stage = [[Stage alloc] init];
    on_threads(ask_and_release, stage, render);
    NEAR(left_of(stage->engine), 0.5f * 0.5f + 0.25f);
    on_threads(ask_while_it_is_let_go, stage, let_go);
    NEAR(left_of(stage->engine), 0.25f * 0.5f + 0.25f);
    [stage release];
}
