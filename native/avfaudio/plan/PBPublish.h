// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The graph as a plan: compiled, published and rendered.
#ifndef PB_PUBLISH_H
#define PB_PUBLISH_H

#import "avfaudio/graph/PBEngine.h"

// To be called when the graph has changed. If an audio thread is running, compiles and publishes,
// now or at the end of a batch.
void PBGraphChanged(AVAudioEngine *engine);
// The graph as a plan. NULL and a reason if it cannot be rendered.
pbr_plan *PBNewPlan(AVAudioEngine *engine, NSError **error);
// Compiles and publishes. NO and a reason if the graph cannot be rendered.
BOOL PBCompile(AVAudioEngine *engine, NSError **error);
// Only compiles: a start publishes the plan unless the graph has changed by then.
BOOL PBPrepare(AVAudioEngine *engine, NSError **error);

// Manual rendering.
BOOL PBIsOffline(const PBEngine *engine);
// Offline: whether the block uses the plan as it is, because the changes belong to a batch.
BOOL PBKeepsPlan(const PBEngine *engine);
// Why a manual block cannot be rendered; 0 if it can.
OSStatus PBCheckManual(const PBEngine *engine, AVAudioFrameCount frames);
// Renders; inside a block that has been entered.
AVAudioEngineManualRenderingStatus PBRender(PBEngine *state, AVAudioFrameCount frames,
                                            float *const *channels);
// The manualRenderingBlock, which the engine releases.
AVAudioEngineManualRenderingBlock PBNewRenderBlock(AVAudioEngine *engine);
// Finishes the work that the audio thread has left: played buffers, filled taps.
void PBCollect(AVAudioEngine *engine);

#endif
