// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Where the control side and the audio thread of an engine meet: the published plan, the clock, and
// what cannot be freed before the audio thread has left it.
#ifndef PBR_CORE_H
#define PBR_CORE_H

#include <stdbool.h>
#include <stdint.h>

#include "plan.h"
#include "realtime.h"

typedef struct pbr_core pbr_core;

// NULL when memory runs out. Free it after the last render call has returned.
pbr_core *pbr_core_create(void);
void pbr_core_free(pbr_core *core);

// Control side, one thread at a time (the caller locks).

// The next block runs `plan`, which the core owns from here on. NULL renders silence.
void pbr_core_publish(pbr_core *core, pbr_plan *plan);
// Frees it when no block can be using it any more: the control side has just replaced it.
void pbr_core_retire(pbr_core *core, pbr_retired *retired);
// Frees what is retired and can be freed by now.
void pbr_core_collect(pbr_core *core);
// Waits for the end of the block that is being rendered, if any.
void pbr_core_wait(pbr_core *core);
void pbr_core_set_time(pbr_core *core, int64_t time);
// The next block comes after silence: what has changed by then needs no ramp.
void pbr_core_start_anew(pbr_core *core);
// How many threads render, the audio thread included: 1 initially, at most PBR_MAX_WORKERS + 1.
// Plans with branches use them. False, and nothing changed, if the system refuses. Waits like
// pbr_core_wait.
bool pbr_core_set_threads(pbr_core *core, uint32_t threads);
uint32_t pbr_core_threads(const pbr_core *core);
// A thread that helps the audio thread and lacks real-time priority; each is named once. 0 when there
// is none left.
pbr_thread pbr_core_next_ordinary(pbr_core *core);

// A bulk change: every volume and pan that is set between begin and end, and everything asked of
// players, is taken up by the same block. One thread at a time.
void pbr_core_begin_change(pbr_core *core);
// From here to the end of the change, a plan that is published has all of it.
void pbr_core_close_change(pbr_core *core);
bool pbr_core_closes_change(const pbr_core *core);
void pbr_core_end_change(pbr_core *core);
// The stamp of what is asked of players now: it is heard once the open change, if any, has ended.
uint64_t pbr_core_stamp(const pbr_core *core);
// Waits for the block that is being rendered, unless it has come up to the stamp.
void pbr_core_wait_until_seen(pbr_core *core, uint64_t stamp);
// Whether any block has rendered, or the next one may render, exactly what was set up to this
// stamp. During an open change, after pbr_core_wait_until_seen; if the answer is no, no block ever
// will.
bool pbr_core_shows(const pbr_core *core, uint64_t stamp);

// When frames are heard is not known any more. While no block is rendered.
void pbr_core_forget_moment(pbr_core *core);

// Any thread.

// Engine time: frames rendered since it was last set.
int64_t pbr_core_time(const pbr_core *core);
// A frame of the engine's time and when it is heard. False if that is not known.
bool pbr_core_get_moment(const pbr_core *core, int64_t *frame, pbr_moment *moment);
// Goes up whenever a block has left something for the callback thread.
uint64_t pbr_core_events(const pbr_core *core);

// Audio thread, real-time safe.

// The begin and the end of a block. In between, nothing that the control side removes is freed, and
// pbr_core_wait waits. Whatever the block depends on must be read after its begin.
void pbr_core_enter(pbr_core *core);
void pbr_core_leave(pbr_core *core);
// Inside a block, before it is rendered: when its first frame is heard.
void pbr_core_set_moment(pbr_core *core, pbr_moment moment);
// Has the calling thread run before all ordinary ones, and so do, from now on, the threads that help
// it. Makes system calls, so it is for the first block only. False if the system does not grant it.
bool pbr_core_become_realtime(pbr_core *core);
// Inside a block. One longer than the plan allows is rendered in parts. Channels that the plan
// lacks are silent. False if an input had too few frames. offline: the caller has compiled
// everything that had changed when the block began; a later change waits for the next block.
bool pbr_core_render(pbr_core *core, uint32_t frames, float *const *output, uint32_t channels,
                     bool offline);

#endif
