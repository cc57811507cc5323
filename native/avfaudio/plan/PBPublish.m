// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Publishes plans for the audio thread, and hands its finished work to the clients' blocks.
#import "PBPublish.h"

#import "avfaudio/graph/PBManners.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/nodes/PBTaps.h"

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

// Whether an audio thread hears changes now. Offline, the caller's next render compiles once for
// any number of changes.
static BOOL IsHeard(const PBEngine *state) {
    return state->phase != PB_STOPPED && state->mode != PB_OFFLINE &&
           (state->changing == 0 || pbr_core_closes_change(state->core));
}

// Without memory, the plan in use stays: it retains what it names, and calls no client code of
// nodes that are gone. The callback thread tries again later.
static void Recompile(AVAudioEngine *engine) {
    PBEngine *state = engine->_engine;
    NSError *error = nil;
    BOOL done = PBCompile(engine, &error);
    if (!done && [error code] == kAudio_MemFullError) {
        // The memory of retired plans may be enough.
        pbr_core_collect(state->core);
        done = PBCompile(engine, &error);
    }
    state->starved = !done && [error code] == kAudio_MemFullError;
    if (!done && !state->starved) {
        // A graph that cannot be rendered is silent.
        pbr_core_publish(state->core, NULL);
    }
}

void PBGraphChanged(AVAudioEngine *engine) {
    if (engine != nil) {
        PBMannersFollow(engine);
        engine->_engine->dirty = YES;
        if (IsHeard(engine->_engine)) {
            Recompile(engine);
        }
    }
}

void PBCollect(AVAudioEngine *engine) {
    PBLocked(engine) {
        PBEngine *state = engine->_engine;
        if (state->dirty && state->starved && IsHeard(state)) {
            Recompile(engine);
        }
        pbr_core_collect(state->core);
        uint64_t events = pbr_core_events(state->core);
        if (events != state->events) {
            state->events = events;
            for (AVAudioNode *node = state->oldest; node != nil; node = node->_node->newer) {
                [node pbCollect:NO];
                PBTapDeliver(node, state->callbacks);
            }
        }
    }
}
