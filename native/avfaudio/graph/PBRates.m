// SPDX-License-Identifier: MIT OR Apache-2.0
//
// At which rate every node renders, and whether one clock can serve it: a node whose output splits
// is rendered once per block, for one number of frames.
#import "PBConnections.h"
#import "PBEngine.h"
#import "PBProposal.h"
#import "PBWalk.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/support/PBErrors.h"

#include <stdlib.h>

double PBRateOfNode(AVAudioNode *node) {
    const PBNode *own = node->_node;
    if (own->outputCount == 0 || (node == (AVAudioNode *)own->engine->_engine->output)) {
        return [PBEngineFormat(own->engine) sampleRate];
    }
    return [PBOutputFormat(node, 0) sampleRate];
}

static AVAudioNode *NextOf(AVAudioNode *node) {
    const PBNode *own = node->_node;
    BOOL leads = own->outputCount > 0 && own->outputs[0].count > 0;
    return leads ? own->outputs[0].connections[0]->destination : nil;
}

static void ConvertTimes(pbr_ratio ratio, int64_t *times, size_t stride, size_t count) {
    for (size_t i = 0; i < count; i++) {
        int64_t *time = (int64_t *)((char *)times + i * stride);
        *time = pbr_ratio_time(ratio, *time);
    }
}

void PBConvertTimes(AVAudioNode *node, int64_t *times, size_t stride, size_t count) {
    AVAudioEngine *engine = node->_node->engine;
    double rate = [PBEngineFormat(engine) sampleRate];
    // Forward to the end of the path, then back.
    AVAudioNode *at = nil;
    for (AVAudioNode *next = node; next != nil; next = NextOf(next)) {
        next->_node->later = at;
        at = next;
    }
    for (; at != nil; at = at->_node->later) {
        double own = PBRateOfNode(at);
        pbr_ratio ratio = pbr_ratio_of(own, rate);
        if (own != rate && pbr_ratio_valid(ratio)) {
            ConvertTimes(ratio, times, stride, count);
        }
        rate = own;
    }
}

int64_t PBTimeOfNode(AVAudioNode *node) {
    int64_t time = pbr_core_time(node->_node->engine->_engine->core);
    PBConvertTimes(node, &time, sizeof time, 1);
    return time;
}

// A part of the graph that is reached through the same changes of rate. Parts are in a list; 0 is
// the part of the output, and inside no other.
typedef struct Part {
    double rate;
    uint32_t inner; // the first of those upstream, beyond another change
    uint32_t next;  // of the parts inside the same one
} Part;

typedef struct Tour {
    PBWalk walk;
    uint64_t mark; // of the proposal
    Part *parts;
    uint32_t count;
    uint32_t room;
    AVAudioNode *torn; // found in two parts
    BOOL failed;       // no memory
} Tour;

static uint32_t NewPart(Tour *tour, double rate, uint32_t next) {
    if (tour->count == tour->room) {
        uint32_t room = tour->room > 0 ? 2 * tour->room : 8;
        Part *parts = realloc(tour->parts, room * sizeof *parts);
        if (parts == NULL) {
            tour->failed = YES;
            return 0;
        }
        tour->parts = parts;
        tour->room = room;
    }
    tour->parts[tour->count] = (Part){rate, 0, next};
    return tour->count++;
}

static uint32_t PartFor(Tour *tour, uint32_t outer, double rate) {
    if (tour->parts[outer].rate == rate) {
        return outer;
    }
    for (uint32_t i = tour->parts[outer].inner; i != 0; i = tour->parts[i].next) {
        if (tour->parts[i].rate == rate) {
            return i;
        }
    }
    uint32_t made = NewPart(tour, rate, tour->parts[outer].inner);
    tour->parts[outer].inner = made;
    return made;
}

// Marks what the proposal affects: its destinations, and the connections there.
static uint64_t Mark(const PBProposal *proposal) {
    uint64_t mark = PBNewStamp();
    for (NSUInteger i = 0; proposal != NULL && i < proposal->count; i++) {
        PBNode *node = proposal->points[i].node->_node;
        AVAudioNodeBus bus = proposal->points[i].bus;
        node->proposed = mark;
        if (bus < node->inputCount && node->inputs[bus] != NULL) {
            node->inputs[bus]->proposed = mark;
        }
    }
    return mark;
}

// Whether the proposal ends the connection.
static BOOL Ends(const PBProposal *proposal, uint64_t mark, const PBConnection *connection) {
    return proposal != NULL && (connection->proposed == mark ||
                                (!proposal->keeps && connection->source == proposal->source &&
                                 connection->sourceBus == proposal->sourceBus));
}

static void Visit(Tour *tour, AVAudioNode *node, uint32_t part) {
    PBNode *own = node->_node;
    if (own->stamp == tour->walk.stamp) {
        tour->torn = own->part != part ? node : tour->torn;
        return;
    }
    own->part = part;
    PBWalkAdd(&tour->walk, node);
}

static void VisitInputs(Tour *tour, AVAudioNode *node, const PBProposal *proposal) {
    const PBNode *own = node->_node;
    for (NSUInteger i = 0; i < own->inputCount; i++) {
        const PBConnection *input = own->inputs[i];
        if (input != NULL && !Ends(proposal, tour->mark, input)) {
            Visit(tour, input->source, PartFor(tour, own->part, PBConnectionRate(input)));
        }
    }
    if (own->proposed == tour->mark) {
        Visit(tour, proposal->source, PartFor(tour, own->part, [proposal->format sampleRate]));
    }
    PBCountSteps(own->inputCount);
}

// Whether all connections have the same rate. Usually they do, and there is nothing to check.
static BOOL OneRate(AVAudioEngine *engine, const PBProposal *proposal) {
    return engine->_engine->foreign == 0 &&
           (proposal == NULL ||
            [proposal->format sampleRate] == [PBEngineFormat(engine) sampleRate]);
}

// Only nodes that reach the output are rendered.
static NSString *Torn(AVAudioEngine *engine, const PBProposal *proposal, uint64_t mark) {
    PBEngine *state = engine->_engine;
    BOOL splits =
        state->splits > 0 || (proposal != NULL && (proposal->count > 1 || proposal->keeps ||
                                                   proposal->source->_node->outputCount > 1));
    if (state->output == nil || !splits || OneRate(engine, proposal)) {
        return nil;
    }
    Tour tour = {.walk.stamp = PBNewStamp(), .mark = mark};
    NewPart(&tour, [PBEngineFormat(engine) sampleRate], 0);
    if (!tour.failed) {
        Visit(&tour, (AVAudioNode *)state->output, 0);
    }
    while (tour.walk.node != nil && tour.torn == nil && !tour.failed) {
        VisitInputs(&tour, tour.walk.node, proposal);
        PBWalkNext(&tour.walk);
    }
    free(tour.parts);
    PBRequireMemory(!tour.failed, @"no memory to look at the graph");
    if (tour.torn != nil) {
        return [NSString
            stringWithFormat:@"a %@ with several connections cannot keep two paces: between it and "
                             @"the mixer where its paths meet, the sample rate must not change, "
                             @"or change in the same way on all of them",
                             [tour.torn class]];
    }
    return nil;
}

NSString *PBRatioProblem(double from, double to) {
    return from == to || pbr_ratio_valid(pbr_ratio_of(from, to))
               ? nil
               : [NSString stringWithFormat:@"%g Hz cannot be converted to %g Hz: the rates must "
                                            @"not be further apart than 1 to %d",
                                            from, to, PBR_MAX_RATIO];
}

// Checks the conversions into a node, or inside it if it is a source, once it renders at `rate`.
static NSString *InputsTooFar(AVAudioNode *node, double rate, const PBProposal *proposal,
                              uint64_t mark) {
    const PBNode *own = node->_node;
    NSString *problem =
        own->source != NULL ? PBRatioProblem([[node pbPullFormat] sampleRate], rate) : nil;
    for (NSUInteger i = 0; i < own->inputCount && problem == nil; i++) {
        const PBConnection *input = own->inputs[i];
        if (input != NULL && !Ends(proposal, mark, input)) {
            problem = PBRatioProblem(PBConnectionRate(input), rate);
        }
    }
    return problem;
}

NSString *PBRatesProblem(AVAudioEngine *engine, const PBProposal *proposal) {
    NSString *problem = nil;
    uint64_t mark = Mark(proposal);
    if (proposal != NULL) {
        double rate = [proposal->format sampleRate];
        problem = InputsTooFar(proposal->source, rate, proposal, mark);
        for (NSUInteger i = 0; i < proposal->count && problem == nil; i++) {
            problem = PBRatioProblem(rate, PBRateOfNode(proposal->points[i].node));
        }
    }
    return problem != nil ? problem : Torn(engine, proposal, mark);
}
