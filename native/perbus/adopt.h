/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Engines and nodes that the program has made itself, through AVFAudio.
 *
 * An adopted engine stays the program's. perbus starts, stops and reconfigures it only where a call
 * asks for just that, and the mixers of its graph do not grow by themselves: connecting to a bus
 * that a mixer lacks is PERBUS_ERROR_OUT_OF_RANGE, see perbus_mixer_reserve. Destroying the handle
 * leaves the engine as it is, running or not, with all its nodes, connections, volumes and pans.
 *
 * The program may go on using its engine directly. Its own calls count as calls of the graph
 * functions here: those that change the graph are "alone".
 */
#ifndef PERBUS_ADOPT_H
#define PERBUS_ADOPT_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * A handle to an engine of the program's. It retains the engine, which the program may release.
 * Neither mainMixerNode nor outputNode nor inputNode is asked for, since asking creates them;
 * perbus_engine_copy_main_mixer and perbus_engine_copy_output do that.
 *
 * The engine is offline for perbus if it is in manual rendering mode now. After a change of its
 * mode, adopt it again.
 * @param av_engine an AVAudioEngine. A pointer to anything that is not an Objective-C object is
 * undefined behaviour
 * @param out_engine receives the handle; free it with perbus_engine_destroy
 * @retval PERBUS_ERROR_WRONG_KIND an object of another class
 * @retval PERBUS_ERROR_UNAVAILABLE the AVFAudio classes are missing from the program
 * Maps to isInManualRenderingMode. Threads: any. Real-time safe: no
 */
perbus_status perbus_engine_adopt(void *av_engine, perbus_engine **out_engine, perbus_error *error);

/**
 * A handle to a node of the program's, of any class: PERBUS_KIND_OTHER for one that this library
 * knows nothing more about, such as an AVAudioPlayerNode that perbus_player_create has not made. It
 * retains the node. Two handles to one node have the same id.
 * @param av_node an AVAudioNode, attached or not. A pointer to anything that is not an Objective-C
 * object is undefined behaviour
 * @param out_node receives the handle; free it with perbus_node_release
 * @retval PERBUS_ERROR_WRONG_KIND an object of another class
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_node_adopt(void *av_node, perbus_node **out_node, perbus_error *error);

/**
 * What an AVAudioFormat of the program's is called here. A layout of speakers that perbus_layout lacks
 * is PERBUS_LAYOUT_DISCRETE.
 * @param av_format an AVAudioFormat. A pointer to anything that is not an Objective-C object is
 * undefined behaviour
 * @retval PERBUS_ERROR_WRONG_KIND an object of another class
 * @retval PERBUS_ERROR_FORMAT not planar 32-bit float, or a rate or channel count outside its range
 * Maps to isStandard, sampleRate, channelCount and channelLayout. Threads: any. Real-time safe: no
 */
perbus_status perbus_format_from_native(void *av_format, perbus_format *out_format,
                                        perbus_error *error);

/** The engine's AVAudioEngine, adopted or not. It is borrowed: it lives at least as long as the
 *  handle. Threads: any. Real-time safe: yes */
perbus_status perbus_engine_get_native(perbus_engine *engine, void **out_av_engine,
                                       perbus_error *error);

/** The node's AVAudioNode, likewise. Threads: any. Real-time safe: yes */
perbus_status perbus_node_get_native(perbus_node *node, void **out_av_node, perbus_error *error);

/**
 * The longest block that the engine renders for perbus_engine_render, in frames; 0 for an engine
 * that plays to a device. Maps to manualRenderingMaximumFrameCount, as it was when the handle was
 * made. Threads: any. Real-time safe: yes
 */
perbus_status perbus_engine_get_max_frames(perbus_engine *engine, uint32_t *out_frames,
                                           perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
