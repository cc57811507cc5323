// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Fades a player out, for an engine that does not: lowers the volumes of its mixer connections in
// steps, and restores them once the player is silent. Offline time passes with what is rendered.
#import "platform/platform.h"
#import "player_node.h"

#include <math.h>
#include <stdlib.h>

// The player halts so much later, because the engine takes a while to follow a step.
static const double STEP_SECONDS = 0.005, SETTLE_SECONDS = 0.01;

// A destination that is being faded.
typedef struct fader {
    AVAudioMixingDestination *destination; // retained
    float volume;                          // without the halt
    float faded;                           // what the halt has last made of it
} fader;

struct perbus__ramp {
    uint64_t number; // of the current halt; earlier ones have been cancelled
    BOOL active;
    BOOL stops;
    double seconds;
    double from, gain; // at its beginning, and now
    BOOL offline;
    int64_t began; // then: a frame of the engine's
    size_t count;
    fader *faders;
};

// A volume that somebody else has set meanwhile counts.
static void look(fader *fader) {
    float now = [fader->destination volume];
    fader->volume = now == fader->faded ? fader->volume : now;
}

static void fade(fader *fader, double gain) {
    look(fader);
    fader->faded = fader->volume * (float)gain;
    [fader->destination setVolume:fader->faded];
}

static void restore(struct perbus__ramp *ramp) {
    for (size_t i = 0; i < ramp->count; i++) {
        fade(&ramp->faders[i], 1);
        [ramp->faders[i].destination release];
    }
    free(ramp->faders);
    ramp->faders = NULL;
    ramp->count = 0;
    ramp->active = NO;
    if (ramp->offline) {
        ramp->offline = NO;
        perbus__attend_offline(-1);
    }
}

static BOOL find_faders(PerbusPlayerNode *player, struct perbus__ramp *ramp) {
    NSArray<AVAudioConnectionPoint *> *points =
        [[player engine] outputConnectionPointsForNode:player outputBus:0];
    ramp->faders = calloc([points count] + 1, sizeof *ramp->faders);
    for (AVAudioConnectionPoint *point in points) {
        AVAudioNode *mixer = [point node];
        AVAudioMixingDestination *destination = ramp->faders != NULL && mixer != nil
                                                    ? [player destinationForMixer:mixer
                                                                              bus:[point bus]]
                                                    : nil;
        if (destination != nil) {
            float volume = [destination volume];
            ramp->faders[ramp->count++] = (fader){[destination retain], volume, volume};
        }
    }
    return ramp->count > 0;
}

static void finish(PerbusPlayerNode *player, BOOL stops) {
    perbus__watched_position(player); // which cannot be asked for afterwards
    if (stops) {
        perbus__decide_ends(player, PERBUS_END_STOPPED);
        [player stop];
    } else {
        [player pause];
    }
}

// How long the halt has lasted, so many seconds of real time after its beginning.
static double age_of(PerbusPlayerNode *player, const struct perbus__ramp *ramp, double elapsed) {
    AVAudioEngine *engine = [player engine];
    if (![engine isRunning]) {
        return HUGE_VAL;
    }
    if (!ramp->offline) {
        return elapsed;
    }
    int64_t frames = [engine manualRenderingSampleTime] - ramp->began;
    // A reset sets the time back.
    return frames >= 0 ? (double)frames / [[engine manualRenderingFormat] sampleRate] : HUGE_VAL;
}

// Runs the body under the ramp's lock, which is the player's. The engine's comes before it: a batch
// has that already.
static void with_ramp(PerbusPlayerNode *player, void (^body)(struct perbus__ramp *ramp)) {
    perbus__locked([player engine], ^{
        @synchronized(player) {
            body(player->_ramp);
        }
    });
}

// Whether there is more to do. Both locks are held.
static BOOL step(PerbusPlayerNode *player, struct perbus__ramp *ramp, double elapsed) {
    double age = age_of(player, ramp, elapsed);
    ramp->gain = age < ramp->seconds ? ramp->from * (1 - age / ramp->seconds) : 0;
    for (size_t i = 0; i < ramp->count; i++) {
        fade(&ramp->faders[i], ramp->gain);
    }
    if (age >= ramp->seconds + SETTLE_SECONDS) {
        finish(player, ramp->stops);
        restore(ramp);
    }
    return ramp->active;
}

// NO if another thread has the engine: it may be waiting for the ramp. While a player halts, its
// engine cannot end.
static BOOL step_if_free(PerbusPlayerNode *player, uint64_t number, double elapsed, BOOL *goes_on) {
    @synchronized(player) {
        struct perbus__ramp *ramp = player->_ramp;
        if (ramp->number != number || !ramp->active) {
            *goes_on = NO;
            return YES;
        }
        return perbus__try_locked([player engine], ^{
            *goes_on = step(player, ramp, elapsed);
        });
    }
}

static void step_repeatedly(PerbusPlayerNode *player, uint64_t number, double elapsed) {
    BOOL goes_on = NO;
    while (!step_if_free(player, number, elapsed, &goes_on)) {
        perbus__give_way();
    }
    if (goes_on) {
        [player retain];
        perbus__run_later(STEP_SECONDS, ^{
            step_repeatedly(player, number, elapsed + STEP_SECONDS);
            [player release];
        });
    }
}

void perbus__step_halt(PerbusPlayerNode *player) {
    with_ramp(player, ^(struct perbus__ramp *ramp) {
        if (ramp != NULL && ramp->active && ramp->offline) {
            step(player, ramp, 0);
        }
    });
}

// Whether the steps have to go on by themselves.
static BOOL begin(PerbusPlayerNode *player, struct perbus__ramp *ramp, double seconds, BOOL stops) {
    BOOL sounds = ramp != NULL && seconds > 0 && [player isPlaying];
    if (!sounds || (!ramp->active && !find_faders(player, ramp))) {
        finish(player, stops);
        return NO;
    }
    AVAudioEngine *engine = [player engine];
    ramp->from = ramp->active ? ramp->gain : 1;
    ramp->seconds = seconds;
    ramp->stops = stops;
    if (!ramp->active && [engine isInManualRenderingMode]) {
        ramp->offline = YES;
        perbus__attend_offline(1);
    }
    ramp->began = ramp->offline ? [engine manualRenderingSampleTime] : 0;
    ramp->active = YES;
    ramp->number++;
    return YES;
}

void perbus__halt_in_steps(PerbusPlayerNode *player, double seconds, BOOL stops) {
    __block BOOL steps = NO;
    __block uint64_t number = 0;
    with_ramp(player, ^(struct perbus__ramp *ramp) {
        if (ramp == NULL) {
            ramp = player->_ramp = calloc(1, sizeof *ramp);
        }
        steps = begin(player, ramp, seconds, stops);
        number = steps ? ramp->number : 0;
    });
    // Offline, too: the program may render an engine of its own by itself.
    if (steps) {
        step_repeatedly(player, number, 0);
    }
}

void perbus__end_steps(PerbusPlayerNode *player) {
    with_ramp(player, ^(struct perbus__ramp *ramp) {
        if (ramp != NULL && ramp->active) {
            ramp->number++;
            // A player that goes on returns along Apple's own ramp.
            restore(ramp);
        }
    });
}
