// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The graph as a plan: compiled, published and rendered.
#ifndef PB_PUBLISH_H
#define PB_PUBLISH_H

#import "avfaudio/graph/PBEngine.h"

// The graph has changed: where an audio thread is listening, compiles and publishes, now or at the
// end of a batch.
void PBGraphChanged(AVAudioEngine *engine);
// The graph as a plan; NULL and a reason when it cannot be rendered.
pbr_plan *PBNewPlan(AVAudioEngine *engine, NSError **error);
// Compiles and publishes; NO and a reason when the graph cannot be rendered.
BOOL PBCompile(AVAudioEngine *engine, NSError **error);
// Compiles only: a start publishes the plan, unless the graph has changed by then.
BOOL PBPrepare(AVAudioEngine *engine, NSError **error);

// Manual rendering.
BOOL PBIsOffline(const PBEngine *engine);
// Offline: whether the block has the plan as it is, because what has changed belongs to a batch.
BOOL PBKeepsPlan(const PBEngine *engine);
// The reasons why a manual block cannot be rendered; 0 when it can.
OSStatus PBCheckManual(const PBEngine *engine, AVAudioFrameCount frames);
// Inside a block that has been entered.
AVAudioEngineManualRenderingStatus PBRender(PBEngine *state, AVAudioFrameCount frames,
                                            float *const *channels);
// What manualRenderingBlock is; for the engine to release.
AVAudioEngineManualRenderingBlock PBNewRenderBlock(AVAudioEngine *engine);
// Runs what the audio thread left to do: buffers played, taps filled.
void PBCollect(AVAudioEngine *engine);

#endif
