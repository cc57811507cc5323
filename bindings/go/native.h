/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* perbus/desk.h as cgo takes it without an allocation: whether a call failed and what it found are
 * returned by value, so that no Go pointer is passed to C; handles are numbers, because cgo checks
 * every pointer, and allocates for one to an opaque struct. A failure is NULL for success; only a call
 * that fails makes one, and pbgo_failure_free ends it. */
#ifndef PBGO_NATIVE_H
#define PBGO_NATIVE_H

#include "native_devices.h"
#include "native_files.h"
#include "native_graph.h"
#include "native_nodes.h"
#include "native_scenes.h"
#include "native_strips.h"

#endif
