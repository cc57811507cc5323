// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Cases 54 and 55: what a tap and a source's render block are shown.
#import "support.h"

/// Apple documents taps of 100 ms and more.
#define TAP_FRAMES 4410

/// What a tap was shown in its first call.
typedef struct Tapped {
    int calls;
    AVAudioFrameCount frames;
    AVAudioChannelCount channels;
    double rate;
    float left;
    float right;
} Tapped;

/// Only the first call writes, so that the case may read once it has seen it counted.
static void record(Tapped *tapped, AVAudioPCMBuffer *buffer) {
    if (test_counted(&tapped->calls) == 0) {
        tapped->frames = [buffer frameLength];
        tapped->channels = [[buffer format] channelCount];
        tapped->rate = [[buffer format] sampleRate];
        if (tapped->frames > 0 && tapped->channels > 0) {
            tapped->left = [buffer floatChannelData][0][tapped->frames - 1];
            tapped->right = [buffer floatChannelData][tapped->channels - 1][tapped->frames - 1];
        }
    }
    test_count(&tapped->calls);
}

/// A tap on the mixer's bus. tapped: a __block variable, as the block may run late.
#define INSTALL_TAP(mixer, tapFormat, tapped)                                 \
    [mixer installTapOnBus:0 bufferSize:TAP_FRAMES format:tapFormat           \
                     block:^(AVAudioPCMBuffer * buffer, AVAudioTime * when) { \
                         (void)when;                                          \
                         record(&(tapped), buffer);                           \
                     }]

CASE(case_54_one_tap_a_bus) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioSourceNode *source = test_source(engine, 2, 0.5f, 0.75f);
    [engine connect:source to:mixer fromBus:0 toBus:0 format:test_format(2)];
    [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    __block Tapped first = {0};
    INSTALL_TAP(mixer, nil, first);
    AVAudioNodeTapBlock refused = ^(AVAudioPCMBuffer *buffer, AVAudioTime *when) {
        (void)buffer;
        (void)when;
    };
    CHECK_THROWS("a second tap", [mixer installTapOnBus:0 bufferSize:TAP_FRAMES format:nil
                                                  block:refused]);

    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 3 * TAP_FRAMES, 497, audio);
    CHECK(test_wait(&first.calls, 1), "expected the tap to be called");
    CHECK(first.frames > 0 && first.channels == 2,
          "expected frames on 2 channels, got %u frames on %u", first.frames, first.channels);
    CHECK(first.left == 0.5f && first.right == 0.75f,
          "expected the mixer's output .5 and .75, got %g and %g", (double)first.left,
          (double)first.right);

    [mixer removeTapOnBus:0];
    __block Tapped second = {0};
    INSTALL_TAP(mixer, nil, second);
    RENDER(engine, 3 * TAP_FRAMES, 512, audio);
    CHECK(test_wait(&second.calls, 1), "expected the new tap to be called");
    CHECK(second.left == 0.5f, "the new tap: expected .5, got %g", (double)second.left);
    [mixer removeTapOnBus:0];

    // A tap only listens.
    CHECK_LEVEL(audio, 0, 0, 0.5f, 0.0f);
    CHECK_LEVEL(audio, 1, 0, 0.75f, 0.0f);
}

CASE(case_54_tap_follows_the_connection) {
    static const double rates[] = {TEST_SAMPLE_RATE / 2, TEST_SAMPLE_RATE};
    for (AVAudioChannelCount channels = 1; channels <= 2; channels++) {
        AVAudioEngine *engine = test_engine();
        AVAudioMixerNode *mixer = test_mixer(engine);
        __block Tapped tapped = {0};
        INSTALL_TAP(mixer, nil, tapped);
        test_source_on_bus(engine, channels, 0.5f, mixer, 0);
        AVAudioFormat *format =
            [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:rates[channels - 1]
                                                            channels:channels] autorelease];
        [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:0 format:format];
        START(engine);
        TestAudio *audio = test_audio(2);
        RENDER(engine, 4 * TAP_FRAMES, 497, audio);
        CHECK(test_wait(&tapped.calls, 1), "%u channels: expected the tap to be called", channels);
        CHECK(tapped.channels == channels && tapped.rate == rates[channels - 1],
              "expected %u channels at %g Hz, got %u at %g", channels, rates[channels - 1],
              tapped.channels, tapped.rate);
        CHECK(tapped.left == 0.5f, "expected .5, got %g", (double)tapped.left);
        [mixer removeTapOnBus:0];
    }
}

CASE(case_54_tap_sets_a_free_bus) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    __block Tapped tapped = {0};
    INSTALL_TAP(mixer, test_format(1), tapped);
    CHECK([[mixer outputFormatForBus:0] channelCount] == 1,
          "a free bus: expected the tap's 1 channel, got %u",
          [[mixer outputFormatForBus:0] channelCount]);
    test_source_on_bus(engine, 1, 0.5f, mixer, 0);
    [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:0 format:nil];
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 3 * TAP_FRAMES, 497, audio);
    CHECK(test_wait(&tapped.calls, 1), "expected the tap to be called");
    CHECK(tapped.channels == 1 && tapped.left == 0.5f, "expected 1 channel of .5, got %u of %g",
          tapped.channels, (double)tapped.left);

    [mixer removeTapOnBus:0];
    CHECK_THROWS("a connected bus, another format", INSTALL_TAP(mixer, test_format(2), tapped));
    CHECK([[mixer outputFormatForBus:0] channelCount] == 1, "refused: expected 1 channel to stay");
}

CASE(case_54_tap_hears_all_of_a_long_block) {
    enum { LONG = 1 << 17 };
    AVAudioEngine *engine = [[[AVAudioEngine alloc] init] autorelease];
    AVAudioMixerNode *mixer = test_mixer(engine);
    __block AVAudioFrameCount heard = 0;
    __block int nearlyAll = 0;
    [mixer installTapOnBus:0 bufferSize:TAP_FRAMES format:nil
                     block:^(AVAudioPCMBuffer *buffer, AVAudioTime *when) {
                         (void)when;
                         heard += [buffer frameLength];
                         if (heard > LONG - TEST_MAXIMUM_FRAMES - TAP_FRAMES) {
                             test_count(&nearlyAll);
                         }
                     }];
    // The blocks become as long as this only after the tap has come.
    CHECK([engine enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline
                                     format:test_format(2)
                          maximumFrameCount:LONG
                                      error:NULL],
          "enableManualRenderingMode: expected YES");
    test_source_on_bus(engine, 2, 0.5f, mixer, 0);
    [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    START(engine);
    AVAudioPCMBuffer *buffer = test_constant_buffer(2, LONG, 0.0f);
    CHECK([engine renderOffline:LONG toBuffer:buffer
                          error:NULL] == AVAudioEngineManualRenderingStatusSuccess,
          "renderOffline: expected status 0");
    CHECK(test_wait(&nearlyAll, 1), "expected the tap to hear all of one block of %d frames", LONG);
    [mixer removeTapOnBus:0];
}

/// What a source's render block was shown.
typedef struct Seen {
    int calls;
    int shortBuffers;
    AVAudioFrameCount frames;
    AVAudioFrameCount smallest;
    AVAudioFrameCount largest;
    UInt32 fewestBuffers;
    UInt32 mostBuffers;
} Seen;

static void see(Seen *seen, AVAudioFrameCount frames, const AudioBufferList *list) {
    UInt32 buffers = list->mNumberBuffers;
    for (UInt32 i = 0; i < buffers; i++) {
        seen->shortBuffers += list->mBuffers[i].mDataByteSize < frames * sizeof(float) ||
                              list->mBuffers[i].mNumberChannels != 1;
    }
    BOOL isFirst = seen->calls == 0;
    seen->smallest = isFirst || frames < seen->smallest ? frames : seen->smallest;
    seen->largest = frames > seen->largest ? frames : seen->largest;
    seen->fewestBuffers = isFirst || buffers < seen->fewestBuffers ? buffers : seen->fewestBuffers;
    seen->mostBuffers = buffers > seen->mostBuffers ? buffers : seen->mostBuffers;
    seen->frames += frames;
    seen->calls++;
}

CASE(case_55_what_a_source_block_sees) {
    for (AVAudioChannelCount channels = 1; channels <= 2; channels++) {
        AVAudioEngine *engine = test_engine();
        // A block may hand out memory of its own instead of filling what it was given.
        float *lent =
            [[NSMutableData dataWithLength:TEST_MAXIMUM_FRAMES * sizeof(float)] mutableBytes];
        for (AVAudioFrameCount frame = 0; frame < TEST_MAXIMUM_FRAMES; frame++) {
            lent[frame] = 0.5f;
        }
        __block Seen seen = {0, 0, 0, 0, 0, 0, 0};
        AVAudioSourceNodeRenderBlock block =
            ^OSStatus(BOOL *isSilence, const AudioTimeStamp *timestamp,
                      AVAudioFrameCount frameCount, AudioBufferList *outputData) {
                (void)isSilence;
                (void)timestamp;
                see(&seen, frameCount, outputData);
                if (frameCount > TEST_MAXIMUM_FRAMES) {
                    return -1;
                }
                for (UInt32 i = 0; i < outputData->mNumberBuffers; i++) {
                    outputData->mBuffers[i].mData = lent;
                }
                return 0;
            };
        AVAudioSourceNode *source =
            [[[AVAudioSourceNode alloc] initWithRenderBlock:block] autorelease];
        [engine attachNode:source];
        [engine connect:source to:[engine mainMixerNode] fromBus:0 toBus:0
                 format:test_format(channels)];
        START(engine);
        TestAudio *audio = test_audio(2);
        RENDER(engine, 2 * TEST_MAXIMUM_FRAMES, TEST_MAXIMUM_FRAMES, audio);
        RENDER(engine, 1000, 97, audio);
        RENDER(engine, 1, 1, audio);

        CHECK(seen.calls > 0 && seen.smallest > 0, "expected calls that ask for frames");
        CHECK(seen.largest <= TEST_MAXIMUM_FRAMES, "expected %d frames at most, got %u",
              TEST_MAXIMUM_FRAMES, seen.largest);
        CHECK(seen.frames == audio->frames, "expected %u frames in all, got %u", audio->frames,
              seen.frames);
        CHECK(seen.fewestBuffers == channels && seen.mostBuffers == channels,
              "expected %u planar channels in every call, got %u to %u", channels,
              seen.fewestBuffers, seen.mostBuffers);
        CHECK(seen.shortBuffers == 0, "expected mono buffers with room for all frames");
        CHECK_LEVEL(audio, 0, 0, channels == 1 ? 0.5f * CHOICE_MONO_CENTRE_GAIN : 0.5f,
                    TEST_TOLERANCE);
        CHECK_LEVEL(audio, 1, 0, channels == 1 ? 0.5f * CHOICE_MONO_CENTRE_GAIN : 0.5f,
                    TEST_TOLERANCE);
    }
}
