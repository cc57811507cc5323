// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the files that compile a plan share: where in the graph the compiler is.
#ifndef PB_COMPILER_H
#define PB_COMPILER_H

#import "PBInternal.h"

// A part of the graph that has a plan of its own. Its nodes reach the output through the same
// changes of rate, so that one clock serves them; a branch has the rate of what is around it.
typedef struct Domain {
    struct Domain *outer;
    struct Domain *next; // in the compiler's list
    double rate;
    pbr_plan *plan;
} Domain;

typedef struct Compiler {
    PBEngine *engine;
    pbr_plan *plan; // of the domain
    uint64_t stamp;
    Domain *domain;
    Domain *domains;   // all but the engine's own
    BOOL failed;       // no memory
    NSString *problem; // why the graph cannot be rendered
    NSError **error;   // where a node says why it cannot be
    BOOL refused;      // one has
    NSUInteger weight; // of the whole graph; 0 where one thread renders it all
} Compiler;

// Goes to the part of the graph that has this rate, upstream of the current one. The converter that
// leads back, kept from plan to plan; NULL, and the plan is lost, when there is none.
pbr_convert *PBEnterDomain(Compiler *compiler, double rate, uint32_t channels, pbr_convert **kept);
// Goes to a new branch, which fills *bus; NO, and the plan is lost, without memory.
BOOL PBEnterBranch(Compiler *compiler, uint32_t channels, uint32_t *bus);
// Whether one starts at the node that is about to be rendered.
BOOL PBStartsBranch(const Compiler *compiler, AVAudioNode *node);
// Back to where the compiler was before.
void PBLeaveDomain(Compiler *compiler);
void PBFreeDomains(Compiler *compiler);

#endif
