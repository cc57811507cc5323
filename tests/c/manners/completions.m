// SPDX-License-Identifier: MIT OR Apache-2.0
//
// early-completions: a plain handler says only that the engine has taken the data.
#import "manners.h"

#include <sched.h>

typedef struct ends {
    atomic_int count;
    atomic_int of[5]; // by perbus_end
} ends;

static void note(void *context, perbus_end end) {
    ends *noted = context;
    atomic_fetch_add(&noted->of[end], 1);
    atomic_fetch_add(&noted->count, 1);
}

static void schedule(perbus_node *player, float value, uint32_t frames, uint32_t flags,
                     ends *noted) {
    perbus_buffer *buffer = make_buffer(value, frames);
    const perbus_schedule how = {PERBUS_FOLLOW, flags, note, noted};
    WORKS(perbus_player_schedule(player, buffer, &how, &error));
    perbus_buffer_release(buffer);
}

static void is_reported_when_it_was_heard(void) {
    perbus_node *mixer;
    perbus_engine *engine = make_running("early-completions", &mixer);
    perbus_node *player = make_player(engine, mixer);
    ends noted = {0};
    WORKS(perbus_player_play(player, &error));
    schedule(player, 0.5f, 700, 0, &noted);
    schedule(player, 0.25f, 324, 0, &noted);
    run_handlers(engine);
    CHECK(noted.count == 0);
    NEAR(render_last(engine, 512), 0.5f);
    run_handlers(engine);
    CHECK(noted.count == 0);
    NEAR(render_last(engine, 200), 0.25f);
    run_handlers(engine);
    CHECK(noted.of[PERBUS_END_PLAYED] == 1 && noted.count == 1);
    NEAR(render_last(engine, 313), 0.0f);
    run_handlers(engine);
    CHECK(noted.of[PERBUS_END_PLAYED] == 2 && noted.count == 2);
    perbus_node_release(player);
    perbus_node_release(mixer);
    perbus_engine_destroy(engine);
}

static void says_how_it_ended(void) {
    perbus_node *mixer;
    perbus_engine *engine = make_running("early-completions", &mixer);
    perbus_node *player = make_player(engine, mixer);
    ends noted = {0};
    WORKS(perbus_player_play(player, &error));
    schedule(player, 0.5f, 100, PERBUS_SCHEDULE_LOOPS, &noted);
    NEAR(render_last(engine, 512), 0.5f);
    schedule(player, 0.25f, 1000, PERBUS_SCHEDULE_INTERRUPTS, &noted);
    NEAR(render_last(engine, 512), 0.25f);
    run_handlers(engine);
    CHECK(noted.of[PERBUS_END_INTERRUPTED] == 1 && noted.count == 1);
    WORKS(perbus_player_stop(player, &error));
    run_handlers(engine);
    CHECK(noted.of[PERBUS_END_STOPPED] == 1 && noted.count == 2);
    schedule(player, 0.5f, 1000, 0, &noted);
    WORKS(perbus_engine_detach(engine, player, &error));
    run_handlers(engine);
    CHECK(noted.of[PERBUS_END_DETACHED] == 1 && noted.count == 3);
    perbus_node_release(player);
    perbus_node_release(mixer);
    perbus_engine_destroy(engine);
}

// A handler comes after the end: the player's time tells what was over when the player was stopped, or
// when its engine ended.
static void what_was_over_has_been_played(void) {
    for (int way = 0; way < 3; way++) {
        perbus_node *mixer;
        perbus_engine *engine = make_running("early-completions", &mixer);
        perbus_node *player = make_player(engine, mixer);
        ends noted = {0};
        WORKS(perbus_player_play(player, &error));
        schedule(player, 0.5f, 100, 0, &noted);
        schedule(player, 0.5f, 100, 0, &noted);
        render_last(engine, 130);
        if (way == 0) {
            WORKS(perbus_player_stop(player, &error));
        } else if (way == 1) {
            WORKS(perbus_engine_detach(engine, player, &error));
        }
        perbus_node_release(player);
        perbus_node_release(mixer);
        perbus_engine_destroy(engine);
        while (noted.count < 2) {
            sched_yield();
        }
        CHECK(noted.of[PERBUS_END_PLAYED] == 1);
        CHECK(noted.of[way == 0 ? PERBUS_END_STOPPED : PERBUS_END_DETACHED] == 1);
    }
}

// A player that was stopped, or has played everything, takes another format at once.
static void what_is_over_is_not_queued(void) {
    const perbus_format fast = {.sample_rate = 96000.0, .channels = 1};
    perbus_node *mixer;
    perbus_engine *engine = make_running("early-completions", &mixer);
    perbus_node *player = make_player(engine, mixer);
    ends noted = {0};
    WORKS(perbus_player_play(player, &error));
    for (int stopped = 0; stopped < 2; stopped++) {
        schedule(player, 0.5f, 100, 0, &noted);
        CHECK(perbus_engine_connect(engine, player, 0, mixer, 0, &fast, NULL) ==
              PERBUS_ERROR_FORMAT);
        render_last(engine, stopped ? 50 : 100);
        if (stopped) {
            WORKS(perbus_player_stop(player, &error));
        }
        WORKS(perbus_engine_connect(engine, player, 0, mixer, 0, &fast, &error));
        WORKS(perbus_engine_connect(engine, player, 0, mixer, 0, &MONO, &error));
    }
    perbus_node_release(player);
    perbus_node_release(mixer);
    perbus_engine_destroy(engine);
}

// The last handle may go while handlers are due.
static void players_go_with_handlers_due(void) {
    for (int i = 0; i < 100; i++) {
        perbus_node *mixer;
        perbus_engine *engine = make_running("early-completions", &mixer);
        perbus_node *player = make_player(engine, mixer);
        ends noted = {0};
        WORKS(perbus_player_play(player, &error));
        schedule(player, 0.5f, 100, 0, &noted);
        schedule(player, 0.5f, 100, PERBUS_SCHEDULE_LOOPS, &noted);
        render_last(engine, 130);
        perbus_node_release(player);
        perbus_node_release(mixer);
        perbus_engine_destroy(engine);
        while (noted.count < 2) {
            sched_yield();
        }
    }
}

// What the manner itself does, to AVFAudio's own calls.
static void plain_handlers_run_early(void) {
    perbus_node *mixer;
    perbus_engine *engine = make_running("early-completions", &mixer);
    perbus_node *player = make_player(engine, mixer);
    AVAudioPlayerNode *native = (AVAudioPlayerNode *)native_node(player);
    AVAudioPCMBuffer *pcm =
        [[[AVAudioPCMBuffer alloc] initWithPCMFormat:[native outputFormatForBus:0]
                                       frameCapacity:100] autorelease];
    [pcm setFrameLength:100];
    static atomic_int calls[3];
    [native play];
    [native scheduleBuffer:pcm completionHandler:^{
        atomic_fetch_add(&calls[0], 1);
    }];
    for (NSInteger type = 1; type <= 2; type++) {
        [native scheduleBuffer:pcm completionCallbackType:type
                 completionHandler:^(AVAudioPlayerNodeCompletionCallbackType called) {
                     atomic_fetch_add(&calls[called], 1);
                 }];
    }
    run_handlers(engine);
    CHECK(calls[0] == 1 && calls[1] == 0 && calls[2] == 0);
    render_last(engine, 512);
    run_handlers(engine);
    CHECK(calls[0] == 1 && calls[1] == 1 && calls[2] == 0);
    perbus_node_release(player);
    perbus_node_release(mixer);
    perbus_engine_destroy(engine);
}

void test_completions(void) {
    is_reported_when_it_was_heard();
    says_how_it_ended();
    what_was_over_has_been_played();
    what_is_over_is_not_queued();
    players_go_with_handlers_due();
    plain_handlers_run_early();
}
