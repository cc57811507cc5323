// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Cases 32-38, 40, 46 and 65: what volume, pan and mixing do to the sound.
#import "support.h"

/// Several blocks of the usual size, then of one that fits nothing.
#define RENDER_MIXED(engine, audio)       \
    do {                                  \
        RENDER(engine, 2048, 512, audio); \
        RENDER(engine, 1000, 97, audio);  \
        RENDER(engine, 3, 1, audio);      \
    } while (0)

CASE(case_32_unity) {
    AVAudioEngine *engine = test_engine();
    test_source_on_bus(engine, 2, 1.0f, [engine mainMixerNode], 0);
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER_MIXED(engine, audio);
    CHECK_LEVEL(audio, 0, 0, 1.0f, 0.0f);
    CHECK_LEVEL(audio, 1, 0, 1.0f, 0.0f);

    // A second mixer in between changes nothing, and the channels stay apart.
    engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioSourceNode *source = test_source(engine, 2, 1.0f, -0.3f);
    [engine connect:source to:mixer fromBus:0 toBus:0 format:test_format(2)];
    [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:5 format:test_format(2)];
    START(engine);
    audio = test_audio(2);
    RENDER_MIXED(engine, audio);
    CHECK_LEVEL(audio, 0, 0, 1.0f, 0.0f);
    CHECK_LEVEL(audio, 1, 0, -0.3f, 0.0f);
}

CASE(case_33_sum_does_not_clip) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    test_source_on_bus(engine, 2, 1.0f, mixer, 0);
    test_source_on_bus(engine, 2, 2.0f, mixer, 1);
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER_MIXED(engine, audio);
    CHECK_LEVEL(audio, 0, 0, 3.0f, 0.0f);
    CHECK_LEVEL(audio, 1, 0, 3.0f, 0.0f);

    // Enough buses that they are not all mixed in one pass.
    engine = test_engine();
    mixer = [engine mainMixerNode];
    for (AVAudioNodeBus bus = 0; bus < 11; bus++) {
        test_source_on_bus(engine, 2, (float)(1u << bus), mixer, bus);
    }
    START(engine);
    audio = test_audio(2);
    RENDER_MIXED(engine, audio);
    CHECK_LEVEL(audio, 0, 0, 2047.0f, 0.0f);
    CHECK_LEVEL(audio, 1, 0, 2047.0f, 0.0f);
}

CASE(case_34_bus_volume) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source_on_bus(engine, 2, 1.0f, mixer, 0);
    [[source destinationForMixer:mixer bus:0] setVolume:0.5f];
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 4096, 512, audio);
    RENDER_MIXED(engine, audio);
    CHECK_LEVEL(audio, 0, CHOICE_SETTLE_FRAMES, 0.5f, TEST_TOLERANCE);
    CHECK_LEVEL(audio, 1, CHOICE_SETTLE_FRAMES, 0.5f, TEST_TOLERANCE);

    // While rendering, by the source, at an odd block edge.
    AVAudioFrameCount change = audio->frames;
    [source setVolume:0.25f];
    RENDER(engine, 1000, 97, audio);
    CHECK_RAMP(audio, 0, change, 0.5f, 0.25f);
    CHECK_RAMP(audio, 1, change, 0.5f, 0.25f);
}

CASE(case_35_bus_volume_leaves_other_buses) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioSourceNode *first = test_source_on_bus(engine, 2, 1.0f, mixer, 0);
    AVAudioSourceNode *second = test_source_on_bus(engine, 2, 2.0f, mixer, 1);
    [[first destinationForMixer:mixer bus:0] setVolume:0.0f];
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER_MIXED(engine, audio);
    CHECK_LEVEL(audio, 0, CHOICE_SETTLE_FRAMES, 2.0f, 0.0f);
    CHECK_LEVEL(audio, 1, CHOICE_SETTLE_FRAMES, 2.0f, 0.0f);
    CHECK_FLOAT([[second destinationForMixer:mixer bus:1] volume], 1.0f);

    AVAudioFrameCount change = audio->frames;
    [[first destinationForMixer:mixer bus:0] setVolume:1.0f];
    RENDER(engine, 1024, 256, audio);
    CHECK_RAMP(audio, 0, change, 2.0f, 3.0f);
    change = audio->frames;
    [[second destinationForMixer:mixer bus:1] setVolume:0.0f];
    RENDER(engine, 1000, 97, audio);
    CHECK_RAMP(audio, 0, change, 3.0f, 1.0f);
    CHECK_RAMP(audio, 1, change, 3.0f, 1.0f);
}

CASE(case_36_output_volume) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    test_source_on_bus(engine, 2, 1.0f, mixer, 0);
    test_source_on_bus(engine, 2, 2.0f, mixer, 1);
    CHECK_FLOAT([mixer outputVolume], 1.0f);
    [mixer setOutputVolume:0.25f];
    CHECK_FLOAT([mixer outputVolume], 0.25f);
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER_MIXED(engine, audio);
    CHECK_LEVEL(audio, 0, CHOICE_SETTLE_FRAMES, 0.75f, TEST_TOLERANCE);
    CHECK_LEVEL(audio, 1, CHOICE_SETTLE_FRAMES, 0.75f, TEST_TOLERANCE);

    AVAudioFrameCount change = audio->frames;
    [mixer setOutputVolume:0.0f];
    RENDER(engine, 1000, 97, audio);
    CHECK_RAMP(audio, 0, change, 0.75f, 0.0f);
    CHECK_RAMP(audio, 1, change, 0.75f, 0.0f);
}

CASE(case_36_mixer_volume_acts_downstream) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *main = [engine mainMixerNode];
    AVAudioMixerNode *mixer = test_mixer(engine);
    test_source_on_bus(engine, 2, 1.0f, mixer, 0);
    [engine connect:mixer to:main fromBus:0 toBus:3 format:test_format(2)];
    test_source_on_bus(engine, 2, 1.0f, main, 0);
    [mixer setVolume:0.5f];
    [mixer setPan:-1.0f];
    // The output is no mixer: the main mixer's own volume and pan have no bus to act on.
    [main setVolume:0.1f];
    [main setPan:1.0f];
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER_MIXED(engine, audio);
    CHECK_LEVEL(audio, 0, CHOICE_SETTLE_FRAMES, 1.5f, TEST_TOLERANCE);
    CHECK_LEVEL(audio, 1, CHOICE_SETTLE_FRAMES, 1.0f, TEST_TOLERANCE);
    CHECK_FLOAT([main volume], 0.1f);
    CHECK_FLOAT([mixer outputVolume], 1.0f);
}

/// Everything once more that is set already, half-way through a pan's ramp, or nothing.
static void set_again(AVAudioSourceNode *source, AVAudioMixerNode *mixer) {
    AVAudioMixingDestination *destination = [source destinationForMixer:mixer bus:0];
    [destination setVolume:[destination volume]];
    [destination setPan:[destination pan]];
    [mixer setOutputVolume:[mixer outputVolume]];
    [source setPan:[destination pan]];
}

CASE(case_65_what_is_set_again_is_not_heard) {
    TestAudio *heard[2];
    for (int again = 0; again < 2; again++) {
        AVAudioEngine *engine = test_engine();
        AVAudioMixerNode *mixer = [engine mainMixerNode];
        AVAudioSourceNode *source = test_source_on_bus(engine, 2, 1.0f, mixer, 0);
        heard[again] = test_audio(2);
        START(engine);
        RENDER(engine, 512, 512, heard[again]);
        [[source destinationForMixer:mixer bus:0] setVolume:0.25f];
        RENDER(engine, 256, 256, heard[again]);
        [source setPan:0.5f];
        RENDER(engine, 256, 256, heard[again]);
        if (again) {
            set_again(source, mixer);
        }
        RENDER(engine, 512, 512, heard[again]);
    }
    for (AVAudioFrameCount frame = 0; frame < heard[0]->frames; frame++) {
        float once = heard[0]->samples[0][frame];
        float twice = heard[1]->samples[0][frame];
        CHECK(once == twice, "frame %u: expected %.9g, got %.9g", frame, (double)once,
              (double)twice);
    }
}

enum { PANS = 5 };

/// How much of an input channel reaches an output channel, at one of the pans.
static float pan_gain(AVAudioChannelCount channels, int in, int out, int pan) {
    static const float mono[2][PANS] = {CHOICE_MONO_LEFT, CHOICE_MONO_RIGHT};
    static const float stereo[2][2][PANS] = {{CHOICE_LEFT_TO_LEFT, CHOICE_LEFT_TO_RIGHT},
                                             {CHOICE_RIGHT_TO_LEFT, CHOICE_RIGHT_TO_RIGHT}};
    return channels == 1 ? mono[out][pan] : stereo[in][out][pan];
}

CASE(case_37_pan) {
    static const float pans[PANS] = CHOICE_PANS;
    static const int order[PANS] = {0, 4, 1, 3, 2};
    for (AVAudioChannelCount channels = 1; channels <= 2; channels++) {
        AVAudioEngine *engine = test_engine();
        AVAudioMixerNode *mixer = [engine mainMixerNode];
        AVAudioSourceNode *source = test_source(engine, channels, 0.5f, 0.75f);
        [engine connect:source to:mixer fromBus:0 toBus:0 format:test_format(channels)];
        [[source destinationForMixer:mixer bus:0] setPan:pans[0]];
        START(engine);
        TestAudio *audio = test_audio(2);
        for (int i = 0; i < PANS; i++) {
            float pan = pans[order[i]];
            AVAudioFrameCount change = audio->frames;
            // By the connection and by the source in turn.
            if (i % 2 == 0) {
                [[source destinationForMixer:mixer bus:0] setPan:pan];
            } else {
                [source setPan:pan];
            }
            RENDER_MIXED(engine, audio);
            AVAudioFrameCount settled = change + CHOICE_SETTLE_FRAMES;
            for (int out = 0; out < 2; out++) {
                float wanted = 0.5f * pan_gain(channels, 0, out, order[i]);
                wanted += channels == 2 ? 0.75f * pan_gain(channels, 1, out, order[i]) : 0.0f;
                CHECK_LEVEL(audio, out, settled, wanted, TEST_TOLERANCE);
            }
            // A far end is silence, not nearly so; the near side sounds.
            if (pan == -1.0f) {
                CHECK_LEVEL(audio, 1, settled, 0.0f, 0.0f);
                CHECK(audio->samples[0][settled] > 0.0f, "pan -1: expected sound on the left");
            } else if (pan == 1.0f) {
                CHECK_LEVEL(audio, 0, settled, 0.0f, 0.0f);
                CHECK(audio->samples[1][settled] > 0.0f, "pan 1: expected sound on the right");
            }
            // The next pan is counted from here.
            audio->frames = 0;
        }
    }
}

CASE(case_38_mono_output_has_no_pan) {
    static const float pans[] = {-1.0f, 1.0f, 0.5f};
    for (AVAudioChannelCount channels = 1; channels <= 2; channels++) {
        AVAudioEngine *engine = test_engine_with_channels(1);
        AVAudioMixerNode *mixer = [engine mainMixerNode];
        AVAudioSourceNode *source = test_source(engine, channels, 0.25f, 0.75f);
        [engine connect:source to:mixer fromBus:0 toBus:0 format:test_format(channels)];
        START(engine);
        CHECK([[mixer outputFormatForBus:0] channelCount] == 1,
              "the mixer's output: expected 1 channel, got %u",
              [[mixer outputFormatForBus:0] channelCount]);
        float level = channels == 1 ? 0.25f : CHOICE_DOWNMIX_GAIN * (0.25f + 0.75f);
        TestAudio *audio = test_audio(1);
        RENDER_MIXED(engine, audio);
        for (size_t i = 0; i < sizeof pans / sizeof pans[0]; i++) {
            [[source destinationForMixer:mixer bus:0] setPan:pans[i]];
            RENDER_MIXED(engine, audio);
        }
        // From the first frame: pan does not even pass through.
        CHECK_LEVEL(audio, 0, 0, level, TEST_TOLERANCE);
    }
}

CASE(case_40_mono_source_in_stereo) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    test_source_on_bus(engine, 1, 0.5f, mixer, 0);
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER_MIXED(engine, audio);
    CHECK_LEVEL(audio, 0, 0, 0.5f * CHOICE_MONO_CENTRE_GAIN, TEST_TOLERANCE);
    for (AVAudioFrameCount frame = 0; frame < audio->frames; frame++) {
        CHECK(audio->samples[1][frame] == audio->samples[0][frame] &&
                  audio->samples[0][frame] != 0.0f,
              "frame %u: expected the same on both channels, got %g and %g", frame,
              (double)audio->samples[0][frame], (double)audio->samples[1][frame]);
    }
}

CASE(case_46_input_without_data) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioInputNode *input = [engine inputNode];
    AVAudioPCMBuffer *captured = test_constant_buffer(2, TEST_MAXIMUM_FRAMES, 0.25f);
    AudioBufferList *list = [captured mutableAudioBufferList];
    __block BOOL hasData = NO;
    __block AVAudioFrameCount asked = 0;
    BOOL set =
        [input setManualRenderingInputPCMFormat:test_format(2)
                                     inputBlock:^const AudioBufferList *(AVAudioFrameCount frames) {
                                         asked += frames;
                                         // As many frames as were asked for, not more.
                                         for (UInt32 i = 0; i < list->mNumberBuffers; i++) {
                                             list->mBuffers[i].mDataByteSize =
                                                 frames * (UInt32)sizeof(float);
                                         }
                                         return hasData ? list : NULL;
                                     }];
    CHECK(set, "setManualRenderingInputPCMFormat: expected YES");
    [engine connect:input to:mixer fromBus:0 toBus:0 format:test_format(2)];
    test_source_on_bus(engine, 2, 1.0f, mixer, 1);
    START(engine);

    static const AVAudioFrameCount sizes[] = {512, 97, 512, 1};
    TestAudio *audio = test_audio(2);
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        NSError *error = nil;
        AVAudioEngineManualRenderingStatus status =
            test_render_once(engine, sizes[i], audio, &error);
        CHECK(status == AVAudioEngineManualRenderingStatusInsufficientDataFromInputNode,
              "no data, block of %u: expected status 1, got %ld, error %ld", sizes[i], (long)status,
              (long)[error code]);
    }
    CHECK(audio->frames == 512 + 97 + 512 + 1, "no data: expected all frames, got %u",
          audio->frames);
    CHECK(asked > 0, "expected the input block to be asked");
    CHECK_LEVEL(audio, 0, 0, 1.0f, 0.0f);
    CHECK_LEVEL(audio, 1, 0, 1.0f, 0.0f);

    hasData = YES;
    audio = test_audio(2);
    RENDER_MIXED(engine, audio);
    CHECK_LEVEL(audio, 0, 0, 1.25f, TEST_TOLERANCE);
    CHECK_LEVEL(audio, 1, 0, 1.25f, TEST_TOLERANCE);
}

CASE(case_46_input_without_a_block) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    AVAudioInputNode *input = [engine inputNode];
    [engine connect:input to:mixer fromBus:0 toBus:0 format:test_format(2)];
    test_source_on_bus(engine, 2, 1.0f, mixer, 1);
    AVAudioPCMBuffer *captured = test_constant_buffer(2, TEST_MAXIMUM_FRAMES, 0.25f);
    AVAudioIONodeInputBlock block = ^const AudioBufferList *(AVAudioFrameCount frames) {
        (void)frames;
        return [captured mutableAudioBufferList];
    };
    // Where such a format can be made at all.
    AVAudioFormat *noRate =
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:0.0 channels:2] autorelease];
    CHECK(noRate == nil || ![input setManualRenderingInputPCMFormat:noRate inputBlock:block],
          "a format of 0 Hz: expected NO");

    // Without a block; with one; and with one from before the engine went back to its device.
    for (int round = 0; round < 3; round++) {
        if (round == 1) {
            CHECK([input setManualRenderingInputPCMFormat:test_format(2) inputBlock:block],
                  "setManualRenderingInputPCMFormat: expected YES");
        } else if (round == 2) {
            [engine disableManualRenderingMode];
            CHECK([engine enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline
                                             format:test_format(2)
                                  maximumFrameCount:TEST_MAXIMUM_FRAMES
                                              error:NULL],
                  "manual rendering again: expected YES");
        }
        START(engine);
        TestAudio *audio = test_audio(2);
        AVAudioEngineManualRenderingStatus wanted =
            round == 1 ? AVAudioEngineManualRenderingStatusSuccess
                       : AVAudioEngineManualRenderingStatusInsufficientDataFromInputNode;
        AVAudioEngineManualRenderingStatus status = test_render_once(engine, 97, audio, NULL);
        CHECK(status == wanted, "round %d: expected status %ld, got %ld", round, (long)wanted,
              (long)status);
        CHECK(audio->frames == 97, "round %d: expected 97 frames, got %u", round, audio->frames);
        CHECK_LEVEL(audio, 0, 0, round == 1 ? 1.25f : 1.0f, TEST_TOLERANCE);
        [engine stop];
    }
}
