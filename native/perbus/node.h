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

/** Ends a node handle. The engine keeps a node that is attached, and it goes on sounding, until it is
 *  detached or the engine goes: perbus_engine_copy_nodes finds it. NULL is a no-op.
 *  Real-time safe: no */
void perbus_node_release(perbus_node *node);

/** The same for two handles of one node, different for two nodes alive at the same time; 0 for
 *  NULL. Real-time safe: yes */
uint64_t perbus_node_get_id(const perbus_node *node);

/** What a node is. Values are never renumbered. */
typedef enum perbus_kind {
    PERBUS_KIND_OUTPUT = 0,
    PERBUS_KIND_MIXER = 1,
    PERBUS_KIND_PLAYER = 2,
    PERBUS_KIND_SOURCE = 3,
    PERBUS_KIND_EQUALIZER = 4,
    PERBUS_KIND_MATRIX = 5,
    PERBUS_KIND_OTHER = 6 /**< Attached to the engine by other code than this. */
} perbus_kind;

/** What perbus_node_get_info tells. */
typedef struct perbus_node_info {
    bool attached;    /**< to any engine */
    uint32_t inputs;  /**< input buses, connected or not */
    uint32_t outputs; /**< output buses */
    perbus_kind kind;
} perbus_node_info;

/** Whether the node is attached, and how many buses it has.
 *  Maps to engine, numberOfInputs and numberOfOutputs. Real-time safe: no */
perbus_status perbus_node_get_info(perbus_node *node, perbus_node_info *out_info,
                                   perbus_error *error);

/** The format of an input bus. @retval PERBUS_ERROR_OUT_OF_RANGE bus
 *  Maps to inputFormatForBus:. Real-time safe: no */
perbus_status perbus_node_get_input_format(perbus_node *node, uint32_t bus,
                                           perbus_format *out_format, perbus_error *error);

/** The format of an output bus. @retval PERBUS_ERROR_OUT_OF_RANGE bus
 *  Maps to outputFormatForBus:. Real-time safe: no */
perbus_status perbus_node_get_output_format(perbus_node *node, uint32_t bus,
                                            perbus_format *out_format, perbus_error *error);

/**
 * Sets the source's own volume: on every connection it has and on every one it gets.
 * @param volume 0 to 1
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * @retval PERBUS_ERROR_NOT_MIXING the node has no such control
 * Maps to -[AVAudioMixing setVolume:]. Real-time safe: no
 */
perbus_status perbus_node_set_volume(perbus_node *node, float volume, perbus_error *error);
/** The source's own volume, 1 at first.
 *  @retval PERBUS_ERROR_NOT_MIXING the node has no such control
 *  Maps to -[AVAudioMixing volume]. Real-time safe: no */
perbus_status perbus_node_get_volume(perbus_node *node, float *out_volume, perbus_error *error);
/** As perbus_node_set_volume, for the pan, -1 to 1. Maps to -[AVAudioMixing setPan:].
 *  Real-time safe: no */
perbus_status perbus_node_set_pan(perbus_node *node, float pan, perbus_error *error);
/** The source's own pan, 0 at first.
 *  @retval PERBUS_ERROR_NOT_MIXING the node has no such control
 *  Maps to -[AVAudioMixing pan]. Real-time safe: no */
perbus_status perbus_node_get_pan(perbus_node *node, float *out_pan, perbus_error *error);

/** Makes a mixer, attached to nothing. Attached, it outlives its last handle:
 *  perbus_node_release. Maps to -[AVAudioMixerNode init]. Real-time safe: no */
perbus_status perbus_mixer_create(perbus_node **out_node, perbus_error *error);

/**
 * Sets the gain of the mixer's sum: of all its buses at once. Set it after connecting: Apple's
 * mixer forgets a value from before it was attached.
 * @param volume 0 to 1
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume
 * @retval PERBUS_ERROR_WRONG_KIND the node is no mixer
 * Maps to outputVolume. Real-time safe: no
 */
perbus_status perbus_mixer_set_output_volume(perbus_node *mixer, float volume, perbus_error *error);
/** The gain of the mixer's sum. @retval PERBUS_ERROR_WRONG_KIND the node is no mixer
 *  Maps to outputVolume. Real-time safe: no */
perbus_status perbus_mixer_get_output_volume(perbus_node *mixer, float *out_volume,
                                             perbus_error *error);
/**
 * Gives the mixer at least `buses` input buses. It need not be called: a mixer grows when a
 * connection asks for a higher bus.
 * @param buses 1 to PERBUS_MAX_BUSES; fewer than it has is no change
 * @retval PERBUS_ERROR_OUT_OF_RANGE buses
 * @retval PERBUS_ERROR_WRONG_KIND the node is no mixer
 * @retval PERBUS_ERROR_EXCEPTION AVFAudio refuses
 * Maps to -[AUAudioUnitBusArray setBusCount:error:]. Threading: alone. Real-time safe: no
 */
perbus_status perbus_mixer_reserve(perbus_node *mixer, uint32_t buses, perbus_error *error);

/**
 * The lowest input bus without a source.
 * @retval PERBUS_ERROR_WRONG_KIND the node is no mixer
 * Maps to nextAvailableInputBus. Real-time safe: no
 */
perbus_status perbus_mixer_get_next_bus(perbus_node *mixer, uint32_t *out_bus, perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
