// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The first calls in a process, on two threads at once. GNUstep sets up its pools, arrays, strings
// and the like on first use, and not always under a lock, so the library sets them up when it is
// loaded. Each round is a process of its own, forked before anything was used.
#import <Foundation/Foundation.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "perbus.h"

enum { ROUNDS = 400 };

static atomic_int ready;
static int delay; // of the second thread, in turns of a loop

static void use_pool(void) {
    [[NSAutoreleasePool new] release];
}

static void use_collections(void) {
    @autoreleasepool {
        [[NSMutableArray array] addObject:@"one"];
        [[NSMutableSet set] addObject:@"one"];
        [NSDictionary dictionaryWithObject:@"one" forKey:@"two"];
        [NSData data];
    }
}

// A player on a mixer, and what the calls need along the way.
static void use_engine(void) {
    static const perbus_format stereo = {.sample_rate = 48000.0, .channels = 2};
    perbus_engine *engine = NULL;
    perbus_node *player = NULL, *mixer = NULL;
    perbus_error error;
    if (perbus_engine_create_offline(&stereo, 64, &engine, &error) == PERBUS_OK &&
        perbus_engine_copy_main_mixer(engine, &mixer, &error) == PERBUS_OK &&
        perbus_player_create(&player, &error) == PERBUS_OK) {
        float left[64], right[64], *channels[] = {left, right};
        perbus_engine_attach(engine, player, &error);
        perbus_engine_connect(engine, player, 0, mixer, 0, &stereo, &error);
        perbus_engine_start(engine, &error);
        perbus_player_play(player, &error);
        perbus_engine_render(engine, 64, channels, 2, &error);
    }
    perbus_node_release(player);
    perbus_node_release(mixer);
    perbus_engine_destroy(engine);
}

// What a failure says.
static void use_messages(void) {
    perbus_engine *engine = NULL;
    perbus_error error;
    perbus_engine_create_offline(&(perbus_format){.sample_rate = -1.0, .channels = 2}, 64, &engine,
                                 &error);
    perbus_player_play(NULL, &error);
}

static void (*const uses[])(void) = {use_pool, use_collections, use_engine, use_messages};
enum { USES = sizeof uses / sizeof *uses };

static void meet(void) {
    atomic_fetch_add(&ready, 1);
    while (atomic_load(&ready) < 2) {
    }
}

static void *use(void *which) {
    meet();
    ((void (*)(void))which)();
    return NULL;
}

static void one_round(void (*which)(void)) {
    pthread_t other;
    if (pthread_create(&other, NULL, use, (void *)which) == 0) {
        meet();
        for (volatile int turn = 0; turn < delay; turn++) {
        }
        which();
        pthread_join(other, NULL);
    }
    _exit(0);
}

int main(void) {
    int crashed[USES] = {0}, all = 0;
    if (perbus_version() != PERBUS_VERSION) {
        return 2;
    }
    for (int round = 0; round < ROUNDS * USES; round++) {
        delay = round / USES * 50;
        pid_t child = fork();
        if (child == 0) {
            one_round(uses[round % USES]);
        }
        int status = 0;
        if (child < 0 || waitpid(child, &status, 0) != child) {
            return 2;
        }
        crashed[round % USES] += WIFSIGNALED(status);
        all += WIFSIGNALED(status);
    }
    for (int u = 0; u < USES; u++) {
        if (crashed[u] > 0) {
            printf("use %d: %d of %d processes crashed\n", u, crashed[u], ROUNDS);
        }
    }
    return all == 0 ? 0 : 1;
}
