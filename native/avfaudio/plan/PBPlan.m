// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Compiles the graph to a render plan: upstream from the output node, each node once.
#import "PBBranches.h"
#import "PBCompiler.h"
#import "PBPublish.h"
#import "avfaudio/graph/PBBusMasters.h"
#import "avfaudio/graph/PBProposal.h"
#import "avfaudio/graph/PBWalk.h"
#import "avfaudio/support/PBErrors.h"

#include <stdlib.h>

// The longest block that the plan of a device renders at once.
enum { DEVICE_FRAMES = 4096 };

static void RunTasks(Compiler *compiler) {
    while (compiler->taskCount > 0 && !compiler->failed && compiler->problem == nil) {
        Task task = compiler->tasks[--compiler->taskCount];
        PBRunTask(compiler, &task);
    }
}

static void Compile(Compiler *compiler, AVAudioEngine *engine) {
    PBEngine *state = engine->_engine;
    @try {
        // Connections stay when the engine's own rate changes.
        compiler->problem = PBRatesProblem(engine, NULL);
        if (pbr_core_threads(state->core) > 1 && state->output != nil) {
            compiler->weight = PBWeighGraph(engine);
        }
        compiler->stamp = PBNewStamp();
        if (compiler->problem == nil && state->output != nil) {
            PBPushOutput(compiler, state->output);
            RunTasks(compiler);
        }
        if (compiler->problem == nil && !compiler->failed && state->input != nil) {
            PBPushTapped(compiler, state->input);
            RunTasks(compiler);
        }
    } @catch (NSException *exception) {
        // Foundation's classes ran out of memory; nothing else throws here.
        compiler->failed = YES;
    }
    PBFreeDomains(compiler);
    free(compiler->tasks);
}

// NULL and a reason if the graph cannot be rendered.
pbr_plan *PBNewPlan(AVAudioEngine *engine, NSError **error) {
    PBEngine *state = engine->_engine;
    AVAudioFormat *format = PBEngineFormat(engine);
    uint32_t frames = state->manualFormat != nil ? state->manualFrames : DEVICE_FRAMES;
    pbr_plan *plan = pbr_plan_create(PBLayoutOf(format), frames);
    Domain whole = {.rate = [format sampleRate], .plan = plan};
    Compiler compiler = {.engine = state, .plan = plan, .domain = &whole, .error = error};
    if (plan != NULL) {
        PBAddMasters(state, plan);
        Compile(&compiler, engine);
    }
    if (compiler.failed || plan == NULL ||
        (compiler.problem == nil && !compiler.refused && !pbr_plan_finish(plan))) {
        pbr_plan_free(plan);
        PBFail(error, kAudio_MemFullError, @"no memory for a render plan");
        return NULL;
    }
    if (compiler.problem != nil) {
        PBFail(error, kAudioUnitErr_FormatNotSupported, @"%@", compiler.problem);
    }
    if (compiler.problem != nil || compiler.refused) {
        pbr_plan_free(plan);
        return NULL;
    }
    state->dirty = NO;
    return plan;
}
