// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The graph's calls, and what the program does by itself in between.
#import "tests.h"

static void connecting(void) {
    Stage *stage = [[Stage alloc] init];
    AVAudioSourceNode *own = make_source(0.125f);
    AVAudioMixerNode *sub = [[AVAudioMixerNode alloc] init];
    PBStrip *loud = [stage->mixer pb_stripForBus:1], *third = [stage->mixer pb_stripForBus:3];
    [loud setVolume:0.5f];
    [third setVolume:0.5f];
    DOES([stage->engine pb_attachNode:own error:error]);
    DOES([stage->engine pb_attachNode:own error:error]);
    DOES([stage->engine pb_attachNode:sub error:error]);
    CHECK([own engine] == stage->engine);
    DOES([stage->engine pb_connect:own to:sub format:nil error:error]);
    CHECK([[sub pb_stripForBus:0] isConnected]);
    DOES([stage->engine pb_connect:sub to:stage->mixer fromBus:0 toBus:3 format:nil error:error]);
    NEAR(left_of(stage->engine), 0.5f * 0.5f + 0.25f + 0.5f * 0.125f);
    [[sub pb_stripForBus:0] setVolume:2.0f];
    NEAR(left_of(stage->engine), 0.5f * 0.5f + 0.25f + 0.125f);
    // The strip keeps its values when another source comes.
    DOES([stage->engine pb_disconnectNodeInput:stage->mixer bus:1 error:error]);
    CHECK(![loud isConnected] && [loud volume] == 0.5f);
    NEAR(left_of(stage->engine), 0.25f + 0.125f);
    DOES([stage->engine pb_connect:own to:stage->mixer fromBus:0 toBus:1 format:nil error:error]);
    NEAR(left_of(stage->engine), 0.25f + 0.5f * 0.125f);
    DOES([stage->engine pb_disconnectNodeOutput:own bus:0 error:error]);
    NEAR(left_of(stage->engine), 0.25f);
    // To the lowest free bus, 0.
    DOES([stage->engine pb_connect:own to:stage->mixer format:stereo_format() error:error]);
    CHECK([[stage->mixer pb_stripForBus:0] isConnected]);
    NEAR(left_of(stage->engine), 0.25f + 0.125f);
    DOES([stage->engine pb_detachNode:own error:error]);
    CHECK([own engine] == nil);
    NEAR(left_of(stage->engine), 0.25f);
    [own release];
    [sub release];
    [stage release];
}

static void one_to_many(void) {
    Stage *stage = [[Stage alloc] init];
    NSMutableArray *points = [NSMutableArray array];
    for (AVAudioNodeBus bus = 3; bus < 6; bus++) {
        [points addObject:[[[AVAudioConnectionPoint alloc] initWithNode:stage->mixer
                                                                    bus:bus] autorelease]];
        [[stage->mixer pb_stripForBus:bus] setVolume:0.125f * (float)bus];
    }
    DOES([stage->engine pb_connect:stage->loud toConnectionPoints:points fromBus:0 format:nil
                             error:error]);
    NEAR(left_of(stage->engine), 0.25f + 0.5f * 0.125f * (3.0f + 4.0f + 5.0f));
    [[stage->mixer pb_stripForBus:4] setMuted:YES];
    NEAR(left_of(stage->engine), 0.25f + 0.5f * 0.125f * (3.0f + 5.0f));
    [stage release];
}

static void running(void) {
    Stage *stage = [[Stage alloc] init];
    DOES([stage->engine pb_pauseAndReturnError:error]);
    CHECK(![stage->engine isRunning]);
    DOES([stage->engine pb_startAndReturnError:error]);
    CHECK([stage->engine isRunning]);
    NEAR(left_of(stage->engine), 0.75f);
    DOES([stage->engine pb_stopAndReturnError:error]);
    DOES([stage->engine pb_resetAndReturnError:error]);
    DOES([stage->engine pb_prepareAndReturnError:error]);
    CHECK(![stage->engine isRunning] && [stage->engine manualRenderingSampleTime] == 0);
    DOES([stage->engine pb_startAndReturnError:error]);
    NEAR(left_of(stage->engine), 0.75f);
    [stage release];
}

// Edits with AVFAudio itself, in a batch, and then a sync.
static void behind_its_back(void) {
    Stage *stage = [[Stage alloc] init];
    PBStrip *loud = [stage->mixer pb_stripForBus:1], *soft = [stage->mixer pb_stripForBus:2];
    [loud setVolume:0.5f];
    AVAudioSourceNode *own = make_source(0.125f);
    NSError *why = nil, **reason = &why;
    DOES([stage->engine pb_performBatch:^{
        feed(stage->engine, own, stage->mixer, 1);
        [[stage->soft destinationForMixer:stage->mixer bus:2] setVolume:0.25f];
        CHECK([stage->engine pb_syncAndReturnError:reason]);
    } error:error]);
    CHECK(why == nil && [loud volume] == 0.5f && [soft volume] == 0.25f);
    NEAR(left_of(stage->engine), 0.5f * 0.125f + 0.25f * 0.25f);
    [own release];
    [stage release];
}

void test_graphs(void) {
    connecting();
    one_to_many();
    running();
    behind_its_back();
}
