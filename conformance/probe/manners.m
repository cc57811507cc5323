// SPDX-License-Identifier: MIT OR Apache-2.0
//
// In which ways the engine is less kind than the portable one; src/manners.rs has the names of
// these ways. Each has a probe of its own, because some may end the process.
#import "probe.h"

// Never deallocated: an engine that is strict about its end would end the process.
static AVAudioEngine *lasting_engine(void) {
    return [test_engine() retain];
}

// A mixer that nothing feeds: whether it controls its own connection.
PROBE(probe_manner_pending) {
    AVAudioEngine *engine = lasting_engine();
    AVAudioMixerNode *empty = test_mixer(engine);
    AVAudioMixerNode *main = [engine mainMixerNode];
    [engine connect:empty to:main fromBus:0 toBus:3 format:test_format(2)];
    probe_truth(report, "controls_before_start", [empty destinationForMixer:main bus:3] != nil);
    probe_render(engine, 512, 512);
    probe_truth(report, "controls_after_start", [empty destinationForMixer:main bus:3] != nil);
    test_source_on_bus(engine, 2, 1.0f, empty, 0);
    AVAudioMixingDestination *fed = [empty destinationForMixer:main bus:3];
    probe_truth(report, "controls_when_fed", fed != nil);
    [fed setVolume:0.25f];
    probe_number(report, "heard", probe_level(engine, 0));
}

PROBE(probe_manner_loses_output) {
    AVAudioEngine *engine = lasting_engine();
    AVAudioMixerNode *mixer = test_mixer(engine);
    test_source_on_bus(engine, 2, 1.0f, mixer, 0);
    [mixer setOutputVolume:0.25f];
    [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    probe_number(report, "set_then_connected.reads", (double)[mixer outputVolume]);
    [mixer setOutputVolume:0.25f];
    probe_number(report, "set_then_started.heard", probe_level(engine, 0));
    probe_number(report, "set_then_started.reads", (double)[mixer outputVolume]);
}

// Offline: a device takes longer still. The shortest of several, since the machine may be busy.
PROBE(probe_manner_slow_start) {
    double least = 1e9;
    for (int attempt = 0; attempt < 10; attempt++) {
        AVAudioEngine *engine = lasting_engine();
        test_source_on_bus(engine, 2, 1.0f, [engine mainMixerNode], 0);
        double before = probe_seconds();
        [engine startAndReturnError:NULL];
        double took = probe_seconds() - before;
        least = took < least ? took : least;
        [engine stop];
    }
    probe_truth(report, "takes_10_ms", least >= 0.01);
}

// A handler that waits until stop has returned, if that returns.
PROBE(probe_manner_stop_waits) {
    AVAudioEngine *engine = lasting_engine();
    AVAudioPlayerNode *player = test_player(engine);
    [engine connect:player to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
    probe_render(engine, 512, 512);
    __block int begun = 0, returned = 0, ended = 0, waited = 0;
    [player scheduleBuffer:test_constant_buffer(2, 64, 0.5f) completionHandler:^{
        test_count(&begun);
        if (test_wait(&returned, 1)) {
            test_count(&waited);
        }
        test_count(&ended);
    }];
    [player play];
    probe_render(engine, 512, 512);
    probe_truth(report, "handler_runs", test_wait(&begun, 1));
    [player stop];
    test_count(&returned);
    test_wait(&ended, 1);
    probe_truth(report, "stop_waits_for_handlers", test_counted(&waited) == 0);
}

// An engine that goes while it plays.
PROBE(probe_manner_strict_teardown) {
    AVAudioEngine *engine = nil;
    @autoreleasepool {
        engine = [test_engine() retain];
        AVAudioMixerNode *mixer = test_mixer(engine);
        test_source_on_bus(engine, 2, 1.0f, mixer, 0);
        [engine connect:mixer to:[engine mainMixerNode] fromBus:0 toBus:0 format:test_format(2)];
        probe_render(engine, 512, 512);
    }
    [engine release];
    probe_truth(report, "survives", YES);
}

PROBE(probe_manner_breaks_connects) {
    AVAudioEngine *engine = lasting_engine();
    AVAudioMixerNode *main = [engine mainMixerNode];
    AVAudioSourceNode *former = test_source_on_bus(engine, 2, 0.5f, main, 0);
    AVAudioSourceNode *next = test_source(engine, 2, 0.25f, 0.25f);
    probe_render(engine, 512, 512);
    BOOL throws = test_exception(^{
                      [engine connect:next to:main fromBus:0 toBus:0 format:test_format(2)];
                  }) != nil;
    AVAudioNode *there = [[engine inputConnectionPointForNode:main inputBus:0] node];
    probe_truth(report, "throws", throws);
    probe_truth(report, "bus_is_free", there == nil);
    probe_truth(report, "former_is_there", there == former);
    probe_number(report, "heard", probe_level(engine, 0));
}

// The handler of a long buffer, and that of a short one that has been played.
PROBE(probe_manner_early_completions) {
    AVAudioEngine *engine = lasting_engine();
    AVAudioPlayerNode *longer = test_player(engine);
    AVAudioPlayerNode *shorter = test_player(engine);
    AVAudioPlayerNode *players[] = {longer, shorter};
    __block int early = 0, played = 0;
    for (AVAudioNodeBus bus = 0; bus < 2; bus++) {
        [engine connect:players[bus] to:[engine mainMixerNode] fromBus:0 toBus:bus
                 format:test_format(2)];
    }
    probe_render(engine, 512, 512);
    [longer scheduleBuffer:test_constant_buffer(2, 16384, 0.5f) completionHandler:^{
        test_count(&early);
    }];
    [shorter scheduleBuffer:test_constant_buffer(2, 64, 0.5f)
        completionCallbackType:AVAudioPlayerNodeCompletionDataRendered
             completionHandler:^(AVAudioPlayerNodeCompletionCallbackType type) {
                 (void)type;
                 test_count(&played);
             }];
    [longer play];
    [shorter play];
    probe_render(engine, 1024, 512);
    probe_truth(report, "rendered_comes", test_wait(&played, 1));
    probe_truth(report, "plain_comes_before_it_is_played", test_counted(&early) > 0);
}
