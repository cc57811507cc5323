// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What remains of a chain of effects when one of them is detached.
#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/support/PBErrors.h"

#include <stdlib.h>

BOOL PBRejoinAround(AVAudioNode *node) {
    const PBConnection *input = [node pbIsEffect] ? node->_node->inputs[0] : NULL;
    PBOutput *output = &node->_node->outputs[0];
    if (input == NULL || output->count == 0 ||
        ![PBConnectionFormat(input) isEqual:PBConnectionFormat(output->connections[0])]) {
        return NO;
    }
    // Prepares all new connections first: if there is no memory for one of them, nothing changes.
    NSUInteger count = output->count;
    PBConnection **made = calloc(count, sizeof *made);
    PBRequireMemory(made != NULL, @"no memory for %lu connections", (unsigned long)count);
    @try {
        PBReserveOutput(&input->source->_node->outputs[input->sourceBus], count);
        for (NSUInteger i = 0; i < count; i++) {
            const PBConnection *old = output->connections[i];
            made[i] = PBPrepareConnection(input->source, input->sourceBus, old->destination,
                                          old->destinationBus, input->format, 0);
        }
    } @catch (NSException *exception) {
        for (NSUInteger i = 0; i < count; i++) {
            PBDropConnection(made[i]);
        }
        free(made);
        @throw;
    }
    // Ended first: a source that feeds nothing else may work in place.
    PBDisconnect(node->_node->inputs[0]);
    for (NSUInteger i = count; i > 0; i--) {
        PBDisconnect(output->connections[i - 1]);
        PBMakeConnection(made[i - 1]);
    }
    free(made);
    return YES;
}
