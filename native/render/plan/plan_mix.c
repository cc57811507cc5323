// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Mixes the inputs of a bus, players and other buses, each through its gain. Audio thread.
#include <string.h>

#include "mix_batch.h"
#include "plan_steps.h"
#include "render/gain/meter.h"
#include "render/kernels/mix.h"
#include "render/player/player_state.h"

typedef struct mix_context {
    pbr_plan *plan;
    pbr_bus *bus;
    pbr_mix_batch *batch;
    int64_t time;
    uint32_t block;   // frames in the block
    pbr_meter *meter; // of the input that is being mixed, or NULL
    bool whole;       // the bus sounds from end to end already
    bool traced;      // the plan's trace has the gains of this input
    bool turns;       // and points have started: the gain has gone on to the end of the block
    uint32_t quiet;   // then: in how many frames at its end nothing comes through
} mix_context;

// Off the common path: inlined, it would cost the common path its registers.
#define RARE __attribute__((noinline))

// Mixes `frames` frames of one input, from `samples` + offset, into the bus at `at`.
static void mix_span(mix_context *context, const pbr_input *input, const float *const *samples,
                     uint32_t channel_count, uint32_t offset, uint32_t at, uint32_t frames) {
    static const pbr_gains unity = {1.0f, 1.0f, 1.0f};
    const pbr_gain *gain = input->gain;
    const pbr_route *routes = context->plan->routes.items + input->first_route;
    pbr_bus *bus = context->bus;
    if (gain != NULL && (gain->fading || context->traced)) {
        pbr_mix_batch_flush(context->batch);
        if (!context->traced) {
            pbr_gain_trace(gain, context->block, context->plan->trace);
            context->traced = true;
        }
        pbr_part part = {routes, input->route_count, samples, channel_count, offset, at, frames};
        pbr_part_mix_fading(&part, bus, context->plan->trace, context->meter);
        return;
    }
    const pbr_gains *from = gain != NULL ? &gain->from : &unity;
    const pbr_gains *to = gain != NULL ? &gain->to : &unity;
    uint32_t done = gain != NULL ? gain->ramp_done + at : PBR_RAMP_FRAMES;
    pbr_meter *meter = context->meter;
    if (meter != NULL && input->folds) {
        pbr_part part = {routes, input->route_count, samples, channel_count, offset, at, frames};
        pbr_part_measure(&part, bus, gain, meter);
        meter = NULL;
    }
    for (uint32_t r = 0; r < input->route_count; r++) {
        pbr_route route = routes[r];
        if (route.in >= channel_count) {
            continue;
        }
        pbr_term term = {samples[route.in] + offset,
                         route.factor * pbr_gains_on(to, (pbr_side)route.side),
                         route.factor * pbr_gains_on(from, (pbr_side)route.side), done};
        bool silent = term.gain == 0.0f && done >= PBR_RAMP_FRAMES;
        if (!silent && route.out < PBR_BATCH_CHANNELS) {
            pbr_mix_batch_add(context->batch, at, frames, route.out, &term, meter);
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

// Notes in the bus where the input sounds after its gain.
RARE static void add_sound(mix_context *context, const pbr_input *input, pbr_sound sound) {
    pbr_sound *all = &context->bus->sound;
    const pbr_gain *gain = input->gain;
    if (gain != NULL && (context->turns || !pbr_gain_is_steady(gain))) {
        uint32_t quiet = context->turns ? context->quiet : pbr_gain_quiet(gain, context->block);
        sound.quiet = sound.quiet > quiet ? sound.quiet : quiet;
    }
    *all = pbr_sound_both(*all, sound);
    context->whole = !all->silent && all->joined && all->quiet == 0;
}

// Mixes a span of a player that fades out or back in: its samples times the ramp.
static void mix_ramped(mix_context *context, const pbr_input *input, const pbr_span *span,
                       uint32_t at) {
    enum { PIECE = 64 };
    float scaled[PBR_SHARED_CHANNELS][PIECE];
    const float *samples[PBR_SHARED_CHANNELS];
    uint32_t channels =
        span->channel_count < PBR_SHARED_CHANNELS ? span->channel_count : PBR_SHARED_CHANNELS;
    pbr_mix_batch_flush(context->batch);
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
        pbr_mix_batch_flush(context->batch);
    }
}

// Mixes those parts of the player's clips that fall into the block, span by span.
RARE static void mix_clips(mix_context *context, const pbr_input *input, bool joined) {
    pbr_sound sound = {true, joined, 0, 0};
    bool started = false;
    pbr_cursor cursor = pbr_player_cursor(input->player);
    for (uint32_t at = 0; at < context->block;) {
        pbr_span span = pbr_player_next(input->player, &cursor, context->block - at);
        if (span.channels == NULL) {
            sound.quiet += span.frames;
            sound.late += started ? 0 : span.frames;
        } else {
            started = true;
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

static void mix_run(mix_context *context, const pbr_input *input, const pbr_run *run) {
    uint32_t left = run->end - run->position;
    uint32_t frames = context->block < left ? context->block : left;
    mix_span(context, input, run->channels, run->channel_count, run->position, 0, frames);
    if (frames < context->block) {
        mix_span(context, input, run->channels, run->channel_count, 0, frames,
                 context->block - frames);
    }
}

// Where a player sounds in the block, asked frame after frame.
typedef struct listener {
    const pbr_player *player;
    pbr_cursor cursor;
    bool joined; // in the block's first frame
    uint32_t at; // up to where the player's spans are known
    bool sounds; // in the frame before
} listener;

static bool player_joined(void *context, uint32_t frame) {
    listener *listener = context;
    if (frame == 0) {
        return listener->joined;
    }
    // The frames up to the one before, then the frame itself.
    const uint32_t ends[2] = {frame, frame + 1};
    bool sounds[2] = {listener->sounds, listener->sounds};
    for (uint32_t i = 0; i < 2; i++) {
        while (listener->at < ends[i]) {
            pbr_span span =
                pbr_player_next(listener->player, &listener->cursor, ends[i] - listener->at);
            listener->at += span.frames;
            listener->sounds = span.channels != NULL;
        }
        sounds[i] = listener->sounds;
    }
    return sounds[0] && sounds[1];
}

static bool player_runs_joined(void *context, uint32_t frame) {
    return frame > 0 || *(const bool *)context;
}

// If points start in this block, takes them up and traces the gain.
RARE static void trace(mix_context *context, pbr_gain *gain,
                       bool (*joined)(void *by, uint32_t frame), void *by) {
    context->quiet = pbr_gain_trace_points(gain, context->time, context->block, joined, by,
                                           context->plan->trace);
    context->traced = context->turns = true;
}

// Now that it is known whether the input sounds: decides whether a change of its gain gets a ramp,
// and returns whether anything comes through. joined_at: the same for other frames of the block.
static bool comes_through(mix_context *context, const pbr_input *input, bool joined,
                          bool (*joined_at)(void *by, uint32_t frame), void *by) {
    pbr_gain *gain = input->gain;
    if (gain == NULL) {
        return true;
    }
    if (gain->still) {
        return gain->to.plain != 0.0f;
    }
    pbr_gain_land(gain, joined);
    if (pbr_gain_is_due(gain, context->time + context->block)) {
        trace(context, gain, joined_at, by);
        return context->quiet < context->block;
    }
    return !pbr_gain_silent(gain);
}

static void mix_player(mix_context *context, const pbr_input *input) {
    pbr_player *player = input->player;
    int64_t since = context->plan->since;
    if (input->alone && pbr_player_runs(player, context->time, context->block)) {
        bool joined = pbr_player_runs_joined(player, since);
        if (comes_through(context, input, joined, player_runs_joined, &joined)) {
            mix_run(context, input, &player->run);
            if (!context->whole) {
                add_sound(context, input, (pbr_sound){false, joined, 0, 0});
            }
        }
        pbr_player_run(player, context->block);
        return;
    }
    if (input->alone) {
        pbr_player_begin(player, context->time, context->plan->root->seen, &context->plan->moment);
    }
    bool joined = pbr_player_joins(player, since);
    listener listener = {player, pbr_player_cursor(player), joined, 0, false};
    if (comes_through(context, input, joined, player_joined, &listener)) {
        mix_clips(context, input, joined);
    }
    if (input->alone) {
        // Its commit comes later: it would release samples that are still to be mixed.
        context->plan->late[context->plan->late_count++] = player;
    }
}

static void mix_input(mix_context *context, const pbr_input *input) {
    pbr_gain *gain = input->gain;
    context->meter = NULL;
    context->traced = context->turns = false;
    if (gain != NULL) {
        context->meter = atomic_load_explicit(&gain->meter, memory_order_acquire);
    }
    if (input->player != NULL) {
        mix_player(context, input);
    } else {
        const pbr_bus *from = &context->plan->buses.items[input->from];
        pbr_sound_block sounds = {from->sound, context->block};
        if (comes_through(context, input, from->sound.joined, pbr_sound_block_joined, &sounds) &&
            !from->sound.silent) {
            mix_span(context, input, (const float *const *)from->data, from->channels, 0, 0,
                     context->block);
            add_sound(context, input, from->sound);
        }
    }
    if (context->meter != NULL) {
        pbr_mix_batch_end_meter(context->batch, context->meter);
    }
    if (gain != NULL) {
        pbr_gain_end(gain, context->block);
    }
}

// Players are prefetched this many inputs ahead.
enum { AHEAD = 8 };

void pbr_plan_mix(pbr_plan *plan, const pbr_step *step, int64_t time, uint32_t frames) {
    pbr_bus *bus = &plan->buses.items[step->bus];
    pbr_mix_batch batch;
    bool empty = step->clears && bus->channels <= PBR_BATCH_CHANNELS;
    if (empty) {
        memcpy(bus->data, bus->own, bus->channels * sizeof *bus->own);
        bus->sound = pbr_no_sound(frames);
    } else if (step->clears) {
        pbr_bus_clear(bus, frames);
    }
    pbr_mix_batch_begin(&batch, bus->data, bus->layout, frames, empty);
    mix_context context = {plan, bus, &batch, time, frames, NULL, false, false, false, 0};
    const pbr_input *inputs = plan->inputs.items + step->first;
    for (uint32_t i = 0; i < step->count; i++) {
        if (i + AHEAD < step->count && inputs[i + AHEAD].player != NULL) {
            pbr_player_prefetch(inputs[i + AHEAD].player);
        }
        mix_input(&context, &inputs[i]);
    }
    pbr_mix_batch_flush(&batch);
}
