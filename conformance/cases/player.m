// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Cases 47-53: the player and its queue.
#import "support.h"

#include <pthread.h>

/// Ramps step by this, so that every sample is exact and no two are alike.
static const float kStep = 1.0f / 4096.0f;

/// A player on bus 0 of the main mixer.
static AVAudioPlayerNode *connected_player(AVAudioEngine *engine, AVAudioChannelCount channels) {
    AVAudioPlayerNode *player = test_player(engine);
    [engine connect:player to:[engine mainMixerNode] fromBus:0 toBus:0
             format:test_format(channels)];
    return player;
}

CASE(case_47_play_too_early) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = connected_player(engine, 2);
    CHECK_THROWS("play before start", [player play]);
    CHECK(![player isPlaying], "before start: expected isPlaying NO");

    AVAudioPlayerNode *loose = test_player(engine);
    START(engine);
    CHECK_THROWS("play without a connection", [loose play]);
    CHECK(![loose isPlaying], "without a connection: expected isPlaying NO");

    // What failed before is no reason to fail now.
    [player scheduleBuffer:test_constant_buffer(2, 2000, 0.5f) completionHandler:nil];
    [player play];
    CHECK([player isPlaying], "after start: expected isPlaying YES");
    TestAudio *audio = test_audio(2);
    RENDER(engine, 1000, 97, audio);
    CHECK_LEVEL(audio, 0, 0, 0.5f, 0.0f);
}

CASE(case_48_buffers_follow_without_a_gap) {
    // Neither seam nor end is a block edge.
    enum { FIRST = 300, SECOND = 217 };
    static const AVAudioFrameCount blocks[] = {128, 97, 1};
    for (size_t i = 0; i < sizeof blocks / sizeof blocks[0]; i++) {
        AVAudioEngine *engine = test_engine();
        AVAudioPlayerNode *player = connected_player(engine, 2);
        [player scheduleBuffer:test_ramp_buffer(2, FIRST, kStep, kStep) completionHandler:nil];
        [player scheduleBuffer:test_ramp_buffer(2, SECOND, (FIRST + 1) * kStep, kStep) atTime:nil
                       options:0
             completionHandler:nil];
        START(engine);
        TestAudio *audio = test_audio(2);
        // Scheduled, but not playing yet.
        RENDER(engine, 33, blocks[i], audio);
        CHECK_LEVEL(audio, 0, 0, 0.0f, 0.0f);

        [player play];
        audio = test_audio(2);
        RENDER(engine, FIRST + SECOND + 100, blocks[i], audio);
        for (AVAudioFrameCount frame = 0; frame < audio->frames; frame++) {
            float wanted = frame < FIRST + SECOND ? (float)(frame + 1) * kStep : 0.0f;
            CHECK(audio->samples[0][frame] == wanted && audio->samples[1][frame] == -wanted,
                  "blocks of %u, frame %u: expected %.9g and %.9g, got %.9g and %.9g", blocks[i],
                  frame, (double)wanted, (double)-wanted, (double)audio->samples[0][frame],
                  (double)audio->samples[1][frame]);
        }
    }
}

CASE(case_49_loop) {
    enum { LENGTH = 100, NEXT = 57 };
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = connected_player(engine, 2);
    __block int looped = 0;
    [player scheduleBuffer:test_ramp_buffer(2, LENGTH, kStep, kStep) atTime:nil
                   options:AVAudioPlayerNodeBufferLoops completionHandler:^{
                       test_count(&looped);
                   }];
    START(engine);
    [player play];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 3 * LENGTH, 37, audio);
    RENDER(engine, 30, 30, audio);

    // The pass that plays now is played to its end.
    __block int next = 0;
    [player scheduleBuffer:test_constant_buffer(2, NEXT, 0.75f) atTime:nil
                   options:AVAudioPlayerNodeBufferInterruptsAtLoop completionHandler:^{
                       test_count(&next);
                   }];
    RENDER(engine, 300, 37, audio);
    for (AVAudioFrameCount frame = 0; frame < 4 * LENGTH; frame++) {
        float wanted = (float)(frame % LENGTH + 1) * kStep;
        CHECK(audio->samples[0][frame] == wanted && audio->samples[1][frame] == -wanted,
              "looping, frame %u: expected %.9g, got %.9g and %.9g", frame, (double)wanted,
              (double)audio->samples[0][frame], (double)audio->samples[1][frame]);
    }
    for (AVAudioFrameCount frame = 4 * LENGTH; frame < audio->frames; frame++) {
        float wanted = frame < 4 * LENGTH + NEXT ? 0.75f : 0.0f;
        CHECK(audio->samples[0][frame] == wanted, "after the loop, frame %u: expected %g, got %g",
              frame, (double)wanted, (double)audio->samples[0][frame]);
    }

    [player stop];
    CHECK(test_wait(&looped, 1) && test_wait(&next, 1), "expected both handlers, got %d and %d",
          test_counted(&looped), test_counted(&next));
    CHECK(test_counted(&looped) == 1, "expected one call for the whole loop, got %d",
          test_counted(&looped));
}

CASE(case_50_interrupt_and_stop) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = connected_player(engine, 2);
    pthread_t caller = pthread_self();
    __block struct {
        int running, queued, interrupting, last, onCaller;
    } ran = {0, 0, 0, 0, 0};
    [player scheduleBuffer:test_constant_buffer(2, 100, 0.25f) atTime:nil
                   options:AVAudioPlayerNodeBufferLoops completionHandler:^{
                       test_count(&ran.running);
                   }];
    START(engine);
    [player play];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 500, 97, audio);
    CHECK_LEVEL(audio, 0, 0, 0.25f, 0.0f);

    [player scheduleBuffer:test_constant_buffer(2, 100, 0.5f) completionHandler:^{
        test_count(&ran.queued);
    }];
    [player scheduleBuffer:test_constant_buffer(2, 4000, 0.75f) atTime:nil
                   options:AVAudioPlayerNodeBufferInterrupts completionHandler:^{
                       if (pthread_equal(pthread_self(), caller)) {
                           test_count(&ran.onCaller);
                       }
                       test_count(&ran.interrupting);
                   }];
    [player scheduleBuffer:test_constant_buffer(2, 100, 1.0f) completionHandler:^{
        if (pthread_equal(pthread_self(), caller)) {
            test_count(&ran.onCaller);
        }
        test_count(&ran.last);
    }];
    audio = test_audio(2);
    RENDER(engine, 1500, 97, audio);
    CHECK_LEVEL(audio, 0, CHOICE_SETTLE_FRAMES, 0.75f, 0.0f);
    CHECK_LEVEL(audio, 1, CHOICE_SETTLE_FRAMES, 0.75f, 0.0f);
    CHECK(test_counted(&ran.interrupting) == 0 && test_counted(&ran.last) == 0,
          "expected no handler of what plays or waits, got %d and %d",
          test_counted(&ran.interrupting), test_counted(&ran.last));

    [player stop];
    CHECK(![player isPlaying], "stopped: expected isPlaying NO");
    CHECK(test_wait(&ran.interrupting, 1), "stop: expected the playing buffer's handler to run");
    CHECK(test_wait(&ran.last, 1), "stop: expected the waiting buffer's handler to run");
    CHECK(test_wait(&ran.running, 1) && test_wait(&ran.queued, 1),
          "expected the interrupted buffers' handlers to have run, got %d and %d",
          test_counted(&ran.running), test_counted(&ran.queued));
    CHECK((test_counted(&ran.onCaller) > 0) == CHOICE_HANDLERS_ON_CALLER,
          "handlers on the caller's thread: got %d of 2", test_counted(&ran.onCaller));

    audio = test_audio(2);
    RENDER(engine, 300, 97, audio);
    CHECK_LEVEL(audio, 0, 0, 0.0f, 0.0f);

    // Nothing of the old queue comes back.
    [player scheduleBuffer:test_ramp_buffer(2, 200, kStep, kStep) completionHandler:nil];
    [player play];
    audio = test_audio(2);
    RENDER(engine, 300, 97, audio);
    for (AVAudioFrameCount frame = 0; frame < audio->frames; frame++) {
        float wanted = frame < 200 ? (float)(frame + 1) * kStep : 0.0f;
        CHECK(audio->samples[0][frame] == wanted, "played anew, frame %u: expected %.9g, got %.9g",
              frame, (double)wanted, (double)audio->samples[0][frame]);
    }
}

CASE(case_51_buffer_with_another_channel_count) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *stereo = connected_player(engine, 2);
    AVAudioPlayerNode *mono = test_player(engine);
    [engine connect:mono to:[engine mainMixerNode] fromBus:0 toBus:1 format:test_format(1)];
    AVAudioPCMBuffer *monoBuffer = test_constant_buffer(1, 500, 0.5f);
    AVAudioPCMBuffer *stereoBuffer = test_constant_buffer(2, 500, 0.25f);
    CHECK_THROWS("a mono buffer on a stereo connection", [stereo scheduleBuffer:monoBuffer
                                                              completionHandler:nil]);
    CHECK_THROWS("a stereo buffer on a mono connection", [mono scheduleBuffer:stereoBuffer
                                                             completionHandler:nil]);

    // Refused buffers are not in the queue; fitting ones are.
    [mono scheduleBuffer:monoBuffer completionHandler:nil];
    [stereo scheduleBuffer:stereoBuffer completionHandler:nil];
    START(engine);
    [mono play];
    [stereo play];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 500, 97, audio);
    float level = 0.25f + 0.5f * CHOICE_MONO_CENTRE_GAIN;
    CHECK_LEVEL(audio, 0, 0, level, TEST_TOLERANCE);
    CHECK_LEVEL(audio, 1, 0, level, TEST_TOLERANCE);
    AVAudioFrameCount end = audio->frames;
    RENDER(engine, 500, 97, audio);
    CHECK_LEVEL(audio, 0, end, 0.0f, 0.0f);
}

CASE(case_52_playing_after_the_last_buffer) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = connected_player(engine, 2);
    __block int ended = 0;
    __block AVAudioPlayerNodeCompletionCallbackType type =
        AVAudioPlayerNodeCompletionDataPlayedBack;
    [player scheduleBuffer:test_constant_buffer(2, 300, 0.5f)
        completionCallbackType:AVAudioPlayerNodeCompletionDataRendered
             completionHandler:^(AVAudioPlayerNodeCompletionCallbackType callbackType) {
                 type = callbackType;
                 test_count(&ended);
             }];
    START(engine);
    [player play];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 1000, 97, audio);
    CHECK_LEVEL(audio, 0, 300, 0.0f, 0.0f);
    CHECK(test_wait(&ended, 1), "expected the buffer's handler to run");
    CHECK(type == AVAudioPlayerNodeCompletionDataRendered, "expected DataRendered, got %ld",
          (long)type);
    CHECK([player isPlaying], "with nothing left to play: expected isPlaying YES");

    // It plays on as soon as there is something.
    [player scheduleBuffer:test_constant_buffer(2, 2000, 0.25f) completionHandler:nil];
    audio = test_audio(2);
    RENDER(engine, 1500, 97, audio);
    CHECK_LEVEL(audio, 0, CHOICE_SETTLE_FRAMES, 0.25f, 0.0f);
}

CASE(case_53_player_time) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = connected_player(engine, 2);
    START(engine);
    AVAudioTime *zero = [AVAudioTime timeWithSampleTime:0 atRate:TEST_SAMPLE_RATE];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 100, 100, audio);
    CHECK([player playerTimeForNodeTime:zero] == nil, "before play: expected no player time");
    CHECK([player nodeTimeForPlayerTime:zero] == nil, "before play: expected no node time");

    [player play];
    AVAudioTime *atOnce = [player playerTimeForNodeTime:[player lastRenderTime]];
    CHECK(atOnce != nil && [atOnce isSampleTimeValid] && [atOnce sampleTime] <= 0,
          "right after play: expected a player time of 0 or before, got %lld",
          (long long)[atOnce sampleTime]);
    RENDER(engine, 300, 100, audio);
    AVAudioTime *nodeTime = [player lastRenderTime];
    CHECK(nodeTime != nil && [nodeTime isSampleTimeValid], "playing: expected a last render time");
    AVAudioTime *playerTime = [player playerTimeForNodeTime:nodeTime];
    CHECK(playerTime != nil && [playerTime isSampleTimeValid], "playing: expected a player time");
    CHECK([playerTime sampleTime] >= 0 && [playerTime sampleTime] <= 300,
          "300 frames after play: expected a player time of 0 to 300, got %lld",
          (long long)[playerTime sampleTime]);
    AVAudioTime *back = [player nodeTimeForPlayerTime:playerTime];
    CHECK(back != nil && [back sampleTime] == [nodeTime sampleTime],
          "there and back: expected %lld, got %lld", (long long)[nodeTime sampleTime],
          (long long)[back sampleTime]);

    RENDER(engine, 100, 100, audio);
    AVAudioTime *later = [player playerTimeForNodeTime:[player lastRenderTime]];
    CHECK([later sampleTime] - [playerTime sampleTime] == 100,
          "100 frames later: expected a player time 100 later, got %lld after %lld",
          (long long)[later sampleTime], (long long)[playerTime sampleTime]);

    [player pause];
    CHECK(![player isPlaying], "paused: expected isPlaying NO");
    CHECK([player playerTimeForNodeTime:nodeTime] == nil, "paused: expected no player time");
    [player play];
    [player stop];
    CHECK([player playerTimeForNodeTime:nodeTime] == nil, "stopped: expected no player time");
    CHECK([player nodeTimeForPlayerTime:zero] == nil, "stopped: expected no node time");
}

CASE(case_53_last_render_time) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = connected_player(engine, 2);
    AVAudioMixerNode *loose = test_mixer(engine);
    AVAudioPlayerNode *unheard = test_player(engine);
    [engine connect:unheard to:loose fromBus:0 toBus:0 format:test_format(2)];
    CHECK([player lastRenderTime] == nil, "before start: expected nil");
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 100, 100, audio);
    CHECK([player lastRenderTime] != nil && [[engine outputNode] lastRenderTime] != nil,
          "on the way to the output: expected a time");
    CHECK([unheard lastRenderTime] == nil && [loose lastRenderTime] == nil,
          "connected, but not to the output: expected nil");
    CHECK([test_player(engine) lastRenderTime] == nil, "unconnected: expected nil");

    [engine connect:loose to:[engine mainMixerNode] fromBus:0 toBus:1 format:test_format(2)];
    RENDER(engine, 100, 100, audio);
    CHECK([unheard lastRenderTime] != nil, "connected to the output: expected a time");
    [engine stop];
    CHECK([player lastRenderTime] == nil, "stopped: expected nil");
}
