// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Walks over the graph. Their lists are linked through the nodes themselves.
#import "PBWalk.h"

static _Thread_local uint64_t taken;

void PBCountSteps(uint64_t steps) {
    taken += steps;
}

uint64_t PBStepCount(void) {
    return taken;
}

uint64_t PBNewStamp(void) {
    static _Atomic uint64_t last;
    return atomic_fetch_add_explicit(&last, 1, memory_order_relaxed) + 1;
}

void PBWalkAdd(PBWalk *walk, AVAudioNode *node) {
    PBNode *own = node->_node;
    if (own->stamp == walk->stamp) {
        return;
    }
    own->stamp = walk->stamp;
    own->later = nil;
    if (walk->node == nil) {
        walk->node = node;
    } else {
        walk->last->_node->later = node;
    }
    walk->last = node;
}

void PBWalkNext(PBWalk *walk) {
    walk->node = walk->node->_node->later;
}

// A walk that proceeds one connection at a time, so that two can take turns.
typedef struct Side {
    PBWalk walk;
    NSUInteger bus;
    NSUInteger place;
    uint64_t steps;
} Side;

static void NextNode(Side *side) {
    PBWalkNext(&side->walk);
    side->bus = side->place = 0;
}

// The next node found downstream. nil if there is none yet, or if the walk has ended.
static AVAudioNode *StepDown(Side *side) {
    const PBNode *node = side->walk.node->_node;
    side->steps++;
    if (side->bus < node->outputCount && side->place < node->outputs[side->bus].count) {
        return node->outputs[side->bus].connections[side->place++]->destination;
    }
    if (side->bus + 1 < node->outputCount) {
        side->bus++;
        side->place = 0;
    } else {
        NextNode(side);
    }
    return nil;
}

static AVAudioNode *StepUp(Side *side) {
    const PBNode *node = side->walk.node->_node;
    side->steps++;
    if (side->bus < node->inputCount) {
        const PBConnection *input = node->inputs[side->bus++];
        return input != NULL ? input->source : nil;
    }
    NextNode(side);
    return nil;
}

// Either both walks have met the node, or it is new to the one that found it.
static BOOL Meets(Side *side, const Side *other, AVAudioNode *found) {
    if (found == nil) {
        return NO;
    }
    if (found->_node->stamp == other->walk.stamp) {
        return YES;
    }
    PBWalkAdd(&side->walk, found);
    return NO;
}

BOOL PBReachesFromAny(const PBPoint *points, NSUInteger count, AVAudioNode *target) {
    Side down = {.walk.stamp = PBNewStamp()};
    Side up = {.walk.stamp = PBNewStamp()};
    BOOL met = NO;
    for (NSUInteger i = 0; i < count; i++) {
        PBWalkAdd(&down.walk, points[i].node);
    }
    met = Meets(&up, &down, target);
    // If either side ends without meeting the other, there is no path.
    while (!met && down.walk.node != nil && up.walk.node != nil) {
        met = Meets(&down, &up, StepDown(&down));
        if (!met && down.walk.node != nil) {
            met = Meets(&up, &down, StepUp(&up));
        }
    }
    PBCountSteps(down.steps + up.steps + count);
    return met;
}

BOOL PBReaches(AVAudioNode *from, AVAudioNode *target) {
    return PBReachesFromAny(&(PBPoint){from, 0}, 1, target);
}

// Whether the node passes its input on and has no volume and pan of its own. A matrix sums,
// whatever its bus count: no source above it reaches a mixer alone.
static BOOL IsLink(const PBNode *node) {
    return node->inputCount == 1 && !node->mixing && node->matrix == NULL;
}

// Iterates over the mixer connections below a connection. It has one source, and so does each
// effect on the way, so no node is found twice.
typedef struct Below {
    PBConnection *first; // not visited yet
    uint64_t ending;     // the stamp of those that are left out
    Side side;
} Below;

static void Enter(Below *below, PBConnection *connection) {
    AVAudioNode *next = connection->destination;
    if (IsLink(next->_node)) {
        PBWalkAdd(&below->side.walk, next);
    }
}

static Below Start(PBConnection *connection, uint64_t ending) {
    return (Below){connection, ending, {.walk.stamp = PBNewStamp()}};
}

static BOOL Ended(const Below *below) {
    return below->first == NULL && below->side.walk.node == nil;
}

// The next mixer connection. NULL if there is none yet, or if the walk has ended.
static PBConnection *StepBelow(Below *below) {
    PBConnection *found = below->first;
    Side *side = &below->side;
    side->steps++;
    if (found != NULL) {
        below->first = NULL;
    } else {
        const PBNode *node = side->walk.node->_node;
        if (side->bus < node->outputCount && side->place < node->outputs[side->bus].count) {
            found = node->outputs[side->bus].connections[side->place++];
        } else if (side->bus + 1 < node->outputCount) {
            side->bus++;
            side->place = 0;
        } else {
            NextNode(side);
        }
    }
    if (found != NULL && below->ending != 0 && found->proposed == below->ending) {
        return NULL;
    }
    if (found != NULL && found->gain == NULL) {
        Enter(below, found);
        return NULL;
    }
    return found;
}

void PBEachMixerConnection(PBConnection *connection, uint64_t ending,
                           void (^visit)(PBConnection *connection)) {
    Below below = Start(connection, ending);
    while (!Ended(&below)) {
        PBConnection *found = StepBelow(&below);
        if (found != NULL) {
            visit(found);
        }
    }
    PBCountSteps(below.side.steps);
}

AVAudioNode *PBControllerOf(PBConnection *connection) {
    Below below = Start(connection, 0);
    BOOL leads = NO;
    uint64_t steps = 0;
    AVAudioNode *controller = nil;
    for (const PBConnection *at = connection; at != NULL && controller == nil; steps++) {
        const PBNode *node = at->source->_node;
        if (node->mixing) {
            controller = at->source;
        } else {
            at = IsLink(node) ? node->inputs[0] : NULL;
        }
        if (!leads && !Ended(&below)) {
            leads = StepBelow(&below) != NULL;
        }
        if (!leads && Ended(&below)) {
            controller = nil;
            break;
        }
    }
    while (controller != nil && !leads && !Ended(&below)) {
        leads = StepBelow(&below) != NULL;
    }
    PBCountSteps(steps + below.side.steps);
    return leads ? controller : nil;
}

void PBEachMixing(AVAudioNode *node, void (^visit)(AVAudioMixingDestination *destination)) {
    for (NSUInteger o = 0; o < node->_node->outputCount; o++) {
        PBOutput *output = &node->_node->outputs[o];
        for (NSUInteger i = 0; i < output->count; i++) {
            PBEachMixerConnection(output->connections[i], 0, ^(PBConnection *connection) {
                if (connection->mixing != nil) {
                    visit(connection->mixing);
                }
            });
        }
    }
}
