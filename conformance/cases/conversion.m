// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Case 39 and what belongs to it: connections whose rate is not that of the mixer they lead to.
#include <math.h>

#import "support.h"

#define HALF_RATE (TEST_SAMPLE_RATE / 2)

static AVAudioFormat *format_at(double rate, AVAudioChannelCount channels) {
    return [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:rate
                                                           channels:channels] autorelease];
}

/// A sine of 50 frames a period on every channel.
static AVAudioPCMBuffer *sine_buffer(AVAudioFormat *format, AVAudioFrameCount frames) {
    AVAudioPCMBuffer *buffer = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:format
                                                              frameCapacity:frames] autorelease];
    [buffer setFrameLength:frames];
    for (AVAudioChannelCount channel = 0; channel < [format channelCount]; channel++) {
        for (AVAudioFrameCount frame = 0; frame < frames; frame++) {
            [buffer floatChannelData][channel][frame] = sinf((float)(frame % 50) * 0.12566371f);
        }
    }
    return buffer;
}

static int has_risen(const float *samples, AVAudioFrameCount frame) {
    return samples[frame - 1] < 0.0f && samples[frame] >= 0.0f;
}

CASE(case_39_source_of_another_rate) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioFormat *format = format_at(HALF_RATE, 2);
    [engine connect:player to:[engine mainMixerNode] fromBus:0 toBus:0 format:format];
    CHECK([[[engine mainMixerNode] inputFormatForBus:0] sampleRate] == HALF_RATE,
          "the bus: expected %g Hz", HALF_RATE);
    START(engine);
    [player scheduleBuffer:sine_buffer(format, 5000) completionHandler:nil];
    [player play];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 12000, 512, audio);

    // Twice as many frames come out.
    AVAudioFrameCount first = 0;
    AVAudioFrameCount last = 0;
    for (AVAudioFrameCount frame = 0; frame < audio->frames; frame++) {
        if (fabsf(audio->samples[0][frame]) > 0.1f) {
            first = first == 0 ? frame : first;
            last = frame;
        }
    }
    // The sine passes 0.1 well within its first quarter of a period, 25 frames.
    CHECK(first < CHOICE_HALF_RATE_LATE + 25, "expected sound within %d frames, it starts at %u",
          CHOICE_HALF_RATE_LATE + 25, first);
    CHECK(last - first >= 9980 && last - first <= 10020, "expected 10000 frames of sound, got %u",
          last - first);

    // Of the same pitch: a period is 100 frames now.
    int periods = 0;
    AVAudioFrameCount rose = 0;
    for (AVAudioFrameCount frame = first + 200; frame < last - 200; frame++) {
        if (has_risen(audio->samples[0], frame)) {
            CHECK(rose == 0 || (frame - rose >= 99 && frame - rose <= 101),
                  "frame %u: expected a period of 100 frames, got %u", frame, frame - rose);
            rose = frame;
            periods++;
        }
    }
    CHECK(periods >= 95 && periods <= 97, "expected 96 periods, got %d", periods);
}

CASE(case_39_player_keeps_its_own_time) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioFormat *format = format_at(HALF_RATE, 2);
    [engine connect:player to:[engine mainMixerNode] fromBus:0 toBus:0 format:format];
    START(engine);
    TestAudio *audio = test_audio(2);
    [player playAtTime:[AVAudioTime timeWithSampleTime:300 atRate:HALF_RATE]];
    RENDER(engine, 1000, 250, audio);
    AVAudioTime *now = [player lastRenderTime];
    CHECK([now sampleRate] == HALF_RATE && [now sampleTime] == 500,
          "after 1000 frames: expected 500 at %g Hz, got %lld at %g", HALF_RATE,
          (long long)[now sampleTime], [now sampleRate]);
    AVAudioTime *own = [player playerTimeForNodeTime:now];
    CHECK([own sampleTime] == 200, "started at 300: expected a player time of 200, got %lld",
          (long long)[own sampleTime]);
    CHECK([[[engine mainMixerNode] lastRenderTime] sampleTime] == 1000,
          "the mixer: expected a time of 1000");
}

/// What a tap brought.
typedef struct Tapped {
    AVAudioFrameCount frames;
    double rate;
    float samples[TEST_AUDIO_CAPACITY];
} Tapped;

CASE(case_39_tap_hears_the_sources_rate) {
    AVAudioEngine *engine = test_engine();
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioFormat *format = format_at(HALF_RATE, 1);
    [engine connect:player to:[engine mainMixerNode] fromBus:0 toBus:0 format:format];
    Tapped *tapped = [[NSMutableData dataWithLength:sizeof *tapped] mutableBytes];
    __block int taps = 0;
    [player installTapOnBus:0 bufferSize:2205 format:nil
                      block:^(AVAudioPCMBuffer *buffer, AVAudioTime *when) {
                          (void)when;
                          if (tapped->frames == 0) {
                              tapped->frames = [buffer frameLength];
                              tapped->rate = [[buffer format] sampleRate];
                              memcpy(tapped->samples, [buffer floatChannelData][0],
                                     tapped->frames * sizeof(float));
                          }
                          test_count(&taps);
                      }];
    START(engine);
    AVAudioPCMBuffer *sine = sine_buffer(format, 6000);
    [player scheduleBuffer:sine completionHandler:nil];
    [player play];
    TestAudio *audio = test_audio(2);
    RENDER(engine, 10000, 500, audio);
    CHECK(test_wait(&taps, 1), "expected a buffer of the tap");
    [player removeTapOnBus:0];
    CHECK(tapped->rate == HALF_RATE, "expected %g Hz, got %g", HALF_RATE, tapped->rate);
    for (AVAudioFrameCount frame = 0; frame < tapped->frames; frame++) {
        CHECK(tapped->samples[frame] == [sine floatChannelData][0][frame],
              "frame %u of the tap: expected %g, got %g", frame, [sine floatChannelData][0][frame],
              tapped->samples[frame]);
    }
}

static NSArray *both(AVAudioMixerNode *first, AVAudioMixerNode *second) {
    return @[
        [[[AVAudioConnectionPoint alloc] initWithNode:first bus:0] autorelease],
        [[[AVAudioConnectionPoint alloc] initWithNode:second bus:0] autorelease]
    ];
}

CASE(case_39_split_source) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *main = [engine mainMixerNode];
    AVAudioMixerNode *first = test_mixer(engine);
    AVAudioMixerNode *second = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    AVAudioFormat *half = format_at(HALF_RATE, 2);
    [engine connect:first to:main fromBus:0 toBus:0 format:test_format(2)];
    [engine connect:second to:main fromBus:0 toBus:1 format:test_format(2)];
    [engine connect:player toConnectionPoints:both(first, second) fromBus:0 format:half];
    [[player destinationForMixer:second bus:0] setVolume:0.5f];
    START(engine);
    [player scheduleBuffer:sine_buffer(half, 5000) completionHandler:nil];
    [player play];
    TestAudio *whole = test_audio(2);
    RENDER(engine, 4000, 512, whole);
    float highest = 0;
    for (AVAudioFrameCount frame = 1000; frame < whole->frames; frame++) {
        highest = fmaxf(highest, whole->samples[0][frame]);
    }
    CHECK(fabsf(highest - 1.5f) < 0.01f, "both ways: expected a peak of 1.5, got %g", highest);

    // Both mixers at the player's rate: it is rendered once, for both of them.
    [engine connect:first to:main fromBus:0 toBus:0 format:test_format(2)];
    [engine connect:player to:main fromBus:0 toBus:2 format:half];
    [engine connect:first to:main fromBus:0 toBus:0 format:half];
    [engine connect:second to:main fromBus:0 toBus:1 format:half];
    [engine connect:player toConnectionPoints:both(first, second) fromBus:0 format:half];
    TestAudio *again = test_audio(2);
    RENDER(engine, 4000, 512, again);
    highest = 0;
    for (AVAudioFrameCount frame = 1000; frame < again->frames; frame++) {
        highest = fmaxf(highest, again->samples[0][frame]);
    }
    CHECK(fabsf(highest - 2.0f) < 0.01f, "once for both: expected a peak of 2, got %g", highest);

    // Between the split and the mixer where the paths meet, the rate must not change.
    if (!CHOICE_SPLIT_ACROSS_RATES_THROWS) {
        return;
    }
    CHECK_THROWS("one path of two changes its rate", [engine connect:first to:main fromBus:0 toBus:0
                                                              format:format_at(32000, 2)]);
    CHECK_POINT([engine inputConnectionPointForNode:main inputBus:0], first, 0);
    CHECK([[main inputFormatForBus:0] sampleRate] == HALF_RATE, "refused: expected no change");
    [engine connect:player to:second fromBus:0 toBus:0 format:half];
    [engine connect:first to:main fromBus:0 toBus:0 format:format_at(32000, 2)];
    CHECK_THROWS("a split to mixers of two rates", [engine connect:player
                                                       toConnectionPoints:both(first, second)
                                                                  fromBus:0
                                                                   format:half]);
    CHECK([[engine outputConnectionPointsForNode:player outputBus:0] count] == 1,
          "refused: expected the connection that was there");
    RENDER(engine, 100, 50, again);
}

CASE(case_45_engine_of_another_rate) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    test_source_on_bus(engine, 2, 0.5f, mixer, 0);
    test_source_on_bus(engine, 1, 0.25f, [engine mainMixerNode], 1);
    __block int64_t pulled = 0;
    AVAudioSourceNodeRenderBlock count =
        ^OSStatus(BOOL *isSilence, const AudioTimeStamp *timestamp, AVAudioFrameCount frames,
                  AudioBufferList *list) {
            (void)timestamp, (void)list;
            *isSilence = YES;
            pulled += frames;
            return 0;
        };
    AVAudioSourceNode *counter = [[[AVAudioSourceNode alloc] initWithFormat:test_format(1)
                                                                renderBlock:count] autorelease];
    [engine attachNode:counter];
    [engine connect:counter to:mixer fromBus:0 toBus:1 format:test_format(1)];
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 1000, 512, audio);
    CHECK_LEVEL(audio, 0, 0, 0.75f, 0.0f);
    const double rates[] = {48000, 22050, 96000, TEST_SAMPLE_RATE};
    for (int i = 0; i < 4; i++) {
        [engine stop];
        // What is prepared for one rate is not used for another.
        [engine prepare];
        AVAudioFormat *format = format_at(rates[i], 2);
        NSError *error = nil;
        CHECK([engine enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline
                                         format:format
                              maximumFrameCount:TEST_MAXIMUM_FRAMES
                                          error:&error],
              "%g Hz: %s", rates[i], [[error description] UTF8String]);
        CHECK([[[engine mainMixerNode] outputFormatForBus:0] sampleRate] == rates[i],
              "the main mixer: expected the output's rate");
        CHECK([[mixer outputFormatForBus:0] sampleRate] == TEST_SAMPLE_RATE,
              "another mixer: expected its own rate");
        START(engine);
        pulled = 0;
        AVAudioPCMBuffer *block =
            [[[AVAudioPCMBuffer alloc] initWithPCMFormat:format
                                           frameCapacity:TEST_MAXIMUM_FRAMES] autorelease];
        for (int n = 0; n < 4; n++) {
            CHECK([engine renderOffline:1000 toBuffer:block
                                  error:&error] == AVAudioEngineManualRenderingStatusSuccess,
                  "%g Hz: %s", rates[i], [[error description] UTF8String]);
        }
        double due = 4000 * TEST_SAMPLE_RATE / rates[i];
        CHECK(fabs((double)pulled - due) <= 1, "%g Hz: expected %g frames of the source, got %lld",
              rates[i], due, (long long)pulled);
        for (AVAudioFrameCount frame = 0; frame < 1000; frame++) {
            float sample = [block floatChannelData][0][frame];
            CHECK(fabsf(sample - 0.75f) < 1e-4f, "%g Hz, frame %u: expected 0.75, got %g", rates[i],
                  frame, sample);
        }
    }
}
