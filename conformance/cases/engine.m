// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Cases 1-3 and 41-45: the engine, its own nodes and manual rendering.
#import "support.h"

CASE(case_01_new_engine) {
    AVAudioEngine *engine = [[[AVAudioEngine alloc] init] autorelease];
    CHECK(![engine isRunning], "isRunning: expected NO");
    CHECK(![engine isInManualRenderingMode], "isInManualRenderingMode: expected NO");
    AVAudioFormat *format = [engine manualRenderingFormat];
    CHECK(format != nil, "manualRenderingFormat: expected an object");
    CHECK([format sampleRate] == 0.0 && [format channelCount] == 0,
          "manualRenderingFormat: expected 0 Hz, 0 channels, got %g Hz, %u channels",
          [format sampleRate], [format channelCount]);
    CHECK([engine manualRenderingMaximumFrameCount] == 0,
          "manualRenderingMaximumFrameCount: expected 0, got %u",
          [engine manualRenderingMaximumFrameCount]);
    CHECK([[engine attachedNodes] count] == 0, "attachedNodes: expected none, got %lu",
          (unsigned long)[[engine attachedNodes] count]);
}

CASE(case_02_io_nodes_are_attached_when_read) {
    AVAudioEngine *engine = test_engine();
    AVAudioOutputNode *output = [engine outputNode];
    AVAudioInputNode *input = [engine inputNode];
    CHECK(output != nil && input != nil, "expected both nodes");
    CHECK([engine outputNode] == output && [engine inputNode] == input,
          "read twice: expected the same nodes");
    NSSet *nodes = [engine attachedNodes];
    CHECK([nodes count] == 2, "attachedNodes: expected 2, got %lu", (unsigned long)[nodes count]);
    CHECK([nodes containsObject:output] && [nodes containsObject:input],
          "attachedNodes: expected the output and the input node");
    CHECK([output engine] == engine && [input engine] == engine, "expected the nodes' engine");
}

CASE(case_03_main_mixer_is_connected_when_read) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [engine mainMixerNode];
    CHECK(mixer != nil, "mainMixerNode: expected a node");
    CHECK([engine mainMixerNode] == mixer, "read twice: expected the same node");
    CHECK_POINT([engine inputConnectionPointForNode:[engine outputNode] inputBus:0], mixer, 0);
    NSArray *points = [engine outputConnectionPointsForNode:mixer outputBus:0];
    CHECK([points count] == 1, "the mixer's output: expected 1 connection, got %lu",
          (unsigned long)[points count]);
    CHECK_POINT([points objectAtIndex:0], [engine outputNode], 0);
}

CASE(case_41_manual_rendering_while_running) {
    AVAudioEngine *engine = test_engine();
    test_source_on_bus(engine, 2, 1.0f, [engine mainMixerNode], 0);
    START(engine);
    NSError *error = nil;
    BOOL enabled = [engine enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline
                                              format:test_format(1)
                                   maximumFrameCount:64
                                               error:&error];
    CHECK(!enabled, "expected NO while the engine runs");
    CHECK([error code] == AVAudioEngineManualRenderingErrorInitialized,
          "expected error -80801, got %ld", (long)[error code]);

    CHECK([engine isRunning], "expected the engine to run on");
    CHECK([[engine manualRenderingFormat] channelCount] == 2, "expected the old format to stay");
    CHECK([engine manualRenderingMaximumFrameCount] == TEST_MAXIMUM_FRAMES,
          "expected the old maximumFrameCount to stay, got %u",
          [engine manualRenderingMaximumFrameCount]);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 512, 97, audio);
    CHECK_LEVEL(audio, 0, 0, 1.0f, 0.0f);

    [engine stop];
    enabled = [engine enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline
                                         format:test_format(2)
                              maximumFrameCount:64
                                          error:NULL];
    CHECK(enabled, "expected YES once the engine is stopped");
}

CASE(case_42_render_in_the_wrong_state) {
    AVAudioEngine *engine = [[[AVAudioEngine alloc] init] autorelease];
    AVAudioPCMBuffer *buffer = test_constant_buffer(2, 512, 0.0f);
    NSError *error = nil;
    AVAudioEngineManualRenderingStatus status = [engine renderOffline:512 toBuffer:buffer
                                                                error:&error];
    CHECK(status == AVAudioEngineManualRenderingStatusError,
          "device mode: expected status -1, got %ld", (long)status);
    CHECK([error code] == AVAudioEngineManualRenderingErrorInvalidMode,
          "device mode: expected error -80800, got %ld", (long)[error code]);

    engine = test_engine();
    test_source_on_bus(engine, 2, 1.0f, [engine mainMixerNode], 0);
    error = nil;
    status = [engine renderOffline:512 toBuffer:buffer error:&error];
    CHECK(status == AVAudioEngineManualRenderingStatusError,
          "before start: expected status -1, got %ld", (long)status);
    CHECK([error code] == AVAudioEngineManualRenderingErrorNotRunning,
          "before start: expected error -80802, got %ld", (long)[error code]);
    status = [engine renderOffline:512 toBuffer:buffer error:NULL];
    CHECK(status == AVAudioEngineManualRenderingStatusError,
          "without an error to fill: expected status -1, got %ld", (long)status);
    CHECK([engine manualRenderingSampleTime] == 0, "expected the time to stand still");
}

CASE(case_43_render_and_reset) {
    AVAudioEngine *engine = test_engine();
    test_source_on_bus(engine, 2, 1.0f, [engine mainMixerNode], 0);
    START(engine);
    CHECK([engine manualRenderingSampleTime] == 0, "expected time 0 before the first render");

    AVAudioPCMBuffer *buffer =
        [[[AVAudioPCMBuffer alloc] initWithPCMFormat:[engine manualRenderingFormat]
                                       frameCapacity:2 * TEST_MAXIMUM_FRAMES] autorelease];
    NSError *error = nil;
    AVAudioEngineManualRenderingStatus status = [engine renderOffline:1024 toBuffer:buffer
                                                                error:&error];
    CHECK(status == AVAudioEngineManualRenderingStatusSuccess, "expected status 0, got %ld",
          (long)status);
    CHECK([buffer frameLength] == 1024, "frameLength: expected 1024, got %u", [buffer frameLength]);
    CHECK([engine manualRenderingSampleTime] == 1024, "sample time: expected 1024, got %lld",
          (long long)[engine manualRenderingSampleTime]);

    TestAudio *audio = test_audio(2);
    RENDER(engine, 1000, 97, audio);
    CHECK([engine manualRenderingSampleTime] == 2024, "sample time: expected 2024, got %lld",
          (long long)[engine manualRenderingSampleTime]);

    status = [engine renderOffline:TEST_MAXIMUM_FRAMES + 1 toBuffer:buffer error:&error];
    CHECK(status == CHOICE_TOO_MANY_FRAMES_STATUS, "too many frames: expected status %d, got %ld",
          CHOICE_TOO_MANY_FRAMES_STATUS, (long)status);
    CHECK([error code] == CHOICE_TOO_MANY_FRAMES_ERROR,
          "too many frames: expected error %d, got %ld", (int)CHOICE_TOO_MANY_FRAMES_ERROR,
          (long)[error code]);
    CHECK([buffer frameLength] == CHOICE_TOO_MANY_FRAMES_LENGTH,
          "too many frames: expected frameLength %d, got %u", CHOICE_TOO_MANY_FRAMES_LENGTH,
          [buffer frameLength]);
    CHECK([engine manualRenderingSampleTime] == 2024, "expected a failed render to take no time");

    [engine reset];
    CHECK([engine manualRenderingSampleTime] == 0, "after reset: expected 0, got %lld",
          (long long)[engine manualRenderingSampleTime]);
}

CASE(case_44_realtime_mode) {
    AVAudioEngine *engine = [[[AVAudioEngine alloc] init] autorelease];
    NSError *error = nil;
    BOOL enabled = [engine enableManualRenderingMode:AVAudioEngineManualRenderingModeRealtime
                                              format:test_format(2)
                                   maximumFrameCount:512
                                               error:&error];
    CHECK(enabled, "Realtime mode: expected YES, got error %ld", (long)[error code]);
    CHECK([engine manualRenderingMode] == AVAudioEngineManualRenderingModeRealtime,
          "expected Realtime mode");
    AVAudioSourceNode *source = test_source(engine, 2, 0.25f, 0.75f);
    [engine connect:source to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    AVAudioEngineManualRenderingBlock render = [engine manualRenderingBlock];
    CHECK(render != nil, "manualRenderingBlock: expected a block");
    START(engine);

    AVAudioPCMBuffer *buffer = test_constant_buffer(2, 512, 9.0f);
    error = nil;
    AVAudioEngineManualRenderingStatus status = [engine renderOffline:512 toBuffer:buffer
                                                                error:&error];
    CHECK(status == AVAudioEngineManualRenderingStatusError,
          "renderOffline: expected status -1, got %ld", (long)status);
    CHECK([error code] == AVAudioEngineManualRenderingErrorInvalidMode,
          "renderOffline: expected error -80800, got %ld", (long)[error code]);

    [buffer setFrameLength:512];
    static const AVAudioFrameCount sizes[] = {512, 97, 1, 300};
    AVAudioFramePosition time = 0;
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        OSStatus code = 0;
        status = render(sizes[i], [buffer mutableAudioBufferList], &code);
        CHECK(status == AVAudioEngineManualRenderingStatusSuccess && code == 0,
              "block of %u: expected status 0, got %ld, error %d", sizes[i], (long)status,
              (int)code);
        for (AVAudioFrameCount frame = 0; frame < sizes[i]; frame++) {
            float left = [buffer floatChannelData][0][frame];
            float right = [buffer floatChannelData][1][frame];
            CHECK(left == 0.25f && right == 0.75f,
                  "block of %u, frame %u: expected .25 and .75, got %g and %g", sizes[i], frame,
                  (double)left, (double)right);
        }
        time += sizes[i];
        CHECK([engine manualRenderingSampleTime] == time, "sample time: expected %lld, got %lld",
              (long long)time, (long long)[engine manualRenderingSampleTime]);
    }

    // Without memory of the caller's, the block lends its own.
    struct {
        AudioBufferList list;
        AudioBuffer second;
    } lent;
    lent.list.mNumberBuffers = 2;
    for (UInt32 channel = 0; channel < 2; channel++) {
        lent.list.mBuffers[channel].mNumberChannels = 1;
        lent.list.mBuffers[channel].mDataByteSize = 97 * sizeof(float);
        lent.list.mBuffers[channel].mData = NULL;
    }
    status = render(97, &lent.list, NULL);
    CHECK(status == AVAudioEngineManualRenderingStatusSuccess,
          "without memory: expected status 0, got %ld", (long)status);
    const float *left = lent.list.mBuffers[0].mData;
    CHECK(left != NULL, "without memory: expected the block's own");
    CHECK(left[0] == 0.25f && left[96] == 0.25f, "without memory: expected .25, got %g and %g",
          (double)left[0], (double)left[96]);
}

CASE(case_45_manual_mode_keeps_connections) {
    AVAudioEngine *engine = [[[AVAudioEngine alloc] init] autorelease];
    AVAudioSourceNode *source = test_source(engine, 2, 0.5f, 0.5f);
    AVAudioMixerNode *mixer = test_mixer(engine);
    [engine connect:source to:mixer fromBus:0 toBus:3 format:test_format(2)];
    [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:1 format:test_format(2)];

    NSError *error = nil;
    BOOL enabled = [engine enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline
                                              format:test_format(2)
                                   maximumFrameCount:TEST_MAXIMUM_FRAMES
                                               error:&error];
    CHECK(enabled, "expected YES, got error %ld", (long)[error code]);
    CHECK([engine isInManualRenderingMode], "isInManualRenderingMode: expected YES");
    CHECK([engine manualRenderingMaximumFrameCount] == TEST_MAXIMUM_FRAMES,
          "maximumFrameCount: expected %d, got %u", TEST_MAXIMUM_FRAMES,
          [engine manualRenderingMaximumFrameCount]);
    CHECK_POINT([engine inputConnectionPointForNode:mixer inputBus:3], source, 0);
    CHECK_POINT([engine inputConnectionPointForNode:[engine mainMixerNode] inputBus:1], mixer, 0);
    CHECK_POINT([engine inputConnectionPointForNode:[engine outputNode] inputBus:0],
                [engine mainMixerNode], 0);

    START(engine);
    TestAudio *audio = test_audio(2);
    RENDER(engine, 1000, 97, audio);
    CHECK_LEVEL(audio, 0, 0, 0.5f, TEST_TOLERANCE);
    CHECK_LEVEL(audio, 1, 0, 0.5f, TEST_TOLERANCE);
}
