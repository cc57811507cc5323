/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Engines: making, running and rendering.
 */
#ifndef PERBUS_ENGINE_H
#define PERBUS_ENGINE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Makes an engine for the default output device, which is opened by perbus_engine_start.
 * @param out_engine receives the engine; end it with perbus_engine_destroy
 * @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program
 * Maps to -[AVAudioEngine init] and mainMixerNode. Real-time safe: no
 */
perbus_status perbus_engine_create(perbus_engine **out_engine, perbus_error *error);

/**
 * Makes an engine that renders only when asked (perbus_engine_render), faster than real time.
 * @param format what it renders
 * @param max_frames the longest block, in frames, 1 to 1048576
 * @param out_engine receives the engine; end it with perbus_engine_destroy
 * @retval PERBUS_ERROR_FORMAT a rate, channel count or layout outside perbus_format's ranges
 * @retval PERBUS_ERROR_OUT_OF_RANGE max_frames
 * @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program
 * Maps to enableManualRenderingMode:format:maximumFrameCount:error:. Real-time safe: no
 */
perbus_status perbus_engine_create_offline(const perbus_format *format, uint32_t max_frames,
                                           perbus_engine **out_engine, perbus_error *error);

/** Stops the engine, detaches its nodes and frees it. NULL is a no-op. Waits for a completion
 *  handler that is running, unless called from one. Real-time safe: no */
void perbus_engine_destroy(perbus_engine *engine);

/** The format in which the engine puts out its mix.
 *  Maps to -[AVAudioOutputNode outputFormatForBus:0]. Real-time safe: no */
perbus_status perbus_engine_get_format(perbus_engine *engine, perbus_format *out_format,
                                       perbus_error *error);

/** Allocates what rendering needs, so that a start is quick. Maps to -prepare.
 *  Real-time safe: no */
perbus_status perbus_engine_prepare(perbus_engine *engine, perbus_error *error);

/**
 * Starts rendering; no effect on a running engine.
 * @retval PERBUS_ERROR_START there is no device, it does not open, or the graph cannot be rendered
 * Maps to startAndReturnError:. Real-time safe: no
 */
perbus_status perbus_engine_start(perbus_engine *engine, perbus_error *error);

/** Halts rendering but keeps what it needs; perbus_engine_start goes on. Maps to -pause.
 *  Real-time safe: no */
perbus_status perbus_engine_pause(perbus_engine *engine, perbus_error *error);

/** Ends rendering and frees what it needed. Players stop playing but keep their queues.
 *  Maps to -stop. Real-time safe: no */
perbus_status perbus_engine_stop(perbus_engine *engine, perbus_error *error);

/** Sets the clock to 0 and clears the nodes' state, not their connections. Maps to -reset.
 *  Real-time safe: no */
perbus_status perbus_engine_reset(perbus_engine *engine, perbus_error *error);

/** Whether the engine renders: started and not paused. Maps to isRunning. Real-time safe: no */
perbus_status perbus_engine_is_running(perbus_engine *engine, bool *out_running,
                                       perbus_error *error);

/** The most threads that can render one engine. */
#define PERBUS_MAX_RENDER_THREADS 64

/**
 * Sets how many threads render, the one that asks for the blocks included; 1, the default, is that
 * one alone. Sub-mixers are then rendered side by side: those of at least 16 connected inputs,
 * upstream mixers' included, and at most half of the graph's, as far as nothing upstream of them
 * has a second connection and their sample rate is the engine's. Not one sample changes.
 *
 * Render functions of sources then run on any of these threads: each on one at a time, those of
 * different sources at the same time. The other threads look out for work for 0.2 ms after a block,
 * then sleep; waking them costs the audio thread a system call (sem_post) a thread and block,
 * nothing where blocks follow each other faster. It does what nobody else has begun, and waits only
 * for what another thread is in the midst of. They run at the priority of the thread that calls
 * this.
 * @param threads 1 to PERBUS_MAX_RENDER_THREADS; more than the machine has cores slows down
 * @retval PERBUS_ERROR_OUT_OF_RANGE threads
 * @retval PERBUS_ERROR_NO_MEMORY the system gives no more threads; the number stays as it was
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has no such setting
 * Threading: at any time. Waits for a block that is being rendered.
 * Real-time safe: no
 */
perbus_status perbus_engine_set_render_threads(perbus_engine *engine, uint32_t threads,
                                               perbus_error *error);

/**
 * Renders the next `frames` frames of an offline engine.
 * @param frames 0 to the engine's max_frames
 * @param channels one pointer a channel, each to room for `frames` samples
 * @param channel_count the engine's channel count
 * @retval PERBUS_ERROR_WRONG_KIND the engine plays to a device
 * @retval PERBUS_ERROR_NOT_RUNNING the engine is not started
 * @retval PERBUS_ERROR_OUT_OF_RANGE frames
 * @retval PERBUS_ERROR_FORMAT channel_count
 * @retval PERBUS_ERROR_RENDER the engine could not render
 * Threading: one caller at a time. Maps to renderOffline:toBuffer:error:. Real-time safe: no
 */
perbus_status perbus_engine_render(perbus_engine *engine, uint32_t frames, float *const *channels,
                                   uint32_t channel_count, perbus_error *error);

/** Frames rendered since the start or the last reset, offline. On a device: the output's time, 0
 *  while not running. Maps to manualRenderingSampleTime. Real-time safe: no */
perbus_status perbus_engine_get_sample_time(perbus_engine *engine, int64_t *out_frames,
                                            perbus_error *error);

/** A handle for the mixer that feeds the output; end it with perbus_node_release.
 *  Maps to mainMixerNode. Real-time safe: no */
perbus_status perbus_engine_copy_main_mixer(perbus_engine *engine, perbus_node **out_node,
                                            perbus_error *error);

/** A handle for the output node; end it with perbus_node_release. Maps to outputNode.
 *  Real-time safe: no */
perbus_status perbus_engine_copy_output(perbus_engine *engine, perbus_node **out_node,
                                        perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
