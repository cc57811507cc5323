// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Graph calls that Apple's engine does not have: its callers have to go step by step.
#ifndef PB_GRAPH_H
#define PB_GRAPH_H

#import <AVFAudio/AVAudioEngine.h>

typedef struct PBPoint {
    AVAudioNode *node;
    AVAudioNodeBus bus;
} PBPoint;

// Whether a path of connections leads from any of the points' nodes to the target, or one of them
// is the target. The cost is the smaller of what is downstream of the points and upstream of the
// target.
BOOL PBAnyReaches(AVAudioEngine *engine, const PBPoint *points, size_t count, AVAudioNode *target);

// connect:toConnectionPoints:fromBus:format: with an array of points.
void PBConnectAll(AVAudioEngine *engine, AVAudioNode *source, AVAudioNodeBus bus,
                  const PBPoint *points, size_t count, AVAudioFormat *format);
// The same in the format that the bus has, and in addition to the connections it has already.
void PBConnectMore(AVAudioEngine *engine, AVAudioNode *source, AVAudioNodeBus bus,
                   const PBPoint *points, size_t count);

// For tests: how many connections this thread has looked at so far to change, search and compile
// graphs.
uint64_t PBStepCount(void);

#endif
