// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the files that compile a plan share: where in the graph the compiler is.
#ifndef PB_COMPILER_H
#define PB_COMPILER_H

#import "avfaudio/graph/PBEngine.h"

// A part of the graph that has a plan of its own. Its nodes reach the output through the same
// changes of rate, so that one clock serves them; a branch has the rate of what is around it.
typedef struct Domain {
    struct Domain *outer;
    struct Domain *next;   // in the compiler's list
    struct Domain *inner;  // the last of those at other rates upstream of this one
    struct Domain *beside; // of the same domain's inner ones
    double rate;
    pbr_plan *plan;
} Domain;

// What is left to do, last in, first out: the compiler's stack, as deep as the graph.
typedef enum Work {
    PB_RENDER,    // the node, into its buffer
    PB_MIXER,     // its inputs from `at` on; then what follows them
    PB_MIXED,     // an input has been rendered: mix it
    PB_CONVERTED, // one at another rate has
    PB_PROCESS,   // an effect's input has been rendered
    PB_MATRIX,    // as PB_MIXER
    PB_LEAVE      // a branch has
} Work;

typedef struct Task {
    Work work;
    uint32_t bus; // of a branch that is left
    AVAudioNode *node;
    PBConnection *input;
    pbr_convert *convert;
    NSUInteger at;
    BOOL flag; // of a mixer: its direct inputs; of an effect: it works where its input lies
} Task;

typedef struct Compiler {
    PBEngine *engine;
    pbr_plan *plan; // of the domain
    uint64_t stamp;
    Domain *domain;
    Domain *domains; // all but the engine's own
    Task *tasks;
    size_t taskCount;
    size_t taskRoom;
    BOOL failed;       // no memory
    NSString *problem; // why the graph cannot be rendered
    NSError **error;   // where a node says why it cannot be
    BOOL refused;      // one has
    NSUInteger weight; // of the whole graph; 0 where one thread renders it all
} Compiler;

// Begins with the output node.
void PBPushOutput(Compiler *compiler, AVAudioNode *output);
// May push more.
void PBRunTask(Compiler *compiler, const Task *task);

// Goes to the part of the graph that has this rate, upstream of the current one. The converter that
// leads back, kept from plan to plan; NULL, and the plan is lost, when there is none.
pbr_convert *PBEnterDomain(Compiler *compiler, double rate, uint32_t channels, pbr_convert **kept);
// Goes to a new branch, which fills *bus; NO, and the plan is lost, without memory.
BOOL PBEnterBranch(Compiler *compiler, pbr_layout layout, uint32_t *bus);
// Whether one starts at the node that is about to be rendered.
BOOL PBStartsBranch(const Compiler *compiler, AVAudioNode *node);
// Back to where the compiler was before.
void PBLeaveDomain(Compiler *compiler);
void PBFreeDomains(Compiler *compiler);

#endif
