/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Batches: many changes that take effect at one frame.
 */
#ifndef PERBUS_BATCH_H
#define PERBUS_BATCH_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Opens a batch: whatever this thread connects, disconnects, sets, plays, schedules, pauses and
 * stops before perbus_engine_end_batch takes effect at one frame, the start of the next block, and
 * the portable engine compiles its graph only once. Players that are started in one batch start
 * together. Batches nest; only the outermost end counts. A detached node does not wait: it falls
 * silent at once. A block that is rendered while a batch is open, by this thread or another,
 * contains nothing of the batch. Completions of buffers that are stopped run without waiting for
 * the end. What waits for callbacks, such as perbus_tap_wait, gives up after half a second if one of
 * them may be waiting for the end. Batches end with their engine.
 *
 * Apple's engine has no batches. There the plays are collected until the end, and the players start
 * at one host time about 20 ms later; offline, at the next frame. Everything else, pauses and stops
 * included, takes effect at once.
 * @retval PERBUS_ERROR_NO_MEMORY
 * Threads: any; the same thread must end the batch. Graph and player calls from other threads on
 * this engine wait for the end. A device does not wait, nor does a block of an offline engine,
 * unless something was detached in the batch. Real-time safe: no
 */
perbus_status perbus_engine_begin_batch(perbus_engine *engine, perbus_error *error);

/**
 * Like perbus_engine_begin_batch, for a few calls in immediate succession that do not render, such
 * as a connection and its volume. An offline engine leaves compiling to the next block, so that
 * many of these cost only what they change; a block that another thread renders meanwhile may wait
 * for the end. Closed by perbus_engine_end_batch.
 * @retval PERBUS_ERROR_NO_MEMORY
 * Threads: any, as perbus_engine_begin_batch. Real-time safe: no
 */
perbus_status perbus_engine_begin_edit(perbus_engine *engine, perbus_error *error);

/**
 * Closes the batch that this thread opened last.
 * @retval PERBUS_ERROR_INVALID_ARGUMENT this thread has no open batch on this engine
 * Threads: the one that opened the batch. Real-time safe: no
 */
perbus_status perbus_engine_end_batch(perbus_engine *engine, perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
