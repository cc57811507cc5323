// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Walks over the graph, however deep it is: without recursion and without memory. The engine's lock
// is held, and one walk has ended before the next begins.
#ifndef PB_WALK_H
#define PB_WALK_H

#import "PBGraph.h"
#import "PBRecords.h"

// A number that no node carries, nor will from another walk: nodes go from engine to engine.
uint64_t PBNewStamp(void);
// The nodes that are still to be looked at, in the order in which they were found.
typedef struct PBWalk {
    AVAudioNode *node; // whose turn it is; nil at the end
    AVAudioNode *last;
    uint64_t stamp;
} PBWalk;
// Adds the node, unless this walk has had it before.
void PBWalkAdd(PBWalk *walk, AVAudioNode *node);
void PBWalkNext(PBWalk *walk);
// See PBAnyReaches.
BOOL PBReachesFromAny(const PBPoint *points, NSUInteger count, AVAudioNode *target);
// Calls visit for every mixer connection that the connection is, or that effects lead on to; not
// across those that a proposal ends, which its stamp marks (0: none).
void PBEachMixerConnection(PBConnection *connection, uint64_t ending,
                           void (^visit)(PBConnection *connection));
// The node that controls those, found upstream through effects; nil as well when there are none.
// Costs the less of the two ways.
AVAudioNode *PBControllerOf(PBConnection *connection);
// Adds to PBStepCount.
void PBCountSteps(uint64_t steps);

// Whether a path of connections leads from one node to the other, or they are the same.
BOOL PBReaches(AVAudioNode *from, AVAudioNode *target);
// Calls visit for every mixer connection that `node` controls.
void PBEachMixing(AVAudioNode *node, void (^visit)(AVAudioMixingDestination *destination));

#endif
