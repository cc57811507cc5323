// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Walks over graphs of any depth, without recursion and without memory. The engine's lock is held,
// and a walk ends before the next one begins.
#ifndef PB_WALK_H
#define PB_WALK_H

#import "PBGraph.h"
#import "PBRecords.h"

// A number that no node carries and no other walk will use, as nodes move between engines.
uint64_t PBNewStamp(void);
// The nodes still to be visited, in the order in which they were found.
typedef struct PBWalk {
    AVAudioNode *node; // the current one; nil at the end
    AVAudioNode *last;
    uint64_t stamp;
} PBWalk;
// Adds the node unless this walk has already found it.
void PBWalkAdd(PBWalk *walk, AVAudioNode *node);
void PBWalkNext(PBWalk *walk);
// See PBAnyReaches.
BOOL PBReachesFromAny(const PBPoint *points, NSUInteger count, AVAudioNode *target);
// Calls visit for the connection if it leads to a mixer, or else for every mixer connection that it
// reaches through effects. Leaves out connections with the stamp of a proposal that ends them (0:
// none).
void PBEachMixerConnection(PBConnection *connection, uint64_t ending,
                           void (^visit)(PBConnection *connection));
// The node upstream that controls those connections, reached through effects; also nil if there are
// no such connections. The cost is that of the cheaper direction.
AVAudioNode *PBControllerOf(PBConnection *connection);
// Adds to PBStepCount.
void PBCountSteps(uint64_t steps);

// Whether a path of connections leads from one node to the other, or they are the same.
BOOL PBReaches(AVAudioNode *from, AVAudioNode *target);
// Calls visit for every mixer connection that the node controls.
void PBEachMixing(AVAudioNode *node, void (^visit)(AVAudioMixingDestination *destination));

#endif
