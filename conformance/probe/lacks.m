// SPDX-License-Identifier: MIT OR Apache-2.0
//
// More ways in which the engine is less kind than the portable one: what it lacks, and what comes late.
#import "probe.h"

#import <AudioToolbox/AudioToolbox.h>

// What only the portable engine has says itself whether it has it.
static BOOL has(AVAudioEngine *engine, NSString *question) {
    SEL selector = NSSelectorFromString(question);
    if (![engine respondsToSelector:selector]) {
        return NO;
    }
    BOOL (*ask)(id, SEL) = (BOOL (*)(id, SEL))[engine methodForSelector:selector];
    return ask(engine, selector);
}

// Of a source that goes while the engine runs.
PROBE(probe_manner_late_pulls) {
    AVAudioEngine *engine = [test_engine() retain];
    __block int calls = 0;
    int detached = 0, released = 0;
    @autoreleasepool {
        AVAudioSourceNode *source = [[AVAudioSourceNode alloc]
            initWithFormat:test_format(1)
               renderBlock:^OSStatus(BOOL *silent, const AudioTimeStamp *time,
                                     AVAudioFrameCount frames, AudioBufferList *list) {
                   (void)time, (void)frames, (void)list;
                   *silent = YES;
                   test_count(&calls);
                   return 0;
               }];
        [engine attachNode:source];
        [engine connect:source to:[engine mainMixerNode] format:test_format(1)];
        probe_render(engine, 1024, 512);
        [engine detachNode:source];
        detached = test_counted(&calls);
        probe_render(engine, 8192, 512);
        released = test_counted(&calls);
        [source release];
    }
    probe_render(engine, 8192, 512);
    probe_truth(report, "is_called_at_all", detached > 0);
    probe_truth(report, "called_when_detached", released > detached);
    probe_truth(report, "called_when_released", probe_comes(&calls, released + 1));
}

// Whether the engine measures what it mixes, or its mixer's unit does.
PROBE(probe_manner_no_meters) {
    // Of the multichannel mixer: the average power of an input, and of the output after its volume.
    enum { INPUT_POWER = 1000, OUTPUT_POWER = 3000 };
    AVAudioEngine *engine = [test_engine() retain];
    AVAudioMixerNode *main = [engine mainMixerNode];
    test_source_on_bus(engine, 2, 0.5f, main, 0);
    probe_render(engine, 512, 512);
    AUParameterTree *tree = [[main AUAudioUnit] parameterTree];
    AUParameter *input = [tree parameterWithID:INPUT_POWER scope:kAudioUnitScope_Input element:0];
    AUParameter *output = [tree parameterWithID:OUTPUT_POWER scope:kAudioUnitScope_Output
                                        element:0];
    AUValue before[] = {[input value], [output value]};
    test_source_on_bus(engine, 2, 0.25f, main, 0);
    probe_render(engine, 8192, 512);
    probe_truth(report, "has_meters", has(engine, @"pbHasMeters"));
    probe_truth(report, "input_has_power", input != nil);
    probe_truth(report, "input_power_follows", input != nil && [input value] != before[0]);
    probe_truth(report, "output_has_power", output != nil);
    probe_truth(report, "output_power_follows", output != nil && [output value] != before[1]);
}

// What moves, and what time it is, while the engine does not render.
PROBE(probe_manner_no_fades) {
    AVAudioEngine *engine = [test_engine() retain];
    AVAudioMixerNode *main = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source_on_bus(engine, 1, 1.0f, main, 0);
    AVAudioMixingDestination *destination = [source destinationForMixer:main bus:0];
    probe_render(engine, 1024, 512);
    [engine stop];
    AVAudioTime *stopped = [[engine outputNode] lastRenderTime];
    [destination setVolume:0.25f];
    TestAudio *audio = probe_render(engine, 512, 512);
    probe_truth(report, "has_fades", has(engine, @"pbHasFades"));
    probe_truth(report, "has_time_while_stopped",
                stopped != nil && ([stopped isSampleTimeValid] || [stopped isHostTimeValid]));
    probe_number(report, "first_frame_of_a_volume_set_while_stopped", (double)audio->samples[0][0]);
}

@interface ProbeObserver : NSObject {
  @public
    int _notifications;
}
@end

@implementation ProbeObserver
- (void)note:(NSNotification *)notification {
    (void)notification;
    test_count(&_notifications);
}
@end

// Nobody pulls a plug: another format of the output is what a program can make happen by itself.
PROBE(probe_manner_configuration) {
    AVAudioEngine *engine = [test_engine() retain];
    AVAudioMixerNode *main = [engine mainMixerNode];
    AVAudioSourceNode *source = test_source_on_bus(engine, 2, 1.0f, main, 0);
    AVAudioUnitEQ *equalizer = [[[AVAudioUnitEQ alloc] initWithNumberOfBands:1] autorelease];
    [engine attachNode:equalizer];
    AVAudioMixingDestination *destination = [source destinationForMixer:main bus:0];
    [destination setVolume:0.25f];
    [destination setPan:0.5f];
    [main setOutputVolume:0.5f];
    [equalizer setGlobalGain:-6.0f];
    probe_render(engine, 512, 512);
    // A start may have dropped some of it already.
    float volume = [destination volume], pan = [destination pan];
    float output = [main outputVolume], gain = [equalizer globalGain];
    ProbeObserver *observer = [[ProbeObserver alloc] init];
    [[NSNotificationCenter defaultCenter] addObserver:observer selector:@selector(note:)
                                                 name:AVAudioEngineConfigurationChangeNotification
                                               object:engine];
    [engine stop];
    AVAudioFormat *other =
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:2 * TEST_SAMPLE_RATE
                                                        channels:2] autorelease];
    BOOL changed = [engine enableManualRenderingMode:AVAudioEngineManualRenderingModeOffline
                                              format:other
                                   maximumFrameCount:TEST_MAXIMUM_FRAMES
                                               error:NULL];
    probe_truth(report, "output_changes", changed);
    probe_truth(report, "is_notified", probe_comes(&observer->_notifications, 1));
    destination = [source destinationForMixer:main bus:0];
    probe_truth(report, "keeps_volume", [destination volume] == volume);
    probe_truth(report, "keeps_pan", [destination pan] == pan);
    probe_truth(report, "keeps_output_volume", [main outputVolume] == output);
    probe_truth(report, "keeps_equalizer", [equalizer globalGain] == gain);
    BOOL starts = test_exception(^{
                      probe_render(engine, 512, 512);
                  }) == nil;
    probe_truth(report, "starts_again", starts);
    [[NSNotificationCenter defaultCenter] removeObserver:observer];
}
