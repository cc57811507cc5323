/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Batches: many changes, heard from one frame on.
 */
#ifndef PERBUS_BATCH_H
#define PERBUS_BATCH_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Opens a batch: what this thread connects, disconnects, sets, plays, schedules, pauses and stops
 * until perbus_engine_end_batch is heard from one and the same frame on, that of the next block, and
 * the portable engine compiles its graph once. Players that are started in one batch start together.
 * Batches nest: the outermost end counts. What is detached does not wait: it is silent at once. A
 * block that is rendered while a batch is open, by this thread or another one, has nothing of it.
 * Completions of buffers that are stopped run without waiting for the end.
 *
 * Apple's engine has no such thing. There the plays are collected until the end, and the players
 * start at one host time, some 20 ms later; offline at the next frame. A pause or stop in the batch
 * takes effect at once, and so does everything else.
 * @retval PERBUS_ERROR_NO_MEMORY
 * Threading: begin and end on the same thread. Graph and player calls of other threads on this
 * engine wait for the end. A device does not, nor does a block of an offline engine, unless something
 * was detached in the batch. Real-time safe: no
 */
perbus_status perbus_engine_begin_batch(perbus_engine *engine, perbus_error *error);

/**
 * As perbus_engine_begin_batch, for a few calls that follow each other at once, none of which renders:
 * a connection and its volume, say. What an offline engine has not compiled yet stays for the next
 * block, so that any number of these cost what they change; a block that another thread asks for
 * meanwhile may wait for the end. Closed by perbus_engine_end_batch.
 * @retval PERBUS_ERROR_NO_MEMORY
 * Threading: as perbus_engine_begin_batch. Real-time safe: no
 */
perbus_status perbus_engine_begin_edit(perbus_engine *engine, perbus_error *error);

/**
 * Closes the batch that this thread has opened last.
 * @retval PERBUS_ERROR_INVALID_ARGUMENT this thread has opened none of this engine
 * Real-time safe: no
 */
perbus_status perbus_engine_end_batch(perbus_engine *engine, perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
