// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A render plan: the graph as a flat list of steps, in the order in which they are rendered. A
// control thread builds it; from then on it never changes, and the audio thread runs it.
#ifndef PBR_PLAN_H
#define PBR_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "render/gain/masters.h"
#include "render/effects/convert.h"
#include "render/effects/matrix.h"
#include "render/memory/retired.h"
#include "render/moment.h"
#include "render/player/player.h"
#include "render/effects/process.h"
#include "parallel.h"
#include "source.h"
#include "tap.h"

typedef struct pbr_plan pbr_plan;

// The caller's output buffers, which always exist.
#define PBR_OUTPUT_BUS 0u

// A plan that renders silence until something is added. max_frames: the longest block.
// NULL when memory runs out. pbr_plan_finish reports any later failure, which has the same cause.
pbr_plan *pbr_plan_create(pbr_layout layout, uint32_t max_frames);
void pbr_plan_free(pbr_plan *plan);

// A buffer for one node's output. Buses that were given back are reused, so that a block touches no
// more memory than the depth of the graph needs.
uint32_t pbr_plan_take_bus(pbr_plan *plan, pbr_layout layout);
void pbr_plan_give_bus(pbr_plan *plan, uint32_t bus);
pbr_layout pbr_plan_bus_layout(const pbr_plan *plan, uint32_t bus);

// Steps, in the order of the calls. The plan retains what it is given.
void pbr_plan_add_source(pbr_plan *plan, uint32_t bus, pbr_source *source);
// Every player of the plan is listed once, before the steps that read it.
void pbr_plan_add_player(pbr_plan *plan, pbr_player *player);
void pbr_plan_add_clear(pbr_plan *plan, uint32_t bus);
// Adds to `bus`, converted to its layout; gain NULL means unity. A player's samples are read in
// place.
void pbr_plan_mix_player(pbr_plan *plan, uint32_t bus, pbr_player *player, pbr_layout layout,
                         pbr_gain *gain);
void pbr_plan_mix_bus(pbr_plan *plan, uint32_t bus, uint32_t from, pbr_gain *gain);
// A master, prepared, whose fades go on even while it leads nothing. Its place among the calls does
// not matter.
void pbr_plan_add_master(pbr_plan *plan, pbr_gain *gain);
// For the input that was added last: its gain's masters, each once and prepared like the gain.
void pbr_plan_lead_last(pbr_plan *plan, pbr_master_list masters);
// Scales the bus by the gain's volume.
void pbr_plan_add_gain(pbr_plan *plan, uint32_t bus, pbr_gain *gain);
// Changes the bus in place.
void pbr_plan_add_process(pbr_plan *plan, uint32_t bus, pbr_process *process);
void pbr_plan_add_tap(pbr_plan *plan, uint32_t bus, pbr_tap *tap);

// One bus of a matrix: its buffer and the number of its first channel.
typedef struct pbr_port {
    uint32_t bus;
    uint32_t channel;
} pbr_port;
// Renders the output ports from the input ports: `inputs` of them first, then `outputs`.
void pbr_plan_add_matrix(pbr_plan *plan, pbr_matrix *matrix, const pbr_port *ports, uint32_t inputs,
                         uint32_t outputs);

// A domain is a part of the graph with a plan of its own, which the outer plan owns. This one runs
// at another rate: the outer plan begins every block by rendering it, for as many frames of that
// rate as the block is long. NULL when memory runs out.
pbr_plan *pbr_plan_add_domain(pbr_plan *plan, pbr_ratio ratio);
// In such a domain: sends `bus` to the converter.
void pbr_plan_add_feed(pbr_plan *plan, uint32_t bus, pbr_convert *convert);
// In the plan around it: fills `bus` from the converter.
void pbr_plan_add_convert(pbr_plan *plan, uint32_t bus, pbr_convert *convert);

// A branch: a domain at the outer plan's rate that shares nothing with the rest of the graph but
// its sum, which goes to *bus. It is rendered on whichever thread is free; which one does not
// change a sample. The outer plan must not be a branch. NULL when memory runs out.
pbr_plan *pbr_plan_add_branch(pbr_plan *plan, pbr_layout layout, uint32_t *bus);

// Allocates the buffers. False if memory ran out here or in an earlier call. Not during a bulk
// change.
bool pbr_plan_finish(pbr_plan *plan);

// Counts the control side's bulk changes: odd while one is being made.
typedef _Atomic uint64_t pbr_gate;

// Before the plan's first block: the last bulk change that is in it, by the gate's value at its
// end. Later requests to players are not heard.
void pbr_plan_set_seen(pbr_plan *plan, uint64_t seen);
uint64_t pbr_plan_seen(const pbr_plan *plan);

// Audio thread, before the first part of a block: reads all volumes and pans. `entered` is the
// gate's value from before the plan was looked up. False if a bulk change was open then or the gate
// has moved since: the block then keeps the last values, so that it never mixes half a change.
// anew: nothing was heard just before. last: the stamp of the plan that rendered the block before, or 0.
bool pbr_plan_take_settings(pbr_plan *plan, const pbr_gate *gate, uint64_t entered, bool anew,
                            uint32_t last);
// Tells plans apart.
uint32_t pbr_plan_stamp(const pbr_plan *plan);
// Audio thread, before a block: who helps with the plan's branches; NULL for nobody.
void pbr_plan_use_workers(pbr_plan *plan, pbr_workers *workers);
// Audio thread, before a block: takes up what the masters are to do from `time` on. Returns how much
// of the block may be rendered until a master is to do something else.
uint32_t pbr_plan_start_masters(pbr_plan *plan, int64_t time, uint32_t frames);
// Offline, after that: waits until the players' streams have what the block needs. Returns how much
// of it may be rendered, at least 1 frame.
uint32_t pbr_plan_await(pbr_plan *plan, int64_t time, uint32_t frames);
// Audio thread, before a block: when its first frame is heard.
void pbr_plan_set_moment(pbr_plan *plan, pbr_moment moment);
// Audio thread. frames <= max_frames; output: one pointer per channel. `events` is set if a player
// finished clips or a tap was written, `dry` if an input had too few frames.
void pbr_plan_render(pbr_plan *plan, int64_t time, uint32_t frames, float *const *output,
                     bool *events, bool *dry);
uint32_t pbr_plan_max_frames(const pbr_plan *plan);
uint32_t pbr_plan_channels(const pbr_plan *plan);

// A plan that has been replaced.
pbr_retired *pbr_plan_retired(pbr_plan *plan);

#endif
