// SPDX-License-Identifier: MIT OR Apache-2.0
#define _POSIX_C_SOURCE 200809L // nanosleep
#import "PBManners.h"
#import "PBBatches.h"
#import "PBConnections.h"
#import "PBEngine.h"
#import "PBWalk.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/support/PBErrors.h"

#include <semaphore.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define VARIABLE "PERBUS_MANNERS"

// Beside the manners that were set: they count, and not the variable.
#define CHOSEN (1u << 31)

static _Atomic(unsigned) chosen, latest;

static const struct {
    const char *name;
    unsigned manners;
} names[] = {
    {"pending", PB_MANNER_PENDING},
    {"loses-output", PB_MANNER_LOSES_OUTPUT},
    {"slow-start", PB_MANNER_SLOW_START},
    {"stop-waits", PB_MANNER_STOP_WAITS},
    {"strict-teardown", PB_MANNER_STRICT_TEARDOWN},
    {"breaks-connects", PB_MANNER_BREAKS_CONNECTS},
    {"early-completions", PB_MANNER_EARLY_COMPLETIONS},
    {"late-pulls", PB_MANNER_LATE_PULLS},
    {"configuration", PB_MANNER_CONFIGURATION},
    {"wide-output", PB_MANNER_WIDE_OUTPUT},
    {"no-output", PB_MANNER_NO_OUTPUT},
    {"no-fades", PB_MANNER_NO_FADES},
    {"other-clock", PB_MANNER_OTHER_CLOCK},
    {"no-meters", PB_MANNER_NO_METERS},
    {"apple", PB_MANNER_PENDING | PB_MANNER_LOSES_OUTPUT | PB_MANNER_SLOW_START |
                  PB_MANNER_STOP_WAITS | PB_MANNER_STRICT_TEARDOWN | PB_MANNER_CONFIGURATION |
                  PB_MANNER_WIDE_OUTPUT | PB_MANNER_OTHER_CLOCK | PB_MANNER_EARLY_COMPLETIONS |
                  PB_MANNER_LATE_PULLS | PB_MANNER_NO_FADES | PB_MANNER_NO_METERS},
};

static unsigned Named(const char *name, size_t length) {
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (strlen(names[i].name) == length && strncmp(names[i].name, name, length) == 0) {
            return names[i].manners;
        }
    }
    fprintf(stderr, "perbus: " VARIABLE " names \"%.*s\", which is no manner\n", (int)length, name);
    abort();
}

static unsigned Listed(const char *list) {
    unsigned manners = 0;
    while (list != NULL && *list != '\0') {
        size_t length = strcspn(list, ",");
        manners |= Named(list, length);
        list += length;
        list += *list == ',';
    }
    return manners;
}

void PBSetManners(const char *names) {
    chosen = names != NULL ? Listed(names) | CHOSEN : 0;
}

unsigned PBChosenManners(void) {
    unsigned set = chosen;
    latest = (set & CHOSEN) != 0 ? set & ~CHOSEN : Listed(getenv(VARIABLE));
    return latest;
}

BOOL PBLatestHasManner(PBManner manner) {
    return (latest & manner) != 0;
}

BOOL PBHasManner(AVAudioEngine *engine, PBManner manner) {
    return engine != nil && (engine->_engine->manners & manner) != 0;
}

@implementation AVAudioEngine (AVAudioEngineManners)

- (BOOL)pbHasFades {
    return !PBHasManner(self, PB_MANNER_NO_FADES);
}

- (BOOL)pbHasMeters {
    return !PBHasManner(self, PB_MANNER_NO_METERS);
}

@end

// Whether anything upstream makes sound: a node without inputs.
static BOOL HasSource(AVAudioNode *node) {
    PBWalk walk = {.stamp = PBNewStamp()};
    for (PBWalkAdd(&walk, node); walk.node != nil; PBWalkNext(&walk)) {
        const PBNode *own = walk.node->_node;
        if (own->inputCount == 0) {
            return YES;
        }
        for (NSUInteger bus = 0; bus < own->inputCount; bus++) {
            if (own->inputs[bus] != NULL) {
                PBWalkAdd(&walk, own->inputs[bus]->source);
            }
        }
    }
    return NO;
}

void PBMannersFollow(AVAudioEngine *engine) {
    if (!PBHasManner(engine, PB_MANNER_PENDING)) {
        return;
    }
    for (AVAudioNode *node = engine->_engine->oldest; node != nil; node = node->_node->newer) {
        for (NSUInteger bus = 0; bus < node->_node->inputCount; bus++) {
            PBConnection *connection = node->_node->inputs[bus];
            if (connection != NULL && connection->mixing != nil) {
                AVAudioNode *source = PBControllerOf(connection);
                BOOL pending = [source pbIsMixer] && !HasSource(source);
                node->_node->faders[bus].source = pending ? nil : source;
            }
        }
    }
}

void PBMannersStart(AVAudioEngine *engine) {
    if (PBHasManner(engine, PB_MANNER_SLOW_START)) {
        const struct timespec pause = {0, 20 * 1000 * 1000};
        nanosleep(&pause, NULL);
    }
    if (PBHasManner(engine, PB_MANNER_LOSES_OUTPUT)) {
        for (AVAudioNode *node = engine->_engine->oldest; node != nil; node = node->_node->newer) {
            if ([node pbIsMixer]) {
                [(AVAudioMixerNode *)node setOutputVolume:1.0f];
            }
        }
    }
}

void PBMannersConnect(PBConnection *former) {
    if (former == NULL) {
        return;
    }
    AVAudioEngine *engine = former->destination->_node->engine;
    if (PBHasManner(engine, PB_MANNER_BREAKS_CONNECTS) && engine->_engine->phase == PB_RUNNING) {
        [engine disconnectNodeInput:former->destination bus:former->destinationBus];
        PBRequire(NO, @"the connection cannot be made while the engine runs");
    }
}

void PBMannersConnected(AVAudioNode *source) {
    if (PBHasManner(source->_node->engine, PB_MANNER_LOSES_OUTPUT) && [source pbIsMixer]) {
        [(AVAudioMixerNode *)source setOutputVolume:1.0f];
    }
}

typedef struct Mark {
    PBEntry entry;
    sem_t reached;
} Mark;

static void Reach(PBEntry *entry) {
    sem_post(&((Mark *)entry)->reached);
}

void PBMannersStopped(AVAudioEngine *engine) {
    // The callback thread may need the lock, which Apple's engine does not have.
    if (!PBHasManner(engine, PB_MANNER_STOP_WAITS) || PBIsCallbackThread() || [engine pbHasLock]) {
        return;
    }
    if (!PBCallbacksStart(engine->_engine->callbacks)) {
        return; // without a thread there is nothing to wait for
    }
    Mark mark = {.entry.run = Reach};
    sem_init(&mark.reached, 0, 0);
    PBCallbacksPut(engine->_engine->callbacks, &mark.entry);
    while (sem_wait(&mark.reached) != 0) {
    }
    sem_destroy(&mark.reached);
}

void PBMannersEnd(AVAudioEngine *engine) {
    if (!PBHasManner(engine, PB_MANNER_STRICT_TEARDOWN)) {
        return;
    }
    const PBEngine *state = engine->_engine;
    for (AVAudioNode *node = state->oldest; node != nil; node = node->_node->newer) {
        BOOL own = node == state->input || node == state->main;
        if (node->_node->mixing && !own) {
            fprintf(stderr, "perbus: an engine is deallocated while it has sources or mixers\n");
            abort();
        }
    }
}

static void Forget(AVAudioNode *node) {
    for (NSUInteger bus = 0; bus < node->_node->inputCount; bus++) {
        const PBConnection *connection = node->_node->inputs[bus];
        if (connection != NULL && connection->mixing != nil) {
            [connection->mixing setVolume:1.0f];
            [connection->mixing setPan:0.0f];
        }
    }
    if ([node pbIsMixer]) {
        [(AVAudioMixerNode *)node setOutputVolume:1.0f];
    }
    if ([node isKindOfClass:[AVAudioUnitEQ class]]) {
        [(AVAudioUnitEQ *)node setGlobalGain:0.0f];
        for (AVAudioUnitEQFilterParameters *band in [(AVAudioUnitEQ *)node bands]) {
            [band setBypass:YES];
        }
    }
}

void PBMannersConfigurationChanged(AVAudioEngine *engine) {
    if (!PBHasManner(engine, PB_MANNER_CONFIGURATION)) {
        return;
    }
    @autoreleasepool {
        PBLocked(engine) {
            for (AVAudioNode *node = engine->_engine->oldest; node != nil;
                 node = node->_node->newer) {
                Forget(node);
            }
        }
    }
}
