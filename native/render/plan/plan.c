// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Creates and frees plans, and allocates the memory of a finished one.
#include "plan.h"

#include <stdlib.h>

#include "plan_list.h"
#include "plan_steps.h"
#include "render/memory/line.h"

pbr_plan *pbr_plan_create(pbr_layout layout, uint32_t max_frames) {
    pbr_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL) {
        return NULL;
    }
    plan->max_frames = max_frames;
    plan->next = PBR_NOW;
    plan->root = plan;
    plan->pace = 1.0;
    static atomic_uint_fast64_t plans;
    plan->stamp = 1 + atomic_fetch_add_explicit(&plans, 1, memory_order_relaxed);
    pbr_bus *output = PBR_GROW(plan, buses, 1);
    if (output == NULL) {
        pbr_plan_free(plan);
        return NULL;
    }
    pbr_bus_set_layout(output, layout);
    return plan;
}

static void free_one(pbr_plan *plan) {
    for (uint32_t i = 0; i < plan->steps.count; i++) {
        pbr_step *step = &plan->steps.items[i];
        if (step->kind == PBR_STEP_SOURCE) {
            pbr_source_release(step->source);
        } else if (step->kind == PBR_STEP_PROCESS) {
            pbr_process_release(step->process);
        } else if (step->kind == PBR_STEP_TAP) {
            pbr_tap_release(step->tap);
        } else if (step->kind == PBR_STEP_FEED || step->kind == PBR_STEP_CONVERT) {
            pbr_convert_release(step->convert);
        } else if (step->kind == PBR_STEP_MATRIX) {
            pbr_matrix_release(step->matrix);
        }
    }
    for (uint32_t i = 0; i < plan->gains.count; i++) {
        pbr_gain_release(plan->gains.items[i]);
    }
    for (uint32_t i = 0; i < plan->led.count; i++) {
        pbr_gain_release(plan->led.items[i].gain);
    }
    for (uint32_t i = 0; i < plan->leaders.count; i++) {
        pbr_gain_release(plan->leaders.items[i].gain);
    }
    for (uint32_t i = 0; i < plan->masters.count; i++) {
        pbr_masters_free(plan->masters.items[i]);
    }
    for (uint32_t i = 0; i < plan->players.count; i++) {
        pbr_player_release(plan->players.items[i]);
    }
    free(plan->steps.items);
    free(plan->inputs.items);
    free(plan->buses.items);
    free(plan->players.items);
    free(plan->domains.items);
    free(plan->converts.items);
    free(plan->branches.items);
    free(plan->routes.items);
    free(plan->route_sets.items);
    free(plan->gains.items);
    free(plan->led.items);
    free(plan->leaders.items);
    free(plan->masters.items);
    free(plan->changes);
    free(plan->late);
    free(plan->all);
    free(plan->ports.items);
    free(plan->memory);
    free(plan->pointers);
    free(plan);
}

// Plans are nested as deep as rates change, so those still to be freed form a list.
void pbr_plan_free(pbr_plan *plan) {
    pbr_plan *next = plan;
    if (plan != NULL) {
        plan->outer = NULL;
    }
    while ((plan = next) != NULL) {
        next = plan->outer;
        for (uint32_t i = 0; i < plan->domains.count; i++) {
            plan->domains.items[i].plan->outer = next;
            next = plan->domains.items[i].plan;
        }
        free_one(plan);
    }
}

static void free_retired(pbr_retired *retired) {
    pbr_plan_free((pbr_plan *)((char *)retired - offsetof(pbr_plan, retired)));
}

// Whether the first step that writes the output overwrites it.
static bool clears_output(const pbr_plan *plan) {
    for (uint32_t i = 0; i < plan->steps.count; i++) {
        const pbr_step *step = &plan->steps.items[i];
        if (step->bus == PBR_OUTPUT_BUS && step->kind != PBR_STEP_MATRIX) {
            return step->kind == PBR_STEP_CLEAR || step->kind == PBR_STEP_SOURCE || step->clears;
        }
    }
    return false;
}

static bool finish_one(pbr_plan *plan) {
    size_t channels = 0;
    for (uint32_t i = 0; i < plan->buses.count; i++) {
        channels += plan->buses.items[i].channels;
    }
    size_t own = channels - plan->buses.items[PBR_OUTPUT_BUS].channels;
    plan->memory = pbr_touched_alloc((own + PBR_SIDES) * plan->max_frames + 1, sizeof(float));
    plan->pointers = calloc(channels * 2 + 1, sizeof(float *));
    plan->changes = pbr_touched_alloc(plan->gains.count + 1, sizeof *plan->changes);
    plan->late = pbr_touched_alloc(plan->players.count + 1, sizeof(pbr_player *));
    if (plan->failed || plan->memory == NULL || plan->pointers == NULL || plan->changes == NULL ||
        plan->late == NULL) {
        plan->failed = true;
        return false;
    }
    plan->clears = clears_output(plan);
    pbr_plan_list_settings(plan);
    pbr_plan_sort_players(plan);
    float **pointers = plan->pointers;
    float *memory = plan->memory;
    for (uint32_t side = 0; side < PBR_SIDES; side++) {
        plan->trace[side] = memory;
        memory += plan->max_frames;
    }
    for (uint32_t i = 0; i < plan->buses.count; i++) {
        pbr_bus *bus = &plan->buses.items[i];
        bus->data = pointers;
        bus->own = pointers + bus->channels;
        pointers += 2 * bus->channels;
        for (uint32_t c = 0; i != PBR_OUTPUT_BUS && c < bus->channels; c++) {
            bus->own[c] = bus->data[c] = memory;
            memory += plan->max_frames;
        }
    }
    return true;
}

// Lists the plan and those inside it.
static bool list_all(pbr_plan *plan) {
    uint32_t room = 0;
    for (uint32_t i = 0; i <= plan->all_count; i++) {
        pbr_plan *from = i == 0 ? NULL : plan->all[i - 1];
        uint32_t more = from == NULL ? 1 : from->domains.count;
        uint32_t first = plan->all_count;
        if (more > 0 && pbr_grow((void **)&plan->all, &plan->all_count, &room, more,
                                 sizeof *plan->all) == NULL) {
            return false;
        }
        for (uint32_t d = 0; d < more; d++) {
            plan->all[first + d] = from == NULL ? plan : from->domains.items[d].plan;
        }
    }
    return true;
}

bool pbr_plan_finish(pbr_plan *plan) {
    bool done = list_all(plan);
    for (uint32_t i = 0; done && i < plan->all_count; i++) {
        done = finish_one(plan->all[i]);
    }
    return done;
}

uint32_t pbr_plan_max_frames(const pbr_plan *plan) {
    return plan->max_frames;
}

uint32_t pbr_plan_channels(const pbr_plan *plan) {
    return plan->buses.items[PBR_OUTPUT_BUS].channels;
}

void pbr_plan_set_seen(pbr_plan *plan, uint64_t seen) {
    plan->seen = seen;
}

uint32_t pbr_plan_stamp(const pbr_plan *plan) {
    return (uint32_t)plan->stamp;
}

uint64_t pbr_plan_seen(const pbr_plan *plan) {
    return plan->seen;
}

pbr_retired *pbr_plan_retired(pbr_plan *plan) {
    plan->retired.free = free_retired;
    return &plan->retired;
}
