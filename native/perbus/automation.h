/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Automation: fades and sets at given frames, and fades of a mixer's output volume.
 */
#ifndef PERBUS_AUTOMATION_H
#define PERBUS_AUTOMATION_H

#include "fade.h"
#include "master.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A control of a connection. */
typedef enum perbus_control { PERBUS_CONTROL_VOLUME = 0, PERBUS_CONTROL_PAN = 1 } perbus_control;

/** What a control is to do later. */
typedef struct perbus_automation_point {
    int64_t start;      /**< in engine time, as perbus_engine_get_sample_time counts it; up to
                           PERBUS_MAX_TIME */
    float value;        /**< where to: the control's range */
    uint64_t frames;    /**< 1 to PERBUS_MAX_FADE: a fade of so many frames; 0: a set */
    perbus_curve curve; /**< of a fade; of the pan only PERBUS_CURVE_LINEAR */
} perbus_automation_point;

/**
 * Schedules what a connection's volume or pan is to do. The points take the place of everything
 * scheduled that starts at `from` or later: with `from` after the last start they are appended, with
 * a `count` of 0 everything from there on is cancelled. What runs already is not affected.
 *
 * A point takes over at its frame, in the middle of a block if need be, from wherever the control is
 * then: a fade starts from that value, so that a chain of fades has no steps, and a set is heard as
 * perbus_connection_set_volume says. Sets and fades that are called now replace what runs, and leave
 * later points alone. What perbus_connection_get_volume returns stays what was set by a call.
 *
 * Points that wait cost a block nothing, however many they are. One that the engine finds only after
 * its start (because nothing was rendered, or the call came just before a block) goes on as if it
 * had started in time. The points end with the connection. They stay if the clock is reset.
 * @param from any frame, also one that is over; no point may start before it
 * @param points `count` points with ascending starts
 * @retval as perbus_connection_set_volume, for any of the values
 * @retval PERBUS_ERROR_OUT_OF_RANGE a start before the engine's time or beyond PERBUS_MAX_TIME, or
 * frames
 * @retval PERBUS_ERROR_INVALID_ARGUMENT an unknown control or curve, a curve that the pan cannot
 * follow, a start before `from` or not after the one before
 * @retval PERBUS_ERROR_UNSUPPORTED Apple's AVFAudio has no automation: set the volume in steps
 * Maps to no selector of Apple's. Threads: any. Real-time safe: no
 */
perbus_status perbus_connection_automate(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                         perbus_control control, int64_t from,
                                         const perbus_automation_point *points, size_t count,
                                         perbus_error *error);

/** Like perbus_connection_automate, for whatever perbus_bus_set_volume sets, including the mixer's
 *  own parameter of a bus that a matrix feeds.
 *  @retval as perbus_bus_set_volume and perbus_connection_automate
 *  Maps to no selector of Apple's. Threads: any. Real-time safe: no */
perbus_status perbus_bus_automate(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                  perbus_control control, int64_t from,
                                  const perbus_automation_point *points, size_t count,
                                  perbus_error *error);

/** Like perbus_connection_automate, for a master's volume: each bus that has the master follows, to
 *  the frame. A block in which a point of a master starts is rendered in parts, so that sources are
 *  asked for shorter blocks; the samples do not change.
 *  @retval as perbus_master_set_volume and perbus_connection_automate
 *  Maps to no selector of Apple's. Threads: any. Real-time safe: no */
perbus_status perbus_master_automate(perbus_master *master, int64_t from,
                                     const perbus_automation_point *points, size_t count,
                                     perbus_error *error);

/** Like perbus_connection_automate, for the volume of the mixer's sum.
 *  @retval as perbus_mixer_set_output_volume and perbus_connection_automate
 *  @retval PERBUS_ERROR_NOT_ATTACHED the mixer is attached to no engine, whose time would count
 *  Maps to no selector of Apple's. Threads: any. Real-time safe: no */
perbus_status perbus_mixer_automate_output_volume(perbus_node *mixer, int64_t from,
                                                  const perbus_automation_point *points,
                                                  size_t count, perbus_error *error);

/** Like perbus_connection_fade_volume, for the volume of the mixer's sum;
 *  perbus_mixer_get_output_volume returns the new value at once.
 *  @retval as perbus_mixer_set_output_volume and perbus_connection_fade_volume
 *  Maps to no selector of Apple's. Threads: any. Real-time safe: no */
perbus_status perbus_mixer_fade_output_volume(perbus_node *mixer, float volume, uint64_t frames,
                                              perbus_curve curve, perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
