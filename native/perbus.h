/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/**
 * perbus: per-bus volume and pan over AVAudioEngine, as a flat C API.
 *
 * Conventions
 * - Every fallible function returns a perbus_status and takes a perbus_error last, which may be
 *   NULL. On failure the error is filled in and no out parameter is written.
 * - `create` and `copy` return a handle, which the caller frees with the `destroy` or `release` of
 *   the same noun. A node handle keeps the node alive, not the engine.
 * - Audio is planar 32-bit float, full scale -1 to 1: one pointer per channel, `frames` samples each.
 * - Volumes are linear gains: 0 is silence, 1 unity, PERBUS_MAX_VOLUME (4) the most. Pans run from -1 (left) to 1 (right).
 * - NULL for a required pointer is PERBUS_ERROR_INVALID_ARGUMENT everywhere.
 * - PERBUS_ERROR_EXCEPTION reports an exception from AVFAudio that has no status of its own; the
 *   message is its reason. Every function that takes a perbus_error may return it.
 *
 * Threading
 * - Every function says which threads may call it. "Threads: any" means any thread, concurrently with
 *   any call that is not marked alone. "Threads: alone" means any thread, but the call changes an
 *   engine's graph: until it returns, no other call may run on that engine or its nodes, except
 *   perbus_engine_render. Further limits follow either word.
 * - "Real-time safe" says whether it may be called on an audio thread: it does not wait, lock or
 *   allocate.
 *
 * Calls from a source's render function
 * - Real-time safe functions work as usual. Every other function that returns a status does nothing
 *   and returns PERBUS_ERROR_IN_RENDER, since it might wait for the very block that is being
 *   rendered. This holds for the nodes of all engines, and for rendering another engine.
 * - perbus_engine_destroy, perbus_node_release, perbus_buffer_release, perbus_master_destroy,
 *   perbus_file_destroy and perbus_tap_destroy accept the handle and free it during the next call of
 *   any function from outside a render function. Until then a device goes on playing, and a tap's
 *   callback may run.
 * - Other functions that return no status work, but are not real-time safe.
 */
#ifndef PERBUS_H
#define PERBUS_H

#include "perbus/adopt.h"
#include "perbus/automation.h"
#include "perbus/batch.h"
#include "perbus/clock.h"
#include "perbus/device.h"
#include "perbus/effect.h"
#include "perbus/engine.h"
#include "perbus/fade.h"
#include "perbus/file.h"
#include "perbus/gain.h"
#include "perbus/graph.h"
#include "perbus/input.h"
#include "perbus/master.h"
#include "perbus/matrix.h"
#include "perbus/meter.h"
#include "perbus/node.h"
#include "perbus/player.h"
#include "perbus/source.h"
#include "perbus/tap.h"
#include "perbus/types.h"

#endif
