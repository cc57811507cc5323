/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Products of volumes: gains with masters against a model in double precision, frame by frame,
 * while everything is set and faded, masters come and go, and inputs fall silent. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "course.h"
#include "render/plan/core.h"

enum { LONGEST = 256, MEMBERS = 4, MASTERS = 5, SIDES = 3, BLOCKS = 4000 };

static uint64_t seed = 7;

static uint32_t any(uint32_t below) {
    seed = seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (uint32_t)((seed >> 33) % below);
}

static double clamp(double value, double low, double high) {
    return fmin(fmax(value, low), high);
}

static course master[MASTERS];
static pbr_gain *master_gain[MASTERS];
static course master_seen[MASTERS]; /* by the last block */
static bool turned[MASTERS];        /* to another course, in this block */
static bool planned;                /* a new plan begins with this block */

typedef struct member {
    pbr_gain *gain;
    pbr_source *source;
    course volume, pan;
    bool on, follows[MASTERS];
    pbr_pan_law law;
    bool sounds;  /* in this block */
    bool sounded; /* in the one before */
    bool rendered;
    /* As of the last block. */
    course volume_seen, pan_seen;
    bool on_seen;
    pbr_pan_law law_seen;
    double factor;
    double last[SIDES]; /* the target in the last frame */
    double heard[SIDES];
    double apart[SIDES]; /* the ramp's start */
    uint32_t ramped;
    bool fading; /* in the last block */
    double low[SIDES], high[SIDES];
} member;

static member members[MEMBERS];

static void gains_of(const member *member, double volume, double pan, double factor,
                     double *gains) {
    bool alone = true;
    for (int m = 0; m < MASTERS; m++) {
        alone = alone && !member->follows[m];
    }
    volume = alone ? volume : fmin(volume * factor, 4.0);
    if (member->law == PBR_LAW_CONSTANT_POWER) {
        gains[0] = volume * cos((pan + 1) * acos(-1.0) / 4);
        gains[1] = volume * sin((pan + 1) * acos(-1.0) / 4);
    } else {
        gains[0] = pan > 0 ? volume * (1 - pan) : volume;
        gains[1] = pan < 0 ? volume * (1 + pan) : volume;
    }
    gains[2] = volume; /* not heard, but ramped like the others */
    for (int side = 0; side < SIDES && !member->on; side++) {
        gains[side] = 0;
    }
}

/* What the member is to sound like after so many frames of the block. */
static void target_after(const member *member, uint32_t frames, double *gains) {
    double factor = 1;
    for (int m = 0; m < MASTERS; m++) {
        factor *= member->follows[m] ? value_at(&master[m], master[m].done + frames) : 1;
    }
    gains_of(member, value_at(&member->volume, member->volume.done + frames),
             value_at(&member->pan, member->pan.done + frames), factor, gains);
}

/* A ramp stays between what is heard and what everything passes through. */
static void confine(member *member) {
    double volume[2], pan[2], factor[2] = {1, 1};
    range_of(&member->volume, &volume[0], &volume[1]);
    range_of(&member->pan, &pan[0], &pan[1]);
    for (int m = 0; m < MASTERS; m++) {
        double low, high;
        range_of(&master[m], &low, &high);
        factor[0] *= member->follows[m] ? low : 1;
        factor[1] *= member->follows[m] ? high : 1;
    }
    memcpy(member->low, member->heard, sizeof member->low);
    memcpy(member->high, member->heard, sizeof member->high);
    for (int corner = 0; corner < 8; corner++) {
        double gains[SIDES];
        gains_of(member, volume[corner & 1], pan[corner >> 1 & 1], factor[corner >> 2], gains);
        for (int side = 0; side < SIDES; side++) {
            member->low[side] = fmin(member->low[side], gains[side]);
            member->high[side] = fmax(member->high[side], gains[side]);
        }
    }
}

static bool is_moving(const member *member) {
    bool moving = moves(&member->volume) || moves(&member->pan);
    for (int m = 0; m < MASTERS; m++) {
        moving = moving || (member->follows[m] && moves(&master[m]));
    }
    return moving;
}

static double ramp_at(const member *member, int side, uint32_t done) {
    return done >= PBR_RAMP_FRAMES
               ? 0
               : member->apart[side] * (1 - (double)done / (double)PBR_RAMP_FRAMES);
}

static double factor_of(const member *member) {
    double factor = 1;
    for (int m = 0; m < MASTERS; m++) {
        factor *= member->follows[m] ? value_at(&master[m], master[m].done) : 1;
    }
    return factor;
}

/* Whether the masters' course is another one. */
static bool are_turned(const member *member) {
    bool turns = false;
    for (int m = 0; m < MASTERS; m++) {
        turns = turns || (member->follows[m] && (turned[m] || planned));
    }
    return turns;
}

/* A block begins: whatever jumps leaves a difference, unless nothing sounds. */
static void begin(member *member) {
    double target[SIDES];
    double factor = factor_of(member);
    bool changes = redirected(&member->volume, &member->volume_seen) ||
                   redirected(&member->pan, &member->pan_seen) || member->on != member->on_seen ||
                   member->law != member->law_seen || fabs(factor - member->factor) > 1e-12;
    bool turns = changes || are_turned(member);
    target_after(member, 0, target);
    if (!member->rendered) {
        memcpy(member->heard, target, sizeof target);
        member->ramped = PBR_RAMP_FRAMES;
    } else if (turns) {
        bool jumps = false;
        bool clamped = false;
        for (int side = 0; side < SIDES; side++) {
            double apart = member->heard[side] - member->last[side];
            jumps = jumps || fabs(target[side] - member->last[side]) > 1e-12;
            clamped = clamped || (member->fading &&
                                  fabs(apart - ramp_at(member, side, member->ramped)) > 1e-12);
        }
        for (int side = 0; (jumps || clamped) && side < SIDES; side++) {
            member->apart[side] = member->heard[side] - target[side];
            member->ramped = 0;
        }
        if (changes && (!member->sounds || !member->sounded)) {
            member->ramped = PBR_RAMP_FRAMES;
        }
    }
    if (turns || !member->rendered) {
        member->fading = is_moving(member);
        confine(member);
    }
    member->rendered = true;
    member->volume_seen = member->volume;
    member->pan_seen = member->pan;
    member->on_seen = member->on;
    member->law_seen = member->law;
}

static void run(member *member, uint32_t frames, double (*heard)[SIDES]) {
    /* A ramp is confined as long as a fade lasts on which it lies. */
    bool ramping = is_moving(member) || member->fading;
    for (uint32_t i = 0; i < frames; i++) {
        target_after(member, i + 1, member->last);
        member->ramped += member->ramped < PBR_RAMP_FRAMES;
        for (int side = 0; side < SIDES; side++) {
            double now = member->last[side] + ramp_at(member, side, member->ramped);
            member->heard[side] = ramping && member->ramped < PBR_RAMP_FRAMES
                                      ? clamp(now, member->low[side], member->high[side])
                                      : now;
            heard[i][side] += member->sounds ? member->heard[side] : 0;
        }
    }
    member->fading = ramping && (is_moving(member) || member->ramped < PBR_RAMP_FRAMES);
    member->factor = 1;
    for (int m = 0; m < MASTERS; m++) {
        member->factor *= member->follows[m] ? value_at(&master[m], master[m].done + frames) : 1;
    }
    member->volume.done += frames;
    member->pan.done += frames;
    member->volume_seen = member->volume;
    member->pan_seen = member->pan;
    member->sounded = member->sounds;
}

static pbr_pull ones(void *context, int64_t time, uint32_t frames, uint32_t channel_count,
                     float **channels) {
    (void)time, (void)channel_count;
    for (uint32_t i = 0; i < frames; i++) {
        channels[0][i] = 1.0f;
    }
    return ((const member *)context)->sounds ? PBR_PULL_OK : PBR_PULL_SILENT;
}

static void nothing(void *context) {
    (void)context;
}

/* Everything as the model has it now; every other member in a branch of its own. */
static void publish(pbr_core *core) {
    pbr_plan *plan = pbr_plan_create(PBR_LAYOUT_STEREO, LONGEST);
    for (int m = 0; m < MASTERS; m++) {
        pbr_plan_add_master(plan, master_gain[m]);
    }
    pbr_plan_add_clear(plan, PBR_OUTPUT_BUS);
    for (int i = 0; i < MEMBERS; i++) {
        uint32_t sum = PBR_OUTPUT_BUS;
        pbr_plan *own = i % 2 ? pbr_plan_add_branch(plan, PBR_LAYOUT_STEREO, &sum) : plan;
        uint32_t bus = pbr_plan_take_bus(own, PBR_LAYOUT_MONO);
        pbr_gain *masters[MASTERS];
        size_t count = 0;
        for (int m = 0; m < MASTERS; m++) {
            if (members[i].follows[m]) {
                masters[count++] = master_gain[m];
            }
        }
        pbr_plan_add_source(own, bus, members[i].source);
        if (own != plan) {
            pbr_plan_add_clear(own, PBR_OUTPUT_BUS);
        }
        pbr_plan_mix_bus(own, PBR_OUTPUT_BUS, bus, members[i].gain);
        if (count > 0) {
            pbr_plan_lead_last(own, (pbr_master_list){masters, (uint32_t)count});
        }
        if (own != plan) {
            pbr_plan_mix_bus(plan, PBR_OUTPUT_BUS, sum, NULL);
        }
    }
    if (!pbr_plan_finish(plan)) {
        exit(2);
    }
    pbr_core_publish(core, plan);
    planned = true;
}

static float some_volume(void) {
    return any(5) == 0 ? 0.0f : (float)any(1000) / (any(4) == 0 ? 400.0f : 900.0f);
}

static uint64_t some_length(void) {
    return any(3) == 0 ? 1 + any(40) : 1 + any(3000);
}

/* One thing changes, in the model and in the gains. True if that takes another plan. */
static bool change(void) {
    int m = (int)any(MASTERS);
    member *member = &members[any(MEMBERS)];
    float volume = some_volume();
    float pan = (float)any(201) / 100.0f - 1.0f;
    uint64_t frames = some_length();
    pbr_curve curve = (pbr_curve)any(3);
    switch (any(10)) {
    case 0:
    case 1:
        pbr_gain_set_volume(master_gain[m], volume);
        redirect(&master[m], volume, 0, PBR_CURVE_LINEAR);
        return false;
    case 2:
    case 3:
        pbr_gain_fade_volume(master_gain[m], volume, frames, curve);
        redirect(&master[m], volume, frames, curve);
        return false;
    case 4:
        pbr_gain_set_volume(member->gain, volume);
        redirect(&member->volume, volume, 0, PBR_CURVE_LINEAR);
        break;
    case 5:
        pbr_gain_fade_volume(member->gain, volume, frames, curve);
        redirect(&member->volume, volume, frames, curve);
        break;
    case 6:
        pbr_gain_fade_pan(member->gain, pan, frames, PBR_CURVE_LINEAR);
        redirect(&member->pan, pan, frames, PBR_CURVE_LINEAR);
        break;
    case 7:
        member->on = !member->on;
        pbr_gain_set_enabled(member->gain, member->on);
        break;
    case 8:
        member->follows[m] = !member->follows[m];
        return true;
    default:
        member->law = member->law == PBR_LAW_BALANCE ? PBR_LAW_CONSTANT_POWER : PBR_LAW_BALANCE;
        pbr_gain_set_pan_law(member->gain, member->law);
        break;
    }
    return false;
}

static double render(pbr_core *core, uint32_t frames) {
    static float left[LONGEST], right[LONGEST];
    static double heard[LONGEST][SIDES];
    float *const output[2] = {left, right};
    double worst = 0;
    memset(heard, 0, sizeof heard);
    for (int m = 0; m < MASTERS; m++) {
        turned[m] = redirected(&master[m], &master_seen[m]);
    }
    for (int i = 0; i < MEMBERS; i++) {
        members[i].sounds = any(8) != 0;
        begin(&members[i]);
        run(&members[i], frames, heard);
    }
    for (int m = 0; m < MASTERS; m++) {
        master[m].done += frames;
        master_seen[m] = master[m];
    }
    planned = false;
    pbr_core_enter(core);
    pbr_core_render(core, frames, output, 2, true);
    pbr_core_leave(core);
    for (uint32_t i = 0; i < frames; i++) {
        worst = fmax(worst, fabs(heard[i][0] - (double)left[i]));
        worst = fmax(worst, fabs(heard[i][1] - (double)right[i]));
    }
    return worst;
}

int main(void) {
    pbr_core *core = pbr_core_create();
    for (int m = 0; m < MASTERS; m++) {
        master_gain[m] = pbr_gain_create(1.0f, 0.0f);
        if (!pbr_gain_prepare(master_gain[m])) {
            return 2;
        }
        master[m] = (course){1, 1, 0, 0, PBR_CURVE_LINEAR, 0};
    }
    for (int i = 0; i < MEMBERS; i++) {
        member *member = &members[i];
        member->gain = pbr_gain_create(1.0f, 0.0f);
        if (!pbr_gain_prepare(member->gain)) {
            return 2;
        }
        member->source = pbr_source_create(ones, nothing, member);
        member->volume = (course){1, 1, 0, 0, PBR_CURVE_LINEAR, 0};
        member->pan = (course){0, 0, 0, 0, PBR_CURVE_LINEAR, 0};
        member->on = true;
    }
    publish(core);
    double worst = 0;
    for (int block = 0; block < BLOCKS && worst < 1e-5; block++) {
        bool again = false;
        for (uint32_t changes = any(4); changes > 0; changes--) {
            again = change() || again;
        }
        if (again) {
            publish(core);
        }
        double off = render(core, 1 + any(LONGEST));
        if (off >= 1e-5) {
            printf("block %d: off by %g\n", block, off);
        }
        worst = fmax(worst, off);
    }
    pbr_core_free(core);
    for (int m = 0; m < MASTERS; m++) {
        pbr_gain_release(master_gain[m]);
    }
    for (int i = 0; i < MEMBERS; i++) {
        pbr_gain_release(members[i].gain);
        pbr_source_release(members[i].source);
    }
    return worst < 1e-5 ? 0 : 1;
}
