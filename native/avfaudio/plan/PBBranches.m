// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which parts of the graph other threads may render: a mixer or an effect with everything that
// feeds it, if none of that leads anywhere else.
#import "PBBranches.h"

#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/graph/PBEngine.h"
#import "avfaudio/graph/PBWalk.h"
#import "avfaudio/nodes/PBNode.h"

// Fewer inputs than this are mixed faster than handed over.
enum { LEAST_INPUTS = 16 };
// Inputs are counted once per path. The limit is more than any graph has.
static const uint64_t MOST_INPUTS = UINT64_C(1) << 30;

// Adds an input, whose source has been weighed, to the node.
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

// Visits everything that feeds a node before the node itself; `later` leads back down.
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
    // A branch with half of the graph would leave too little to share; its parts may be branches.
    return own->apart && own->weight >= LEAST_INPUTS && own->weight <= whole / 2 &&
           ([node pbIsMixer] || [node pbIsEffect]);
}
