// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Branches: parts of the graph that other threads may render.
#ifndef PB_BRANCHES_H
#define PB_BRANCHES_H

#import "avfaudio/graph/PBRecords.h"

// To be called before PBIsBranch. Returns how many inputs lead to the output.
NSUInteger PBWeighGraph(AVAudioEngine *engine);
// Whether the node and everything upstream of it can be rendered as a branch and are worth it.
BOOL PBIsBranch(AVAudioNode *node, NSUInteger whole);

#endif
