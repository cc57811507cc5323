// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Branches: parts of the graph that other threads may render.
#ifndef PB_BRANCHES_H
#define PB_BRANCHES_H

#import "avfaudio/graph/PBRecords.h"

// Before PBIsBranch: how many inputs lead to the output.
NSUInteger PBWeighGraph(AVAudioEngine *engine);
// Whether the node and all upstream of it can be rendered apart, and are worth it.
BOOL PBIsBranch(AVAudioNode *node, NSUInteger whole);

#endif
