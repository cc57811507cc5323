/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * perbus: per-bus volume and pan over AVAudioEngine, as a flat C API.
 *
 * Conventions
 * - Every fallible function returns a perbus_status and takes a perbus_error last, which may be
 *   NULL. On failure the error is filled in and no out parameter is written.
 * - `create` and `copy` hand out a handle that the caller ends with `destroy` or `release` of the
 *   same noun. A node handle keeps the node alive, not the engine.
 * - Audio is planar 32-bit float, full scale -1 to 1: one pointer a channel, `frames` samples each.
 * - Volumes are linear gains, 0 (silence) to 1 (unity). Pans run from -1 (left) over 0 to 1 (right).
 * - NULL for a required pointer is PERBUS_ERROR_INVALID_ARGUMENT everywhere.
 * - PERBUS_ERROR_EXCEPTION is what AVFAudio threw for a reason that has no status of its own, with
 *   the reason as the message; every function that takes a perbus_error may return it.
 *
 * Threading
 * - Calls that change an engine's graph (attach, detach, connect, disconnect, destroy) must be
 *   alone: no other call on that engine or its nodes may run beside them, except rendering.
 * - All other calls may run on any threads at once, unless their comment says otherwise.
 * - "Real-time safe" says whether a function may be called on an audio thread.
 *
 * Calls from a source's render function
 * - Those that are marked real-time safe work as everywhere. Every other one that returns a status
 *   returns PERBUS_ERROR_IN_RENDER and does nothing: it might wait for the very block that the
 *   function is making. The nodes' engine does not matter, nor whether another one is asked to
 *   render.
 * - perbus_engine_destroy, perbus_node_release and perbus_buffer_release take the handle, which ends
 *   with the next call of any function that is made elsewhere. Until then a device goes on playing.
 * - What else returns no status works, but is not real-time safe.
 */
#ifndef PERBUS_H
#define PERBUS_H

#include "perbus/batch.h"
#include "perbus/effect.h"
#include "perbus/engine.h"
#include "perbus/fade.h"
#include "perbus/gain.h"
#include "perbus/graph.h"
#include "perbus/matrix.h"
#include "perbus/meter.h"
#include "perbus/node.h"
#include "perbus/player.h"
#include "perbus/source.h"
#include "perbus/types.h"

#endif
