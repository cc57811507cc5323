// SPDX-License-Identifier: MIT OR Apache-2.0
//
// From a changed graph to the plan that the audio thread runs, and from what it has run to the
// clients' blocks.
#import "PBInternal.h"

BOOL PBPrepare(AVAudioEngine *engine, NSError **error) {
    PBEngine *state = engine->_engine;
    if (state->prepared == NULL || state->dirty) {
        pbr_plan_free(state->prepared);
        state->prepared = PBNewPlan(engine, error);
    }
    return state->prepared != NULL;
}

BOOL PBCompile(AVAudioEngine *engine, NSError **error) {
    PBEngine *state = engine->_engine;
    if (!PBPrepare(engine, error)) {
        return NO;
    }
    pbr_core_publish(state->core, state->prepared);
    state->prepared = NULL;
    return YES;
}

void PBReplacePlan(AVAudioEngine *engine) {
    PBEngine *state = engine->_engine;
    // A graph that does not compile is silent: the old plan may name nodes that are gone.
    if (state->running && !PBIsOffline(state) && !PBCompile(engine, NULL)) {
        pbr_core_publish(state->core, NULL);
    }
}

void PBGraphChanged(AVAudioEngine *engine) {
    if (engine == nil) {
        return;
    }
    engine->_engine->dirty = YES;
    if (engine->_engine->changing == 0) {
        PBReplacePlan(engine);
    }
}

void PBCollect(AVAudioEngine *engine) {
    PBLocked(engine) {
        PBEngine *state = engine->_engine;
        pbr_core_collect(state->core);
        uint64_t events = pbr_core_events(state->core);
        if (events != state->events) {
            state->events = events;
            for (AVAudioNode *node in state->nodes) {
                [node pbCollect:NO];
                PBTapDeliver(node, state->callbacks);
            }
        }
    }
}
