// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Fades a player out, for an engine that does not: lowers the volumes of its mixer connections in
// steps, and restores them once the player is silent.
#import "platform/platform.h"
#import "player_node.h"

#include <stdlib.h>

static const double STEP_SECONDS = 0.005;

// A destination that is being faded.
typedef struct fader {
    AVAudioMixingDestination *destination; // retained
    float volume;                          // to be restored
} fader;

struct perbus__ramp {
    uint64_t number; // of the current halt; earlier ones have been cancelled
    BOOL active;
    size_t count;
    fader *faders;
};

static void restore(struct perbus__ramp *ramp) {
    for (size_t i = 0; i < ramp->count; i++) {
        [ramp->faders[i].destination setVolume:ramp->faders[i].volume];
        [ramp->faders[i].destination release];
    }
    free(ramp->faders);
    ramp->faders = NULL;
    ramp->count = 0;
    ramp->active = NO;
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
            ramp->faders[ramp->count++] = (fader){[destination retain], [destination volume]};
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

static void step(PerbusPlayerNode *player, uint64_t number, double done, double seconds,
                 BOOL stops) {
    @synchronized(player) {
        struct perbus__ramp *ramp = player->_ramp;
        if (ramp->number != number) {
            return;
        }
        double share = seconds > 0 ? done / seconds : 1;
        for (size_t i = 0; i < ramp->count; i++) {
            float volume = ramp->faders[i].volume * (float)(share < 1 ? 1 - share : 0);
            [ramp->faders[i].destination setVolume:volume];
        }
        if (share >= 1) {
            finish(player, stops);
            restore(ramp);
            return;
        }
    }
    [player retain];
    perbus__run_later(STEP_SECONDS, ^{
        step(player, number, done + STEP_SECONDS, seconds, stops);
        [player release];
    });
}

void perbus__halt_in_steps(PerbusPlayerNode *player, double seconds, BOOL stops) {
    uint64_t number = 0;
    @synchronized(player) {
        if (player->_ramp == NULL) {
            player->_ramp = calloc(1, sizeof *player->_ramp);
        }
        struct perbus__ramp *ramp = player->_ramp;
        BOOL sounds = ramp != NULL && seconds > 0 && [player isPlaying];
        if (!sounds || (!ramp->active && !find_faders(player, ramp))) {
            finish(player, stops);
            return;
        }
        ramp->active = YES;
        number = ++ramp->number;
    }
    step(player, number, 0, seconds, stops);
}

void perbus__end_steps(PerbusPlayerNode *player) {
    @synchronized(player) {
        struct perbus__ramp *ramp = player->_ramp;
        if (ramp != NULL && ramp->active) {
            ramp->number++;
            // A player that goes on returns along Apple's own ramp.
            restore(ramp);
        }
    }
}
