// SPDX-License-Identifier: MIT OR Apache-2.0
//
// One engine's meeting place of control side and audio thread: the published plan, the clock, and
// the list of plans that wait until the audio thread has left them.
#ifndef PBR_CORE_H
#define PBR_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"

typedef struct pbr_core pbr_core;

// NULL when memory runs out. Freed after the last render call returned.
pbr_core *pbr_core_create(void);
void pbr_core_free(pbr_core *core);

// Control side, one thread at a time (the caller locks).

// Makes `plan` (owned from here on; NULL renders silence) the one that the next block runs.
void pbr_core_publish(pbr_core *core, pbr_plan *plan);
// Frees retired plans that no audio thread can be in any more.
void pbr_core_collect(pbr_core *core);
// Waits until the block that is being rendered now, if any, is over.
void pbr_core_wait(pbr_core *core);
void pbr_core_set_time(pbr_core *core, int64_t time);
// Nothing was heard before the next block: what has changed by then needs no ramp.
void pbr_core_start_anew(pbr_core *core);
// How many threads render, the audio thread included: 1 initially, at most PBR_MAX_WORKERS + 1.
// Plans with branches make use of them. False, and nothing changed, when the system refuses. Waits
// as pbr_core_wait does.
bool pbr_core_set_threads(pbr_core *core, uint32_t threads);
uint32_t pbr_core_threads(const pbr_core *core);

// A bulk change: every volume and pan that is set in between, and all that is asked of players, is
// taken up by one and the same block. One thread at a time.
void pbr_core_begin_change(pbr_core *core);
// From here to the end of the change, a published plan has all of it.
void pbr_core_close_change(pbr_core *core);
bool pbr_core_closes_change(const pbr_core *core);
void pbr_core_end_change(pbr_core *core);
// Of what is asked of players now: it is heard once the change that goes on, if any, has ended.
uint64_t pbr_core_stamp(const pbr_core *core);
// Waits for the block that is being rendered now, if it may not have come as far as the stamp.
void pbr_core_wait_until_seen(pbr_core *core, uint64_t stamp);
// Whether a block has had, or the next one may have, what was set with this stamp and no later one. In
// an open change, after pbr_core_wait_until_seen: otherwise none ever will.
bool pbr_core_shows(const pbr_core *core, uint64_t stamp);

// Any thread.

// Engine time: frames rendered since it was last set.
int64_t pbr_core_time(const pbr_core *core);
// Counts up when a block left something for the callback thread.
uint64_t pbr_core_events(const pbr_core *core);

// Audio thread, real-time safe.

// A block begins and ends: in between, nothing that the control side takes away is freed, and
// pbr_core_wait waits. What the block depends on is to be looked at after it has begun.
void pbr_core_enter(pbr_core *core);
void pbr_core_leave(pbr_core *core);
// Inside a block. One longer than the plan's is rendered in parts. Channels that the plan does not
// have stay silent. False when an input had too few frames.
// offline: the caller has compiled what had changed when the block began, and a change that has come
// since waits for the next block.
bool pbr_core_render(pbr_core *core, uint32_t frames, float *const *output, uint32_t channels,
                     bool offline);

#endif
