// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Control calls that come while a block is rendered, or between the blocks of a batch. They look
// into the portable engine, or call what Apple's does not allow on a render thread.
#import "../../native/avfaudio/graph/PBBatches.h"
#import "../cases/support.h"

#include <pthread.h>
#include <sched.h>
#include <time.h>

enum { FRAMES = 64 };

static uint64_t nanoseconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static AVAudioEngine *realtime_engine(void) {
    AVAudioEngine *engine = [[[AVAudioEngine alloc] init] autorelease];
    [engine enableManualRenderingMode:AVAudioEngineManualRenderingModeRealtime format:test_format(2)
                    maximumFrameCount:FRAMES
                                error:NULL];
    return engine;
}

static AVAudioPlayerNode *player_on_bus(AVAudioEngine *engine, AVAudioNodeBus bus) {
    AVAudioPlayerNode *player = test_player(engine);
    [engine connect:player to:[engine mainMixerNode] fromBus:0 toBus:bus format:test_format(2)];
    return player;
}

/// A silent source that calls `act` in every block.
static void act_in_blocks(AVAudioEngine *engine, void (^act)(void)) {
    AVAudioSourceNode *source = [[[AVAudioSourceNode alloc]
        initWithFormat:test_format(2)
           renderBlock:^OSStatus(BOOL *isSilence, const AudioTimeStamp *timestamp,
                                 AVAudioFrameCount frameCount, AudioBufferList *outputData) {
               (void)timestamp;
               for (UInt32 c = 0; c < outputData->mNumberBuffers; c++) {
                   memset(outputData->mBuffers[c].mData, 0, frameCount * sizeof(float));
               }
               *isSilence = YES;
               act();
               return 0;
           }] autorelease];
    [engine attachNode:source];
    [engine connect:source to:[engine mainMixerNode] fromBus:0 toBus:7 format:test_format(2)];
}

typedef struct Renderer {
    AVAudioEngineManualRenderingBlock render;
    void (^rendered)(AVAudioEngineManualRenderingStatus status);
    BOOL (^goes_on)(void);
} Renderer;

static void *render_blocks(void *context) {
    Renderer *renderer = context;
    float samples[2][FRAMES];
    struct {
        AudioBufferList list;
        AudioBuffer second;
    } output;
    while (renderer->goes_on()) {
        output.list.mNumberBuffers = 2;
        for (UInt32 c = 0; c < 2; c++) {
            output.list.mBuffers[c] = (AudioBuffer){1, sizeof samples[c], samples[c]};
        }
        renderer->rendered(renderer->render(FRAMES, &output.list, NULL));
    }
    return NULL;
}

// What a block has used up when pause returns is told, although nothing is rendered any more.
CASE(beside_pause) {
    AVAudioEngine *engine = realtime_engine();
    AVAudioPlayerNode *player = player_on_bus(engine, 0);
    __block int ended = 0, inside = 0, blocks = 0;
    [player scheduleBuffer:test_constant_buffer(2, FRAMES, 0.5f) completionHandler:^{
        test_count(&ended);
    }];
    act_in_blocks(engine, ^{
        test_count(&inside);
        // Until pause has been called, and a good while longer: by the clock, as a yield is as long as
        // what else the machine does.
        while ([engine isRunning]) {
            sched_yield();
        }
        for (uint64_t begin = nanoseconds(); nanoseconds() - begin < 10 * 1000 * 1000;) {
            sched_yield();
        }
    });
    void (^rendered)(AVAudioEngineManualRenderingStatus) =
        ^(AVAudioEngineManualRenderingStatus status) {
            (void)status;
            test_count(&blocks);
        };
    BOOL (^goes_on)(void) = ^{
        return (BOOL)(test_counted(&blocks) == 0);
    };
    START(engine);
    [player play];
    Renderer renderer = {[engine manualRenderingBlock], rendered, goes_on};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, render_blocks, &renderer) == 0, "expected a thread");
    BOOL began = test_wait(&inside, 1);
    [engine pause];
    BOOL told = test_wait(&ended, 1);
    pthread_join(thread, NULL);
    CHECK(began, "expected a block to begin");
    CHECK(told, "expected the handler of the buffer that the block has played");
}

// What a block has played that began before a stop is no part of the time after it.
CASE(beside_player_stop) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = test_player(engine);
    // On two buses: it begins its block before anything is mixed.
    NSMutableArray *points = [NSMutableArray array];
    for (AVAudioNodeBus bus = 0; bus < 2; bus++) {
        [points addObject:[[[AVAudioConnectionPoint alloc] initWithNode:[engine mainMixerNode]
                                                                    bus:bus] autorelease]];
    }
    [engine connect:player toConnectionPoints:points fromBus:0 format:test_format(2)];
    __block BOOL stops = NO;
    act_in_blocks(engine, ^{
        if (stops) {
            [player stop];
            [player play];
            stops = NO;
        }
    });
    START(engine);
    [player play];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 300, 100, audio);
    CHECK([player playerTimeForNodeTime:[player lastRenderTime]] != nil,
          "playing: expected a player time");
    stops = YES;
    RENDER(engine, 100, 100, audio);
    AVAudioTime *time = [player playerTimeForNodeTime:[player lastRenderTime]];
    CHECK(time != nil && [time sampleTime] == 0,
          "stopped, and not rendered since: expected player time 0, got %lld",
          (long long)[time sampleTime]);
    RENDER(engine, 100, 100, audio);
    time = [player playerTimeForNodeTime:[player lastRenderTime]];
    CHECK(time != nil && [time sampleTime] == 100, "expected player time 100, got %lld",
          (long long)[time sampleTime]);
}

CASE(beside_player_pause) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = player_on_bus(engine, 0);
    START(engine);
    [player play];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 300, 100, audio);
    [player pause];
    RENDER(engine, 500, 100, audio);
    [player play];
    AVAudioTime *time = [player playerTimeForNodeTime:[player lastRenderTime]];
    CHECK(time != nil && [time sampleTime] == 300, "resumed: expected player time 300, got %lld",
          (long long)[time sampleTime]);
    RENDER(engine, 100, 100, audio);
    time = [player playerTimeForNodeTime:[player lastRenderTime]];
    CHECK(time != nil && [time sampleTime] == 400, "100 on: expected player time 400, got %lld",
          (long long)[time sampleTime]);
}

static float render_level(AVAudioEngineManualRenderingBlock render) {
    AVAudioPCMBuffer *buffer = test_constant_buffer(2, FRAMES, 9.0f);
    AVAudioEngineManualRenderingStatus status =
        render(FRAMES, [buffer mutableAudioBufferList], NULL);
    return status == AVAudioEngineManualRenderingStatusSuccess
               ? [buffer floatChannelData][0][FRAMES - 1] : -1.0f;
}

// In a batch, what is detached is silent at once; all else sounds on.
CASE(beside_batch) {
    AVAudioEngine *engine = realtime_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source_on_bus(engine, 2, 0.25f, mixer, 0);
    test_source_on_bus(engine, 2, 0.5f, mixer, 1);
    AVAudioPlayerNode *player = player_on_bus(engine, 2);
    __block int ended = 0;
    AVAudioEngineManualRenderingBlock render = [engine manualRenderingBlock];
    START(engine);
    [player scheduleBuffer:test_constant_buffer(2, FRAMES, 1.0f) atTime:nil
                   options:AVAudioPlayerNodeBufferLoops completionHandler:^{
                       test_count(&ended);
                   }];
    [player play];
    float level = render_level(render);
    CHECK(level == 1.75f, "before: expected 1.75, got %g", (double)level);

    [engine pbBeginBatch];
    [engine detachNode:source];
    level = render_level(render);
    CHECK(level == 1.5f, "without the source: expected 1.5, got %g", (double)level);
    [engine detachNode:player];
    level = render_level(render);
    CHECK(level == 0.5f, "without the player: expected 0.5, got %g", (double)level);
    [player stop];
    level = render_level(render);
    [engine attachNode:source];
    [engine connect:source to:mixer fromBus:0 toBus:3 format:test_format(2)];
    [engine pbEndBatch];
    CHECK(level == 0.5f, "the batch open: expected 0.5, got %g", (double)level);
    level = render_level(render);
    CHECK(level == 0.75f, "after: expected 0.75, got %g", (double)level);
    CHECK(test_wait(&ended, 1), "expected the detached player's handler to run");
}

// What is detached in a batch may go to another engine at once: two engines never render one node.
CASE(beside_batch_and_another_engine) {
    AVAudioEngine *engine = realtime_engine(), *other = realtime_engine();
    AVAudioSourceNode *source = test_source_on_bus(engine, 2, 0.25f, [engine mainMixerNode], 0);
    test_source_on_bus(engine, 2, 0.5f, [engine mainMixerNode], 1);
    AVAudioEngineManualRenderingBlock render = [engine manualRenderingBlock];
    AVAudioEngineManualRenderingBlock render_other = [other manualRenderingBlock];
    (void)[other mainMixerNode];
    START(engine);
    START(other);
    float level = render_level(render);
    CHECK(level == 0.75f, "before: expected 0.75, got %g", (double)level);
    [engine pbBeginBatch];
    [engine detachNode:source];
    [other attachNode:source];
    [other connect:source to:[other mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    level = render_level(render);
    float level_other = render_level(render_other);
    [engine pbEndBatch];
    CHECK(level == 0.5f, "where it was: expected 0.5, got %g", (double)level);
    CHECK(level_other == 0.25f, "where it is: expected 0.25, got %g", (double)level_other);
    level = render_level(render);
    CHECK(level == 0.5f, "after: expected 0.5, got %g", (double)level);
}

typedef struct Watch {
    AVAudioEngine *engine;
    _Atomic(int) halted; // odd from a pause to the end of the stop
    _Atomic(int) found;
    _Atomic(BOOL) over;
} Watch;

static void *watch_running(void *context) {
    Watch *watch = context;
    while (!watch->over) {
        int before = watch->halted;
        watch->found += [watch->engine isRunning] && before % 2 == 1 && watch->halted == before;
    }
    return NULL;
}

// An engine that goes from paused to stopped never runs.
CASE(beside_stop_of_a_paused_engine) {
    enum { ROUNDS = 100000 };
    AVAudioEngine *engine = realtime_engine();
    test_source_on_bus(engine, 2, 0.5f, [engine mainMixerNode], 0);
    START(engine);
    Watch watch = {.engine = engine};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, watch_running, &watch) == 0, "expected a thread");
    for (int round = 0; round < ROUNDS && watch.found == 0; round++) {
        [engine pause];
        watch.halted++;
        [engine stop];
        watch.halted++;
        [engine startAndReturnError:NULL];
    }
    watch.over = YES;
    pthread_join(thread, NULL);
    CHECK(watch.found == 0, "a paused engine that is stopped: expected isRunning NO");
}

enum { TOGETHER = 64 };

// A block with a change between two of its frames has seen half of a batch.
typedef struct Blocks {
    AVAudioEngineManualRenderingBlock render;
    AVAudioPCMBuffer *buffer;
    _Atomic(int) count;
    _Atomic(int) halves;
    _Atomic(int) sounding;
    _Atomic(float) half;
    _Atomic(BOOL) over;
} Blocks;

static void *render_wholes(void *context) {
    Blocks *blocks = context;
    while (!blocks->over) {
        blocks->render(FRAMES, [blocks->buffer mutableAudioBufferList], NULL);
        for (int frame = 0; frame < FRAMES; frame++) {
            float sample = [blocks->buffer floatChannelData][0][frame];
            if (sample != 0.0f && sample != (float)TOGETHER) {
                blocks->half = sample;
                blocks->halves++;
            }
            blocks->sounding += sample != 0.0f;
        }
        blocks->count++;
    }
    return NULL;
}

// Players that are started, paused, stopped and connected in one batch do so in one frame, beside a
// thread that renders as a device does.
CASE(beside_plays_in_a_batch) {
    enum { ROUNDS = 1500 };
    AVAudioEngine *engine = realtime_engine();
    AVAudioPlayerNode *players[TOGETHER];
    AVAudioPCMBuffer *one = test_constant_buffer(2, FRAMES, 1.0f);
    for (int i = 0; i < TOGETHER; i++) {
        players[i] = player_on_bus(engine, (AVAudioNodeBus)i);
        [players[i] scheduleBuffer:one atTime:nil options:AVAudioPlayerNodeBufferLoops
                 completionHandler:nil];
    }
    Blocks blocks = {.render = [engine manualRenderingBlock],
                     .buffer = test_constant_buffer(2, FRAMES, 0.0f)};
    START(engine);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, render_wholes, &blocks) == 0, "expected a thread");
    for (int round = 0; round < ROUNDS && blocks.halves == 0; round++) {
        int before = blocks.count;
        [engine pbBeginBatch];
        for (int i = 0; i < TOGETHER; i++) {
            [players[i] play];
        }
        [engine pbEndBatch];
        while (round % 2 == 0 && blocks.count == before) {
            sched_yield();
        }
        [engine pbBeginBatch];
        for (int i = 0; i < TOGETHER; i++) {
            if (round % 3 == 0) {
                [players[i] stop];
                [players[i] scheduleBuffer:one atTime:nil options:AVAudioPlayerNodeBufferLoops
                         completionHandler:nil];
            } else {
                [players[i] pause];
            }
            if (round % 16 == 0 && i % 8 == 0) {
                [engine disconnectNodeOutput:players[i] bus:0];
                [engine connect:players[i] to:[engine mainMixerNode] fromBus:0
                          toBus:(AVAudioNodeBus)i
                         format:test_format(2)];
            }
        }
        [engine pbEndBatch];
    }
    blocks.over = YES;
    pthread_join(thread, NULL);
    CHECK(blocks.halves == 0, "%d frames have a part of a batch, the last %g of %d",
          (int)blocks.halves, (double)blocks.half, TOGETHER);
    CHECK(blocks.sounding > 0 && blocks.count > 0, "expected some blocks with sound");
}
