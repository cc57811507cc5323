// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Whether the rates and channels of connections that are about to be made fit. Every node renders
// at the rate of its output; inputs at another rate are converted.
#ifndef PB_PROPOSAL_H
#define PB_PROPOSAL_H

#import "PBRecords.h"

#include "PBGraph.h"

pbr_layout PBLayoutOf(AVAudioFormat *format);
// Planar float32 with the usual layout of that many channels.
AVAudioFormat *PBFormatOf(double rate, uint32_t channels);
// Why one layout cannot be converted to another; nil if it can.
NSString *PBLayoutProblem(pbr_layout from, pbr_layout to);

// The rate to which a node's inputs are converted.
double PBRateOfNode(AVAudioNode *node);
// Connections that are about to be made, from one output bus to all of the points.
typedef struct PBProposal {
    AVAudioNode *source;
    AVAudioNodeBus sourceBus;
    AVAudioFormat *format;
    const PBPoint *points;
    NSUInteger count;
    BOOL keeps; // the bus keeps the connections it has
} PBProposal;
// Why the proposal's rates do not fit, or why the graph could not be rendered with the proposal in
// place of the connections that it ends (NULL: the graph as it is). nil if all is well. Throws
// without memory.
NSString *PBRatesProblem(AVAudioEngine *engine, const PBProposal *proposal);
// After the engine's own rate has changed: finds out which connections have another one.
void PBUpdateForeign(AVAudioEngine *engine);
// Why one rate cannot be converted to another; nil if it can.
NSString *PBRatioProblem(double from, double to);
// Why a channel would be lost in the proposal's source or where its connections come in; nil if
// none would.
NSString *PBChannelsProblem(const PBProposal *proposal);
// The engine's time in frames of the rate at which the node renders.
int64_t PBTimeOfNode(AVAudioNode *node);
// Converts times of the engine's clock to that of the node: `count` of them, each so many bytes after
// the one before.
void PBConvertTimes(AVAudioNode *node, int64_t *times, size_t stride, size_t count);

#endif
