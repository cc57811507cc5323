// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs a plan, step by step. Audio thread: no allocation, lock, system call or Objective-C message.
#include <string.h>

#include "render/gain/meter.h"
#include "render/kernels/mix.h"
#include "plan_steps.h"
#include "render/player/player_state.h"

static void render_source(const pbr_plan *plan, pbr_bus *bus, pbr_source *source, int64_t time,
                          uint32_t frames, bool *dry) {
    // Ordered with the begin of the block, so that a thread can shut a source and wait for the
    // block.
    if (atomic_load_explicit(&source->shut, memory_order_seq_cst)) {
        pbr_bus_clear(bus, frames);
        return;
    }
    memcpy(bus->data, bus->own, bus->channels * sizeof *bus->own);
    pbr_pull pull = source->pull(source->context, time, frames, bus->channels, bus->data);
    if (pull == PBR_PULL_OK) {
        bus->sound = (pbr_sound){false, source->sounded_to == plan->since, 0, 0};
        source->sounded_to = time + frames;
    } else {
        pbr_bus_clear(bus, frames);
        *dry = *dry || pull == PBR_PULL_INSUFFICIENT;
    }
}

// Scales the bus by gains frame by frame.
static void scale_by(pbr_bus *bus, const float *gains, uint32_t frames) {
    for (uint32_t c = 0; c < bus->channels; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            bus->data[c][i] *= gains[i];
        }
    }
}

static void scale(pbr_plan *plan, pbr_bus *bus, pbr_gain *gain, int64_t time, uint32_t frames) {
    pbr_gain_land(gain, bus->sound.joined);
    pbr_sound_block sounds = {bus->sound, frames};
    bool traced = pbr_gain_is_due(gain, time + frames);
    uint32_t quiet = 0;
    if (traced) {
        quiet =
            pbr_gain_trace_points(gain, time, frames, pbr_sound_block_joined, &sounds, plan->trace);
    } else if (!pbr_gain_is_steady(gain)) {
        quiet = pbr_gain_quiet(gain, frames);
    }
    if (!bus->sound.silent && (traced ? quiet == frames : pbr_gain_silent(gain))) {
        // 0 x NaN is NaN: clear instead of scaling.
        pbr_bus_clear(bus, frames);
    }
    bool unity = !traced && pbr_gain_is_steady(gain) && gain->to.plain == 1.0f;
    if (!bus->sound.silent && (traced || gain->fading)) {
        if (!traced) {
            pbr_gain_trace(gain, frames, plan->trace);
        }
        scale_by(bus, plan->trace[PBR_PLAIN], frames);
    } else if (!bus->sound.silent && !unity) {
        for (uint32_t c = 0; c < bus->channels; c++) {
            pbr_scale_ramped(bus->data[c], gain->from.plain, gain->to.plain, gain->ramp_done,
                             frames);
        }
    }
    pbr_meter *meter = atomic_load_explicit(&gain->meter, memory_order_acquire);
    if (meter != NULL) {
        for (uint32_t c = 0; !bus->sound.silent && c < bus->channels; c++) {
            pbr_meter_add(meter, c, pbr_metered_side(bus->layout, c), bus->data[c], 1.0f, 1.0f,
                          PBR_RAMP_FRAMES, frames);
        }
        pbr_meter_end(meter, frames);
    }
    bus->sound.quiet = bus->sound.quiet > quiet ? bus->sound.quiet : quiet;
    pbr_gain_end(gain, frames);
}

static void read_convert(pbr_bus *bus, pbr_convert *convert, uint32_t frames) {
    memcpy(bus->data, bus->own, bus->channels * sizeof *bus->own);
    bus->sound = pbr_convert_read(convert, bus->data, frames);
    if (bus->sound.silent) {
        pbr_bus_clear(bus, frames);
    }
}

static void process(pbr_bus *bus, const pbr_process *by, int64_t time, uint32_t frames) {
    // Into the bus's own memory: the memory that a source pointed `data` to is not ours to change.
    const pbr_process_block block = {
        time, frames, bus->channels, bus->sound, (const float *const *)bus->data, bus->own};
    bus->sound = by->function(by->context, &block);
    memcpy(bus->data, bus->own, bus->channels * sizeof *bus->own);
}

static void cross(pbr_plan *plan, const pbr_step *step, uint32_t frames) {
    const pbr_port *ports = plan->ports.items + step->first;
    pbr_sound sound = pbr_no_sound(frames);
    pbr_matrix_begin(step->matrix);
    for (uint32_t p = 0; p < step->count; p++) {
        const pbr_bus *bus = &plan->buses.items[ports[p].bus];
        for (uint32_t c = 0; !bus->sound.silent && c < bus->channels; c++) {
            pbr_matrix_use_input(step->matrix, ports[p].channel + c, bus->data[c],
                                 bus->sound.joined);
        }
        sound = pbr_sound_both(sound, bus->sound);
    }
    const pbr_port *outputs = ports + step->count;
    for (uint32_t p = 0; p < step->outputs; p++) {
        pbr_bus *bus = &plan->buses.items[outputs[p].bus];
        pbr_bus_clear(bus, frames);
        for (uint32_t c = 0; c < bus->channels; c++) {
            pbr_matrix_use_output(step->matrix, outputs[p].channel + c, bus->data[c]);
        }
    }
    if (!pbr_matrix_render(step->matrix, frames)) {
        sound = pbr_no_sound(frames);
    }
    for (uint32_t p = 0; p < step->outputs; p++) {
        plan->buses.items[outputs[p].bus].sound = sound;
    }
}

// Renders one of the plan's branches: a job of the workers, or of the audio thread itself.
static void render_branch(void *context, uint32_t index) {
    pbr_plan *plan = context;
    pbr_branch *branch = &plan->branches.items[index];
    branch->events = branch->dry = false;
    pbr_plan_render(branch->plan, plan->time, plan->frames, plan->buses.items[branch->bus].own,
                    &branch->events, &branch->dry);
    atomic_store_explicit(&branch->done, true, memory_order_release);
}

static void offer_branches(pbr_plan *plan) {
    uint32_t count = plan->branches.count;
    if (plan->workers == NULL || count == 0) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        atomic_store_explicit(&plan->branches.items[i].done, false, memory_order_relaxed);
    }
    pbr_workers_offer(plan->workers, render_branch, plan, count);
}

// Returns once the branch has filled its bus.
static void join_branch(pbr_plan *plan, uint32_t index, bool *events, bool *dry) {
    pbr_branch *branch = &plan->branches.items[index];
    if (plan->workers == NULL) {
        render_branch(plan, index);
    } else {
        pbr_workers_help_until(plan->workers, &branch->done);
    }
    pbr_bus *bus = &plan->buses.items[branch->bus];
    memcpy(bus->data, bus->own, bus->channels * sizeof *bus->own);
    bus->sound = branch->plan->buses.items[PBR_OUTPUT_BUS].sound;
    *events = *events || branch->events;
    *dry = *dry || branch->dry;
}

static void begin(pbr_plan *plan, int64_t time, uint32_t frames) {
    plan->since = plan->next != PBR_NOW ? plan->next : time;
    plan->next = time + frames;
    plan->time = time;
    plan->frames = frames;
    plan->offset = plan->pace == 1.0 ? 0.0 : (double)time * plan->pace - (double)plan->root->time;
    plan->moment = pbr_moment_after(plan->root->heard, plan->offset);
    plan->moment.pace /= plan->pace;
    for (uint32_t i = 0; i < plan->shared_players; i++) {
        pbr_player_begin(plan->players.items[i], time, plan->root->seen, &plan->moment);
    }
    if (!plan->clears) {
        pbr_bus_clear(&plan->buses.items[PBR_OUTPUT_BUS], frames);
    }
    offer_branches(plan);
    for (uint32_t i = 0; i < plan->converts.count; i++) {
        pbr_convert_begin(plan->converts.items[i], time);
    }
    plan->turn = 0;
    plan->part = PBR_NO_PART;
}

// Domains at other rates are rendered first, each for as many of its frames as this block is long,
// in parts of at most the longest block, so that nothing upstream sees a longer one. Begins the
// next part; NULL if there is none.
static pbr_plan *next_part(pbr_plan *plan) {
    for (; plan->turn < plan->domains.count; plan->turn++) {
        const pbr_domain *domain = &plan->domains.items[plan->turn];
        if (domain->branch) {
            continue;
        }
        if (plan->part == PBR_NO_PART) {
            plan->part = pbr_ratio_time(domain->ratio, plan->time);
            plan->parts_end = pbr_ratio_time(domain->ratio, plan->time + plan->frames);
        }
        int64_t left = plan->parts_end - plan->part;
        if (left > 0) {
            uint32_t length = left < plan->max_frames ? (uint32_t)left : plan->max_frames;
            begin(domain->plan, plan->part, length);
            plan->part += length;
            return domain->plan;
        }
        plan->part = PBR_NO_PART;
    }
    return NULL;
}

// The domains inside the plan have been rendered.
static void run(pbr_plan *plan, bool *events, bool *dry) {
    pbr_bus *buses = plan->buses.items;
    int64_t time = plan->time;
    uint32_t frames = plan->frames;
    for (uint32_t i = 0; i < plan->steps.count; i++) {
        const pbr_step *step = &plan->steps.items[i];
        pbr_bus *bus = &buses[step->bus];
        switch (step->kind) {
        case PBR_STEP_SOURCE:
            render_source(plan, bus, step->source, time, frames, dry);
            break;
        case PBR_STEP_CLEAR:
            pbr_bus_clear(bus, frames);
            break;
        case PBR_STEP_MIX:
            pbr_plan_mix(plan, step, time, frames);
            break;
        case PBR_STEP_GAIN:
            scale(plan, bus, step->gain, time, frames);
            break;
        case PBR_STEP_PROCESS:
            process(bus, step->process, time, frames);
            break;
        case PBR_STEP_TAP:
            pbr_tap_write(step->tap, (const float *const *)bus->data, frames, time);
            *events = true;
            break;
        case PBR_STEP_FEED:
            pbr_convert_write(step->convert,
                              bus->sound.silent ? NULL : (const float *const *)bus->data, frames,
                              bus->sound.quiet);
            break;
        case PBR_STEP_CONVERT:
            read_convert(bus, step->convert, frames);
            break;
        case PBR_STEP_BRANCH:
            join_branch(plan, step->first, events, dry);
            break;
        case PBR_STEP_MATRIX:
            cross(plan, step, frames);
            break;
        }
    }
    for (uint32_t i = 0; i < plan->shared_players; i++) {
        *events |= pbr_player_commit(plan->players.items[i], time, frames);
    }
    for (uint32_t i = 0; i < plan->late_count; i++) {
        *events |= pbr_player_commit(plan->late[i], time, frames);
    }
    plan->late_count = 0;
}

void pbr_plan_set_moment(pbr_plan *plan, pbr_moment moment) {
    plan->heard = moment;
}

void pbr_plan_use_workers(pbr_plan *plan, pbr_workers *workers) {
    plan->workers = workers;
}

void pbr_plan_render(pbr_plan *plan, int64_t time, uint32_t frames, float *const *output,
                     bool *events, bool *dry) {
    pbr_bus *bus = &plan->buses.items[PBR_OUTPUT_BUS];
    memcpy(bus->own, output, bus->channels * sizeof *output);
    if (plan == plan->root) {
        pbr_plan_begin_masters(plan);
    }
    begin(plan, time, frames);
    // Plans are nested as deep as rates change, so there is no recursion.
    pbr_plan *at = plan;
    for (;;) {
        pbr_plan *inner = next_part(at);
        if (inner != NULL) {
            at = inner;
            continue;
        }
        run(at, events, dry);
        if (at == plan) {
            break;
        }
        at = at->outer;
    }
    if (plan == plan->root) {
        pbr_plan_end_masters(plan, frames);
    }
}
