// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What an engine has to be asked for point by point, where it has no better call: its own methods,
// and no others.
#ifndef PERBUS_POINTS_H
#define PERBUS_POINTS_H

#import <AVFAudio/AVFAudio.h>
#import <Foundation/Foundation.h>

typedef struct perbus__point {
    AVAudioNode *node;
    AVAudioNodeBus bus;
} perbus__point;

// A walk over the graph: the nodes that were found, in order, and how many have been looked at.
typedef struct perbus__walk {
    NSMutableArray *nodes;
    NSMutableSet *seen;
    NSUInteger looked;
} perbus__walk;

static inline void perbus__walk_add(perbus__walk *walk, AVAudioNode *node) {
    NSValue *key = node != nil ? [NSValue valueWithPointer:node] : nil;
    if (key != nil && ![walk->seen containsObject:key]) {
        [walk->seen addObject:key];
        [walk->nodes addObject:node];
    }
}

static inline AVAudioNode *perbus__walk_next(perbus__walk *walk) {
    return [walk->nodes objectAtIndex:walk->looked++];
}

static inline void perbus__walk_down(perbus__walk *walk, AVAudioEngine *engine) {
    AVAudioNode *from = perbus__walk_next(walk);
    for (NSUInteger bus = 0; bus < [from numberOfOutputs]; bus++) {
        // A pool for each: a node that is found thousands of times is not retained as often.
        @autoreleasepool {
            NSArray *points = [engine outputConnectionPointsForNode:from outputBus:bus];
            for (AVAudioConnectionPoint *point in points) {
                perbus__walk_add(walk, [point node]);
            }
        }
    }
}

static inline void perbus__walk_up(perbus__walk *walk, AVAudioEngine *engine) {
    AVAudioNode *from = perbus__walk_next(walk);
    for (NSUInteger bus = 0; bus < [from numberOfInputs]; bus++) {
        @autoreleasepool {
            perbus__walk_add(walk, [[engine inputConnectionPointForNode:from inputBus:bus] node]);
        }
    }
}

// Whether a path of connections leads from any of the points' nodes to the target, or one is the
// target. Two walks that take turns: it costs the less of what is downstream of the points and
// upstream of the target.
static inline BOOL perbus__walk_meets(AVAudioEngine *engine, const perbus__point *points,
                                      size_t count, AVAudioNode *target) {
    perbus__walk down = {[NSMutableArray array], [NSMutableSet set], 0};
    perbus__walk up = {[NSMutableArray array], [NSMutableSet set], 0};
    for (size_t i = 0; i < count; i++) {
        perbus__walk_add(&down, points[i].node);
    }
    perbus__walk_add(&up, target);
    while (![down.seen intersectsSet:up.seen]) {
        if (up.looked == [up.nodes count] || down.looked == [down.nodes count]) {
            return NO;
        }
        perbus__walk_up(&up, engine);
        perbus__walk_down(&down, engine);
    }
    return YES;
}

// All connections that leave the bus are the points afterwards.
static inline void perbus__connect_points(AVAudioEngine *engine, AVAudioNode *source,
                                          AVAudioNodeBus bus, const perbus__point *points,
                                          size_t count, AVAudioFormat *format) {
    NSMutableArray *list = [NSMutableArray arrayWithCapacity:count];
    for (size_t i = 0; i < count; i++) {
        AVAudioConnectionPoint *point = [[AVAudioConnectionPoint alloc] initWithNode:points[i].node
                                                                                 bus:points[i].bus];
        [list addObject:point];
        [point release];
    }
    [engine connect:source toConnectionPoints:list fromBus:bus format:format];
}

static inline BOOL perbus__lists(const perbus__point *points, size_t count,
                                 AVAudioConnectionPoint *point) {
    for (size_t i = 0; i < count; i++) {
        if (points[i].node == [point node] && points[i].bus == [point bus]) {
            return YES;
        }
    }
    return NO;
}

// The same with those that there are and the points: as many as there are, each time.
static inline void perbus__add_points(AVAudioEngine *engine, AVAudioNode *source,
                                      AVAudioNodeBus bus, const perbus__point *points,
                                      size_t count) {
    AVAudioFormat *format = [source outputFormatForBus:bus];
    NSMutableArray *list = [NSMutableArray array];
    for (AVAudioConnectionPoint *present in [engine outputConnectionPointsForNode:source
                                                                        outputBus:bus]) {
        @autoreleasepool {
            if (!perbus__lists(points, count, present)) {
                [list addObject:present];
            }
        }
    }
    if ([list count] == 0 && count == 1) {
        [engine connect:source to:points[0].node fromBus:bus toBus:points[0].bus format:format];
        return;
    }
    for (size_t i = 0; i < count; i++) {
        AVAudioConnectionPoint *point = [[AVAudioConnectionPoint alloc] initWithNode:points[i].node
                                                                                 bus:points[i].bus];
        [list addObject:point];
        [point release];
    }
    [engine connect:source toConnectionPoints:list fromBus:bus format:format];
}

#endif
