/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Attaching and connecting nodes, and tracking: asking the engine what is connected.
 */
#ifndef PERBUS_GRAPH_H
#define PERBUS_GRAPH_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Attaches the node to the engine. No effect if it is attached to it already.
 * @retval PERBUS_ERROR_WRONG_ENGINE it is attached to another engine
 * @retval PERBUS_ERROR_WRONG_KIND it is the output or the input of an engine that is gone
 * Maps to attachNode:. Threads: alone. Real-time safe: no
 */
perbus_status perbus_engine_attach(perbus_engine *engine, perbus_node *node, perbus_error *error);

/**
 * Handles to all nodes of the engine, in no particular order: those that it creates itself and
 * those that were attached, including nodes whose last handle was released.
 * @param out_nodes receives an array of `out_count` handles; free it with perbus_nodes_free
 * Maps to attachedNodes. Threads: any. Real-time safe: no
 */
perbus_status perbus_engine_copy_nodes(perbus_engine *engine, perbus_node ***out_nodes,
                                       size_t *out_count, perbus_error *error);

/** Frees an array from perbus_engine_copy_nodes and its handles. NULL is a no-op.
 *  Threads: any. Real-time safe: no */
void perbus_nodes_free(perbus_node **nodes, size_t count);

/**
 * A handle to the node with an id, such as that of a perbus_point; free it with
 * perbus_node_release.
 * @retval PERBUS_ERROR_NOT_ATTACHED the engine has no such node
 * Maps to attachedNodes. Threads: any. Real-time safe: no
 */
perbus_status perbus_engine_copy_node(perbus_engine *engine, uint64_t id, perbus_node **out_node,
                                      perbus_error *error);

/**
 * Disconnects the node and detaches it from the engine; it falls silent at once. A player's queue
 * is emptied: its buffers end with PERBUS_END_DETACHED.
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * @retval PERBUS_ERROR_WRONG_KIND the output, the input or the main mixer; that of an adopted engine
 * only once perbus_engine_copy_main_mixer has been called, until then PERBUS_ERROR_EXCEPTION
 * Maps to detachNode:. Threads: alone. Real-time safe: no
 */
perbus_status perbus_engine_detach(perbus_engine *engine, perbus_node *node, perbus_error *error);

/**
 * Connects one output bus to one input bus. Earlier connections of either bus end: a source that is
 * connected elsewhere moves. The new connection starts with the source's own volume and pan. Mixers
 * and the output convert any sample rate and channel layout to the format of their own output;
 * whatever feeds a connection renders at the connection's rate. If the output lacks a speaker, its
 * sound goes to the neighbouring ones as in ITU-R BS.775: the centre to L and R, a surround to the
 * front speaker on its side, at -3 dB each; the LFE is left out. Nothing is normalised. Side and
 * back surrounds substitute for each other. A mono output receives half of each side of the stereo
 * mix; a mono source goes to L and R. Channels without a layout are mapped by number, or all mixed
 * into one, each scaled by 1 / count.
 * @param source_bus below the source's output count
 * @param destination_bus below PERBUS_MAX_BUSES for a mixer (which grows, but not in an adopted
 * engine), else below the node's input count
 * @param format the connection's format; NULL keeps the source's. A player's is the one that it was
 * made with, or had last
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE either node is not this engine's
 * @retval PERBUS_ERROR_OUT_OF_RANGE either bus; or the source is an equalizer with a band that is
 *         not below half the rate
 * @retval PERBUS_ERROR_CYCLE the destination feeds the source, or is the source
 * @retval PERBUS_ERROR_FORMAT a rate, channel count or layout outside perbus_format's ranges; more
 * channels than fit into the destination, or come out of the source, where either side has no
 * layout (a destination counts once it is itself connected onward); or the source is a player with
 * buffers queued in another format
 * @retval PERBUS_ERROR_EXCEPTION on the portable engine: rates that differ by more than a factor of
 * 256, or a rate that changes between a source with several connections and the mixer where its
 * paths meet
 * Maps to connect:to:fromBus:toBus:format:. Threads: alone. Real-time safe: no
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
 * Connects one output bus to several input buses: afterwards it feeds exactly these. On the
 * portable engine, a connection that exists already in the same format continues undisturbed;
 * Apple's may recreate it, with the source's own volume and pan. A mixer is first given the buses
 * that it lacks, even while the engine runs; after a failure it has as many as before, provided the
 * engine releases them.
 * @param destinations an array of `count` (1 or more) different buses
 * @retval as perbus_engine_connect, for any destination; nothing has changed
 * @retval PERBUS_ERROR_INVALID_ARGUMENT no destination, or one twice
 * Maps to -[AUAudioUnitBusArray setBusCount:error:] and connect:toConnectionPoints:fromBus:format:.
 * Threads: alone. Real-time safe: no
 */
perbus_status perbus_engine_connect_many(perbus_engine *engine, perbus_node *source,
                                         uint32_t source_bus,
                                         const perbus_destination *destinations, size_t count,
                                         const perbus_format *format, perbus_error *error);

/**
 * Connects an output bus to further input buses, in its present format. It continues to feed those
 * that it feeds already, undisturbed on the portable engine, where the cost is that of what is
 * added. Apple's engine has no such call: there all destinations are listed again, and connections
 * may be recreated.
 * @param destinations an array of `count` (1 or more) different buses
 * @retval as perbus_engine_connect_many; nothing has changed
 * Maps to connect:toConnectionPoints:fromBus:format:. Threads: alone. Real-time safe: no
 */
perbus_status perbus_engine_add_destinations(perbus_engine *engine, perbus_node *source,
                                             uint32_t source_bus,
                                             const perbus_destination *destinations, size_t count,
                                             perbus_error *error);

/**
 * Ends the connection of an input bus. No effect if there is none.
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * @retval PERBUS_ERROR_OUT_OF_RANGE bus: not below the node's input count
 * Maps to disconnectNodeInput:bus:. Threads: alone. Real-time safe: no
 */
perbus_status perbus_engine_disconnect_input(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                             perbus_error *error);

/** Ends every connection of an output bus; otherwise like perbus_engine_disconnect_input.
 *  Maps to disconnectNodeOutput:bus:. Threads: alone. Real-time safe: no */
perbus_status perbus_engine_disconnect_output(perbus_engine *engine, perbus_node *node,
                                              uint32_t bus, perbus_error *error);

/**
 * The source of an input bus.
 * @retval PERBUS_ERROR_NOT_CONNECTED the bus is free
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * Maps to inputConnectionPointForNode:inputBus:. Threads: any. Real-time safe: no
 */
perbus_status perbus_track_input(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                 perbus_point *out_source, perbus_error *error);

/**
 * All destinations of an output bus.
 * @param out_points receives an array, NULL if out_count is 0; free it with perbus_points_free
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the node is not this engine's
 * Maps to outputConnectionPointsForNode:outputBus:. Threads: any. Real-time safe: no
 */
perbus_status perbus_track_outputs(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                   perbus_point **out_points, size_t *out_count,
                                   perbus_error *error);

/** Frees an array from perbus_track_outputs. NULL is a no-op. Threads: any. Real-time safe: no */
void perbus_points_free(perbus_point *points);

#ifdef __cplusplus
}
#endif

#endif
