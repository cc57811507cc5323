// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The engine's connections: making, ending and asking for them.
#import "PBInternal.h"

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

// The device side of a running engine is not to be rewired.
static void RequireStoppedOutput(AVAudioEngine *engine, AVAudioNode *destination) {
    PBRequire(engine->_engine->phase == PB_STOPPED ||
                  destination != (AVAudioNode *)engine->_engine->output,
              @"the output node's input cannot change while the engine runs");
}

void PBRequireStoppedOutputs(AVAudioNode *node) {
    for (NSUInteger o = 0; o < node->_node->outputCount; o++) {
        const PBOutput *output = &node->_node->outputs[o];
        for (NSUInteger i = 0; i < output->count; i++) {
            RequireStoppedOutput(node->_node->engine, output->connections[i]->destination);
        }
    }
}

// Looks at every node once, however often paths split and meet again.
static BOOL Search(AVAudioNode *from, AVAudioNode *target, uint64_t stamp) {
    if (from == target) {
        return YES;
    }
    if (from->_node->stamp == stamp) {
        return NO;
    }
    from->_node->stamp = stamp;
    for (NSUInteger o = 0; o < from->_node->outputCount; o++) {
        PBOutput *output = &from->_node->outputs[o];
        for (NSUInteger i = 0; i < output->count; i++) {
            if (Search(output->connections[i]->destination, target, stamp)) {
                return YES;
            }
        }
    }
    return NO;
}

BOOL PBReaches(AVAudioNode *from, AVAudioNode *target) {
    return Search(from, target, ++from->_node->engine->_engine->stamp);
}

static AVAudioFormat *ResolveFormat(AVAudioNode *source, AVAudioNodeBus bus,
                                    AVAudioFormat *format) {
    AVAudioFormat *resolved = format != nil ? format : [source outputFormatForBus:bus];
    PBRequireFormat(resolved);
    return resolved;
}

static void RequireRates(AVAudioNode *source, AVAudioNodeBus bus, AVAudioFormat *format,
                         const PBPoint *points, NSUInteger count) {
    const PBProposal proposal = {source, bus, format, points, count};
    NSString *problem = PBRatesProblem(source->_node->engine, &proposal);
    PBRequire(problem == nil, @"%@ (error %d)", problem, kAudioUnitErr_FormatNotSupported);
}

static void RequireListedRates(AVAudioNode *source, AVAudioNodeBus bus, AVAudioFormat *format,
                               NSArray *listed) {
    NSMutableData *memory = [NSMutableData dataWithLength:[listed count] * sizeof(PBPoint)];
    PBPoint *points = [memory mutableBytes];
    NSUInteger count = 0;
    for (AVAudioConnectionPoint *point in listed) {
        points[count++] = (PBPoint){[point node], [point bus]};
    }
    RequireRates(source, bus, format, points, count);
}

static void EndOutputs(AVAudioNode *node, AVAudioNodeBus bus) {
    PBOutput *output = &node->_node->outputs[bus];
    while (output->count > 0) {
        PBDisconnect(output->connections[output->count - 1]);
    }
}

static BOOL Lists(NSArray *points, const PBConnection *connection) {
    for (AVAudioConnectionPoint *point in points) {
        if ([point node] == connection->destination && [point bus] == connection->destinationBus) {
            return YES;
        }
    }
    return NO;
}

// A listed connection that is there already keeps its volume and pan.
static void EndUnlisted(PBOutput *output, NSArray *points, AVAudioFormat *format) {
    for (NSUInteger i = output->count; i > 0; i--) {
        PBConnection *connection = output->connections[i - 1];
        BOOL keeps = PBR_CONNECT_KEEPS_LISTED && Lists(points, connection);
        if (!keeps || ![PBConnectionFormat(connection) isEqual:format]) {
            PBDisconnect(connection);
        }
    }
}

static void EndInput(AVAudioNode *node, AVAudioNodeBus bus) {
    if (node->_node->inputs[bus] != NULL) {
        PBDisconnect(node->_node->inputs[bus]);
    }
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
        RequireRates(node1, bus1, resolved, &(PBPoint){node2, bus2}, 1);
        PBRequire(bus2 < node2->_node->inputCount || [node2 pbGrowInputs:bus2 + 1],
                  @"no memory for %lu input buses", (unsigned long)bus2 + 1);
        EndOutputs(node1, bus1);
        EndInput(node2, bus2);
        PBConnect(node1, bus1, node2, bus2, resolved);
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
            // The source's own bus counts as free: the connection that holds it ends first.
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
    PBLocked(self) {
        RequireNode(self, sourceNode);
        RequireOutputBus(sourceNode, sourceBus);
        PBRequireStoppedOutputs(sourceNode);
        for (AVAudioConnectionPoint *point in destNodes) {
            AVAudioNode *node = [point node];
            RequireNode(self, node);
            // Only a stopped engine grows a mixer for this form.
            RequireInputBus(node, [point bus], _engine->phase == PB_STOPPED);
            RequireStoppedOutput(self, node);
            PBRequire(!PBReaches(node, sourceNode), @"the connection would close a loop");
        }
        AVAudioFormat *resolved = ResolveFormat(sourceNode, sourceBus, format);
        RequireListedRates(sourceNode, sourceBus, resolved, destNodes);
        [sourceNode pbRequireFormat:resolved bus:sourceBus input:NO];
        for (AVAudioConnectionPoint *point in destNodes) {
            [[point node] pbRequireFormat:resolved bus:[point bus] input:YES];
        }
        for (AVAudioConnectionPoint *point in destNodes) {
            PBRequire([[point node] pbGrowInputs:[point bus] + 1], @"no memory for %lu input buses",
                      (unsigned long)[point bus] + 1);
        }
        EndUnlisted(&sourceNode->_node->outputs[sourceBus], destNodes, resolved);
        for (AVAudioConnectionPoint *point in destNodes) {
            const PBConnection *present = [point node]->_node->inputs[[point bus]];
            BOOL kept =
                present != NULL && present->source == sourceNode && present->sourceBus == sourceBus;
            if (!kept) {
                EndInput([point node], [point bus]);
                PBConnect(sourceNode, sourceBus, [point node], [point bus], resolved);
            }
        }
        PBGraphChanged(self);
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
