// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which parts of the graph other threads may render: mixers and what follows them, with all that
// feeds them, where nothing of it leads anywhere else.
#import "PBInternal.h"

// Fewer inputs than this are mixed sooner than handed over.
enum { LEAST_INPUTS = 16 };
// Counted once for every path; more than a graph has is as good as any.
static const uint64_t MOST_INPUTS = UINT64_C(1) << 30;

static BOOL Weigh(PBNode *node, uint64_t stamp) {
    if (node->weighed == stamp) {
        return node->apart;
    }
    node->weighed = stamp;
    uint64_t weight = 0;
    node->apart = YES;
    for (NSUInteger i = 0; i < node->inputCount; i++) {
        const PBConnection *input = node->inputs[i];
        if (input != NULL) {
            PBNode *source = input->source->_node;
            node->apart = Weigh(source, stamp) && PBLeaving(source) == 1 && node->apart;
            weight += 1 + source->weight;
        }
    }
    node->weight = (uint32_t)(weight < MOST_INPUTS ? weight : MOST_INPUTS);
    return node->apart;
}

NSUInteger PBWeighGraph(AVAudioEngine *engine) {
    PBNode *output = ((AVAudioNode *)engine->_engine->output)->_node;
    Weigh(output, ++engine->_engine->stamp);
    return output->weight;
}

BOOL PBIsBranch(AVAudioNode *node, NSUInteger whole) {
    const PBNode *own = node->_node;
    // Half of the graph in one branch would leave too little to share: its parts may be branches.
    return own->apart && own->weight >= LEAST_INPUTS && own->weight <= whole / 2 &&
           ([node pbIsMixer] || [node pbIsEffect]);
}
