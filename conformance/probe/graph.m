// SPDX-License-Identifier: MIT OR Apache-2.0
//
// P5 to P7, P10 and P11: what graph calls keep, choose and refuse.
#import "probe.h"

static NSArray *points(NSArray *mixers) {
    NSMutableArray *made = [NSMutableArray array];
    for (AVAudioMixerNode *mixer in mixers) {
        [made addObject:[[[AVAudioConnectionPoint alloc] initWithNode:mixer bus:0] autorelease]];
    }
    return made;
}

PROBE(probe_p05_listed_again) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *first = test_mixer(engine);
    AVAudioMixerNode *second = test_mixer(engine);
    AVAudioMixerNode *third = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    for (int format = 0; format < 2; format++) {
        [engine connect:player toConnectionPoints:points(@[first, second]) fromBus:0
                        format:test_format(2)];
        [[player destinationForMixer:first bus:0] setVolume:0.25f];
        [[player destinationForMixer:first bus:0] setPan:-0.5f];
        [engine connect:player toConnectionPoints:points(@[first, second, third]) fromBus:0
                        format:test_format(format == 0 ? 2 : 1)];
        AVAudioMixingDestination *destination = [player destinationForMixer:first bus:0];
        probe_truth(report, format == 0 ? "keeps_volume" : "keeps_volume_in_another_format",
                    [destination volume] == 0.25f);
        probe_truth(report, format == 0 ? "keeps_pan" : "keeps_pan_in_another_format",
                    [destination pan] == -0.5f);
    }
}

PROBE(probe_p06_connect_twice) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *first = test_player(engine);
    AVAudioPlayerNode *second = test_player(engine);
    [engine connect:first to:mixer format:test_format(2)];
    [engine connect:second to:mixer format:test_format(2)];
    [engine connect:first to:mixer format:test_format(2)];
    NSArray *found = [engine outputConnectionPointsForNode:first outputBus:0];
    probe_number(report, "connections", (double)[found count]);
    probe_number(report, "bus", (double)[(AVAudioConnectionPoint *)[found lastObject] bus]);
}

PROBE(probe_p07_full_mixer) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    probe_number(report, "inputs_of_a_new_mixer", (double)[mixer numberOfInputs]);
    for (AVAudioNodeBus bus = 0; bus < 8; bus++) {
        [engine connect:test_player(engine) to:mixer fromBus:0 toBus:bus format:test_format(2)];
    }
    probe_number(report, "next_bus_with_8_taken", (double)[mixer nextAvailableInputBus]);
    [engine connect:test_player(engine) to:mixer format:test_format(2)];
    probe_number(report, "inputs_with_9_taken", (double)[mixer numberOfInputs]);
}

PROBE(probe_p10_output_volume_before_attach) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = [[[AVAudioMixerNode alloc] init] autorelease];
    [mixer setOutputVolume:0.25f];
    probe_number(report, "reads_before", (double)[mixer outputVolume]);
    [engine attachNode:mixer];
    probe_number(report, "reads_attached", (double)[mixer outputVolume]);
    [engine connect:test_source(engine, 2, 1.0f, 1.0f) to:mixer fromBus:0 toBus:0
             format:test_format(2)];
    [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    probe_number(report, "reads_connected", (double)[mixer outputVolume]);
    probe_number(report, "heard", probe_level(engine, 0));
}

PROBE(probe_p11_disconnect_free_bus) {
    AVAudioEngine *engine = test_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    AVAudioPlayerNode *player = test_player(engine);
    probe_truth(report, "input_throws", test_exception(^{
                                            [engine disconnectNodeInput:mixer bus:0];
                                        }) != nil);
    probe_truth(report, "inputs_throw", test_exception(^{
                                            [engine disconnectNodeInput:mixer];
                                        }) != nil);
    probe_truth(report, "output_throws", test_exception(^{
                                             [engine disconnectNodeOutput:player bus:0];
                                         }) != nil);
    probe_truth(report, "outputs_throw", test_exception(^{
                                             [engine disconnectNodeOutput:player];
                                         }) != nil);
}
