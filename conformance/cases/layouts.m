// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Case 66: channel layouts, by themselves, in formats, and where one goes into another.
#import "support.h"

CASE(case_66_layouts_and_formats) {
    static const struct {
        AudioChannelLayoutTag tag;
        AVAudioChannelCount channels;
    } layouts[] = {
        {kAudioChannelLayoutTag_Mono, 1},        {kAudioChannelLayoutTag_Stereo, 2},
        {kAudioChannelLayoutTag_MPEG_3_0_A, 3},  {kAudioChannelLayoutTag_Quadraphonic, 4},
        {kAudioChannelLayoutTag_MPEG_5_0_A, 5},  {kAudioChannelLayoutTag_MPEG_5_1_A, 6},
        {kAudioChannelLayoutTag_MPEG_7_1_C, 8},  {kAudioChannelLayoutTag_WAVE_7_1, 8},
        {kAudioChannelLayoutTag_Unknown | 5, 5},
    };
    enum { COUNT = sizeof layouts / sizeof layouts[0] };
    for (size_t i = 0; i < COUNT; i++) {
        AVAudioChannelLayout *layout =
            [[[AVAudioChannelLayout alloc] initWithLayoutTag:layouts[i].tag] autorelease];
        CHECK([layout layoutTag] == layouts[i].tag, "layout %zu: another tag", i);
        CHECK([layout channelCount] == layouts[i].channels, "layout %zu: expected %u channels", i,
              layouts[i].channels);
        AVAudioFormat *format = test_laid_out(layouts[i].tag);
        CHECK([format channelCount] == layouts[i].channels, "format %zu: expected %u channels", i,
              layouts[i].channels);
        CHECK([[format channelLayout] isEqual:layout], "format %zu: expected its layout", i);
        CHECK([format isStandard], "format %zu: expected a standard one", i);
        for (size_t j = 0; j < COUNT; j++) {
            CHECK([format isEqual:test_laid_out(layouts[j].tag)] == (i == j),
                  "formats %zu and %zu: expected %s", i, j, i == j ? "equal ones" : "others");
        }
    }
    CHECK(test_format(2) != nil, "two channels need no layout");
    CHECK(test_format(3) == nil, "three channels without a layout: expected nil");
}

/// A source of one channel in an engine of a layout; each output channel against its row.
#define CHECK_HEARD(from, channel, into, pan_, expected)                             \
    do {                                                                             \
        AVAudioEngine *engine_ = test_engine_in(test_laid_out(into));                \
        AVAudioSourceNode *source_ = test_source_of_one(engine_, (from), (channel)); \
        [engine_ connect:source_ to:[engine_ mainMixerNode] fromBus:0 toBus:0        \
                  format:test_laid_out(from)];                                       \
        [[source_ destinationForMixer:[engine_ mainMixerNode] bus:0] setPan:(pan_)]; \
        START(engine_);                                                              \
        TestAudio *audio_ = test_audio((into) & 0xFFFF);                             \
        RENDER(engine_, 2048, 512, audio_);                                          \
        for (AVAudioChannelCount out_ = 0; out_ < audio_->channels; out_++) {        \
            CHECK_LEVEL(audio_, out_, CHOICE_SETTLE_FRAMES, (float)(expected)[out_], \
                        TEST_TOLERANCE);                                             \
        }                                                                            \
    } while (0)

CASE(case_66_surround_in_stereo) {
    static const double five[][6] = {CHOICE_5_1_TO_LEFT, CHOICE_5_1_TO_RIGHT};
    for (AVAudioChannelCount c = 0; c < 6; c++) {
        const double heard[] = {five[0][c], five[1][c]};
        CHECK_HEARD(kAudioChannelLayoutTag_MPEG_5_1_A, c, kAudioChannelLayoutTag_Stereo, 0.0f,
                    heard);
    }
    static const double seven[][8] = {CHOICE_7_1_TO_LEFT, CHOICE_7_1_TO_RIGHT};
    for (AVAudioChannelCount c = 0; c < 8; c++) {
        const double heard[] = {seven[0][c], seven[1][c]};
        CHECK_HEARD(kAudioChannelLayoutTag_MPEG_7_1_C, c, kAudioChannelLayoutTag_Stereo, 0.0f,
                    heard);
        CHECK_HEARD(kAudioChannelLayoutTag_WAVE_7_1, c, kAudioChannelLayoutTag_Stereo, 0.0f, heard);
    }
    static const double mono[] = CHOICE_5_1_TO_MONO;
    for (AVAudioChannelCount c = 0; c < 6; c++) {
        CHECK_HEARD(kAudioChannelLayoutTag_MPEG_5_1_A, c, kAudioChannelLayoutTag_Mono, 0.0f,
                    &mono[c]);
    }
}

CASE(case_66_pan_of_surround) {
    static const double left[] = CHOICE_5_1_PAN_LEFT;
    static const double right[] = CHOICE_5_1_PAN_RIGHT;
    for (AVAudioChannelCount c = 0; c < 6; c++) {
        double heard[2][6] = {{0}};
        heard[0][c] = left[c];
        heard[1][c] = right[c];
        CHECK_HEARD(kAudioChannelLayoutTag_MPEG_5_1_A, c, kAudioChannelLayoutTag_MPEG_5_1_A, -1.0f,
                    heard[0]);
        CHECK_HEARD(kAudioChannelLayoutTag_MPEG_5_1_A, c, kAudioChannelLayoutTag_MPEG_5_1_A, 1.0f,
                    heard[1]);
    }
}

CASE(case_66_channels_without_a_layout) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *main = [engine mainMixerNode];
    AudioChannelLayoutTag five = kAudioChannelLayoutTag_Unknown | 5;
    AVAudioSourceNode *source = test_source_of_one(engine, five, 0);
    BOOL throws = test_exception(^{
                      [engine connect:source to:main fromBus:0 toBus:0 format:test_laid_out(five)];
                  }) != nil;
    CHECK(throws == CHOICE_DISCRETE_THROWS, "five into stereo: expected %d",
          CHOICE_DISCRETE_THROWS);
    if (!CHOICE_DISCRETE_THROWS) {
        return;
    }
    CHECK_FREE(engine, main, 0);
    // A mixer that leads nowhere takes them, and is then wide.
    AVAudioMixerNode *group = test_mixer(engine);
    [engine connect:source to:group fromBus:0 toBus:0 format:test_laid_out(five)];
    CHECK_THROWS("the group into stereo", [engine connect:group to:main fromBus:0 toBus:0
                                                   format:test_format(2)]);
    CHECK_THROWS("the group as it is", [engine connect:group to:main fromBus:0 toBus:0
                                                format:test_laid_out(five)]);
    CHECK_FREE(engine, main, 0);
    [engine connect:group to:main fromBus:0 toBus:0
             format:test_laid_out(kAudioChannelLayoutTag_MPEG_5_0_A)];
    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 1024, 512, audio);
    CHECK_LEVEL(audio, 0, 0, 1.0f, TEST_TOLERANCE);
    CHECK_LEVEL(audio, 1, 0, 0.0f, TEST_TOLERANCE);

    // Nor can the engine become narrower around them: it does not start.
    AVAudioEngine *wide = test_engine_in(test_laid_out(five));
    source = test_source_of_one(wide, five, 0);
    [wide connect:source to:[wide mainMixerNode] fromBus:0 toBus:0 format:test_laid_out(five)];
    CHECK([wide enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline
                                   format:test_format(2)
                        maximumFrameCount:TEST_MAXIMUM_FRAMES
                                    error:NULL],
          "a stereo mode: expected YES");
    NSError *error = nil;
    CHECK(![wide startAndReturnError:&error], "five into a stereo engine: expected NO");
    CHECK(error != nil, "expected an error");
}
