// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Whether a connection that is about to be made fits: its rate and its channels.
// Every node renders at the rate of its output; the inputs that have another one convert.
#ifndef PB_PROPOSAL_H
#define PB_PROPOSAL_H

#import "PBRecords.h"

#include "PBGraph.h"

pbr_layout PBLayoutOf(AVAudioFormat *format);
// Planar float32 of so many channels, in their usual layout.
AVAudioFormat *PBFormatOf(double rate, uint32_t channels);
// Why one layout cannot be converted to another; nil when it can.
NSString *PBLayoutProblem(pbr_layout from, pbr_layout to);

// The rate that a node's inputs are converted to.
double PBRateOfNode(AVAudioNode *node);
// A connection that is about to be made: from one output bus to every one of the points.
typedef struct PBProposal {
    AVAudioNode *source;
    AVAudioNodeBus sourceBus;
    AVAudioFormat *format;
    const PBPoint *points;
    NSUInteger count;
    BOOL keeps; // what leaves the output bus already
} PBProposal;
// Why the proposal's rates do not fit, or the graph cannot be rendered with it in place of what it
// ends (NULL: as it is); nil when it can. Throws without memory.
NSString *PBRatesProblem(AVAudioEngine *engine, const PBProposal *proposal);
// Which connections have another rate than the engine, after the engine's own has changed.
void PBUpdateForeign(AVAudioEngine *engine);
// Why one rate cannot be converted to another; nil when it can.
NSString *PBRatioProblem(double from, double to);
// Why a channel would be lost where the proposal's connections come in, or in its source; nil when
// none is.
NSString *PBChannelsProblem(const PBProposal *proposal);
// The engine's time, counted at the rate at which the node renders.
int64_t PBTimeOfNode(AVAudioNode *node);

#endif
