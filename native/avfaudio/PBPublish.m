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

void PBGraphChanged(AVAudioEngine *engine) {
    if (engine == nil) {
        return;
    }
    PBEngine *state = engine->_engine;
    state->dirty = YES;
    // Offline, the caller's next render compiles once for any number of changes.
    BOOL now = state->phase != PB_STOPPED && state->mode != PB_OFFLINE && state->changing == 0;
    // A graph that does not compile is silent: the old plan may name nodes that are gone.
    if (now && !PBCompile(engine, NULL)) {
        pbr_core_publish(state->core, NULL);
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
