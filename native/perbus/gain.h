/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Per-connection gain: the volume and pan of one source on one mixer bus.
 */
#ifndef PERBUS_GAIN_H
#define PERBUS_GAIN_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Sets the gain of the connection from `source` to the mixer's input bus. The value holds until the
 * source's own volume is set or the connection ends. Setting it ends a fade of the volume; setting
 * the current value while no fade runs changes nothing.
 *
 * On the portable engine a change is a linear ramp of 480 frames in every output channel, starting
 * from the gain that is heard at that moment: however changes overlap, no frame moves by more than
 * the ramps and fades in progress. The result does not depend on the block size. If the connection
 * is silent at the frame where the change lands, the next sound starts at the new value. Silent
 * means that nothing is queued there, or the source's block is silent, and no converter or effect
 * has a tail left.
 * @param volume 0 to PERBUS_MAX_VOLUME
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume; nothing has changed
 * @retval PERBUS_ERROR_NOT_MIXING the source has no such control (an output node, an effect)
 * @retval PERBUS_ERROR_NOT_CONNECTED the source does not reach that bus
 * @retval PERBUS_ERROR_PENDING the source is a mixer that nothing feeds yet, and the engine lets nobody
 * set its connections meanwhile: Apple's may be like that
 * Maps to destinationForMixer:bus: and setVolume:. Threads: any. Real-time safe: no
 */
perbus_status perbus_connection_set_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                           float volume, perbus_error *error);

/** The gain set by perbus_connection_set_volume. Fails as it does, except for the range.
 *  Maps to destinationForMixer:bus: and volume. Threads: any. Real-time safe: no */
perbus_status perbus_connection_get_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                           float *out_volume, perbus_error *error);

/** Like perbus_connection_set_volume, for the pan, -1 to 1. A stereo source is balanced, a mono
 *  source panned. In a surround mixer the left gain applies to L, Ls and Lb, the right gain to R,
 *  Rs and Rb; C and LFE follow the volume alone. Channels without a layout form pairs of left and
 *  right; the last of an odd number follows the volume alone. No effect in a mixer with a mono
 *  output.
 *  Maps to destinationForMixer:bus: and setPan:. Threads: any. Real-time safe: no */
perbus_status perbus_connection_set_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                        float pan, perbus_error *error);

/** The pan set by perbus_connection_set_pan. Fails as it does, except for the range.
 *  Maps to destinationForMixer:bus: and pan. Threads: any. Real-time safe: no */
perbus_status perbus_connection_get_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                        float *out_pan, perbus_error *error);

/** One entry of perbus_connections_apply. */
typedef struct perbus_connection_change {
    perbus_node *source;
    perbus_node *mixer;
    uint32_t bus;
    float volume; /**< 0 to PERBUS_MAX_VOLUME */
    float pan;    /**< -1 to 1 */
} perbus_connection_change;

/**
 * Sets the volume and pan of many connections of one engine: all of them or, on failure, none. On
 * the portable engine all take effect in the same block; Apple's may spread them over two.
 * @param changes an array of `count` entries; of two for the same connection the later one counts
 * @retval PERBUS_ERROR_OUT_OF_RANGE, PERBUS_ERROR_NOT_MIXING, PERBUS_ERROR_NOT_CONNECTED,
 * PERBUS_ERROR_PENDING as perbus_connection_set_volume, for the entry named in the message; nothing
 * has changed
 * @retval PERBUS_ERROR_WRONG_ENGINE a mixer of another engine
 * Maps to destinationForMixer:bus:, setVolume: and setPan:. Threads: any. Real-time safe: no
 */
perbus_status perbus_connections_apply(perbus_engine *engine,
                                       const perbus_connection_change *changes, size_t count,
                                       perbus_error *error);

/**
 * Like perbus_connection_set_volume, for whatever source feeds the bus according to the engine: the
 * nearest one upstream that has per-connection control, looking through effects. Without one (an
 * effect that nothing feeds) it sets the mixer's own parameter of the bus, which holds until a
 * source is connected.
 * @retval PERBUS_ERROR_NOT_CONNECTED nothing feeds the bus
 * @retval PERBUS_ERROR_NOT_MIXING the node that feeds it has no such control
 * @retval PERBUS_ERROR_WRONG_KIND `mixer` is not a mixer
 * @retval PERBUS_ERROR_NOT_ATTACHED, PERBUS_ERROR_WRONG_ENGINE the mixer is not this engine's
 * Maps to inputConnectionPointForNode:inputBus:, then destinationForMixer:bus: and setVolume: or
 * kMultiChannelMixerParam_Volume, input scope. Threads: any. Real-time safe: no
 */
perbus_status perbus_bus_set_volume(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                    float volume, perbus_error *error);
/** The gain set by perbus_bus_set_volume. Fails as it does, except for the range.
 *  Threads: any. Real-time safe: no */
perbus_status perbus_bus_get_volume(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                    float *out_volume, perbus_error *error);
/** Like perbus_bus_set_volume, for the pan, -1 to 1; the parameter is kMultiChannelMixerParam_Pan.
 *  Threads: any. Real-time safe: no */
perbus_status perbus_bus_set_pan(perbus_engine *engine, perbus_node *mixer, uint32_t bus, float pan,
                                 perbus_error *error);
/** The pan set by perbus_bus_set_pan. Fails as it does, except for the range.
 *  Threads: any. Real-time safe: no */
perbus_status perbus_bus_get_pan(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                 float *out_pan, perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
