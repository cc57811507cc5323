/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Engines: creating, running and rendering.
 */
#ifndef PERBUS_ENGINE_H
#define PERBUS_ENGINE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Makes an engine for the default output device, which perbus_engine_start opens.
 * @param out_engine receives the engine; free it with perbus_engine_destroy
 * @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program
 * Maps to -[AVAudioEngine init] and mainMixerNode. Threads: any. Real-time safe: no
 */
perbus_status perbus_engine_create(perbus_engine **out_engine, perbus_error *error);

/**
 * Makes an engine that renders only when asked (perbus_engine_render), faster than real time.
 * @param format the format of the mix
 * @param max_frames the longest block, in frames, 1 to 1048576
 * @param out_engine receives the engine; free it with perbus_engine_destroy
 * @retval PERBUS_ERROR_FORMAT a rate, channel count or layout outside perbus_format's ranges
 * @retval PERBUS_ERROR_OUT_OF_RANGE max_frames
 * @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program
 * Maps to enableManualRenderingMode:format:maximumFrameCount:error:. Threads: any.
 * Real-time safe: no
 */
perbus_status perbus_engine_create_offline(const perbus_format *format, uint32_t max_frames,
                                           perbus_engine **out_engine, perbus_error *error);

/** Stops the engine, detaches its nodes and frees it; leaves an adopted one alone, see adopt.h. NULL
 *  is a no-op. Waits for a completion
 *  handler that is running, unless called from one.
 *  Threads: alone; perbus_engine_render must not run either. Real-time safe: no */
void perbus_engine_destroy(perbus_engine *engine);

/** The format of the mix: what the main mixer puts out now, or in an adopted engine what feeds the
 *  output. Two channels at most, and 44.1 kHz stereo while there is no device to ask.
 *  @retval PERBUS_ERROR_NOT_CONNECTED an adopted engine that has no output node yet
 *  Maps to -outputFormatForBus:, offline to manualRenderingFormat. Threads: any.
 *  Real-time safe: no */
perbus_status perbus_engine_get_format(perbus_engine *engine, perbus_format *out_format,
                                       perbus_error *error);

/** Allocates what rendering needs, so that starting is quick. Maps to -prepare.
 *  Threads: any. Real-time safe: no */
perbus_status perbus_engine_prepare(perbus_engine *engine, perbus_error *error);

/**
 * Starts rendering. No effect on a running engine.
 * @retval PERBUS_ERROR_START there is no device, the device cannot be opened, or the graph cannot
 * be rendered
 * Maps to startAndReturnError:. Threads: any. Real-time safe: no
 */
perbus_status perbus_engine_start(perbus_engine *engine, perbus_error *error);

/** Halts rendering but keeps its resources; perbus_engine_start resumes. Maps to -pause.
 *  Threads: any. Real-time safe: no */
perbus_status perbus_engine_pause(perbus_engine *engine, perbus_error *error);

/** Ends rendering and frees its resources. Players stop playing but keep their queues.
 *  Maps to -stop. Threads: any. Real-time safe: no */
perbus_status perbus_engine_stop(perbus_engine *engine, perbus_error *error);

/** Sets the clock to 0 and clears the state of the nodes, but not their connections.
 *  Maps to -reset. Threads: any. Real-time safe: no */
perbus_status perbus_engine_reset(perbus_engine *engine, perbus_error *error);

/** Whether the engine is rendering: started and not paused. Maps to isRunning. Threads: any.
 *  Real-time safe: no */
perbus_status perbus_engine_is_running(perbus_engine *engine, bool *out_running,
                                       perbus_error *error);

/** The largest number of threads that can render one engine. */
#define PERBUS_MAX_RENDER_THREADS 64

/**
 * Sets the number of threads that render, including the one that asks for blocks; with 1, the
 * default, that thread renders alone. With more, sub-mixers are rendered in parallel: those with at
 * least 16 connected inputs, counting upstream mixers, and at most half of the graph's, provided
 * that nothing upstream of them has a second connection and they run at the engine's sample rate.
 * The samples are exactly the same.
 *
 * The render functions of sources then run on any of these threads: one source's on one thread at a
 * time, those of different sources concurrently. The other threads poll for work for 0.2 ms after a
 * block and then sleep; waking them costs the audio thread one system call (sem_post) per thread
 * and block, or nothing if blocks follow each other faster. The audio thread renders whatever no
 * other thread has begun, and waits only for work in progress on another. The threads run at the
 * priority of the thread that calls this.
 * @param threads 1 to PERBUS_MAX_RENDER_THREADS; more threads than cores slow rendering down
 * @retval PERBUS_ERROR_OUT_OF_RANGE threads
 * @retval PERBUS_ERROR_NO_MEMORY the system cannot start more threads; the number is unchanged
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has no such setting
 * Threads: any; waits for a block that is being rendered. Real-time safe: no
 */
perbus_status perbus_engine_set_render_threads(perbus_engine *engine, uint32_t threads,
                                               perbus_error *error);

/**
 * Renders the next `frames` frames of an offline engine.
 * @param frames 0 to the engine's max_frames
 * @param channels one pointer per channel, each to room for `frames` samples
 * @param channel_count the engine's channel count
 * @retval PERBUS_ERROR_WRONG_KIND the engine plays to a device
 * @retval PERBUS_ERROR_NOT_RUNNING the engine is not started
 * @retval PERBUS_ERROR_OUT_OF_RANGE frames
 * @retval PERBUS_ERROR_FORMAT channel_count
 * @retval PERBUS_ERROR_RENDER the engine could not render
 * Maps to renderOffline:toBuffer:error:. Threads: any, one at a time. Real-time safe: no
 */
perbus_status perbus_engine_render(perbus_engine *engine, uint32_t frames, float *const *channels,
                                   uint32_t channel_count, perbus_error *error);

/** Offline, the frames rendered since the start or the last reset. On a device, the output's time;
 *  0 while not running. Maps to manualRenderingSampleTime. Threads: any. Real-time safe: no */
perbus_status perbus_engine_get_sample_time(perbus_engine *engine, int64_t *out_frames,
                                            perbus_error *error);

/** A handle to the mixer that feeds the output; free it with perbus_node_release.
 *  Maps to mainMixerNode. Threads: any. Real-time safe: no */
perbus_status perbus_engine_copy_main_mixer(perbus_engine *engine, perbus_node **out_node,
                                            perbus_error *error);

/**
 * A handle to the input node, a source of recorded sound that can be connected to any bus and tapped;
 * free it with perbus_node_release. It stays silent while the engine has no input: before
 * perbus_engine_set_input offline, without a device otherwise.
 *
 * On a device, it records from the start on, or from the connection or tap on if the engine runs, and
 * not before it is connected or tapped. Its format has the channels of the device and the rate of the
 * engine; it may be connected in another one. perbus_device_status has its latency.
 * @retval PERBUS_ERROR_START there is no input device
 * Maps to inputNode. Threads: alone. Real-time safe: no
 */
perbus_status perbus_engine_copy_input(perbus_engine *engine, perbus_node **out_node,
                                       perbus_error *error);

/** A handle to the output node; free it with perbus_node_release. Maps to outputNode.
 *  Threads: any. Real-time safe: no */
perbus_status perbus_engine_copy_output(perbus_engine *engine, perbus_node **out_node,
                                        perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
