// SPDX-License-Identifier: MIT OR Apache-2.0
#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "plan_steps.h"

// Grows a list by `more` zeroed items and gives the first; NULL when memory runs out.
static void *grow(void **items, uint32_t *count, uint32_t *room, uint32_t more, size_t size) {
    if (*count + more > *room) {
        uint32_t wider = *room == 0 ? 8 : *room * 2;
        wider = wider < *count + more ? *count + more : wider;
        void *moved = realloc(*items, wider * size);
        if (moved == NULL) {
            return NULL;
        }
        *items = moved;
        *room = wider;
    }
    void *first = (char *)*items + *count * size;
    memset(first, 0, more * size);
    *count += more;
    return first;
}

#define GROW(plan, list, more)                                                          \
    grow((void **)&(plan)->list.items, &(plan)->list.count, &(plan)->list.room, (more), \
         sizeof *(plan)->list.items)

static void set_layout(pbr_bus *bus, pbr_layout layout) {
    bus->layout = layout;
    bus->channels = pbr_layout_channels(layout);
}

pbr_plan *pbr_plan_create(pbr_layout layout, uint32_t max_frames) {
    pbr_plan *plan = calloc(1, sizeof *plan);
    if (plan == NULL) {
        return NULL;
    }
    plan->max_frames = max_frames;
    plan->next = PBR_NOW;
    plan->root = plan;
    pbr_bus *output = GROW(plan, buses, 1);
    if (output == NULL) {
        pbr_plan_free(plan);
        return NULL;
    }
    set_layout(output, layout);
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
    for (uint32_t i = 0; i < plan->cells.count; i++) {
        pbr_cell_release(plan->cells.items[i]);
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
    free(plan->cells.items);
    free(plan->changes);
    free(plan->late);
    free(plan->all);
    free(plan->ports.items);
    free(plan->memory);
    free(plan->pointers);
    free(plan);
}

// Plans lie inside each other as deep as rates change: those still to be freed make a list.
void pbr_plan_free(pbr_plan *plan) {
    pbr_plan *next = plan;
    if (plan != NULL) {
        plan->retired.next = NULL;
    }
    while ((plan = next) != NULL) {
        next = plan->retired.next;
        for (uint32_t i = 0; i < plan->domains.count; i++) {
            plan->domains.items[i].plan->retired.next = next;
            next = plan->domains.items[i].plan;
        }
        free_one(plan);
    }
}

// One of this layout that was given back, or 0.
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
    pbr_bus *bus = GROW(plan, buses, 1);
    if (bus == NULL) {
        plan->failed = true;
        return PBR_OUTPUT_BUS;
    }
    set_layout(bus, layout);
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
    pbr_step *step = GROW(plan, steps, 1);
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
    pbr_player **entry = GROW(plan, players, 1);
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

// Channel conversions repeat: one set of routes serves every input of the same shape.
static const pbr_route_set *routes_for(pbr_plan *plan, pbr_layout in, pbr_layout out) {
    for (uint32_t i = 0; i < plan->route_sets.count; i++) {
        pbr_route_set *set = &plan->route_sets.items[i];
        if (set->in == in && set->out == out) {
            return set;
        }
    }
    uint32_t first = plan->routes.count;
    pbr_route *routes = GROW(plan, routes, pbr_route_limit(in));
    pbr_route_set *set = GROW(plan, route_sets, 1);
    if (routes == NULL || set == NULL) {
        plan->failed = true;
        return NULL;
    }
    uint32_t count = pbr_make_routes(in, out, routes);
    *set = (pbr_route_set){in, out, first, count, folds(routes, count)};
    plan->routes.count = first + count;
    return set;
}

static void add_cell(pbr_plan *plan, pbr_cell *cell) {
    pbr_cell **entry = GROW(plan, cells, 1);
    if (entry == NULL) {
        plan->failed = true;
        return;
    }
    *entry = pbr_cell_retain(cell);
}

static void add_input(pbr_plan *plan, uint32_t bus, pbr_layout layout, pbr_input input) {
    const pbr_route_set *set = routes_for(plan, layout, plan->buses.items[bus].layout);
    if (set == NULL) {
        return;
    }
    input.first_route = set->first;
    input.route_count = set->count;
    input.folds = set->folds;
    pbr_input *entry = GROW(plan, inputs, 1);
    if (entry == NULL) {
        plan->failed = true;
        return;
    }
    *entry = input;
    if (entry->cell != NULL) {
        add_cell(plan, entry->cell);
    }
    // Neighbouring inputs of one bus are one step, so that the kernels can take several at once.
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
                         pbr_cell *cell) {
    add_input(plan, bus, layout, (pbr_input){.player = player, .cell = cell});
}

void pbr_plan_mix_bus(pbr_plan *plan, uint32_t bus, uint32_t from, pbr_cell *cell) {
    add_input(plan, bus, plan->buses.items[from].layout, (pbr_input){.from = from, .cell = cell});
}

void pbr_plan_add_gain(pbr_plan *plan, uint32_t bus, pbr_cell *cell) {
    pbr_step *step = add_step(plan, PBR_STEP_GAIN, bus);
    if (step != NULL) {
        step->cell = cell;
        add_cell(plan, cell);
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
    pbr_domain *entry = inner != NULL ? GROW(plan, domains, 1) : NULL;
    if (entry == NULL) {
        pbr_plan_free(inner);
        plan->failed = true;
        return NULL;
    }
    inner->outer = plan;
    *entry = (pbr_domain){inner, ratio, false};
    inner->root = plan->root;
    return inner;
}

pbr_plan *pbr_plan_add_branch(pbr_plan *plan, pbr_layout layout, uint32_t *bus) {
    pbr_plan *inner = pbr_plan_create(layout, plan->max_frames);
    pbr_domain *domain = inner != NULL ? GROW(plan, domains, 1) : NULL;
    if (domain == NULL) {
        pbr_plan_free(inner);
        plan->failed = true;
        return NULL;
    }
    inner->outer = plan;
    *domain = (pbr_domain){inner, {1, 1}, true};
    inner->root = plan->root;
    pbr_branch *branch = GROW(plan, branches, 1);
    // A bus that no earlier step uses: the branch may be rendered before them.
    pbr_bus *own = branch != NULL ? GROW(plan, buses, 1) : NULL;
    pbr_step *step = own != NULL ? add_step(plan, PBR_STEP_BRANCH, plan->buses.count - 1) : NULL;
    if (step == NULL) {
        plan->failed = true;
        return NULL;
    }
    set_layout(own, layout);
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
    pbr_convert **entry = GROW(plan, converts, 1);
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
    pbr_port *own = GROW(plan, ports, inputs + outputs);
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

// Whether the first step that writes the output does so without adding to it.
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
    plan->memory = calloc(own * plan->max_frames + 1, sizeof(float));
    plan->pointers = calloc(channels * 2 + 1, sizeof(float *));
    plan->changes = calloc(plan->cells.count + 1, sizeof *plan->changes);
    plan->late = calloc(plan->players.count + 1, sizeof(pbr_player *));
    if (plan->failed || plan->memory == NULL || plan->pointers == NULL || plan->changes == NULL ||
        plan->late == NULL) {
        plan->failed = true;
        return false;
    }
    plan->clears = clears_output(plan);
    pbr_plan_list_levels(plan);
    pbr_plan_sort_players(plan);
    float **pointers = plan->pointers;
    float *memory = plan->memory;
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
        if (more > 0 &&
            grow((void **)&plan->all, &plan->all_count, &room, more, sizeof *plan->all) == NULL) {
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

uint64_t pbr_plan_seen(const pbr_plan *plan) {
    return plan->seen;
}

pbr_retired *pbr_plan_retired(pbr_plan *plan) {
    return &plan->retired;
}
