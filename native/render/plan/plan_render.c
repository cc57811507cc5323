// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs a plan. Audio thread: no allocation, lock, system call or Objective-C message here.
#include <string.h>

#include "gather.h"
#include "render/gain/meter.h"
#include "render/kernels/mix.h"
#include "parallel.h"
#include "plan_steps.h"
#include "render/player/player_state.h"

static void clear(pbr_bus *bus, uint32_t frames) {
    for (uint32_t c = 0; c < bus->channels; c++) {
        bus->data[c] = bus->own[c];
        memset(bus->data[c], 0, frames * sizeof(float));
    }
    bus->sound = pbr_no_sound(frames);
}

static void render_source(const pbr_plan *plan, pbr_bus *bus, pbr_source *source, int64_t time,
                          uint32_t frames, bool *dry) {
    // In one order with the block's begin: who shuts a source and waits for the block is safe.
    if (atomic_load_explicit(&source->shut, memory_order_seq_cst)) {
        clear(bus, frames);
        return;
    }
    memcpy(bus->data, bus->own, bus->channels * sizeof *bus->own);
    pbr_pull pull = source->pull(source->context, time, frames, bus->channels, bus->data);
    if (pull == PBR_PULL_OK) {
        bus->sound = (pbr_sound){false, source->sounded_to == plan->since, 0};
        source->sounded_to = time + frames;
    } else {
        clear(bus, frames);
        *dry = *dry || pull == PBR_PULL_INSUFFICIENT;
    }
}

typedef struct mix_context {
    pbr_plan *plan;
    pbr_bus *bus;
    pbr_gather *waiting;
    int64_t time;
    uint32_t block;   // the block's length
    pbr_meter *meter; // of the input that is being mixed, or NULL
    bool whole;       // the bus sounds from end to end: no input adds to that
} mix_context;

// Out of the way that most inputs take: inlined, it would cost them their registers.
#define RARE __attribute__((noinline))

// Mixes `frames` frames of one input, from `samples` + offset, into the bus at `at`.
static void mix_span(const mix_context *context, const pbr_input *input,
                     const float *const *samples, uint32_t channel_count, uint32_t offset,
                     uint32_t at, uint32_t frames) {
    static const pbr_gains unity = {1.0f, 1.0f, 1.0f};
    const pbr_cell *cell = input->cell;
    const pbr_route *routes = context->plan->routes.items + input->first_route;
    pbr_bus *bus = context->bus;
    if (cell != NULL && cell->fading) {
        pbr_gather_flush(context->waiting);
        pbr_part part = {routes, input->route_count, samples, channel_count, offset, at, frames};
        pbr_part_mix_fading(&part, bus, cell, context->meter);
        return;
    }
    const pbr_gains *from = cell != NULL ? &cell->from : &unity;
    const pbr_gains *to = cell != NULL ? &cell->to : &unity;
    uint32_t done = cell != NULL ? cell->ramp_done + at : PBR_RAMP_FRAMES;
    pbr_meter *meter = context->meter;
    if (meter != NULL && input->folds) {
        pbr_part part = {routes, input->route_count, samples, channel_count, offset, at, frames};
        pbr_part_measure(&part, bus, cell, meter);
        meter = NULL;
    }
    for (uint32_t r = 0; r < input->route_count; r++) {
        pbr_route route = routes[r];
        if (route.in >= channel_count) {
            continue;
        }
        pbr_term term = {samples[route.in] + offset,
                         route.factor * pbr_gain_on(to, (pbr_side)route.side),
                         route.factor * pbr_gain_on(from, (pbr_side)route.side), done};
        bool silent = term.gain == 0.0f && done >= PBR_RAMP_FRAMES;
        if (!silent && route.out < PBR_GATHERED_CHANNELS) {
            pbr_gather_add(context->waiting, at, frames, route.out, &term, meter);
            continue;
        }
        if (!silent) {
            pbr_mix(bus->data[route.out] + at, &term, 1, frames, false);
        }
        if (meter != NULL) {
            pbr_meter_add(meter, route.out, pbr_metered_side(bus->layout, route.out), term.samples,
                          term.from, term.gain, done, frames);
        }
    }
}

// The bus has what has come through the input's gain, too.
RARE static void add_sound(mix_context *context, const pbr_input *input, pbr_sound sound) {
    pbr_sound *all = &context->bus->sound;
    const pbr_cell *cell = input->cell;
    if (cell != NULL && !pbr_cell_settled(cell)) {
        uint32_t quiet = pbr_cell_quiet(cell, context->block);
        sound.quiet = sound.quiet > quiet ? sound.quiet : quiet;
    }
    *all = pbr_sound_both(*all, sound);
    context->whole = !all->silent && all->joined && all->quiet == 0;
}

// The way of a span of a player that goes to silence, or comes back: its samples times the ramp.
static void mix_ramped(const mix_context *context, const pbr_input *input, const pbr_span *span,
                       uint32_t at) {
    enum { PIECE = 64 };
    float scaled[PBR_SHARED_CHANNELS][PIECE];
    const float *samples[PBR_SHARED_CHANNELS];
    uint32_t channels =
        span->channel_count < PBR_SHARED_CHANNELS ? span->channel_count : PBR_SHARED_CHANNELS;
    pbr_gather_flush(context->waiting);
    for (uint32_t done = 0; done < span->frames; done += PIECE) {
        uint32_t length = span->frames - done < PIECE ? span->frames - done : PIECE;
        for (uint32_t c = 0; c < channels; c++) {
            const float *source = span->channels[c] + span->offset + done;
            for (uint32_t i = 0; i < length; i++) {
                scaled[c][i] = source[i] * pbr_ramp_gain(span->ramp, span->ramped + done + i);
            }
            samples[c] = scaled[c];
        }
        mix_span(context, input, samples, channels, 0, at + done, length);
        pbr_gather_flush(context->waiting);
    }
}

// What of the player's clips falls into the block, span by span.
RARE static void mix_clips(mix_context *context, const pbr_input *input, bool joined) {
    pbr_sound sound = {true, joined, 0};
    pbr_cursor cursor = pbr_player_cursor(input->player);
    for (uint32_t at = 0; at < context->block;) {
        pbr_span span = pbr_player_next(input->player, &cursor, context->block - at);
        if (span.channels == NULL) {
            sound.quiet += span.frames;
        } else {
            sound.silent = false;
            sound.quiet = 0;
        }
        if (span.channels != NULL && span.ramp != NULL) {
            mix_ramped(context, input, &span, at);
        } else if (span.channels != NULL) {
            mix_span(context, input, span.channels, span.channel_count, span.offset, at,
                     span.frames);
        }
        at += span.frames;
    }
    add_sound(context, input, sound);
}

static void mix_run(const mix_context *context, const pbr_input *input, const pbr_run *run) {
    uint32_t left = run->end - run->position;
    uint32_t frames = context->block < left ? context->block : left;
    mix_span(context, input, run->channels, run->channel_count, run->position, 0, frames);
    if (frames < context->block) {
        mix_span(context, input, run->channels, run->channel_count, 0, frames,
                 context->block - frames);
    }
}

// Once it is known what the input brings: a change of its gain has its ramp or not. Then whether
// anything comes through.
static bool comes_through(const pbr_input *input, bool joined) {
    pbr_cell *cell = input->cell;
    if (cell == NULL) {
        return true;
    }
    if (cell->still) {
        return cell->to.plain != 0.0f;
    }
    pbr_cell_land(cell, joined);
    return !pbr_cell_silent(cell);
}

static void mix_player(mix_context *context, const pbr_input *input) {
    pbr_player *player = input->player;
    int64_t since = context->plan->since;
    if (input->alone && pbr_player_runs(player, context->time, context->block)) {
        bool joined = pbr_player_runs_joined(player, since);
        if (comes_through(input, joined)) {
            mix_run(context, input, &player->run);
            if (!context->whole) {
                add_sound(context, input, (pbr_sound){false, joined, 0});
            }
        }
        pbr_player_run(player, context->block);
        return;
    }
    if (input->alone) {
        pbr_player_begin(player, context->time, context->plan->root->seen);
    }
    bool joined = pbr_player_joins(player, since);
    if (comes_through(input, joined)) {
        mix_clips(context, input, joined);
    }
    if (input->alone) {
        // Not yet: its samples may wait to be mixed, and a commit gives used ones away.
        context->plan->late[context->plan->late_count++] = player;
    }
}

static void mix_input(mix_context *context, const pbr_input *input) {
    pbr_cell *cell = input->cell;
    context->meter = NULL;
    if (cell != NULL) {
        context->meter = atomic_load_explicit(&cell->meter, memory_order_acquire);
    }
    if (input->player != NULL) {
        mix_player(context, input);
    } else {
        const pbr_bus *from = &context->plan->buses.items[input->from];
        if (comes_through(input, from->sound.joined) && !from->sound.silent) {
            mix_span(context, input, (const float *const *)from->data, from->channels, 0, 0,
                     context->block);
            add_sound(context, input, from->sound);
        }
    }
    if (context->meter != NULL) {
        pbr_gather_end_meter(context->waiting, context->meter);
    }
    if (cell != NULL) {
        pbr_cell_end(cell, context->block);
    }
}

// So many inputs ahead, players are fetched into the cache.
enum { AHEAD = 8 };

static void mix(pbr_plan *plan, const pbr_step *step, int64_t time, uint32_t frames) {
    pbr_bus *bus = &plan->buses.items[step->bus];
    pbr_gather waiting;
    bool empty = step->clears && bus->channels <= PBR_GATHERED_CHANNELS;
    if (empty) {
        memcpy(bus->data, bus->own, bus->channels * sizeof *bus->own);
        bus->sound = pbr_no_sound(frames);
    } else if (step->clears) {
        clear(bus, frames);
    }
    pbr_gather_begin(&waiting, bus->data, bus->layout, frames, empty);
    mix_context context = {plan, bus, &waiting, time, frames, NULL, false};
    const pbr_input *inputs = plan->inputs.items + step->first;
    for (uint32_t i = 0; i < step->count; i++) {
        if (i + AHEAD < step->count && inputs[i + AHEAD].player != NULL) {
            pbr_player_prefetch(inputs[i + AHEAD].player);
        }
        mix_input(&context, &inputs[i]);
    }
    pbr_gather_flush(&waiting);
}

static void scale(pbr_bus *bus, pbr_cell *cell, uint32_t frames) {
    pbr_cell_land(cell, bus->sound.joined);
    if (!bus->sound.silent && pbr_cell_silent(cell)) {
        // Zero times what is no number is none either.
        clear(bus, frames);
    }
    bool unity = pbr_cell_settled(cell) && cell->to.plain == 1.0f;
    for (uint32_t c = 0; !bus->sound.silent && !unity && c < bus->channels; c++) {
        pbr_scale_ramped(bus->data[c], cell->from.plain, cell->to.plain, cell->ramp_done, frames);
    }
    pbr_meter *meter = atomic_load_explicit(&cell->meter, memory_order_acquire);
    if (meter != NULL) {
        for (uint32_t c = 0; !bus->sound.silent && c < bus->channels; c++) {
            pbr_meter_add(meter, c, pbr_metered_side(bus->layout, c), bus->data[c], 1.0f, 1.0f,
                          PBR_RAMP_FRAMES, frames);
        }
        pbr_meter_end(meter, frames);
    }
    if (!pbr_cell_settled(cell)) {
        uint32_t quiet = pbr_cell_quiet(cell, frames);
        bus->sound.quiet = bus->sound.quiet > quiet ? bus->sound.quiet : quiet;
    }
    pbr_cell_end(cell, frames);
}

static void read_convert(pbr_bus *bus, pbr_convert *convert, uint32_t frames) {
    memcpy(bus->data, bus->own, bus->channels * sizeof *bus->own);
    bus->sound = pbr_convert_read(convert, bus->data, frames);
    if (bus->sound.silent) {
        clear(bus, frames);
    }
}

static void process(pbr_bus *bus, const pbr_process *by, int64_t time, uint32_t frames) {
    // Out into the bus's own memory: what a source pointed `data` to is not ours to change.
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
        clear(bus, frames);
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

static void begin(pbr_plan *plan, int64_t time, uint32_t frames) {
    plan->since = plan->next != PBR_NOW ? plan->next : time;
    plan->next = time + frames;
    for (uint32_t i = 0; i < plan->shared_players; i++) {
        pbr_player_begin(plan->players.items[i], time, plan->root->seen);
    }
    if (!plan->clears) {
        clear(&plan->buses.items[PBR_OUTPUT_BUS], frames);
    }
    pbr_branches_begin(plan, time, frames);
    for (uint32_t i = 0; i < plan->converts.count; i++) {
        pbr_convert_begin(plan->converts.items[i], time);
    }
    plan->turn = 0;
    plan->part = PBR_NO_PART;
}

// The parts at other rates are rendered first, each for as many of its frames as this block is long;
// in parts of at most the longest block, so that nothing upstream sees a longer one. Begins the next
// of them; NULL when there is none.
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

// What is inside the plan has been rendered.
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
            clear(bus, frames);
            break;
        case PBR_STEP_MIX:
            mix(plan, step, time, frames);
            break;
        case PBR_STEP_GAIN:
            scale(bus, step->cell, frames);
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
            pbr_branch_join(plan, step->first, events, dry);
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

void pbr_plan_render(pbr_plan *plan, int64_t time, uint32_t frames, float *const *output,
                     bool *events, bool *dry) {
    pbr_bus *bus = &plan->buses.items[PBR_OUTPUT_BUS];
    memcpy(bus->own, output, bus->channels * sizeof *output);
    begin(plan, time, frames);
    // Plans lie inside each other as deep as rates change: no recursion.
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
}
