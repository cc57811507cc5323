// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Cases 56 and 57: buffers, formats and connection points by themselves.
#import "support.h"

// nil also if it throws.
static AVAudioPCMBuffer *buffer_of(AudioStreamBasicDescription description,
                                   AVAudioFrameCount frames) {
    __block AVAudioPCMBuffer *buffer = nil;
    AVAudioFormat *format =
        [[[AVAudioFormat alloc] initWithStreamDescription:&description] autorelease];
    test_exception(^{
        buffer = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:format
                                                frameCapacity:frames] autorelease];
    });
    return buffer;
}

CASE(case_56_buffers_and_formats) {
    AVAudioPCMBuffer *buffer = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:test_format(2)
                                                              frameCapacity:64] autorelease];
    CHECK([buffer frameCapacity] == 64, "frameCapacity: expected 64, got %u",
          [buffer frameCapacity]);
    CHECK([buffer frameLength] == 0, "a new buffer's frameLength: expected 0, got %u",
          [buffer frameLength]);
    CHECK([buffer stride] == 1, "planar stride: expected 1, got %lu",
          (unsigned long)[buffer stride]);
    CHECK([buffer int16ChannelData] == NULL, "int16ChannelData of a float buffer: expected NULL");
    CHECK([buffer floatChannelData] != NULL &&
              [buffer floatChannelData][0] != [buffer floatChannelData][1],
          "floatChannelData: expected two channels");

    [buffer setFrameLength:10];
    CHECK([buffer frameLength] == 10, "frameLength: expected 10, got %u", [buffer frameLength]);
    const AudioBufferList *list = [buffer audioBufferList];
    CHECK(list->mNumberBuffers == 2, "expected 2 buffers, got %u", (unsigned)list->mNumberBuffers);
    CHECK(list->mBuffers[1].mDataByteSize == 10 * sizeof(float),
          "audioBufferList: expected the size of 10 frames, got %u bytes",
          (unsigned)list->mBuffers[1].mDataByteSize);
    CHECK(list->mBuffers[1].mData == [buffer floatChannelData][1],
          "audioBufferList: expected the buffer's own samples");
    AudioBufferList *mutableList = [buffer mutableAudioBufferList];
    CHECK(mutableList->mBuffers[1].mDataByteSize == 64 * sizeof(float),
          "mutableAudioBufferList: expected the size of 64 frames, got %u bytes",
          (unsigned)mutableList->mBuffers[1].mDataByteSize);

    [buffer setFrameLength:64];
    CHECK_THROWS("frameLength past the capacity", [buffer setFrameLength:65]);
    CHECK([buffer frameLength] == 64, "after the exception: expected frameLength 64, got %u",
          [buffer frameLength]);

    AudioStreamBasicDescription description = {0};
    description.mSampleRate = TEST_SAMPLE_RATE;
    description.mFormatID = kAudioFormatMPEG4AAC;
    description.mFramesPerPacket = 1024;
    description.mChannelsPerFrame = 2;
    AVAudioFormat *compressed =
        [[[AVAudioFormat alloc] initWithStreamDescription:&description] autorelease];
    CHECK(compressed != nil, "a compressed format: expected an object");
    CHECK_THROWS("a buffer of a compressed format",
                 [[[AVAudioPCMBuffer alloc] initWithPCMFormat:compressed
                                                frameCapacity:64] autorelease]);

    // 2^32 frames of two channels of 2^31 bytes each: 2^64 bytes.
    description = *[test_format(2) streamDescription];
    description.mBytesPerFrame = 1u << 31;
    CHECK(buffer_of(description, UINT32_MAX) == nil, "2^64 bytes: expected no buffer");
    description.mFormatFlags &= ~(UInt32)kAudioFormatFlagIsNonInterleaved;
    description.mBytesPerFrame = 4;
    CHECK(buffer_of(description, 64) == nil, "two floats in four bytes: expected no buffer");

    AVAudioFormat *wide = [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:TEST_SAMPLE_RATE
                                                                          channels:3] autorelease];
    CHECK(wide == nil, "3 channels without a layout: expected nil");
    AVAudioFormat *stereo = test_format(2);
    CHECK([stereo isStandard] && ![stereo isInterleaved] && [stereo channelCount] == 2 &&
              [stereo sampleRate] == TEST_SAMPLE_RATE &&
              [stereo commonFormat] == AVAudioPCMFormatFloat32,
          "expected planar float at 44.1 kHz on 2 channels");
    CHECK([stereo isEqual:test_format(2)] && ![stereo isEqual:test_format(1)],
          "isEqual: expected it to go by the values");
}

CASE(case_57_connection_point) {
    // Of type id: the compiler would not let a nil node pass.
    id none = nil;
    AVAudioConnectionPoint *point = [[[AVAudioConnectionPoint alloc] initWithNode:none
                                                                              bus:0] autorelease];
    CHECK(point == nil, "without a node: expected nil");

    AVAudioMixerNode *mixer = [[AVAudioMixerNode alloc] init];
    point = [[[AVAudioConnectionPoint alloc] initWithNode:mixer bus:3] autorelease];
    BOOL same = NO;
    // Reading a weak reference may autorelease the node: not into the case's own pool.
    @autoreleasepool {
        same = [point node] == mixer;
    }
    [mixer release];
    CHECK(same, "node: expected the one it was made with");
    CHECK([point bus] == 3, "bus: expected 3, got %lu", (unsigned long)[point bus]);
    CHECK([point node] == nil, "with the node gone: expected nil");
}
