// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where the compiler keeps what a node has rendered: buses, and the inputs that read them.
#ifndef PB_PLANINPUTS_H
#define PB_PLANINPUTS_H

#import "PBCompiler.h"

void PBPushTask(Compiler *compiler, Task task);
// Whether the compiler comes to the node for the first time.
BOOL PBFirstVisit(Compiler *compiler, PBNode *node);
// The node's output into `bus`; PB_NO_BUS: into a bus of its own, which it takes as late as it can,
// so that a chain of any length needs two.
static const uint32_t PB_NO_BUS = UINT32_MAX;
void PBPushRender(Compiler *compiler, AVAudioNode *node, uint32_t bus, pbr_layout layout);
// The bus that the node's output is written to.
uint32_t PBBusOf(Compiler *compiler, AVAudioNode *node);
// The bus that it is added to: cleared by now.
uint32_t PBSumOf(Compiler *compiler, AVAudioNode *node);

// Players are mixed from where their samples lie, unless somebody listens to the node itself.
static inline BOOL PBIsDirect(const PBConnection *connection) {
    return connection->player != NULL;
}
// Adds the player of a direct connection to the plan, unless another connection has.
void PBAddPlayer(Compiler *compiler, const PBConnection *connection);
void PBAddTap(Compiler *compiler, AVAudioNode *node, NSUInteger output, uint32_t bus);

// What the input carries is asked for: unless it has been rendered, what is pushed here does that.
// It then lies in its source's bus until PBGiveInput.
void PBTakeInput(Compiler *compiler, const PBConnection *connection);
uint32_t PBInputBus(const PBConnection *connection);
void PBGiveInput(Compiler *compiler, const PBConnection *connection);

// A matrix, from its input task->at on (PBPlanMatrix.m).
void PBRunMatrix(Compiler *compiler, Task task);

#endif
