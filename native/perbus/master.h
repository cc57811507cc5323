/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Masters: gains that scale any number of mixer input buses, as a console's VCA faders do.
 *
 * What a bus sounds at is its own volume times the volumes of its masters, at most
 * PERBUS_MAX_VOLUME, and then its pan. Each fade runs on its own factor, so that fades of a bus and
 * of its masters multiply frame by frame.
 */
#ifndef PERBUS_MASTER_H
#define PERBUS_MASTER_H

#include "fade.h"
#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A gain of its own, without a pan and without a sound. */
typedef struct perbus_master perbus_master;

/**
 * Makes a master of the engine, with volume 1.
 * @param out_master to be freed with perbus_master_destroy
 * @retval PERBUS_ERROR_NO_MEMORY
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's mixers have none: multiply the gains, and set each bus
 * Maps to no selector of Apple's. Threads: any. Real-time safe: no
 */
perbus_status perbus_master_create(perbus_engine *engine, perbus_master **out_master,
                                   perbus_error *error);

/** Frees the handle; NULL is ignored. Buses that have the master keep it as it is until they get
 *  other masters. Threads: any, once no other call uses the handle. Real-time safe: no */
void perbus_master_destroy(perbus_master *master);

/**
 * Sets the volume. It costs the same however many buses have the master. Where they sound, it is
 * heard as perbus_connection_set_volume is: a ramp of 480 frames in each of them.
 * @param volume 0 to PERBUS_MAX_VOLUME
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume; nothing has changed
 * Maps to no selector of Apple's. Threads: any. Real-time safe: no
 */
perbus_status perbus_master_set_volume(perbus_master *master, float volume, perbus_error *error);

/** The volume set last, or the one that the fade leads to. Threads: any. Real-time safe: no */
perbus_status perbus_master_get_volume(perbus_master *master, float *out_volume,
                                       perbus_error *error);

/**
 * Fades the volume as perbus_connection_fade_volume does, in frames of the engine's rate.
 * @param frames 1 to PERBUS_MAX_FADE
 * @retval PERBUS_ERROR_OUT_OF_RANGE volume, frames
 * @retval PERBUS_ERROR_INVALID_ARGUMENT an unknown curve
 * Maps to no selector of Apple's. Threads: any. Real-time safe: no
 */
perbus_status perbus_master_fade_volume(perbus_master *master, float volume, uint64_t frames,
                                        perbus_curve curve, perbus_error *error);

/**
 * Gives a mixer's input bus these masters in place of those that it had. They belong to the bus: a
 * source that is connected there later has them as well. Where the bus sounds, the change is heard
 * as a ramp of 480 frames.
 * @param masters an array of `count` masters of the engine, each once; NULL with count 0 for none
 * @retval PERBUS_ERROR_INVALID_ARGUMENT a NULL entry, or one that is listed twice
 * @retval PERBUS_ERROR_WRONG_ENGINE a mixer or a master of another engine
 * @retval PERBUS_ERROR_WRONG_KIND not a mixer
 * @retval PERBUS_ERROR_OUT_OF_RANGE bus, from PERBUS_MAX_BUSES on
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's mixers have no masters
 * Maps to no selector of Apple's. Threads: alone. Real-time safe: no
 */
perbus_status perbus_bus_set_masters(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                     perbus_master *const *masters, size_t count,
                                     perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
