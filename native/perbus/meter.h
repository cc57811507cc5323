/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Meters: the level of a connection or a mixer.
 */
#ifndef PERBUS_METER_H
#define PERBUS_METER_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A reading of a meter. Linear, full scale is 1; [0] is left, [1] is right, with channels on the
 *  same sides as for the pan (perbus_connection_set_pan). Channels without a side count on both, a
 *  mono signal on the left only. */
typedef struct perbus_meter {
    float peak[2];  /**< Highest magnitude of the last window. */
    float rms[2];   /**< Root of the mean square of the last window. */
    uint64_t clips; /**< Samples past full scale since the connection was made and first metered. */
} perbus_meter;

/**
 * Reads the meter of a connection: what it adds to the mixer, after volume and pan. The first call
 * switches the meter on; readings begin one window later, 2400 frames or slightly more.
 * @retval PERBUS_ERROR_NOT_MIXING, PERBUS_ERROR_NOT_CONNECTED as perbus_connection_set_volume
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has no meter per connection
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_connection_get_meter(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                          perbus_meter *out_meter, perbus_error *error);

/**
 * Reads the meter of a mixer's sum, after its output volume.
 * @retval PERBUS_ERROR_WRONG_KIND the node is not a mixer
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has no such meter
 * Threads: any. Real-time safe: no
 */
perbus_status perbus_mixer_get_meter(perbus_node *mixer, perbus_meter *out_meter,
                                     perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
