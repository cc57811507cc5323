// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The first pools of a process, on two threads at once: +[NSAutoreleasePool new] of GNUstep looks its
// methods up when it is called first, without a lock. The library does so when it is loaded. Each
// round is a process of its own, forked before any pool was made.
#import <Foundation/Foundation.h>

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "perbus.h"

enum { ROUNDS = 400 };

static atomic_int ready;

static void *make_pool(void *unused) {
    (void)unused;
    atomic_fetch_add(&ready, 1);
    while (atomic_load(&ready) < 2) {
    }
    [[NSAutoreleasePool new] release];
    return NULL;
}

static void one_round(void) {
    pthread_t other;
    if (pthread_create(&other, NULL, make_pool, NULL) == 0) {
        make_pool(NULL);
        pthread_join(other, NULL);
    }
    _exit(0);
}

int main(void) {
    int crashed = 0;
    if (perbus_version() != PERBUS_VERSION) {
        return 2;
    }
    for (int round = 0; round < ROUNDS; round++) {
        pid_t child = fork();
        if (child == 0) {
            one_round();
        }
        int status = 0;
        if (child < 0 || waitpid(child, &status, 0) != child) {
            return 2;
        }
        crashed += WIFSIGNALED(status);
    }
    if (crashed > 0) {
        printf("%d of %d processes crashed\n", crashed, ROUNDS);
    }
    return crashed == 0 ? 0 : 1;
}
