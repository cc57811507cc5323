// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Cases 58 to 64: the mixers as audio units. Levels are set after start: Apple's matrix forgets
// those from before.
#import <AudioToolbox/AudioToolbox.h>

#import "support.h"

#define MASTER 0xFFFFFFFFu

/// The unit, retained, or what came instead of one.
typedef struct Made {
    int calls;
    AVAudioUnit *unit;
    OSStatus code;
    BOOL failed;
    BOOL sameThread;
} Made;

static AudioComponentDescription description(OSType subtype) {
    return (AudioComponentDescription){.componentType = kAudioUnitType_Mixer,
                                       .componentSubType = subtype,
                                       .componentManufacturer = kAudioUnitManufacturer_Apple};
}

/// An attached unit of that subtype; raises when there is none.
static AVAudioUnit *make_unit(AVAudioEngine *engine, OSType subtype) {
    __block Made made = {0, nil, 0, NO, NO};
    NSThread *caller = [NSThread currentThread];
    [AVAudioUnit instantiateWithComponentDescription:description(subtype) options:0
                                   completionHandler:^(AVAudioUnit *unit, NSError *error) {
                                       made.unit = [unit retain];
                                       made.failed = error != nil;
                                       made.code = (OSStatus)[error code];
                                       made.sameThread = [NSThread currentThread] == caller;
                                       test_count(&made.calls);
                                   }];
    if (!test_wait(&made.calls, 1) || made.unit == nil || made.sameThread) {
        [NSException raise:@"ConformanceSetUp" format:@"no unit (error %d)", (int)made.code];
    }
    [engine attachNode:[made.unit autorelease]];
    return made.unit;
}

static OSStatus set_buses(AVAudioUnit *unit, AudioUnitScope scope, UInt32 count) {
    return AudioUnitSetProperty([unit audioUnit], kAudioUnitProperty_ElementCount, scope, 0, &count,
                                sizeof count);
}

static OSStatus set_volume(AVAudioUnit *unit, AudioUnitScope scope, AudioUnitElement element,
                           float volume) {
    return AudioUnitSetParameter([unit audioUnit], kMatrixMixerParam_Volume, scope, element, volume,
                                 0);
}

static AudioUnitElement crosspoint(UInt32 input, UInt32 output) {
    return (input << 16) | output;
}

/// Two stereo sources, 1.0 and 2.0 on all channels, on a matrix with one stereo output.
static AVAudioUnit *make_matrix(AVAudioEngine *engine) {
    AVAudioUnit *matrix = make_unit(engine, kAudioUnitSubType_MatrixMixer);
    if (set_buses(matrix, kAudioUnitScope_Input, 2) != 0 ||
        set_buses(matrix, kAudioUnitScope_Output, 1) != 0) {
        [NSException raise:@"ConformanceSetUp" format:@"the bus counts were refused"];
    }
    for (AVAudioNodeBus bus = 0; bus < 2; bus++) {
        float level = bus == 0 ? 1.0f : 2.0f;
        [engine connect:test_source(engine, 2, level, level) to:matrix fromBus:0 toBus:bus
                 format:test_format(2)];
    }
    [engine connect:matrix to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    return matrix;
}

/// Inputs, outputs and master at 1.
static OSStatus open_matrix(AVAudioUnit *matrix) {
    OSStatus status = set_volume(matrix, kAudioUnitScope_Global, MASTER, 1.0f);
    for (UInt32 i = 0; status == 0 && i < 4; i++) {
        status = set_volume(matrix, kAudioUnitScope_Input, i, 1.0f);
    }
    for (UInt32 o = 0; status == 0 && o < 2; o++) {
        status = set_volume(matrix, kAudioUnitScope_Output, o, 1.0f);
    }
    return status;
}

/// Renders until changes have settled, and then what is looked at.
#define CHECK_STEREO(engine, left, right)                                      \
    do {                                                                       \
        TestAudio *audio_ = test_audio(2);                                     \
        RENDER((engine), 2 * CHOICE_SETTLE_FRAMES, 97, audio_);                \
        CHECK_LEVEL(audio_, 0, CHOICE_SETTLE_FRAMES, (left), TEST_TOLERANCE);  \
        CHECK_LEVEL(audio_, 1, CHOICE_SETTLE_FRAMES, (right), TEST_TOLERANCE); \
    } while (0)

CASE(case_58_matrix_shape) {
    AVAudioEngine *engine = test_engine();
    AVAudioUnit *matrix = make_matrix(engine);
    CHECK([matrix numberOfInputs] == 2 && [matrix numberOfOutputs] == 1,
          "expected 2 inputs and 1 output, got %lu and %lu", (unsigned long)[matrix numberOfInputs],
          (unsigned long)[matrix numberOfOutputs]);
    START(engine);
    UInt32 dimensions[2] = {0, 0};
    UInt32 size = sizeof dimensions;
    OSStatus status = AudioUnitGetProperty([matrix audioUnit], kAudioUnitProperty_MatrixDimensions,
                                           kAudioUnitScope_Global, 0, dimensions, &size);
    CHECK(status == 0 && dimensions[0] == 4 && dimensions[1] == 2,
          "dimensions: expected 4 and 2, got %u and %u (status %d)", (unsigned)dimensions[0],
          (unsigned)dimensions[1], (int)status);

    float levels[32];
    size = sizeof levels;
    status = AudioUnitGetProperty([matrix audioUnit], kAudioUnitProperty_MatrixLevels,
                                  kAudioUnitScope_Global, 0, levels, &size);
    CHECK(status == 0 && size == 15 * sizeof(float), "levels: expected 15, got %u (status %d)",
          (unsigned)(size / sizeof(float)), (int)status);
    for (int level = 0; level < 15; level++) {
        CHECK(levels[level] == 0.0f, "level %d: expected 0, got %g", level, (double)levels[level]);
    }
    CHECK_STEREO(engine, 0.0f, 0.0f);

    // Input volumes in the last column, output volumes in the last row, the master in the corner.
    CHECK(set_volume(matrix, kAudioUnitScope_Input, 1, 0.25f) == 0 &&
              set_volume(matrix, kAudioUnitScope_Output, 1, 0.5f) == 0 &&
              set_volume(matrix, kAudioUnitScope_Global, crosspoint(3, 0), 0.125f) == 0 &&
              set_volume(matrix, kAudioUnitScope_Global, MASTER, 0.75f) == 0,
          "setting a volume was refused");
    AudioUnitGetProperty([matrix audioUnit], kAudioUnitProperty_MatrixLevels,
                         kAudioUnitScope_Global, 0, levels, &size);
    CHECK_FLOAT(levels[1 * 3 + 2], 0.25f);
    CHECK_FLOAT(levels[4 * 3 + 1], 0.5f);
    CHECK_FLOAT(levels[3 * 3 + 0], 0.125f);
    CHECK_FLOAT(levels[4 * 3 + 2], 0.75f);
}

CASE(case_59_matrix_sums) {
    AVAudioEngine *engine = test_engine();
    AVAudioUnit *matrix = make_matrix(engine);
    START(engine);
    CHECK(open_matrix(matrix) == 0, "setting a volume was refused");
    set_volume(matrix, kAudioUnitScope_Global, crosspoint(2, 0), 1.0f);
    CHECK_STEREO(engine, 2.0f, 0.0f);
    set_volume(matrix, kAudioUnitScope_Global, crosspoint(0, 0), 1.0f);
    CHECK_STEREO(engine, 3.0f, 0.0f);
}

CASE(case_60_each_matrix_level_silences) {
    const struct {
        const char *name;
        AudioUnitScope scope;
        AudioUnitElement element;
    } levels[] = {{"master", kAudioUnitScope_Global, MASTER},
                  {"output volume", kAudioUnitScope_Output, 0},
                  {"input volume", kAudioUnitScope_Input, 2},
                  {"crosspoint", kAudioUnitScope_Global, crosspoint(2, 0)}};
    AVAudioEngine *engine = test_engine();
    AVAudioUnit *matrix = make_matrix(engine);
    START(engine);
    CHECK(open_matrix(matrix) == 0, "setting a volume was refused");
    set_volume(matrix, kAudioUnitScope_Global, crosspoint(2, 0), 1.0f);
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        OSStatus status = set_volume(matrix, levels[i].scope, levels[i].element, 0.0f);
        CHECK(status == 0, "%s: expected status 0, got %d", levels[i].name, (int)status);
        CHECK_STEREO(engine, 0.0f, 0.0f);
        set_volume(matrix, levels[i].scope, levels[i].element, 1.0f);
        CHECK_STEREO(engine, 2.0f, 0.0f);
    }
}

CASE(case_61_mixer_unit_bus_out_of_range) {
    AVAudioEngine *engine = test_engine();
    AVAudioUnit *mixer = make_unit(engine, kAudioUnitSubType_MultiChannelMixer);
    // A matrix does not conform to AVAudioMixing: the bus's gain is the unit's alone.
    AVAudioUnit *matrix = make_unit(engine, kAudioUnitSubType_MatrixMixer);
    [engine connect:test_source(engine, 2, 1.0f, 1.0f) to:matrix fromBus:0 toBus:0
             format:test_format(2)];
    [engine connect:matrix to:mixer fromBus:0 toBus:1 format:test_format(2)];
    [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    START(engine);
    CHECK(set_volume(matrix, kAudioUnitScope_Global, MASTER, 1.0f) == 0, "the master was refused");
    for (UInt32 channel = 0; channel < 2; channel++) {
        set_volume(matrix, kAudioUnitScope_Input, channel, 1.0f);
        set_volume(matrix, kAudioUnitScope_Output, channel, 1.0f);
        set_volume(matrix, kAudioUnitScope_Global, crosspoint(channel, channel), 1.0f);
    }
    AudioUnitElement count = (AudioUnitElement)[mixer numberOfInputs];
    OSStatus status = AudioUnitSetParameter([mixer audioUnit], kMultiChannelMixerParam_Volume,
                                            kAudioUnitScope_Input, count, 0.5f, 0);
    CHECK(status != 0, "bus %u of %u: expected an error, got status 0", (unsigned)count,
          (unsigned)count);
    AudioUnitSetParameter([mixer audioUnit], kMultiChannelMixerParam_Volume, kAudioUnitScope_Output,
                          0, 1.0f, 0);
    status = AudioUnitSetParameter([mixer audioUnit], kMultiChannelMixerParam_Volume,
                                   kAudioUnitScope_Input, 1, 0.5f, 0);
    CHECK(status == 0, "bus 1: expected status 0, got %d", (int)status);
    CHECK_STEREO(engine, 0.5f, 0.5f);
}

CASE(case_62_unknown_audio_unit) {
    __block Made made = {0, nil, 0, NO, NO};
    [AVAudioUnit instantiateWithComponentDescription:description(0x3f3f3f3f) options:0
                                   completionHandler:^(AVAudioUnit *unit, NSError *error) {
                                       made.unit = [unit retain];
                                       made.failed = error != nil;
                                       test_count(&made.calls);
                                   }];
    CHECK(test_wait(&made.calls, 1), "expected the handler to be called");
    CHECK(made.unit == nil && made.failed, "expected nil and an error");
}

/// One source of samples to a mixer and to two buses of a matrix, beside another source.
static void connect_split(AVAudioEngine *engine, AVAudioNode *source, AVAudioUnit *matrix) {
    AVAudioMixerNode *group = test_mixer(engine);
    AVAudioMixerNode *mainMixer = [engine mainMixerNode];
    [engine connect:source toConnectionPoints:@[
        [[[AVAudioConnectionPoint alloc] initWithNode:group bus:0] autorelease],
        [[[AVAudioConnectionPoint alloc] initWithNode:matrix bus:0] autorelease],
        [[[AVAudioConnectionPoint alloc] initWithNode:matrix bus:2] autorelease]
    ]
                   fromBus:0
                    format:test_format(2)];
    [engine connect:test_source(engine, 2, 0.25f, 0.125f) to:matrix fromBus:0 toBus:1
             format:test_format(2)];
    [engine connect:group to:mainMixer fromBus:0 toBus:0 format:test_format(2)];
    [engine connect:matrix to:mainMixer fromBus:0 toBus:1 format:test_format(2)];
    [engine connect:matrix to:mainMixer fromBus:1 toBus:2 format:test_format(1)];
}

/// Stereo buses 0 and 2, split from one source, reach the left; bus 1 both sides of the first
/// output, and its right channel the mono second output.
static void set_split_levels(AVAudioUnit *matrix) {
    set_volume(matrix, kAudioUnitScope_Global, MASTER, 1.0f);
    for (UInt32 channel = 0; channel < 6; channel++) {
        set_volume(matrix, kAudioUnitScope_Input, channel, 1.0f);
    }
    for (UInt32 channel = 0; channel < 3; channel++) {
        set_volume(matrix, kAudioUnitScope_Output, channel, 1.0f);
    }
    set_volume(matrix, kAudioUnitScope_Global, crosspoint(0, 0), 1.0f);
    set_volume(matrix, kAudioUnitScope_Global, crosspoint(4, 0), 0.5f);
    set_volume(matrix, kAudioUnitScope_Global, crosspoint(2, 0), 1.0f);
    set_volume(matrix, kAudioUnitScope_Global, crosspoint(3, 1), 1.0f);
    set_volume(matrix, kAudioUnitScope_Global, crosspoint(3, 2), 0.5f);
}

CASE(case_63_split_into_a_matrix) {
    for (int player = 0; player < 2; player++) {
        AVAudioEngine *engine = test_engine();
        AVAudioUnit *matrix = make_unit(engine, kAudioUnitSubType_MatrixMixer);
        CHECK(set_buses(matrix, kAudioUnitScope_Input, 3) == 0 &&
                  set_buses(matrix, kAudioUnitScope_Output, 2) == 0,
              "the bus counts were refused");
        AVAudioPlayerNode *node = test_player(engine);
        connect_split(engine, player ? node : (AVAudioNode *)test_source(engine, 2, 0.5f, 1.0f),
                      matrix);
        START(engine);
        set_split_levels(matrix);
        if (player) {
            AVAudioPCMBuffer *buffer = test_constant_buffer(2, TEST_MAXIMUM_FRAMES, 0.5f);
            memset([buffer floatChannelData][1], 0, TEST_MAXIMUM_FRAMES * sizeof(float));
            [node scheduleBuffer:buffer atTime:nil options:AVAudioPlayerNodeBufferLoops
                completionHandler:NULL];
            [node play];
        }
        float right = player ? 0.0f : 1.0f;
        float mono = CHOICE_MONO_CENTRE_GAIN * 0.0625f;
        CHECK_STEREO(engine, 0.5f + 0.5f + 0.25f + 0.25f + mono, right + 0.125f + mono);
    }
}

CASE(case_64_matrix_buses_and_formats) {
    AVAudioEngine *engine = test_engine();
    AVAudioUnit *matrix = make_unit(engine, kAudioUnitSubType_MatrixMixer);
    AudioUnit unit = [matrix audioUnit];
    CHECK(set_buses(matrix, kAudioUnitScope_Input, 2) == 0, "2 input buses were refused");
    AudioStreamBasicDescription format = *[test_format(1) streamDescription];
    OSStatus status = AudioUnitSetProperty(unit, kAudioUnitProperty_StreamFormat,
                                           kAudioUnitScope_Input, 0, &format, sizeof format);
    CHECK(status == 0, "mono on input bus 0: expected status 0, got %d", (int)status);
    CHECK([[matrix inputFormatForBus:0] channelCount] == 1, "input bus 0: expected 1 channel");
    status = AudioUnitSetProperty(unit, kAudioUnitProperty_StreamFormat, kAudioUnitScope_Input, 2,
                                  &format, sizeof format);
    CHECK(status != 0, "a format for input bus 2 of 2: expected an error");
    format.mFormatFlags = kAudioFormatFlagIsSignedInteger;
    status = AudioUnitSetProperty(unit, kAudioUnitProperty_StreamFormat, kAudioUnitScope_Input, 0,
                                  &format, sizeof format);
    CHECK(status != 0, "integer samples: expected an error");

    [engine connect:test_source(engine, 2, 1.0f, 1.0f) to:matrix fromBus:0 toBus:1
             format:test_format(2)];
    [engine connect:matrix to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    START(engine);
    UInt32 size = sizeof format;
    status = AudioUnitGetProperty(unit, kAudioUnitProperty_StreamFormat, kAudioUnitScope_Input, 1,
                                  &format, &size);
    CHECK(status == 0 && format.mChannelsPerFrame == 2 && format.mSampleRate == TEST_SAMPLE_RATE,
          "input bus 1: expected 2 channels at 44.1 kHz, got %u at %g (status %d)",
          (unsigned)format.mChannelsPerFrame, format.mSampleRate, (int)status);
    CHECK(set_buses(matrix, kAudioUnitScope_Input, 1) != 0,
          "taking a connected bus from a running matrix: expected an error");
    CHECK([matrix numberOfInputs] == 2, "expected 2 input buses, got %lu",
          (unsigned long)[matrix numberOfInputs]);
    UInt32 dimensions[2] = {9, 9};
    status = AudioUnitSetProperty(unit, kAudioUnitProperty_MatrixDimensions, kAudioUnitScope_Global,
                                  0, dimensions, sizeof dimensions);
    CHECK(status != 0, "setting the dimensions: expected an error");
    CHECK(set_volume(matrix, kAudioUnitScope_Input, 3, 1.0f) == kAudioUnitErr_InvalidElement,
          "input channel 3 of 3: expected InvalidElement");
}
