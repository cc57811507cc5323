// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The compiler of plans: where in the graph it is.
#ifndef PB_COMPILER_H
#define PB_COMPILER_H

#import "avfaudio/graph/PBEngine.h"

// A domain: a part of the graph with a plan of its own. Its nodes reach the output through the same
// changes of rate, so that one clock serves them; a branch has the rate of the domain around it.
typedef struct Domain {
    struct Domain *outer;
    struct Domain *next;       // in the list of the compiler
    struct Domain *inner;      // the first of the domains at other rates inside this one
    struct Domain *next_inner; // the next one inside the same domain
    double rate;
    pbr_plan *plan;
} Domain;

// What is left to do, last in, first out: a stack instead of recursion.
typedef enum Work {
    PB_RENDER,    // the node, into its buffer
    PB_MIXER,     // its inputs from `at` on, then the rest of the node
    PB_MIXED,     // an input has been rendered: mixes it
    PB_CONVERTED, // an input at another rate has been rendered
    PB_PROCESS,   // an effect's input has been rendered
    PB_MATRIX,    // like PB_MIXER
    PB_LEAVE      // a branch has been rendered
} Work;

typedef struct Task {
    Work work;
    uint32_t bus; // the one that the branch fills
    AVAudioNode *node;
    PBConnection *input;
    pbr_convert *convert;
    NSUInteger at;
    BOOL flag; // of a mixer: its direct inputs; of an effect: it works in place
} Task;

typedef struct Compiler {
    PBEngine *engine;
    pbr_plan *plan; // of the domain
    uint64_t stamp;
    Domain *domain;
    Domain *domains; // all but the outermost one
    Task *tasks;
    size_t taskCount;
    size_t taskRoom;
    BOOL failed;       // no memory
    NSString *problem; // why the graph cannot be rendered
    NSError **error;   // for the reason why a node cannot be rendered
    BOOL refused;      // some node cannot be rendered
    NSUInteger weight; // of the whole graph; 0 if one thread renders it all
} Compiler;

// Begins with the output node.
void PBPushOutput(Compiler *compiler, AVAudioNode *output);
// And ends with the input node, if that is tapped and has not been rendered yet.
void PBPushTapped(Compiler *compiler, AVAudioNode *input);
// May push more.
void PBRunTask(Compiler *compiler, const Task *task);

// Enters the domain at this rate upstream of the current one. Returns the converter that leads
// back, which is kept from plan to plan. NULL if there is none: the plan is lost.
pbr_convert *PBEnterDomain(Compiler *compiler, double rate, uint32_t channels, pbr_convert **kept);
// The same without a way back, for what is tapped there only. NO if there is none: the plan is lost.
BOOL PBEnterRate(Compiler *compiler, double rate);
// Enters a new branch, which fills *bus. NO without memory: the plan is lost.
BOOL PBEnterBranch(Compiler *compiler, pbr_layout layout, uint32_t *bus);
// Whether a branch starts at the node that is about to be rendered.
BOOL PBStartsBranch(const Compiler *compiler, AVAudioNode *node);
// Goes back to the domain around the current one.
void PBLeaveDomain(Compiler *compiler);
void PBFreeDomains(Compiler *compiler);

#endif
