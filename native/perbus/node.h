/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Node handles, the sources' own volume and pan, mixers.
 */
#ifndef PERBUS_NODE_H
#define PERBUS_NODE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Frees a node handle. The engine keeps an attached node, which continues to sound until it is
 *  detached or the engine is destroyed; perbus_engine_copy_nodes finds it. NULL is a no-op.
 *  Threads: any. Real-time safe: no */
void perbus_node_release(perbus_node *node);

/** The node's id: equal for two handles to one node, different for two nodes that exist at the same
 *  time; 0 for NULL. Threads: any. Real-time safe: yes */
uint64_t perbus_node_get_id(const perbus_node *node);

/** What a node is. Values are never renumbered. */
typedef enum perbus_kind {
    PERBUS_KIND_OUTPUT = 0,
    PERBUS_KIND_MIXER = 1,
    PERBUS_KIND_PLAYER = 2,
    PERBUS_KIND_SOURCE = 3,
    PERBUS_KIND_EQUALIZER = 4,
    PERBUS_KIND_MATRIX = 5,
    PERBUS_KIND_OTHER = 6, /**< Attached to the engine by other code. */
    PERBUS_KIND_INPUT = 7
} perbus_kind;

/** What perbus_node_get_info returns. */
typedef struct perbus_node_info {
    bool attached;    /**< to any engine */
    uint32_t inputs;  /**< input buses, connected or not */
    uint32_t outputs; /**< output buses */
    perbus_kind kind;
} perbus_node_info;

/** Whether the node is attached, and how many buses it has.
 *  Maps to engine, numberOfInputs and numberOfOutputs. Threads: any. Real-time safe: no */
perbus_status perbus_node_get_info(perbus_node *node, perbus_node_info *out_info,
                                   perbus_error *error);

/** The format of an input bus. @retval PERBUS_ERROR_OUT_OF_RANGE bus
 *  Maps to inputFormatForBus:. Threads: any. Real-time safe: no */
perbus_status perbus_node_get_input_format(perbus_node *node, uint32_t bus,
                                           perbus_format *out_format, perbus_error *error);

/** The format of an output bus. @retval PERBUS_ERROR_OUT_OF_RANGE bus
 *  Maps to outputFormatForBus:. Threads: any. Real-time safe: no */
perbus_status perbus_node_get_output_format(perbus_node *node, uint32_t bus,
                                            perbus_format *out_format, perbus_error *error);

/**
 * Sets the source's own volume, on all its present and future connections.
 * @param volume 0 to PERBUS_MAX_VOLUME
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * @retval PERBUS_ERROR_NOT_MIXING the node has no such control
 * Maps to -[AVAudioMixing setVolume:]. Threads: any. Real-time safe: no
 */
perbus_status perbus_node_set_volume(perbus_node *node, float volume, perbus_error *error);
/** The source's own volume, initially 1.
 *  @retval PERBUS_ERROR_NOT_MIXING the node has no such control
 *  Maps to -[AVAudioMixing volume]. Threads: any. Real-time safe: no */
perbus_status perbus_node_get_volume(perbus_node *node, float *out_volume, perbus_error *error);
/** Like perbus_node_set_volume, for the pan, -1 to 1. Maps to -[AVAudioMixing setPan:].
 *  Threads: any. Real-time safe: no */
perbus_status perbus_node_set_pan(perbus_node *node, float pan, perbus_error *error);
/** The source's own pan, initially 0.
 *  @retval PERBUS_ERROR_NOT_MIXING the node has no such control
 *  Maps to -[AVAudioMixing pan]. Threads: any. Real-time safe: no */
perbus_status perbus_node_get_pan(perbus_node *node, float *out_pan, perbus_error *error);

/** Makes a mixer that is not attached yet. Once attached, it outlives its last handle: see
 *  perbus_node_release. Maps to -[AVAudioMixerNode init]. Threads: any. Real-time safe: no */
perbus_status perbus_mixer_create(perbus_node **out_node, perbus_error *error);

/**
 * Sets the gain of the mixer's sum, that is, of all its buses together. Set it after connecting:
 * Apple's mixer forgets a value that was set before it was attached.
 * @param volume 0 to PERBUS_MAX_VOLUME
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Maps to outputVolume. Threads: any. Real-time safe: no
 */
perbus_status perbus_mixer_set_output_volume(perbus_node *mixer, float volume, perbus_error *error);
/** The gain of the mixer's sum. @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 *  Maps to outputVolume. Threads: any. Real-time safe: no */
perbus_status perbus_mixer_get_output_volume(perbus_node *mixer, float *out_volume,
                                             perbus_error *error);
/**
 * Gives the mixer at least `buses` input buses. Calling it is optional: a mixer grows when a higher
 * bus is connected.
 * @param buses 1 to PERBUS_MAX_BUSES; no effect if it has that many already
 * @retval PERBUS_ERROR_OUT_OF_RANGE buses
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * @retval PERBUS_ERROR_EXCEPTION AVFAudio refuses
 * Maps to -[AUAudioUnitBusArray setBusCount:error:]. Threads: alone. Real-time safe: no
 */
perbus_status perbus_mixer_reserve(perbus_node *mixer, uint32_t buses, perbus_error *error);

/** How a mixer pans its mono inputs. Values are never renumbered. */
typedef enum perbus_pan_law {
    /** The near side stays at the volume, and the far side falls linearly to 0. */
    PERBUS_PAN_LAW_BALANCE = 0,
    /** Left cos((pan + 1) pi / 4), right sin((pan + 1) pi / 4): -3 dB each at the centre. */
    PERBUS_PAN_LAW_CONSTANT_POWER = 1
} perbus_pan_law;

/**
 * Sets the pan law of the mixer's mono inputs, those that are connected later included. It is
 * initially PERBUS_PAN_LAW_BALANCE, which inputs with more channels always have. Where an input
 * sounds, the change is heard as a ramp of 480 frames.
 * @retval PERBUS_ERROR_INVALID_ARGUMENT an unknown law
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's mixers have no law but balance
 * Maps to no selector of Apple's. Threads: any. Real-time safe: no
 */
perbus_status perbus_mixer_set_pan_law(perbus_node *mixer, perbus_pan_law law, perbus_error *error);

/**
 * The lowest input bus without a source.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * Maps to nextAvailableInputBus. Threads: any. Real-time safe: no
 */
perbus_status perbus_mixer_get_next_bus(perbus_node *mixer, uint32_t *out_bus, perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
