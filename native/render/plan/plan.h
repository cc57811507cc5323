// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A render plan: the graph as a flat list of steps in the order in which they are rendered. Built
// on a control thread, then never changed; the audio thread only runs it.
#ifndef PBR_PLAN_H
#define PBR_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "render/gain/gain.h"
#include "render/effects/convert.h"
#include "render/effects/matrix.h"
#include "render/player/player.h"
#include "render/effects/process.h"
#include "parallel.h"
#include "source.h"
#include "tap.h"

typedef struct pbr_plan pbr_plan;

// The caller's output buffers, always there.
#define PBR_OUTPUT_BUS 0u

// A plan that renders silence until something is added. max_frames: the longest block.
// NULL when memory runs out; so is every later failure, reported once by pbr_plan_finish.
pbr_plan *pbr_plan_create(pbr_layout layout, uint32_t max_frames);
void pbr_plan_free(pbr_plan *plan);

// A buffer for one node's output. Buses that were given back are handed out again, so that a
// block touches as little memory as the graph's depth needs.
uint32_t pbr_plan_take_bus(pbr_plan *plan, pbr_layout layout);
void pbr_plan_give_bus(pbr_plan *plan, uint32_t bus);
pbr_layout pbr_plan_bus_layout(const pbr_plan *plan, uint32_t bus);

// Steps, in the order of the calls. The plan retains what it is given.
void pbr_plan_add_source(pbr_plan *plan, uint32_t bus, pbr_source *source);
// Every player of the plan is listed once, before the steps that read it.
void pbr_plan_add_player(pbr_plan *plan, pbr_player *player);
void pbr_plan_add_clear(pbr_plan *plan, uint32_t bus);
// Adds into `bus`, whose layout what comes in is converted to; gain NULL means unity. A player is
// read where its samples lie.
void pbr_plan_mix_player(pbr_plan *plan, uint32_t bus, pbr_player *player, pbr_layout layout,
                         pbr_gain *gain);
void pbr_plan_mix_bus(pbr_plan *plan, uint32_t bus, uint32_t from, pbr_gain *gain);
// Scales by the gain's volume.
void pbr_plan_add_gain(pbr_plan *plan, uint32_t bus, pbr_gain *gain);
// Changes the bus in place.
void pbr_plan_add_process(pbr_plan *plan, uint32_t bus, pbr_process *process);
void pbr_plan_add_tap(pbr_plan *plan, uint32_t bus, pbr_tap *tap);

// One bus of a matrix: its buffer, and the number of its first channel.
typedef struct pbr_port {
    uint32_t bus;
    uint32_t channel;
} pbr_port;
// Renders the output ports from the input ports: `inputs` of them first, then `outputs`.
void pbr_plan_add_matrix(pbr_plan *plan, pbr_matrix *matrix, const pbr_port *ports, uint32_t inputs,
                         uint32_t outputs);

// A part of the graph that runs at another rate: a plan of its own, which the outer one renders
// first in every block, for as many frames of that rate as the block is long. The outer plan owns
// it. NULL when memory runs out.
pbr_plan *pbr_plan_add_domain(pbr_plan *plan, pbr_ratio ratio);
// In such a part: what `bus` holds goes to the converter.
void pbr_plan_add_feed(pbr_plan *plan, uint32_t bus, pbr_convert *convert);
// In the plan around it: what comes out goes to `bus`.
void pbr_plan_add_convert(pbr_plan *plan, uint32_t bus, pbr_convert *convert);

// A part of the graph that shares nothing with the rest but what it sums to, which goes to *bus: a
// plan of its own, rendered on whichever thread is free and there from here on: who renders it and
// when changes no sample. The outer plan, which is not a branch, owns it. NULL when memory runs out.
pbr_plan *pbr_plan_add_branch(pbr_plan *plan, pbr_layout layout, uint32_t *bus);

// Allocates the buffers; false when memory ran out anywhere on the way. Not during a bulk change.
bool pbr_plan_finish(pbr_plan *plan);

// Counts the control side's bulk changes: odd while one is being made.
typedef _Atomic uint64_t pbr_gate;

// Before the plan's first block: which of the bulk changes, by the gate's value at their end, it
// has in it. What players are asked for later than that is not heard.
void pbr_plan_set_seen(pbr_plan *plan, uint64_t seen);
uint64_t pbr_plan_seen(const pbr_plan *plan);

// Audio thread, before the first part of a block: reads all volumes and pans, unless the gate is not
// at `entered` any more, its value before the plan was looked up, or a bulk change was going on then.
// False in this case: the block keeps the last ones, and never mixes half a change. anew: nothing was
// heard just before.
bool pbr_plan_take_settings(pbr_plan *plan, const pbr_gate *gate, uint64_t entered, bool anew);
// Audio thread, before a block: who helps with the plan's branches; NULL for nobody.
void pbr_plan_use_workers(pbr_plan *plan, pbr_workers *workers);
// Audio thread. frames <= max_frames; output: one pointer a channel. `events` is set when a player
// used up clips or a tap was written; `dry` when an input had too little.
void pbr_plan_render(pbr_plan *plan, int64_t time, uint32_t frames, float *const *output,
                     bool *events, bool *dry);
uint32_t pbr_plan_max_frames(const pbr_plan *plan);
uint32_t pbr_plan_channels(const pbr_plan *plan);

// For the control side's list of retired plans.
typedef struct pbr_retired {
    pbr_plan *next;
    uint64_t sequence;
} pbr_retired;
pbr_retired *pbr_plan_retired(pbr_plan *plan);

#endif
