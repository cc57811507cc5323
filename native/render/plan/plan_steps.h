// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The inside of a plan, shared by the files that build it and those that run it.
#ifndef PBR_PLAN_STEPS_H
#define PBR_PLAN_STEPS_H

#include <string.h>

#include "plan.h"
#include "render/gain/masters.h"
#include "render/sound.h"

typedef enum pbr_step_kind {
    PBR_STEP_SOURCE,
    PBR_STEP_CLEAR,
    PBR_STEP_MIX, // inputs first .. first + count, all into one bus
    PBR_STEP_GAIN,
    PBR_STEP_PROCESS,
    PBR_STEP_TAP,
    PBR_STEP_FEED,
    PBR_STEP_CONVERT,
    PBR_STEP_BRANCH, // branch number first is needed now
    PBR_STEP_MATRIX  // ports first .. first + count, the inputs; then `outputs` more
} pbr_step_kind;

typedef struct pbr_step {
    pbr_step_kind kind;
    uint32_t bus;
    uint32_t first;
    uint32_t count;
    uint32_t outputs;
    bool clears; // of a mix: it overwrites the bus
    union {
        pbr_source *source;
        pbr_gain *gain;
        pbr_process *process;
        pbr_tap *tap;
        pbr_convert *convert;
        pbr_matrix *matrix;
    };
} pbr_step;

// A part of the graph with a plan of its own: one at another rate, or a branch.
typedef struct pbr_domain {
    pbr_plan *plan;
    pbr_ratio ratio;
    bool branch;
} pbr_domain;

typedef struct pbr_branch {
    pbr_plan *plan; // owned by its domain
    uint32_t bus;
    atomic_bool done; // this block
    bool events;
    bool dry;
    char apart[64]; // keeps the next one in another cache line
} pbr_branch;

typedef struct pbr_input {
    pbr_player *player; // NULL: read the bus `from`
    pbr_gain *gain;     // NULL: unity
    uint32_t from;
    bool alone; // no other input reads the player
    bool folds; // several routes meet in one channel
    uint32_t first_route;
    uint32_t route_count;
} pbr_input;

typedef struct pbr_bus {
    pbr_layout layout;
    uint32_t channels;  // of the layout
    uint32_t next_free; // while building, if given back: the next of the same width, or 0
    pbr_sound sound;    // while rendering
    float **data;       // where this block's samples are
    float **own;        // the bus's own memory; a source may point `data` elsewhere
} pbr_bus;

typedef struct pbr_route_set {
    pbr_layout in;
    pbr_layout out;
    uint32_t first;
    uint32_t count;
    bool folds;
} pbr_route_set;

// The widest bus, in channels, that is reused.
enum { PBR_SHARED_CHANNELS = 64 };

// A gain whose setting differs from that of the last block.
typedef struct pbr_change {
    pbr_gain *gain;
    pbr_setting setting;
} pbr_change;

// A gain that its masters lead.
typedef struct pbr_led {
    pbr_gain *gain;
    pbr_lead lead;
    pbr_plan *plan;      // where the gain is
    pbr_setting setting; // of the block
    pbr_setting next;    // as read, unless a bulk change gets in the way
    bool taken;          // the gain has it
} pbr_led;

// No time of a part.
#define PBR_NO_PART INT64_MIN

#define PBR_LIST(type)  \
    struct {            \
        type *items;    \
        uint32_t count; \
        uint32_t room;  \
    }

struct pbr_plan {
    uint32_t max_frames;
    bool failed;
    PBR_LIST(pbr_step) steps;
    PBR_LIST(pbr_input) inputs;
    PBR_LIST(pbr_bus) buses;
    uint32_t free[PBR_SHARED_CHANNELS + 1]; // by width: a bus that was given back, or 0
    PBR_LIST(pbr_player *) players;
    PBR_LIST(pbr_gain *) gains; // every gain that the steps name, retained
    pbr_change *changes;        // those that have changed in this block; room for all
    uint32_t change_count;
    // Of the root, for all plans inside.
    PBR_LIST(pbr_masters *) masters;
    PBR_LIST(pbr_change) leaders; // each gain that is a master, once, with its setting
    PBR_LIST(pbr_led) led;
    bool products_rest; // no product of masters moves, or has changed in the last block
    uint64_t stamp; // tells plans apart; also, while the plan is built, the leaders listed already
    uint32_t last;  // the stamp of the plan that rendered the block before this one's first
    bool anew;      // the next block comes after silence
    double pace;    // frames of the root's clock per frame of the plan's
    double offset;  // how far the root's clock is ahead when the plan's block begins
    pbr_moment heard;      // of the root: when the first frame of the block is heard
    pbr_moment moment;     // the same of this plan's block, in its frames
    bool begun;            // a block has been rendered
    struct pbr_plan *root; // the plan that this one is a part of, or itself
    uint64_t seen;         // of the root: up to which of the engine's changes its blocks have come
    bool clears;           // the steps overwrite the output before they add to it
    uint32_t shared_players; // the first so many of the players are read in several places
    pbr_player **late;       // of the others, those whose block has not been committed yet
    uint32_t late_count;
    PBR_LIST(pbr_domain) domains;
    PBR_LIST(pbr_convert *) converts; // those that this plan reads
    PBR_LIST(pbr_branch) branches;
    pbr_workers *workers; // who helps with this block's branches, or NULL
    int64_t time;         // of this block
    uint32_t frames;
    int64_t next;    // the time after the last block, or PBR_NOW before the first one
    int64_t since;   // while rendering: `next` as the last block left it
    pbr_plan *outer; // of a domain
    pbr_plan **all;  // of the outermost plan: itself and all plans inside, outer ones first
    uint32_t all_count;
    uint32_t turn; // the domain to render next
    int64_t part;  // the time of its next part, PBR_NO_PART before the first
    int64_t parts_end;
    int64_t awaited; // while streams are awaited: the plan's part of the block
    int64_t awaited_to;
    PBR_LIST(pbr_route) routes;
    PBR_LIST(pbr_route_set) route_sets;
    PBR_LIST(pbr_port) ports;
    float *memory;
    float **pointers;
    pbr_trace trace; // while rendering: the gains of the input that is being mixed
    pbr_retired retired;
};

static inline void pbr_bus_set_layout(pbr_bus *bus, pbr_layout layout) {
    bus->layout = layout;
    bus->channels = pbr_layout_channels(layout);
}

// Silence, in the bus's own memory.
static inline void pbr_bus_clear(pbr_bus *bus, uint32_t frames) {
    for (uint32_t c = 0; c < bus->channels; c++) {
        bus->data[c] = bus->own[c];
        memset(bus->data[c], 0, frames * sizeof(float));
    }
    bus->sound = pbr_no_sound(frames);
}

// Audio thread: mixes the inputs of a mix step.
void pbr_plan_mix(pbr_plan *plan, const pbr_step *step, int64_t time, uint32_t frames);

// A span of one input: `frames` of its samples from `offset` on, into the bus at `at`.
typedef struct pbr_part {
    const pbr_route *routes;
    uint32_t route_count;
    const float *const *samples;
    uint32_t channel_count;
    uint32_t offset;
    uint32_t at;
    uint32_t frames;
} pbr_part;

// Measures an input of which several channels meet in one, as the sums after its gain.
void pbr_part_measure(const pbr_part *part, const pbr_bus *bus, const pbr_gain *gain,
                      struct pbr_meter *meter);
// Mixes an input whose volume or pan fades, with the gains of the block's frames. meter or NULL.
void pbr_part_mix_fading(const pbr_part *part, const pbr_bus *bus, const pbr_trace trace,
                         struct pbr_meter *meter);

// While a plan is finished. Lists the gains' settings for the first block.
void pbr_plan_list_settings(pbr_plan *plan);
// Before a block of the root plan: where its masters lead their gains in it. Afterwards: counts its
// frames for the masters.
void pbr_plan_begin_masters(pbr_plan *plan);
void pbr_plan_end_masters(pbr_plan *plan, uint32_t frames);
// Finds out which players are read in one place.
void pbr_plan_sort_players(pbr_plan *plan);

#endif
