/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Host time: the clock of the machine, which engines on devices share.
 */
#ifndef PERBUS_CLOCK_H
#define PERBUS_CLOCK_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The host time now, in nanoseconds, on all systems: that of CLOCK_MONOTONIC, or on Apple's systems of
 *  mach_absolute_time. It stands still while the machine sleeps. Maps to AVAudioTime's hostTime.
 *  Threads: any. Real-time safe: yes */
uint64_t perbus_get_host_time(void);

/** Bits of perbus_render_time.known. */
enum {
    PERBUS_TIME_SAMPLE = 1, /**< sample_time and sample_rate */
    PERBUS_TIME_HOST = 2    /**< host_time */
};

/** Where an engine is. */
typedef struct perbus_render_time {
    int64_t sample_time; /**< The engine's time in frames: of the next block's first frame. */
    double sample_rate;  /**< Frames per second. */
    uint64_t host_time;  /**< When that frame is heard, in nanoseconds (perbus_get_host_time). */
    uint32_t known;      /**< PERBUS_TIME_*. What is not known is 0. */
} perbus_render_time;

/**
 * Where the engine is, and when that is heard: the latency that the sound system reports is in it, so
 * that host_time lies in the future by about perbus_device_status.latency. It is averaged, and grows as
 * the frames do; where the sound system does not know, it is an estimate. There is no host time offline,
 * nor before a device has asked for the first block.
 *
 * On Apple's engine it is the output's timestamp, which does not have presentationLatency in it.
 * @retval PERBUS_ERROR_NOT_RUNNING the engine is stopped or paused
 * Maps to lastRenderTime of the output node. Threads: any. Real-time safe: no
 */
perbus_status perbus_engine_get_render_time(perbus_engine *engine, perbus_render_time *out_time,
                                            perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
