// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which rate every node renders at, and whether one clock can serve it: a node whose output splits
// is rendered once a block, for one number of frames.
#import "PBInternal.h"

#include <stdlib.h>

double PBRateOfNode(AVAudioNode *node) {
    const PBNode *own = node->_node;
    if (own->outputCount == 0 || (node == (AVAudioNode *)own->engine->_engine->output)) {
        return [PBEngineFormat(own->engine) sampleRate];
    }
    return [[node outputFormatForBus:0] sampleRate];
}

int64_t PBTimeOfNode(AVAudioNode *node) {
    const PBNode *own = node->_node;
    const PBEngine *engine = own->engine->_engine;
    const PBConnection *next =
        own->outputCount > 0 && own->outputs[0].count > 0 ? own->outputs[0].connections[0] : NULL;
    int64_t time = next != NULL ? PBTimeOfNode(next->destination) : pbr_core_time(engine->core);
    double rate =
        next != NULL ? PBRateOfNode(next->destination) : [PBEngineFormat(own->engine) sampleRate];
    pbr_ratio ratio = pbr_ratio_of(PBRateOfNode(node), rate);
    return pbr_ratio_valid(ratio) ? pbr_ratio_time(ratio, time) : time;
}

// A part of the graph that is reached through the same changes of rate.
typedef struct Part {
    uint32_t outer;
    double rate;
} Part;

typedef struct Walk {
    const PBProposal *proposal;
    double rate; // the proposal's
    uint64_t stamp;
    Part *parts;
    uint32_t count;
    AVAudioNode *torn; // found in two parts
    BOOL failed;
} Walk;

static uint32_t PartFor(Walk *walk, uint32_t outer, double rate) {
    if (walk->parts[outer].rate == rate) {
        return outer;
    }
    for (uint32_t i = 1; i < walk->count; i++) {
        if (walk->parts[i].outer == outer && walk->parts[i].rate == rate) {
            return i;
        }
    }
    Part *parts = realloc(walk->parts, (walk->count + 1) * sizeof *parts);
    if (parts == NULL) {
        walk->failed = YES;
        return outer;
    }
    walk->parts = parts;
    parts[walk->count] = (Part){outer, rate};
    return walk->count++;
}

static BOOL Proposed(const PBProposal *proposal, AVAudioNode *node, NSUInteger bus) {
    for (NSUInteger i = 0; i < proposal->count; i++) {
        if (proposal->points[i].node == node && proposal->points[i].bus == bus) {
            return YES;
        }
    }
    return NO;
}

// Whether the proposal puts an end to the connection.
static BOOL Ends(const PBProposal *proposal, const PBConnection *connection) {
    return proposal != NULL &&
           ((connection->source == proposal->source &&
             connection->sourceBus == proposal->sourceBus) ||
            Proposed(proposal, connection->destination, connection->destinationBus));
}

static void Visit(Walk *walk, AVAudioNode *node, uint32_t part) {
    PBNode *own = node->_node;
    if (own->stamp == walk->stamp) {
        walk->torn = own->domain != part ? node : walk->torn;
        return;
    }
    own->stamp = walk->stamp;
    own->domain = part;
    for (NSUInteger i = 0; i < own->inputCount && walk->torn == nil; i++) {
        const PBConnection *input = own->inputs[i];
        if (input != NULL && !Ends(walk->proposal, input)) {
            Visit(walk, input->source, PartFor(walk, part, PBConnectionRate(input)));
        }
    }
    const PBProposal *proposal = walk->proposal;
    for (NSUInteger i = 0; proposal != NULL && i < proposal->count && walk->torn == nil; i++) {
        if (proposal->points[i].node == node) {
            Visit(walk, proposal->source, PartFor(walk, part, walk->rate));
        }
    }
}

// Only what reaches the output is rendered.
static NSString *Torn(AVAudioEngine *engine, const PBProposal *proposal) {
    PBEngine *state = engine->_engine;
    if (state->output == nil ||
        (state->splits == 0 &&
         (proposal == NULL || (proposal->count < 2 && proposal->source->_node->outputCount < 2)))) {
        return nil;
    }
    Walk walk = {proposal, 0, ++state->stamp, calloc(1, sizeof(Part)), 1, nil, NO};
    if (walk.parts == NULL) {
        return @"no memory to look at the graph";
    }
    walk.parts[0].rate = [PBEngineFormat(engine) sampleRate];
    walk.rate = proposal != NULL ? [proposal->format sampleRate] : 0;
    Visit(&walk, (AVAudioNode *)state->output, 0);
    free(walk.parts);
    if (walk.torn != nil) {
        return [NSString
            stringWithFormat:@"a %@ with several connections cannot keep two paces: between it and "
                             @"the mixer where its paths meet, the sample rate must not change, "
                             @"or change in the same way on all of them",
                             [walk.torn class]];
    }
    return walk.failed ? @"no memory to look at the graph" : nil;
}

NSString *PBRatioProblem(double from, double to) {
    return from == to || pbr_ratio_valid(pbr_ratio_of(from, to))
               ? nil
               : [NSString stringWithFormat:@"%g Hz cannot be converted to %g Hz: the rates must "
                                            @"not be further apart than 1 to %d",
                                            from, to, PBR_MAX_RATIO];
}

// What converts into a node, or within it when it is a source, once it renders at `rate`.
static NSString *InputsTooFar(AVAudioNode *node, double rate, const PBProposal *proposal) {
    const PBNode *own = node->_node;
    NSString *problem =
        own->source != NULL ? PBRatioProblem([[node pbPullFormat] sampleRate], rate) : nil;
    for (NSUInteger i = 0; i < own->inputCount && problem == nil; i++) {
        const PBConnection *input = own->inputs[i];
        if (input != NULL && !Ends(proposal, input)) {
            problem = PBRatioProblem(PBConnectionRate(input), rate);
        }
    }
    return problem;
}

NSString *PBRatesProblem(AVAudioEngine *engine, const PBProposal *proposal) {
    NSString *problem = nil;
    if (proposal != NULL) {
        double rate = [proposal->format sampleRate];
        problem = InputsTooFar(proposal->source, rate, proposal);
        for (NSUInteger i = 0; i < proposal->count && problem == nil; i++) {
            problem = PBRatioProblem(rate, PBRateOfNode(proposal->points[i].node));
        }
    }
    return problem != nil ? problem : Torn(engine, proposal);
}
