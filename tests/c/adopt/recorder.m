// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that only records, on a machine without a microphone: it asks for the input's format before
// it does anything else.
#import "program.h"

static AVAudioNodeTapBlock nothing = ^(AVAudioPCMBuffer *buffer, AVAudioTime *when) {
    (void)buffer;
    (void)when;
};

static void without_a_device(void) {
    AVAudioEngine *av_engine = [[AVAudioEngine alloc] init];
    AVAudioInputNode *input = [av_engine inputNode];
    AVAudioFormat *device = [input inputFormatForBus:0], *node = [input outputFormatForBus:0];
    CHECK([device sampleRate] == 0.0 && [device channelCount] == 0);
    CHECK([node sampleRate] == 0.0 && [node channelCount] == 0);
    BOOL threw = NO;
    @try {
        [input installTapOnBus:0 bufferSize:4800 format:device block:nothing];
    } @catch (NSException *exception) {
        threw = YES;
    }
    CHECK(threw);
    NSError *cause = nil;
    CHECK(![av_engine startAndReturnError:&cause] && cause != nil);
    [av_engine release];
}

static void in_manual_rendering(void) {
    AVAudioEngine *av_engine = make_engine();
    AVAudioInputNode *input = [av_engine inputNode];
    AVAudioFormat *format =
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:44100.0 channels:1] autorelease];
    CHECK([[input inputFormatForBus:0] isEqual:[av_engine manualRenderingFormat]]);
    CHECK([input
        setManualRenderingInputPCMFormat:format
                              inputBlock:^const AudioBufferList *(AVAudioFrameCount frames) {
                                  (void)frames;
                                  return NULL;
                              }]);
    CHECK([[input inputFormatForBus:0] isEqual:format]);
    CHECK([[input outputFormatForBus:0] isEqual:format]);
    [av_engine release];
}

void test_recorders(void) {
    @autoreleasepool {
        setenv("PERBUS_AUDIO", "pulse", 1);
        setenv("PULSE_SERVER", "unix:/nowhere", 1);
        without_a_device();
        in_manual_rendering();
        unsetenv("PULSE_SERVER");
        unsetenv("PERBUS_AUDIO");
    }
}
