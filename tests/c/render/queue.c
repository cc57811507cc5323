/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A player's queue against a plain model: the same frames of the same clips, and the same ends, over
 * random schedules, stops, pauses and ramps, in blocks of any length. Built with -DPBR_COUNT_STEPS,
 * together with the player's sources. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "queue.h"
#include "render/player/player_state.h"

uint64_t pbr_steps;

enum { MOST = 4000, FRAMES = 4096 };

int failures;

static uint64_t seed;

uint32_t chance(uint32_t below) {
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return (uint32_t)(seed >> 33) % below;
}

/* One clip: its samples are its number, then its frame. */
typedef struct clip {
    uint32_t frames, flags;
    int64_t start;
    int number;
    int ended; /* 1 + pbr_end */
    float samples[64];
    const float *channel;
} clip;

static clip clips[MOST];
static int clip_count, next_to_end;

static void ended(void *owner, pbr_end end) {
    clip *own = owner;
    CHECK(own->ended == 0, "clip %d ends twice", own->number);
    CHECK(own->number == next_to_end, "clip %d ends before %d", own->number, next_to_end);
    own->ended = 1 + (int)end;
    next_to_end = own->number + 1;
}

static void discard(void *owner) {
    clip *own = owner;
    CHECK(own->ended != 0, "clip %d is discarded before its end", own->number);
    own->channel = NULL;
}

static const pbr_player_callbacks callbacks = {ended, discard};

/* The model looks at the whole queue in every frame. */
typedef struct model {
    int current; /* the first clip that is not used up */
    int known;   /* so many are known */
    int64_t time;
    uint32_t position;
    bool playing;
    pbr_halt halt;
    uint64_t ramp_frames, ramped;
    double from, to;
    int ends[MOST];
} model;

static model wanted;

static void end_until(int clip, pbr_end end) {
    for (; wanted.current < clip; wanted.current++) {
        wanted.ends[wanted.current] = 1 + (int)end;
    }
    wanted.position = 0;
}

/* The newest that interrupts the current clip by now, or -1. */
static int interruption(uint32_t flag) {
    for (int i = wanted.known - 1; i > wanted.current; i--) {
        if ((clips[i].flags & flag) && clips[i].start <= wanted.time) {
            return i;
        }
    }
    return -1;
}

static void end_pass(void) {
    int target = interruption(PBR_ITEM_INTERRUPTS_AT_LOOP);
    const clip *own = &clips[wanted.current];
    if (!(own->flags & PBR_ITEM_LOOPS) || own->frames == 0) {
        end_until(wanted.current + 1, PBR_END_PLAYED);
    }
    if (target >= 0) {
        end_until(target, PBR_END_INTERRUPTED);
    }
    wanted.position = 0;
}

static double gain(void) {
    return wanted.ramp_frames == 0
               ? 1
               : wanted.from + (wanted.to - wanted.from) *
                                   ((double)wanted.ramped / (double)wanted.ramp_frames);
}

/* What ended with the previous frame. */
static void settle(void) {
    if (wanted.current < wanted.known && wanted.position > 0 &&
        wanted.position == clips[wanted.current].frames) {
        end_pass();
    }
    if (wanted.ramp_frames > 0 && wanted.ramped >= wanted.ramp_frames) {
        wanted.ramp_frames = 0;
        if (wanted.to == 0) {
            wanted.playing = false;
            if (wanted.halt == PBR_HALT_STOP) {
                end_until(wanted.known, PBR_END_STOPPED);
                wanted.time = 0;
            }
            wanted.halt = PBR_HALT_NONE;
        }
    }
}

/* The sample of the next frame. */
static float next_frame(void) {
    float sample = 0;
    if (!wanted.playing) {
        return 0;
    }
    while (wanted.current < wanted.known) {
        const clip *own = &clips[wanted.current];
        int target = interruption(PBR_ITEM_INTERRUPTS);
        if (target >= 0) {
            end_until(target, PBR_END_INTERRUPTED);
            continue;
        }
        if (wanted.position == 0 && own->start > wanted.time) {
            break;
        }
        if (own->frames == 0) {
            end_pass();
            continue;
        }
        sample = own->samples[wanted.position++] * (float)gain();
        break;
    }
    wanted.time++;
    wanted.ramped += wanted.ramp_frames > 0;
    settle();
    return sample;
}

static void make_clip(pbr_player *player) {
    clip *own = &clips[clip_count];
    *own = (clip){.number = clip_count, .start = PBR_FOLLOW};
    own->frames = chance(8) == 0 ? 0 : 1 + chance(40);
    own->flags = (chance(5) == 0 ? PBR_ITEM_LOOPS : 0) |
                 (chance(4) == 0 ? PBR_ITEM_INTERRUPTS : 0) |
                 (chance(4) == 0 ? PBR_ITEM_INTERRUPTS_AT_LOOP : 0);
    if (chance(3) == 0) {
        own->start = wanted.time + (int64_t)chance(400) - 100;
    }
    for (uint32_t i = 0; i < own->frames; i++) {
        own->samples[i] = (float)(clip_count * 64 + (int)i + 1);
    }
    own->channel = own->samples;
    clip_count++;
    wanted.known = clip_count;
    const pbr_clip queued = {&own->channel, 1, own->frames, own->flags, own->start, 0, own, NULL};
    CHECK(pbr_player_schedule(player, &queued, PBR_AT_ONCE), "no memory");
}

static void stop_model(pbr_end end) {
    end_until(wanted.known, end);
    wanted.time = 0;
    wanted.playing = false;
    wanted.halt = PBR_HALT_NONE;
    wanted.ramp_frames = 0;
}

static void halt(pbr_player *player, pbr_halt kind) {
    uint64_t frames = 1 + chance(300);
    CHECK(pbr_player_is_playing(player) == wanted.playing, "whether it plays");
    if (pbr_player_halt(player, kind, frames, PBR_AT_ONCE)) {
        wanted.from = gain();
        wanted.to = 0;
        wanted.ramp_frames = frames;
        wanted.ramped = 0;
        wanted.halt = kind;
    }
}

static void play(pbr_player *player) {
    pbr_player_play(player, PBR_NOW, PBR_AT_ONCE);
    if (wanted.playing && wanted.halt != PBR_HALT_NONE) {
        double now = gain(), slope = wanted.from / (double)wanted.ramp_frames;
        wanted.ramp_frames = 0;
        if (now < 1 && slope > 0) {
            double length = (1 - now) / slope;
            wanted.ramp_frames = (uint64_t)length + ((double)(uint64_t)length < length);
            wanted.from = now;
            wanted.to = 1;
            wanted.ramped = 0;
        }
    } else if (!wanted.playing) {
        wanted.ramp_frames = 0;
    }
    wanted.halt = PBR_HALT_NONE;
    wanted.playing = true;
}

static void act(pbr_player *player) {
    switch (chance(12)) {
    case 0:
        play(player);
        break;
    case 1:
        pbr_player_pause(player, PBR_AT_ONCE);
        wanted.playing = false;
        wanted.halt = PBR_HALT_NONE;
        wanted.ramp_frames = 0;
        break;
    case 2:
        if (chance(4) == 0) {
            pbr_end end = chance(2) == 0 ? PBR_END_STOPPED : PBR_END_DETACHED;
            pbr_player_stop(player, end, PBR_AT_ONCE);
            stop_model(end);
        }
        break;
    case 3:
        halt(player, chance(2) == 0 ? PBR_HALT_STOP : PBR_HALT_PAUSE);
        break;
    default:
        for (uint32_t more = chance(6); more > 0 && clip_count < MOST; more--) {
            make_clip(player);
        }
    }
}

static float heard(pbr_span span, uint32_t frame) {
    if (span.channels == NULL) {
        return 0;
    }
    float sample = span.channels[0][span.offset + frame];
    return span.ramp == NULL ? sample : sample * pbr_ramp_gain(span.ramp, span.ramped + frame);
}

/* By the fast path if the player allows it, as in a plan. */
static void render(pbr_player *player, int64_t now, uint32_t frames) {
    if (pbr_player_runs(player, now, frames)) {
        for (uint32_t i = 0; i < frames; i++) {
            uint32_t at = player->run.position + i;
            float sample = player->run.channels[0][at % player->run.end];
            float expected = next_frame();
            CHECK(sample == expected, "running, frame %lld: %g, not %g", (long long)now + i,
                  (double)sample, (double)expected);
        }
        pbr_player_run(player, frames);
        return;
    }
    pbr_player_begin(player, now, 0, &PBR_NO_MOMENT);
    pbr_cursor cursor = pbr_player_cursor(player);
    for (uint32_t at = 0; at < frames;) {
        pbr_span span = pbr_player_next(player, &cursor, frames - at);
        for (uint32_t i = 0; i < span.frames; i++) {
            float expected = next_frame(), sample = heard(span, i);
            CHECK(sample - expected <= 1e-2f && expected - sample <= 1e-2f,
                  "frame %lld: %g, not %g", (long long)now + at + i, (double)sample,
                  (double)expected);
        }
        at += span.frames;
    }
    pbr_player_commit(player, now, frames);
}

static void agrees_with_the_model(uint64_t number) {
    seed = number * 77 + 1;
    clip_count = next_to_end = 0;
    memset(&wanted, 0, sizeof wanted);
    pbr_player *player = pbr_player_create(&callbacks);
    int64_t now = 0;
    uint32_t longest = 1 + chance(200);
    for (int step = 0; step < 400 && failures == 0; step++) {
        if (chance(2) == 0) {
            act(player);
        }
        uint32_t frames = 1 + chance(longest);
        render(player, now, frames);
        now += frames;
        if (chance(3) == 0) {
            pbr_player_collect(player, false);
            CHECK(next_to_end == wanted.current, "%d have ended, not %d", next_to_end,
                  wanted.current);
            CHECK(pbr_player_is_empty(player) == (wanted.current == wanted.known), "empty");
            CHECK(pbr_player_is_playing(player) == wanted.playing, "whether it plays");
        }
    }
    pbr_player_stop(player, PBR_END_STOPPED, PBR_AT_ONCE);
    stop_model(PBR_END_STOPPED);
    for (int i = 0; i < clip_count; i++) {
        CHECK(clips[i].ended == wanted.ends[i], "schedule %llu: clip %d ends by %d, not %d",
              (unsigned long long)number, i, clips[i].ended - 1, wanted.ends[i] - 1);
    }
    pbr_player_release(player);
}

int main(void) {
    for (uint64_t number = 0; number < 3000; number++) {
        agrees_with_the_model(number);
    }
    steps_are_bounded();
    return failures == 0 ? 0 : 1;
}
