// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Graph calls that Apple's engine does not have: what it can only be asked for step by step.
#ifndef PB_GRAPH_H
#define PB_GRAPH_H

#import <AVFAudio/AVAudioEngine.h>

typedef struct PBPoint {
    AVAudioNode *node;
    AVAudioNodeBus bus;
} PBPoint;

// Whether a path of connections leads from any of the points' nodes to the target, or one is the
// target. Costs the less of what is downstream of the points and upstream of the target.
BOOL PBAnyReaches(AVAudioEngine *engine, const PBPoint *points, size_t count, AVAudioNode *target);

// connect:toConnectionPoints:fromBus:format: from an array.
void PBConnectAll(AVAudioEngine *engine, AVAudioNode *source, AVAudioNodeBus bus,
                  const PBPoint *points, size_t count, AVAudioFormat *format);
// The same, in the format that the bus has, but for what it feeds already: that goes on.
void PBConnectMore(AVAudioEngine *engine, AVAudioNode *source, AVAudioNodeBus bus,
                   const PBPoint *points, size_t count);

// For tests: how many connections have been looked at on this thread so far, to change, search and
// compile graphs.
uint64_t PBStepCount(void);

#endif
