// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The engine's connections: making, ending and querying them.
#import "PBConnections.h"
#import "PBManners.h"
#import "PBProposal.h"
#import "PBWalk.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/plan/PBPublish.h"
#import "avfaudio/support/PBErrors.h"
#import "avfaudio/units/PBMatrix.h"

#include <stdlib.h>

static void RequireNode(AVAudioEngine *engine, AVAudioNode *node) {
    PBRequire(node != nil, @"node != nil");
    PBRequire(node->_node->engine == engine, @"the node is not attached to this engine");
}

static void RequireOutputBus(AVAudioNode *node, AVAudioNodeBus bus) {
    PBRequire(bus < node->_node->outputCount && ![node isKindOfClass:[AVAudioOutputNode class]],
              @"output bus %lu of a node with %lu connectable outputs (error %d)",
              (unsigned long)bus, (unsigned long)node->_node->outputCount,
              kAudioUnitErr_InvalidElement);
}

static void RequireInputBus(AVAudioNode *node, AVAudioNodeBus bus, BOOL grow) {
    NSUInteger limit = grow && [node pbIsMixer] ? PB_MAX_BUSES : node->_node->inputCount;
    PBRequire(bus < limit, @"input bus %lu of a node with at most %lu inputs (error %d)",
              (unsigned long)bus, (unsigned long)limit, kAudioUnitErr_InvalidElement);
}

// The device side of a running engine cannot be rewired.
static void RequireStoppedOutput(AVAudioEngine *engine, AVAudioNode *destination) {
    PBRequire(engine->_engine->phase == PB_STOPPED ||
                  destination != (AVAudioNode *)engine->_engine->output,
              @"the output node's input cannot change while the engine runs");
}

// Looks at the output's input, because a source may have thousands of destinations.
void PBRequireStoppedOutputs(AVAudioNode *node) {
    AVAudioEngine *engine = node->_node->engine;
    AVAudioNode *output = engine->_engine->output;
    BOOL wired = output != nil && output->_node->inputCount > 0 && output->_node->inputs[0] != NULL;
    if (wired && output->_node->inputs[0]->source == node) {
        RequireStoppedOutput(engine, output);
    }
}

static AVAudioFormat *ResolveFormat(AVAudioNode *source, AVAudioNodeBus bus,
                                    AVAudioFormat *format) {
    AVAudioFormat *resolved = format != nil ? format : [source outputFormatForBus:bus];
    PBRequireFormat(resolved);
    return resolved;
}

static void RequireFit(AVAudioNode *source, AVAudioNodeBus bus, AVAudioFormat *format,
                       const PBPoint *points, NSUInteger count, BOOL keeps) {
    const PBProposal proposal = {source, bus, format, points, count, keeps};
    NSString *problem = PBRatesProblem(source->_node->engine, &proposal);
    problem = problem != nil ? problem : PBChannelsProblem(&proposal);
    PBRequire(problem == nil, @"%@ (error %d)", problem, kAudioUnitErr_FormatNotSupported);
}

static void EndOutputs(AVAudioNode *node, AVAudioNodeBus bus) {
    PBOutput *output = &node->_node->outputs[bus];
    while (output->count > 0) {
        PBDisconnect(output->connections[output->count - 1]);
    }
}

// A listed connection that already exists in this format keeps its volume and pan.
static BOOL Keeps(const PBConnection *present, AVAudioNode *source, AVAudioNodeBus bus,
                  AVAudioFormat *format) {
    return PBR_CONNECT_KEEPS_LISTED && present != NULL && present->source == source &&
           present->sourceBus == bus && [PBConnectionFormat(present) isEqual:format];
}

// One source bus to many input buses.
typedef struct Fan {
    AVAudioNode *source;
    AVAudioNodeBus bus;
    AVAudioFormat *format;
    const PBPoint *points;
    NSUInteger count;
    BOOL keeps;          // keeps the connections that leave the source already
    PBConnection **made; // one per point; NULL for a connection that already exists
} Fan;

static PBConnection *PresentAt(const PBPoint *point) {
    const PBNode *node = point->node->_node;
    return point->bus < node->inputCount ? node->inputs[point->bus] : NULL;
}

static void EndInput(AVAudioNode *node, AVAudioNodeBus bus) {
    if (bus < node->_node->inputCount && node->_node->inputs[bus] != NULL) {
        PBDisconnect(node->_node->inputs[bus]);
    }
}

static void DropFan(Fan *fan) {
    for (NSUInteger i = 0; i < fan->count; i++) {
        PBDropConnection(fan->made[i]);
    }
    free(fan->made);
}

// Allocates everything. Throws without memory, and nothing has changed.
static void PrepareFan(Fan *fan) {
    fan->made = calloc(fan->count + 1, sizeof *fan->made);
    PBRequireMemory(fan->made != NULL, @"no memory for %lu connections", (unsigned long)fan->count);
    @try {
        // Marked first: until the points are connected anew, one of them may be downstream of
        // another.
        uint64_t ending = PBNewStamp();
        for (NSUInteger i = 0; i < fan->count; i++) {
            PBConnection *present = PresentAt(&fan->points[i]);
            if (present != NULL && !Keeps(present, fan->source, fan->bus, fan->format)) {
                present->proposed = ending;
            }
        }
        PBReserveOutput(&fan->source->_node->outputs[fan->bus], fan->count);
        for (NSUInteger i = 0; i < fan->count; i++) {
            const PBPoint *point = &fan->points[i];
            if (!Keeps(PresentAt(point), fan->source, fan->bus, fan->format)) {
                fan->made[i] = PBPrepareConnection(fan->source, fan->bus, point->node, point->bus,
                                                   fan->format, ending);
            }
        }
    } @catch (NSException *exception) {
        DropFan(fan);
        @throw;
    }
}

static void MakeFan(Fan *fan) {
    // Marks those that stay.
    uint64_t stamp = PBNewStamp();
    for (NSUInteger i = 0; i < fan->count; i++) {
        if (fan->made[i] == NULL) {
            PresentAt(&fan->points[i])->proposed = stamp;
        }
    }
    PBOutput *output = &fan->source->_node->outputs[fan->bus];
    for (NSUInteger i = output->count; i > 0 && !fan->keeps; i--) {
        if (output->connections[i - 1]->proposed != stamp) {
            PBDisconnect(output->connections[i - 1]);
        }
    }
    for (NSUInteger i = 0; i < fan->count; i++) {
        if (fan->made[i] != NULL) {
            EndInput(fan->points[i].node, fan->points[i].bus);
        }
    }
    for (NSUInteger i = 0; i < fan->count; i++) {
        const PBConnection *present = PresentAt(&fan->points[i]);
        if (fan->made[i] == NULL || present != NULL) {
            // It already exists, or is listed twice.
            PBDropConnection(fan->made[i]);
        } else {
            PBMakeConnection(fan->made[i]);
        }
    }
    free(fan->made);
}

BOOL PBEndInputs(AVAudioNode *node) {
    BOOL ended = NO;
    for (NSUInteger bus = 0; bus < node->_node->inputCount; bus++) {
        if (node->_node->inputs[bus] != NULL) {
            RequireStoppedOutput(node->_node->engine, node);
            PBDisconnect(node->_node->inputs[bus]);
            ended = YES;
        }
    }
    return ended;
}

BOOL PBEndOutputs(AVAudioNode *node) {
    BOOL ended = NO;
    for (NSUInteger bus = 0; bus < node->_node->outputCount; bus++) {
        ended = ended || node->_node->outputs[bus].count > 0;
        EndOutputs(node, bus);
    }
    return ended;
}

static void ConnectFan(AVAudioEngine *engine, Fan *fan) {
    PBLocked(engine) {
        RequireNode(engine, fan->source);
        RequireOutputBus(fan->source, fan->bus);
        PBRequireStoppedOutputs(fan->source);
        for (NSUInteger i = 0; i < fan->count; i++) {
            RequireNode(engine, fan->points[i].node);
            // A running engine does not grow a mixer for a list.
            RequireInputBus(fan->points[i].node, fan->points[i].bus,
                            engine->_engine->phase == PB_STOPPED);
            RequireStoppedOutput(engine, fan->points[i].node);
        }
        PBRequire(!PBReachesFromAny(fan->points, fan->count, fan->source),
                  @"the connection would close a loop");
        fan->format = ResolveFormat(fan->source, fan->bus, fan->format);
        RequireFit(fan->source, fan->bus, fan->format, fan->points, fan->count, fan->keeps);
        [fan->source pbRequireFormat:fan->format bus:fan->bus input:NO];
        for (NSUInteger i = 0; i < fan->count; i++) {
            [fan->points[i].node pbRequireFormat:fan->format bus:fan->points[i].bus input:YES];
        }
        PBMatrixRequireRoom(fan->points, fan->count, [fan->format channelCount]);
        PrepareFan(fan);
        MakeFan(fan);
        PBGraphChanged(engine);
    }
}

void PBConnectAll(AVAudioEngine *engine, AVAudioNode *source, AVAudioNodeBus bus,
                  const PBPoint *points, size_t count, AVAudioFormat *format) {
    Fan fan = {source, bus, format, points, count, NO, NULL};
    ConnectFan(engine, &fan);
}

void PBConnectMore(AVAudioEngine *engine, AVAudioNode *source, AVAudioNodeBus bus,
                   const PBPoint *points, size_t count) {
    Fan fan = {source, bus, nil, points, count, YES, NULL};
    ConnectFan(engine, &fan);
}

BOOL PBAnyReaches(AVAudioEngine *engine, const PBPoint *points, size_t count, AVAudioNode *target) {
    BOOL reached = NO;
    PBLocked(engine) {
        reached = PBReachesFromAny(points, count, target);
    }
    return reached;
}

@implementation AVAudioEngine (AVAudioEngineConnections)

- (void)connect:(AVAudioNode *)node1
             to:(AVAudioNode *)node2
        fromBus:(AVAudioNodeBus)bus1
          toBus:(AVAudioNodeBus)bus2
         format:(AVAudioFormat *)format {
    PBLocked(self) {
        RequireNode(self, node1);
        RequireNode(self, node2);
        RequireOutputBus(node1, bus1);
        RequireInputBus(node2, bus2, YES);
        RequireStoppedOutput(self, node2);
        PBRequireStoppedOutputs(node1);
        PBRequire(!PBReaches(node2, node1), @"the connection would close a loop");
        AVAudioFormat *resolved = ResolveFormat(node1, bus1, format);
        [node1 pbRequireFormat:resolved bus:bus1 input:NO];
        [node2 pbRequireFormat:resolved bus:bus2 input:YES];
        RequireFit(node1, bus1, resolved, &(PBPoint){node2, bus2}, 1, NO);
        PBMannersConnect(bus2 < node2->_node->inputCount ? node2->_node->inputs[bus2] : NULL);
        PBConnection *made = PBPrepareConnection(node1, bus1, node2, bus2, resolved, 0);
        EndOutputs(node1, bus1);
        EndInput(node2, bus2);
        PBMakeConnection(made);
        PBGraphChanged(self);
    }
}

- (void)connect:(AVAudioNode *)node1 to:(AVAudioNode *)node2 format:(AVAudioFormat *)format {
    PBLocked(self) {
        RequireNode(self, node1);
        RequireNode(self, node2);
        AVAudioNodeBus bus = 0;
        if ([node2 pbIsMixer]) {
            const PBOutput *output = &node1->_node->outputs[0];
            bus = PBNextInputBus(node2);
            // The source's own bus counts as free, because its connection ends first.
            for (NSUInteger i = 0; PBR_CONNECT_FREES_FIRST && i < output->count; i++) {
                const PBConnection *own = output->connections[i];
                if (own->destination == node2 && own->destinationBus < bus) {
                    bus = own->destinationBus;
                }
            }
        }
        [self connect:node1 to:node2 fromBus:0 toBus:bus format:format];
    }
}

- (void)connect:(AVAudioNode *)sourceNode
    toConnectionPoints:(NSArray *)destNodes
               fromBus:(AVAudioNodeBus)sourceBus
                format:(AVAudioFormat *)format {
    PBPoint *points = calloc([destNodes count] + 1, sizeof *points);
    PBRequireMemory(points != NULL, @"no memory for %lu points", (unsigned long)[destNodes count]);
    @try {
        NSUInteger count = 0;
        for (AVAudioConnectionPoint *point in destNodes) {
            points[count++] = (PBPoint){[point node], [point bus]};
        }
        PBConnectAll(self, sourceNode, sourceBus, points, count, format);
    } @finally {
        free(points);
    }
}

- (void)disconnectNodeInput:(AVAudioNode *)node bus:(AVAudioNodeBus)bus {
    PBLocked(self) {
        RequireNode(self, node);
        if (bus < node->_node->inputCount && node->_node->inputs[bus] != NULL) {
            RequireStoppedOutput(self, node);
            EndInput(node, bus);
            PBGraphChanged(self);
        }
    }
}

- (void)disconnectNodeInput:(AVAudioNode *)node {
    PBLocked(self) {
        RequireNode(self, node);
        if (PBEndInputs(node)) {
            PBGraphChanged(self);
        }
    }
}

- (void)disconnectNodeOutput:(AVAudioNode *)node bus:(AVAudioNodeBus)bus {
    PBLocked(self) {
        RequireNode(self, node);
        if (bus < node->_node->outputCount && node->_node->outputs[bus].count > 0) {
            PBRequireStoppedOutputs(node);
            EndOutputs(node, bus);
            PBGraphChanged(self);
        }
    }
}

- (void)disconnectNodeOutput:(AVAudioNode *)node {
    PBLocked(self) {
        RequireNode(self, node);
        PBRequireStoppedOutputs(node);
        if (PBEndOutputs(node)) {
            PBGraphChanged(self);
        }
    }
}

- (AVAudioConnectionPoint *)inputConnectionPointForNode:(AVAudioNode *)node
                                               inputBus:(AVAudioNodeBus)bus {
    AVAudioConnectionPoint *point = nil;
    PBLocked(self) {
        RequireNode(self, node);
        if (bus < node->_node->inputCount && node->_node->inputs[bus] != NULL) {
            const PBConnection *connection = node->_node->inputs[bus];
            point =
                [[[AVAudioConnectionPoint alloc] initWithNode:connection->source
                                                          bus:connection->sourceBus] autorelease];
        }
    }
    return point;
}

- (NSArray *)outputConnectionPointsForNode:(AVAudioNode *)node outputBus:(AVAudioNodeBus)bus {
    NSMutableArray *points = [NSMutableArray array];
    PBLocked(self) {
        RequireNode(self, node);
        const PBOutput *output = bus < node->_node->outputCount ? &node->_node->outputs[bus] : NULL;
        for (NSUInteger i = 0; output != NULL && i < output->count; i++) {
            const PBConnection *connection = output->connections[i];
            AVAudioConnectionPoint *point =
                [[AVAudioConnectionPoint alloc] initWithNode:connection->destination
                                                         bus:connection->destinationBus];
            [points addObject:point];
            [point release];
        }
    }
    return points;
}

@end
