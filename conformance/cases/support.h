// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the cases share. Objects that the helpers return are autoreleased; memory that they return
// lives as long as the case's autorelease pool.
#ifndef CONFORMANCE_SUPPORT_H
#define CONFORMANCE_SUPPORT_H

#import <AVFAudio/AVFAudio.h>
#include <stddef.h>

#include "choices.h"

#define TEST_SAMPLE_RATE 44100.0
/// maximumFrameCount of the engines below.
#define TEST_MAXIMUM_FRAMES 1024
/// What rounding may cost where a gain other than 0 or 1 is involved.
#define TEST_TOLERANCE 1e-6f

// MARK: - Cases

/// Where a case's first failure goes.
typedef struct CaseReport {
    char *message;
    size_t capacity;
    int failed;
} CaseReport;

typedef void (*CaseBody)(CaseReport *report);

/// Runs a case in a pool of its own; an exception that the case lets out is a failure.
int test_run(CaseBody body, char *message, size_t capacity);

void test_fail(CaseReport *report, const char *file, int line, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/// Defines int name(char *message, size_t capacity): 0 when it passed, else message says what was
/// expected and what came.
#define CASE(name)                                       \
    static void name##_body(CaseReport *report);         \
    int name(char *message, size_t capacity);            \
    int name(char *message, size_t capacity) {           \
        return test_run(name##_body, message, capacity); \
    }                                                    \
    static void name##_body(CaseReport *report)

/// Fails the case and returns from it. Not for use in a block: that would return from the block.
#define CHECK(condition, ...)                                   \
    do {                                                        \
        if (!(condition)) {                                     \
            test_fail(report, __FILE__, __LINE__, __VA_ARGS__); \
            return;                                             \
        }                                                       \
    } while (0)

/// The exception that the block throws, or nil.
NSException *test_exception(void (^action)(void));

#define CHECK_THROWS(what, ...) \
    CHECK(test_exception(^{     \
              __VA_ARGS__;      \
          }) != nil, "%s: expected an exception, none came", what)

/// Fails unless the connection point is (wanted node, wanted bus).
#define CHECK_POINT(point, wanted, wantedBus)                                                  \
    do {                                                                                       \
        AVAudioConnectionPoint *point_ = (point);                                              \
        CHECK(point_ != nil, "expected a connection, got nil");                                \
        CHECK([point_ node] == (wanted) && [point_ bus] == (AVAudioNodeBus)(wantedBus),        \
              "expected node %p bus %lu, got node %p bus %lu", (void *)(wanted),               \
              (unsigned long)(wantedBus), (void *)[point_ node], (unsigned long)[point_ bus]); \
    } while (0)

#define CHECK_FREE(engine, mixer, freeBus)                                          \
    CHECK([(engine) inputConnectionPointForNode:(mixer) inputBus:(freeBus)] == nil, \
          "input bus %lu: expected no connection", (unsigned long)(freeBus))

#define CHECK_FLOAT(value, wanted)                                                         \
    do {                                                                                   \
        float value_ = (value);                                                            \
        CHECK(value_ == (wanted), "%s: expected %.9g, got %.9g", #value, (double)(wanted), \
              (double)value_);                                                             \
    } while (0)

// MARK: - Graph

/// Standard format at 44.1 kHz.
AVAudioFormat *test_format(AVAudioChannelCount channels);

/// The same in the layout of a tag.
AVAudioFormat *test_laid_out(AudioChannelLayoutTag tag);

/// An engine in Offline mode, 44.1 kHz, not started. Throws when the engine refuses.
AVAudioEngine *test_engine_in(AVAudioFormat *format);
AVAudioEngine *test_engine_with_channels(AVAudioChannelCount channels);
AVAudioEngine *test_engine(void);

/// Attached nodes without connections.
AVAudioPlayerNode *test_player(AVAudioEngine *engine);
AVAudioMixerNode *test_mixer(AVAudioEngine *engine);

/// An attached source of constant samples: right is the second channel's value, if there is one.
AVAudioSourceNode *test_source(AVAudioEngine *engine, AVAudioChannelCount channels, float left,
                               float right);

/// An attached source in a layout: 1 on one channel, 0 on the others.
AVAudioSourceNode *test_source_of_one(AVAudioEngine *engine, AudioChannelLayoutTag layout,
                                      AVAudioChannelCount channel);

/// A mono or stereo source of one value, connected to that bus of the mixer in its own format.
AVAudioSourceNode *test_source_on_bus(AVAudioEngine *engine, AVAudioChannelCount channels,
                                      float value, AVAudioMixerNode *mixer, AVAudioNodeBus bus);

#define START(engine)                                                                \
    do {                                                                             \
        NSError *startError_ = nil;                                                  \
        BOOL started_ = [(engine) startAndReturnError:&startError_];                 \
        CHECK(started_, "start failed: %s", [[startError_ description] UTF8String]); \
        CHECK([(engine) isRunning], "isRunning: expected YES after start");          \
    } while (0)

// MARK: - Sound

/// A full buffer: left counts first, first + step, ...; a right channel is its negative.
AVAudioPCMBuffer *test_ramp_buffer(AVAudioChannelCount channels, AVAudioFrameCount frames,
                                   float first, float step);
/// A full buffer of one value on every channel.
AVAudioPCMBuffer *test_constant_buffer(AVAudioChannelCount channels, AVAudioFrameCount frames,
                                       float value);

enum { TEST_AUDIO_CAPACITY = 32768, TEST_AUDIO_CHANNELS = 8 };

/// What an engine rendered so far, planar.
typedef struct TestAudio {
    AVAudioChannelCount channels;
    AVAudioFrameCount frames;
    float samples[TEST_AUDIO_CHANNELS][TEST_AUDIO_CAPACITY];
} TestAudio;

TestAudio *test_audio(AVAudioChannelCount channels);

/// One renderOffline call; what came is appended to audio.
AVAudioEngineManualRenderingStatus test_render_once(AVAudioEngine *engine, AVAudioFrameCount frames,
                                                    TestAudio *audio, NSError **error);
/// Appends so many frames, made in blocks of the given size (the last one may be shorter).
int test_render(AVAudioEngine *engine, AVAudioFrameCount frames, AVAudioFrameCount block,
                TestAudio *audio, CaseReport *report, const char *file, int line);

#define RENDER(engine, frames, block, audio)                                                  \
    do {                                                                                      \
        if (!test_render((engine), (frames), (block), (audio), report, __FILE__, __LINE__)) { \
            return;                                                                           \
        }                                                                                     \
    } while (0)

/// The first frame at or after from whose sample is off the value, or audio->frames.
AVAudioFrameCount test_first_off(const TestAudio *audio, AVAudioChannelCount channel,
                                 AVAudioFrameCount from, float value, float tolerance);

/// The first frame at or after from that breaks the promised ramp between two levels (one way,
/// small steps, settled in time), or audio->frames.
AVAudioFrameCount test_ramp_break(const TestAudio *audio, AVAudioChannelCount channel,
                                  AVAudioFrameCount from, float before, float after);

#define CHECK_LEVEL(audio, channel, from, value, tolerance)                                      \
    do {                                                                                         \
        AVAudioFrameCount from_ = (from);                                                        \
        CHECK(from_ < (audio)->frames, "no frames to look at after frame %u", from_);            \
        AVAudioFrameCount at_ = test_first_off((audio), (channel), from_, (value), (tolerance)); \
        CHECK(at_ == (audio)->frames, "channel %d, frame %u: expected %.9g, got %.9g",           \
              (int)(channel), at_, (double)(value), (double)(audio)->samples[channel][at_]);     \
    } while (0)

#define CHECK_RAMP(audio, channel, from, before, after)                                        \
    do {                                                                                       \
        AVAudioFrameCount from_ = (from);                                                      \
        CHECK(from_ + CHOICE_SETTLE_FRAMES < (audio)->frames, "too few frames for a ramp");    \
        AVAudioFrameCount at_ = test_ramp_break((audio), (channel), from_, (before), (after)); \
        CHECK(at_ == (audio)->frames,                                                          \
              "channel %d: ramp from %.9g to %.9g breaks %u frames in: %.9g after %.9g",       \
              (int)(channel), (double)(before), (double)(after), at_ - from_,                  \
              (double)(audio)->samples[channel][at_],                                          \
              at_ == from_ ? (double)(before) : (double)(audio)->samples[channel][at_ - 1]);   \
    } while (0)

// MARK: - Waiting

/// Counts up, from any thread, what test_wait waits for. The counter is a __block variable: it
/// outlives the case when a handler runs late.
void test_count(int *counter);
int test_counted(const int *counter);
/// Waits until the counter has reached wanted. NO after five seconds.
BOOL test_wait(const int *counter, int wanted);

#endif
