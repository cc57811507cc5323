// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Builds a plan: its buses, its steps, and the plans inside it.
#include <stdlib.h>
#include <string.h>

#include "plan_list.h"
#include "plan_steps.h"

// A bus of this layout that was given back, or 0.
static uint32_t take_free(pbr_plan *plan, pbr_layout layout) {
    uint32_t channels = pbr_layout_channels(layout);
    uint32_t *link = channels <= PBR_SHARED_CHANNELS ? &plan->free[channels] : NULL;
    while (link != NULL && *link != 0) {
        pbr_bus *bus = &plan->buses.items[*link];
        if (bus->layout == layout) {
            uint32_t found = *link;
            *link = bus->next_free;
            return found;
        }
        link = &bus->next_free;
    }
    return 0;
}

uint32_t pbr_plan_take_bus(pbr_plan *plan, pbr_layout layout) {
    uint32_t shared = take_free(plan, layout);
    if (shared != 0) {
        return shared;
    }
    pbr_bus *bus = PBR_GROW(plan, buses, 1);
    if (bus == NULL) {
        plan->failed = true;
        return PBR_OUTPUT_BUS;
    }
    pbr_bus_set_layout(bus, layout);
    return plan->buses.count - 1;
}

void pbr_plan_give_bus(pbr_plan *plan, uint32_t bus) {
    pbr_bus *given = &plan->buses.items[bus];
    if (bus != PBR_OUTPUT_BUS && given->channels <= PBR_SHARED_CHANNELS) {
        given->next_free = plan->free[given->channels];
        plan->free[given->channels] = bus;
    }
}

pbr_layout pbr_plan_bus_layout(const pbr_plan *plan, uint32_t bus) {
    return plan->buses.items[bus].layout;
}

static pbr_step *add_step(pbr_plan *plan, pbr_step_kind kind, uint32_t bus) {
    pbr_step *step = PBR_GROW(plan, steps, 1);
    if (step == NULL) {
        plan->failed = true;
        return NULL;
    }
    step->kind = kind;
    step->bus = bus;
    return step;
}

void pbr_plan_add_source(pbr_plan *plan, uint32_t bus, pbr_source *source) {
    pbr_step *step = add_step(plan, PBR_STEP_SOURCE, bus);
    if (step != NULL) {
        step->source = pbr_source_retain(source);
    }
}

void pbr_plan_add_player(pbr_plan *plan, pbr_player *player) {
    pbr_player **entry = PBR_GROW(plan, players, 1);
    if (entry == NULL) {
        plan->failed = true;
        return;
    }
    *entry = pbr_player_retain(player);
}

void pbr_plan_add_clear(pbr_plan *plan, uint32_t bus) {
    add_step(plan, PBR_STEP_CLEAR, bus);
}

// Whether several routes meet in one channel.
static bool folds(const pbr_route *routes, uint32_t count) {
    uint64_t reached = 0;
    for (uint32_t r = 0; r < count; r++) {
        uint64_t channel = 1ull << routes[r].out;
        if (reached & channel) {
            return true;
        }
        reached |= channel;
    }
    return false;
}

// Inputs of the same shape share one set of routes.
static const pbr_route_set *routes_for(pbr_plan *plan, pbr_layout in, pbr_layout out) {
    for (uint32_t i = 0; i < plan->route_sets.count; i++) {
        pbr_route_set *set = &plan->route_sets.items[i];
        if (set->in == in && set->out == out) {
            return set;
        }
    }
    uint32_t first = plan->routes.count;
    pbr_route *routes = PBR_GROW(plan, routes, pbr_route_limit(in));
    pbr_route_set *set = PBR_GROW(plan, route_sets, 1);
    if (routes == NULL || set == NULL) {
        plan->failed = true;
        return NULL;
    }
    uint32_t count = pbr_make_routes(in, out, routes);
    *set = (pbr_route_set){in, out, first, count, folds(routes, count)};
    plan->routes.count = first + count;
    return set;
}

static void add_gain(pbr_plan *plan, pbr_gain *gain) {
    pbr_gain **entry = PBR_GROW(plan, gains, 1);
    if (entry == NULL) {
        plan->failed = true;
        return;
    }
    *entry = pbr_gain_retain(gain);
}

static void add_input(pbr_plan *plan, uint32_t bus, pbr_layout layout, pbr_input input) {
    const pbr_route_set *set = routes_for(plan, layout, plan->buses.items[bus].layout);
    if (set == NULL) {
        return;
    }
    input.first_route = set->first;
    input.route_count = set->count;
    input.folds = set->folds;
    pbr_input *entry = PBR_GROW(plan, inputs, 1);
    if (entry == NULL) {
        plan->failed = true;
        return;
    }
    *entry = input;
    if (entry->gain != NULL) {
        add_gain(plan, entry->gain);
    }
    // Consecutive inputs of a bus form one step, so that the kernels can take several at once.
    pbr_step *last = plan->steps.count > 0 ? &plan->steps.items[plan->steps.count - 1] : NULL;
    if (last != NULL && last->kind == PBR_STEP_CLEAR && last->bus == bus) {
        last->kind = PBR_STEP_MIX;
        last->clears = true;
        last->first = plan->inputs.count - 1;
    } else if (last == NULL || last->kind != PBR_STEP_MIX || last->bus != bus) {
        last = add_step(plan, PBR_STEP_MIX, bus);
        if (last == NULL) {
            return;
        }
        last->first = plan->inputs.count - 1;
    }
    last->count++;
}

void pbr_plan_mix_player(pbr_plan *plan, uint32_t bus, pbr_player *player, pbr_layout layout,
                         pbr_gain *gain) {
    add_input(plan, bus, layout, (pbr_input){.player = player, .gain = gain});
}

void pbr_plan_mix_bus(pbr_plan *plan, uint32_t bus, uint32_t from, pbr_gain *gain) {
    add_input(plan, bus, plan->buses.items[from].layout, (pbr_input){.from = from, .gain = gain});
}

void pbr_plan_add_gain(pbr_plan *plan, uint32_t bus, pbr_gain *gain) {
    pbr_step *step = add_step(plan, PBR_STEP_GAIN, bus);
    if (step != NULL) {
        step->gain = gain;
        add_gain(plan, gain);
    }
}

void pbr_plan_add_process(pbr_plan *plan, uint32_t bus, pbr_process *process) {
    pbr_step *step = add_step(plan, PBR_STEP_PROCESS, bus);
    if (step != NULL) {
        step->process = pbr_process_retain(process);
    }
}

void pbr_plan_add_tap(pbr_plan *plan, uint32_t bus, pbr_tap *tap) {
    pbr_step *step = add_step(plan, PBR_STEP_TAP, bus);
    if (step != NULL) {
        step->tap = pbr_tap_retain(tap);
    }
}

pbr_plan *pbr_plan_add_domain(pbr_plan *plan, pbr_ratio ratio) {
    pbr_plan *inner = pbr_plan_create(0, plan->max_frames);
    pbr_domain *entry = inner != NULL ? PBR_GROW(plan, domains, 1) : NULL;
    if (entry == NULL) {
        pbr_plan_free(inner);
        plan->failed = true;
        return NULL;
    }
    inner->outer = plan;
    *entry = (pbr_domain){inner, ratio, false};
    inner->root = plan->root;
    inner->pace = plan->pace * (double)ratio.out / (double)ratio.in;
    return inner;
}

pbr_plan *pbr_plan_add_branch(pbr_plan *plan, pbr_layout layout, uint32_t *bus) {
    pbr_plan *inner = pbr_plan_create(layout, plan->max_frames);
    pbr_domain *domain = inner != NULL ? PBR_GROW(plan, domains, 1) : NULL;
    if (domain == NULL) {
        pbr_plan_free(inner);
        plan->failed = true;
        return NULL;
    }
    inner->outer = plan;
    *domain = (pbr_domain){inner, {1, 1}, true};
    inner->root = plan->root;
    inner->pace = plan->pace;
    pbr_branch *branch = PBR_GROW(plan, branches, 1);
    // A bus that no earlier step uses, because the branch may be rendered before them.
    pbr_bus *own = branch != NULL ? PBR_GROW(plan, buses, 1) : NULL;
    pbr_step *step = own != NULL ? add_step(plan, PBR_STEP_BRANCH, plan->buses.count - 1) : NULL;
    if (step == NULL) {
        plan->failed = true;
        return NULL;
    }
    pbr_bus_set_layout(own, layout);
    step->first = plan->branches.count - 1;
    branch->plan = inner;
    branch->bus = *bus = step->bus;
    return inner;
}

void pbr_plan_add_feed(pbr_plan *plan, uint32_t bus, pbr_convert *convert) {
    pbr_step *step = add_step(plan, PBR_STEP_FEED, bus);
    if (step != NULL) {
        step->convert = pbr_convert_retain(convert);
    }
}

void pbr_plan_add_convert(pbr_plan *plan, uint32_t bus, pbr_convert *convert) {
    pbr_convert **entry = PBR_GROW(plan, converts, 1);
    pbr_step *step = entry != NULL ? add_step(plan, PBR_STEP_CONVERT, bus) : NULL;
    if (step == NULL) {
        plan->failed = true;
        return;
    }
    *entry = convert;
    step->convert = pbr_convert_retain(convert);
}

void pbr_plan_add_matrix(pbr_plan *plan, pbr_matrix *matrix, const pbr_port *ports, uint32_t inputs,
                         uint32_t outputs) {
    uint32_t first = plan->ports.count;
    pbr_port *own = PBR_GROW(plan, ports, inputs + outputs);
    pbr_step *step = own != NULL ? add_step(plan, PBR_STEP_MATRIX, PBR_OUTPUT_BUS) : NULL;
    if (step == NULL) {
        plan->failed = true;
        return;
    }
    memcpy(own, ports, (inputs + outputs) * sizeof *own);
    step->first = first;
    step->count = inputs;
    step->outputs = outputs;
    step->matrix = pbr_matrix_retain(matrix);
}
