// SPDX-License-Identifier: MIT OR Apache-2.0
//
// early-completions: a plain handler says only that the engine has taken the data.
#import "manners.h"

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
    plain_handlers_run_early();
}
