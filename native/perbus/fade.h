/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Fades of a connection's volume and pan, exact to the frame.
 */
#ifndef PERBUS_FADE_H
#define PERBUS_FADE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The course of a fade from one value to another. x runs from 0 to 1. */
typedef enum perbus_curve {
    PERBUS_CURVE_LINEAR = 0,      /**< from + (to - from) x */
    PERBUS_CURVE_EQUAL_POWER = 1, /**< sqrt((1 - x) from^2 + x to^2); for volumes */
    PERBUS_CURVE_EXPONENTIAL = 2  /**< from (to / from)^x, silence taken as -80 dB; for volumes */
} perbus_curve;

/** The longest fade, in frames. */
#define PERBUS_MAX_FADE (INT64_C(1) << 40)

/**
 * Fades the gain of a connection from its current value to `volume`, beginning with the next block:
 * frame n of `frames`, counted from 1, has the curve's value at x = n / frames. A later set or fade
 * replaces it. It starts from the current value of the fade it replaces, or else from the value set
 * last. If that is not what is heard, the difference falls linearly to zero within 480 frames,
 * separately for each output channel, so that the sound stays between its current gain and the
 * values the fade passes through. Volume and pan fade independently of each other.
 * @param volume 0 to PERBUS_MAX_VOLUME; perbus_connection_get_volume returns it at once
 * @param frames 1 to PERBUS_MAX_FADE
 * @retval as perbus_connection_set_volume
 * @retval PERBUS_ERROR_OUT_OF_RANGE frames
 * @retval PERBUS_ERROR_INVALID_ARGUMENT an unknown curve
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has no fades: set the volume in steps
 * Maps to no selector of Apple's. Threads: any. Real-time safe: no
 */
perbus_status perbus_connection_fade_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                            float volume, uint64_t frames, perbus_curve curve,
                                            perbus_error *error);
/** The same for the pan, -1 to 1, linear. Threads: any. Real-time safe: no */
perbus_status perbus_connection_fade_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                         float pan, uint64_t frames, perbus_error *error);

/** Like perbus_connection_fade_volume, for whatever perbus_bus_set_volume sets, including the
 *  mixer's own parameter of a bus that a matrix feeds.
 *  @retval as perbus_bus_set_volume and perbus_connection_fade_volume
 *  Maps to no selector of Apple's. Threads: any. Real-time safe: no */
perbus_status perbus_bus_fade_volume(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                     float volume, uint64_t frames, perbus_curve curve,
                                     perbus_error *error);
/** The same for the pan, -1 to 1, linear. Threads: any. Real-time safe: no */
perbus_status perbus_bus_fade_pan(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                  float pan, uint64_t frames, perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
