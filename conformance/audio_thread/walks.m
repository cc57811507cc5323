// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What it costs to change a graph, in connections looked at, and what the ways of asking whether one
// node feeds another say of graphs at random.
#include "../../native/avfaudio/graph/PBGraph.h"

#import "../../native/platform/points.h"
#import "../cases/support.h"

enum { NODES = 24, BUSES = 3, EDITS = 600 };

static AVAudioNode *new_link(BOOL effect) {
    return effect ? (AVAudioNode *)[[AVAudioUnitEQ alloc] initWithNumberOfBands:1]
                  : (AVAudioNode *)[[AVAudioMixerNode alloc] init];
}

// A chain from a player to the main mixer.
static NSArray *attach_chain(AVAudioEngine *engine, int length, BOOL effects) {
    NSMutableArray *chain = [NSMutableArray arrayWithObject:test_player(engine)];
    for (int i = 0; i < length; i++) {
        AVAudioNode *link = new_link(effects);
        [engine attachNode:link];
        [chain addObject:link];
        [link release];
    }
    [chain addObject:[engine mainMixerNode]];
    return chain;
}

static uint64_t steps_to_join(AVAudioEngine *engine, NSArray *chain, BOOL upwards) {
    uint64_t before = PBStepCount();
    NSUInteger joints = [chain count] - 1;
    for (NSUInteger i = 0; i < joints; i++) {
        NSUInteger at = upwards ? joints - 1 - i : i;
        [engine connect:[chain objectAtIndex:at] to:[chain objectAtIndex:at + 1] fromBus:0 toBus:0
                 format:test_format(2)];
    }
    return PBStepCount() - before;
}

static uint64_t steps_to_take_apart(AVAudioEngine *engine, NSArray *chain, BOOL upwards) {
    uint64_t before = PBStepCount();
    for (NSUInteger i = 1; i + 1 < [chain count]; i++) {
        [engine disconnectNodeInput:[chain objectAtIndex:upwards ? [chain count] - 1 - i : i]
                                bus:0];
    }
    return PBStepCount() - before;
}

// Steps for each link of a chain that is built, then taken apart.
CASE(walk_chains) {
    enum { SHORT = 200, LONG = 2000 };
    for (int kind = 0; kind < 8; kind++) {
        BOOL effects = kind & 1, upwards = (kind & 2) != 0, back = (kind & 4) != 0;
        uint64_t steps[2];
        for (int size = 0; size < 2; size++) {
            @autoreleasepool {
                int length = size == 0 ? SHORT : LONG;
                AVAudioEngine *engine = test_engine();
                NSArray *chain = attach_chain(engine, length, effects);
                steps[size] = steps_to_join(engine, chain, upwards);
                steps[size] += steps_to_take_apart(engine, chain, back);
            }
        }
        CHECK(steps[1] < 12 * steps[0] && steps[1] < LONG * 100,
              "chain %d: %llu steps for %d links, %llu for %d", kind, (unsigned long long)steps[0],
              SHORT, (unsigned long long)steps[1], LONG);
    }
}

// One source to more and more buses: what is added is looked at.
CASE(walk_sends) {
    enum { SENDS = 4000 };
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *aux = test_mixer(engine);
    AVAudioNode *source = test_source(engine, 2, 0.5f, 0.5f);
    [engine connect:aux to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    uint64_t before = PBStepCount();
    for (NSUInteger i = 0; i < SENDS; i++) {
        const PBPoint point = {aux, i};
        PBConnectMore(engine, source, 0, &point, 1);
    }
    uint64_t steps = PBStepCount() - before;
    CHECK(steps < SENDS * 20, "%llu steps for %d sends", (unsigned long long)steps, SENDS);
    CHECK([[engine outputConnectionPointsForNode:source outputBus:0] count] == SENDS,
          "expected %d sends", SENDS);
}

static uint32_t next_below(uint32_t *state, uint32_t limit) {
    *state = *state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)(*state >> 8) * limit) >> 24);
}

// feeds[i][j]: a path leads from i to j, or they are the same.
static void find_paths(AVAudioEngine *engine, NSArray *nodes, BOOL feeds[NODES][NODES]) {
    for (int i = 0; i < NODES; i++) {
        for (int j = 0; j < NODES; j++) {
            feeds[i][j] = i == j;
        }
        NSArray *points = [engine outputConnectionPointsForNode:[nodes objectAtIndex:i]
                                                      outputBus:0];
        for (AVAudioConnectionPoint *point in points) {
            NSUInteger to = [nodes indexOfObject:[point node]];
            if (to != NSNotFound) {
                feeds[i][to] = YES;
            }
        }
    }
    for (int k = 0; k < NODES; k++) {
        for (int i = 0; i < NODES; i++) {
            for (int j = 0; j < NODES; j++) {
                feeds[i][j] |= feeds[i][k] && feeds[k][j];
            }
        }
    }
}

// Both ways of looking for a path against a table of all of them; and connecting is refused where
// there is one back.
CASE(walk_random_graphs) {
    AVAudioEngine *engine = test_engine();
    NSMutableArray *nodes = [NSMutableArray array];
    uint32_t state = 7;
    for (int i = 0; i < NODES; i++) {
        [nodes addObject:test_mixer(engine)];
    }
    for (int edit = 0; edit < EDITS; edit++) {
        @autoreleasepool {
            static BOOL feeds[NODES][NODES];
            uint32_t source = next_below(&state, NODES), targets[2];
            PBPoint points[2];
            perbus__point listed_same[2], *same = listed_same;
            NSMutableArray *listed = [NSMutableArray array];
            find_paths(engine, nodes, feeds);
            BOOL closes = NO;
            for (int i = 0; i < 2; i++) {
                targets[i] = next_below(&state, NODES);
                uint32_t bus = next_below(&state, BUSES);
                AVAudioNode *node = [nodes objectAtIndex:targets[i]];
                points[i] = (PBPoint){node, bus};
                same[i] = (perbus__point){node, bus};
                [listed addObject:[[[AVAudioConnectionPoint alloc] initWithNode:node
                                                                            bus:bus] autorelease]];
                closes = closes || feeds[targets[i]][source];
            }
            AVAudioNode *from = [nodes objectAtIndex:source];
            CHECK(PBAnyReaches(engine, points, 2, from) == closes, "edit %d: the engine's walk",
                  edit);
            CHECK(perbus__walk_meets(engine, same, 2, from) == closes, "edit %d: by points", edit);
            BOOL adds = next_below(&state, 2);
            NSException *refusal = test_exception(^{
                if (adds) {
                    perbus__add_points(engine, from, 0, same, 2);
                } else {
                    [engine connect:from toConnectionPoints:listed fromBus:0 format:test_format(2)];
                }
            });
            CHECK((refusal != nil) == closes, "edit %d: expected %s", edit,
                  closes ? "a refusal" : "a connection");
            if (next_below(&state, 3) == 0) {
                [engine disconnectNodeOutput:[nodes objectAtIndex:next_below(&state, NODES)]];
            }
        }
    }
}

// What is added by listing all again, and what is added alone.
CASE(walk_more_points) {
    AVAudioEngine *engines[2];
    NSArray *ends[2];
    for (int e = 0; e < 2; e++) {
        AVAudioEngine *engine = engines[e] = test_engine();
        AVAudioNode *source = test_source(engine, 2, 0.5f, 0.5f);
        NSArray *mixers = [NSArray arrayWithObjects:test_mixer(engine), test_mixer(engine), nil];
        for (NSUInteger i = 0; i < 12; i++) {
            AVAudioNode *mixer = [mixers objectAtIndex:i % 2];
            const NSUInteger bus = i * 5 % 8;
            if (e == 0) {
                PBConnectMore(engine, source, 0, &(PBPoint){mixer, bus}, 1);
            } else {
                perbus__add_points(engine, source, 0, &(perbus__point){mixer, bus}, 1);
            }
        }
        ends[e] = [engine outputConnectionPointsForNode:source outputBus:0];
    }
    CHECK([ends[0] count] == [ends[1] count], "%lu points alone, %lu in lists",
          (unsigned long)[ends[0] count], (unsigned long)[ends[1] count]);
    for (NSUInteger i = 0; i < [ends[0] count]; i++) {
        CHECK([[ends[0] objectAtIndex:i] bus] == [[ends[1] objectAtIndex:i] bus],
              "point %lu: bus %lu alone, %lu in lists", (unsigned long)i,
              (unsigned long)[[ends[0] objectAtIndex:i] bus],
              (unsigned long)[[ends[1] objectAtIndex:i] bus]);
    }
}
