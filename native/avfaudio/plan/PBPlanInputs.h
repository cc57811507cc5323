// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The buses that nodes are rendered into, and the inputs that read them.
#ifndef PB_PLANINPUTS_H
#define PB_PLANINPUTS_H

#import "PBCompiler.h"

void PBPushTask(Compiler *compiler, Task task);
// Whether this is the compiler's first visit to the node.
BOOL PBFirstVisit(Compiler *compiler, PBNode *node);
// Renders the node's output into `bus`. With PB_NO_BUS, the node takes a bus of its own, as late as
// it can, so that a chain of any length needs two.
static const uint32_t PB_NO_BUS = UINT32_MAX;
void PBPushRender(Compiler *compiler, AVAudioNode *node, uint32_t bus, pbr_layout layout);
// The bus to which the node's output is written.
uint32_t PBBusOf(Compiler *compiler, AVAudioNode *node);
// The bus to which it is added, which is cleared first.
uint32_t PBSumOf(Compiler *compiler, AVAudioNode *node);

// Players are mixed in place, unless the node itself has a tap.
static inline BOOL PBIsDirect(const PBConnection *connection) {
    return connection->player != NULL;
}
// Adds the player of a direct connection to the plan, unless another connection has.
void PBAddPlayer(Compiler *compiler, const PBConnection *connection);
void PBAddTap(Compiler *compiler, AVAudioNode *node, NSUInteger output, uint32_t bus);

// Pushes what renders the input, unless that has been done already. The samples then stay in the
// bus of its source until PBGiveInput.
void PBTakeInput(Compiler *compiler, const PBConnection *connection);
uint32_t PBInputBus(const PBConnection *connection);
void PBGiveInput(Compiler *compiler, const PBConnection *connection);

// Renders a matrix, from its input task.at on (PBPlanMatrix.m).
void PBRunMatrix(Compiler *compiler, Task task);

#endif
