/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Attaching and connecting nodes, and tracking: what the engine itself says is connected.
 */
#ifndef PERBUS_GRAPH_H
#define PERBUS_GRAPH_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Gives the node to the engine; no effect when it has it already.
 * @retval PERBUS_ERROR_WRONG_ENGINE another engine has it
 * Maps to attachNode:. Threading: alone. Real-time safe: no
 */
perbus_status perbus_engine_attach(perbus_engine *engine, perbus_node *node, perbus_error *error);

/**
 * Handles for all nodes that the engine has: those that it makes itself, those that were attached,
 * and among these the ones whose last handle was released. In no order.
 * @param out_nodes receives an array of `out_count` handles, to end with perbus_nodes_free
 * Maps to attachedNodes. Real-time safe: no
 */
perbus_status perbus_engine_copy_nodes(perbus_engine *engine, perbus_node ***out_nodes,
                                       size_t *out_count, perbus_error *error);

/** Ends an array from perbus_engine_copy_nodes with its handles. NULL is a no-op.
 *  Real-time safe: no */
void perbus_nodes_free(perbus_node **nodes, size_t count);

/**
 * A handle for the node of an id, such as a perbus_point names; end it with perbus_node_release.
 * @retval PERBUS_ERROR_NOT_ATTACHED the engine has no such node
 * Maps to attachedNodes. Real-time safe: no
 */
perbus_status perbus_engine_copy_node(perbus_engine *engine, uint64_t id, perbus_node **out_node,
                                      perbus_error *error);

/**
 * Disconnects the node and takes it out of the engine, silent at once. A player's queue is emptied:
 * its buffers end with PERBUS_END_DETACHED.
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * @retval PERBUS_ERROR_WRONG_KIND the output node or the main mixer
 * Maps to detachNode:. Threading: alone. Real-time safe: no
 */
perbus_status perbus_engine_detach(perbus_engine *engine, perbus_node *node, perbus_error *error);

/**
 * Connects one output bus to one input bus. Earlier connections of either bus end: a source that
 * is connected elsewhere moves. The new connection starts with the source's own volume and pan.
 * Mixers and the output convert any rate and channel layout to their own output's format; what feeds
 * a connection renders at the connection's rate. Where the output lacks a speaker, its sound goes to
 * the neighbours as in ITU-R BS.775: the centre to L and R, a surround to the front of its side, at
 * -3 dB each; the LFE is left out. Nothing is normalised. Side and back surrounds stand in for each
 * other. Into mono goes half of what would be heard in stereo on each side; mono goes to L and R.
 * Channels without a layout go by number, or all of them into one, each as 1 / count.
 * @param source_bus below the source's output count
 * @param destination_bus below PERBUS_MAX_BUSES for a mixer (it grows), else below its input count
 * @param format of the connection; NULL keeps the source's: a player's is the one that it was made
 *        with, or had last
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE either node is not this engine's
 * @retval PERBUS_ERROR_OUT_OF_RANGE either bus; or the source is an equalizer with a band that is not
 *         below half the rate
 * @retval PERBUS_ERROR_CYCLE the destination feeds the source, or is the source
 * @retval PERBUS_ERROR_FORMAT a rate, channel count or layout outside perbus_format's ranges; more
 *         channels than go into the destination, or out of the source, where either side has no
 *         layout. The destination counts once it is connected onward itself; or the source is a player
 *         with buffers queued in another format
 * @retval PERBUS_ERROR_EXCEPTION on the portable engine: rates further apart than 1 to 256, or one
 *         that changes between a source with several connections and the mixer where its paths meet
 * Maps to connect:to:fromBus:toBus:format:. Threading: alone. Real-time safe: no
 */
perbus_status perbus_engine_connect(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                    perbus_node *destination, uint32_t destination_bus,
                                    const perbus_format *format, perbus_error *error);

/** A destination of perbus_engine_connect_many. */
typedef struct perbus_destination {
    perbus_node *node;
    uint32_t bus;
} perbus_destination;

/**
 * Connects one output bus to several input buses: it feeds exactly these afterwards. A connection
 * that it has already, in the same format, goes on undisturbed on the portable engine; Apple's may
 * make it anew, with the source's own volume and pan.
 * @param destinations an array of `count` (1 or more) different buses
 * @retval as perbus_engine_connect, for any destination; nothing has changed
 * @retval PERBUS_ERROR_INVALID_ARGUMENT no destination, or one twice
 * A mixer gets the buses that it lacks first, also while the engine runs; after a failure it has as
 * many as before, if the engine lets them go.
 * Maps to -[AUAudioUnitBusArray setBusCount:error:] and connect:toConnectionPoints:fromBus:format:.
 * Threading: alone. Real-time safe: no
 */
perbus_status perbus_engine_connect_many(perbus_engine *engine, perbus_node *source,
                                         uint32_t source_bus,
                                         const perbus_destination *destinations, size_t count,
                                         const perbus_format *format, perbus_error *error);

/**
 * Connects an output bus to more input buses, in the format that it has: those that it feeds already
 * it goes on to feed, undisturbed on the portable engine, where it costs what is added. Apple's
 * engine has no such call: there all of them are listed again, and may be made anew.
 * @param destinations an array of `count` (1 or more) different buses
 * @retval as perbus_engine_connect_many; nothing has changed
 * Maps to connect:toConnectionPoints:fromBus:format:. Threading: alone. Real-time safe: no
 */
perbus_status perbus_engine_add_destinations(perbus_engine *engine, perbus_node *source,
                                             uint32_t source_bus,
                                             const perbus_destination *destinations, size_t count,
                                             perbus_error *error);

/**
 * Ends the connection of an input bus; no effect when there is none.
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * @retval PERBUS_ERROR_OUT_OF_RANGE bus: not below the node's input count
 * Maps to disconnectNodeInput:bus:. Threading: alone. Real-time safe: no
 */
perbus_status perbus_engine_disconnect_input(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                             perbus_error *error);

/** Ends every connection of an output bus; otherwise as perbus_engine_disconnect_input.
 *  Maps to disconnectNodeOutput:bus:. Threading: alone. Real-time safe: no */
perbus_status perbus_engine_disconnect_output(perbus_engine *engine, perbus_node *node,
                                              uint32_t bus, perbus_error *error);

/**
 * The source of an input bus.
 * @retval PERBUS_ERROR_NOT_CONNECTED the bus is free
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * Maps to inputConnectionPointForNode:inputBus:. Real-time safe: no
 */
perbus_status perbus_track_input(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                 perbus_point *out_source, perbus_error *error);

/**
 * All destinations of an output bus.
 * @param out_points receives an array to end with perbus_points_free; NULL when out_count is 0
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * Maps to outputConnectionPointsForNode:outputBus:. Real-time safe: no
 */
perbus_status perbus_track_outputs(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                   perbus_point **out_points, size_t *out_count,
                                   perbus_error *error);

/** Ends an array from perbus_track_outputs. NULL is a no-op. Real-time safe: no */
void perbus_points_free(perbus_point *points);

#ifdef __cplusplus
}
#endif

#endif
