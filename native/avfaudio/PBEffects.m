// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Effects in the graph: what is left of a chain when one of them is detached.
#import "PBInternal.h"

BOOL PBRejoinAround(AVAudioNode *node) {
    const PBConnection *input = [node pbIsEffect] ? node->_node->inputs[0] : NULL;
    PBOutput *output = &node->_node->outputs[0];
    if (input == NULL || output->count == 0 ||
        ![PBConnectionFormat(input) isEqual:PBConnectionFormat(output->connections[0])]) {
        return NO;
    }
    AVAudioNode *source = input->source;
    AVAudioNodeBus sourceBus = input->sourceBus;
    AVAudioFormat *format = [[input->format retain] autorelease];
    // Freed first: a source that feeds nothing else may work where its destination's input lies.
    PBDisconnect(node->_node->inputs[0]);
    while (output->count > 0) {
        PBConnection *last = output->connections[output->count - 1];
        AVAudioNode *destination = last->destination;
        AVAudioNodeBus bus = last->destinationBus;
        PBDisconnect(last);
        PBConnect(source, sourceBus, destination, bus, format);
    }
    return YES;
}
