// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which parts of the graph other threads may render: mixers and what follows them, with all that
// feeds them, where nothing of it leads anywhere else.
#import "PBBranches.h"

#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/graph/PBEngine.h"
#import "avfaudio/graph/PBWalk.h"
#import "avfaudio/nodes/PBNode.h"

// Fewer inputs than this are mixed sooner than handed over.
enum { LEAST_INPUTS = 16 };
// Counted once for every path; more than a graph has is as good as any.
static const uint64_t MOST_INPUTS = UINT64_C(1) << 30;

// What is upstream of an input has been weighed: adds it to the node.
static void AddInput(PBNode *node, AVAudioNode *source) {
    const PBNode *above = source->_node;
    node->apart = node->apart && above->apart && PBLeaving(above) == 1;
    uint64_t weight = (uint64_t)node->weight + 1 + above->weight;
    node->weight = (uint32_t)(weight < MOST_INPUTS ? weight : MOST_INPUTS);
}

static void Begin(PBNode *node, AVAudioNode *below, uint64_t stamp) {
    node->weighed = stamp;
    node->later = below;
    node->reached = 0;
    node->weight = 0;
    node->apart = YES;
}

// Up to what feeds a node before the node itself; `later` leads back down.
static void Weigh(AVAudioNode *output, uint64_t stamp) {
    Begin(output->_node, nil, stamp);
    for (AVAudioNode *at = output; at != nil;) {
        PBNode *node = at->_node;
        const PBConnection *input =
            node->reached < node->inputCount ? node->inputs[node->reached] : NULL;
        if (input != NULL && input->source->_node->weighed != stamp) {
            Begin(input->source->_node, at, stamp);
            at = input->source;
        } else if (node->reached < node->inputCount) {
            if (input != NULL) {
                AddInput(node, input->source);
            }
            node->reached++;
        } else {
            at = node->later;
        }
    }
}

NSUInteger PBWeighGraph(AVAudioEngine *engine) {
    AVAudioNode *output = engine->_engine->output;
    Weigh(output, PBNewStamp());
    return output->_node->weight;
}

BOOL PBIsBranch(AVAudioNode *node, NSUInteger whole) {
    const PBNode *own = node->_node;
    // Half of the graph in one branch would leave too little to share: its parts may be branches.
    return own->apart && own->weight >= LEAST_INPUTS && own->weight <= whole / 2 &&
           ([node pbIsMixer] || [node pbIsEffect]);
}
