// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs a plan. Audio thread: no allocation, lock, system call or Objective-C message here.
#include <string.h>

#include "mix.h"
#include "plan_steps.h"

static void clear(pbr_bus *bus, uint32_t frames) {
    for (uint32_t c = 0; c < bus->channels; c++) {
        bus->data[c] = bus->own[c];
        memset(bus->data[c], 0, frames * sizeof(float));
    }
    bus->silent = true;
}

static void render_source(pbr_bus *bus, const pbr_source *source, int64_t time, uint32_t frames,
                          bool *dry) {
    memcpy(bus->data, bus->own, bus->channels * sizeof *bus->own);
    pbr_pull pull = source->pull(source->context, time, frames, bus->channels, bus->data);
    bus->silent = false;
    if (pull != PBR_PULL_OK) {
        clear(bus, frames);
        *dry = *dry || pull == PBR_PULL_INSUFFICIENT;
    }
}

// Terms of steady inputs wait here, per output channel, until a full pass is together.
typedef struct gather {
    pbr_term terms[PBR_MIX_WIDTH];
    uint32_t count;
} gather;

// Output channels that gather; further ones are mixed at once.
enum { GATHERED_CHANNELS = 8 };

static void flush(gather *waiting, float *accumulator, uint32_t frames) {
    pbr_mix_steady(accumulator, waiting->terms, waiting->count, frames);
    waiting->count = 0;
}

typedef struct mix_context {
    const pbr_plan *plan;
    pbr_bus *bus;
    gather *waiting;
    uint32_t block; // the block's length
} mix_context;

// Mixes `frames` frames of one input, from `samples` + offset, into the bus at `at`.
static void mix_span(const mix_context *context, const pbr_input *input,
                     const float *const *samples, uint32_t channel_count, uint32_t offset,
                     uint32_t at, uint32_t frames) {
    static const pbr_gains unity = {1.0f, 1.0f, 1.0f};
    const pbr_cell *cell = input->cell;
    pbr_bus *bus = context->bus;
    const pbr_gains *from = cell != NULL ? &cell->from : &unity;
    const pbr_gains *to = cell != NULL ? &cell->to : &unity;
    bool steady = cell == NULL || pbr_cell_settled(cell);
    const pbr_route *routes = context->plan->routes.items + input->first_route;
    for (uint32_t r = 0; r < input->route_count; r++) {
        pbr_route route = routes[r];
        if (route.in >= channel_count) {
            continue;
        }
        const float *source = samples[route.in] + offset;
        float *accumulator = bus->data[route.out] + at;
        float target = route.factor * pbr_gain_of(to, route.out, bus->channels);
        if (!steady) {
            float start = route.factor * pbr_gain_of(from, route.out, bus->channels);
            pbr_mix_ramped(accumulator, source, start, target, cell->ramp_done + at, frames);
        } else if (target == 0.0f) {
            continue;
        } else if (frames == context->block && route.out < GATHERED_CHANNELS) {
            gather *waiting = &context->waiting[route.out];
            waiting->terms[waiting->count++] = (pbr_term){source, target};
            if (waiting->count == PBR_MIX_WIDTH) {
                flush(waiting, accumulator, frames);
            }
        } else {
            pbr_mix_steady(accumulator, &(pbr_term){source, target}, 1, frames);
        }
    }
    bus->silent = false;
}

static void mix_input(const mix_context *context, const pbr_input *input) {
    pbr_cell *cell = input->cell;
    if (cell != NULL) {
        pbr_cell_begin(cell);
    }
    bool audible = cell == NULL || !pbr_cell_silent(cell);
    if (input->player != NULL) {
        pbr_cursor cursor = pbr_player_cursor(input->player);
        for (uint32_t at = 0; audible && at < context->block;) {
            pbr_span span = pbr_player_next(input->player, &cursor, context->block - at);
            if (span.channels != NULL) {
                mix_span(context, input, span.channels, span.channel_count, span.offset, at,
                         span.frames);
            }
            at += span.frames;
        }
    } else {
        const pbr_bus *from = &context->plan->buses.items[input->from];
        if (audible && !from->silent) {
            mix_span(context, input, (const float *const *)from->data, from->channels, 0, 0,
                     context->block);
        }
    }
    if (cell != NULL) {
        pbr_cell_end(cell, context->block);
    }
}

static void mix(const pbr_plan *plan, const pbr_step *step, uint32_t frames) {
    gather waiting[GATHERED_CHANNELS];
    for (uint32_t c = 0; c < GATHERED_CHANNELS; c++) {
        waiting[c].count = 0;
    }
    mix_context context = {plan, &plan->buses.items[step->bus], waiting, frames};
    for (uint32_t i = 0; i < step->count; i++) {
        mix_input(&context, &plan->inputs.items[step->first + i]);
    }
    for (uint32_t c = 0; c < GATHERED_CHANNELS && c < context.bus->channels; c++) {
        flush(&waiting[c], context.bus->data[c], frames);
    }
}

static void scale(pbr_bus *bus, pbr_cell *cell, uint32_t frames) {
    pbr_cell_begin(cell);
    bool unity = pbr_cell_settled(cell) && cell->to.plain == 1.0f;
    for (uint32_t c = 0; !bus->silent && !unity && c < bus->channels; c++) {
        pbr_scale_ramped(bus->data[c], cell->from.plain, cell->to.plain, cell->ramp_done, frames);
    }
    pbr_cell_end(cell, frames);
}

static void cross(pbr_plan *plan, const pbr_step *step, uint32_t frames) {
    const pbr_port *ports = plan->ports.items + step->first;
    pbr_matrix_begin(step->matrix);
    for (uint32_t p = 0; p < step->count; p++) {
        const pbr_bus *bus = &plan->buses.items[ports[p].bus];
        for (uint32_t c = 0; !bus->silent && c < bus->channels; c++) {
            pbr_matrix_use_input(step->matrix, ports[p].channel + c, bus->data[c]);
        }
    }
    const pbr_port *outputs = ports + step->count;
    for (uint32_t p = 0; p < step->outputs; p++) {
        pbr_bus *bus = &plan->buses.items[outputs[p].bus];
        clear(bus, frames);
        for (uint32_t c = 0; c < bus->channels; c++) {
            pbr_matrix_use_output(step->matrix, outputs[p].channel + c, bus->data[c]);
        }
    }
    bool silent = !pbr_matrix_render(step->matrix, frames);
    for (uint32_t p = 0; p < step->outputs; p++) {
        plan->buses.items[outputs[p].bus].silent = silent;
    }
}

void pbr_plan_render(pbr_plan *plan, int64_t time, uint32_t frames, float *const *output,
                     bool *events, bool *dry) {
    pbr_bus *buses = plan->buses.items;
    memcpy(buses[PBR_OUTPUT_BUS].own, output, buses[PBR_OUTPUT_BUS].channels * sizeof *output);
    for (uint32_t i = 0; i < plan->players.count; i++) {
        pbr_player_begin(plan->players.items[i], time);
    }
    clear(&buses[PBR_OUTPUT_BUS], frames);
    for (uint32_t i = 0; i < plan->steps.count; i++) {
        const pbr_step *step = &plan->steps.items[i];
        pbr_bus *bus = &buses[step->bus];
        switch (step->kind) {
        case PBR_STEP_SOURCE:
            render_source(bus, step->source, time, frames, dry);
            break;
        case PBR_STEP_CLEAR:
            clear(bus, frames);
            break;
        case PBR_STEP_MIX:
            mix(plan, step, frames);
            break;
        case PBR_STEP_GAIN:
            scale(bus, step->cell, frames);
            break;
        case PBR_STEP_TAP:
            pbr_tap_write(step->tap, (const float *const *)bus->data, frames, time);
            *events = true;
            break;
        case PBR_STEP_MATRIX:
            cross(plan, step, frames);
            break;
        }
    }
    for (uint32_t i = 0; i < plan->players.count; i++) {
        if (pbr_player_commit(plan->players.items[i], time, frames)) {
            *events = true;
        }
    }
}
