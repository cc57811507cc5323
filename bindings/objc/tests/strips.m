// SPDX-License-Identifier: MIT OR Apache-2.0
#import "tests.h"

static void faders_and_pans(void) {
    Stage *stage = [[Stage alloc] init];
    [[stage->loud destinationForMixer:stage->mixer bus:1] setVolume:0.5f];
    [[stage->loud destinationForMixer:stage->mixer bus:1] setPan:-1.0f];
    PBStrip *loud = [stage->mixer pb_stripForBus:1], *soft = [stage->mixer pb_stripForBus:2];
    CHECK([loud volume] == 0.5f && [loud pan] == -1.0f && [loud isConnected]);
    CHECK([soft volume] == 1.0f && [soft pan] == 0.0f);
    CHECK([loud mixer] == stage->mixer && [loud bus] == 1);
    NEAR(left_of(stage->engine), 0.5f * 0.5f + 0.25f);
    NEAR(right_of(stage->engine), 0.25f);
    [loud setVolume:0.25f];
    [loud setPan:0.0f];
    DOES([soft setVolume:2.0f error:error]);
    DOES([soft setPan:1.0f error:error]);
    NEAR(left_of(stage->engine), 0.25f * 0.5f);
    NEAR(right_of(stage->engine), 0.25f * 0.5f + 2.0f * 0.25f);
    [soft setDecibels:0.0f];
    CHECK([soft volume] == 1.0f && [soft decibels] == 0.0f);
    DOES([soft setDecibels:-INFINITY error:error]);
    CHECK([soft volume] == 0.0f);
    DOES([soft resetAndReturnError:error]);
    CHECK([soft volume] == 1.0f && [soft pan] == 0.0f);
    NEAR(right_of(stage->engine), 0.25f * 0.5f + 0.25f);
    [stage release];
}

static void mutes_and_solos(void) {
    Stage *stage = [[Stage alloc] init];
    PBStrip *loud = [stage->mixer pb_stripForBus:1], *soft = [stage->mixer pb_stripForBus:2];
    [loud setMuted:YES];
    CHECK([loud isMuted] && ![loud isAudible] && [loud volume] == 1.0f);
    CHECK([loud effectiveVolume] == 0.0f);
    NEAR(left_of(stage->engine), 0.25f);
    [loud setMuted:NO];
    NEAR(left_of(stage->engine), 0.75f);
    [soft setSoloed:YES];
    CHECK([soft isSoloed] && ![loud isAudible] && ![loud isMuted]);
    NEAR(left_of(stage->engine), 0.25f);
    [loud setSoloSafe:YES];
    CHECK([loud isSoloSafe] && [loud isAudible]);
    NEAR(left_of(stage->engine), 0.75f);
    DOES([loud setSoloSafe:NO error:error]);
    DOES([stage->engine pb_clearSoloAndReturnError:error]);
    CHECK(![soft isSoloed]);
    NEAR(left_of(stage->engine), 0.75f);
    DOES([soft setSoloed:YES error:error]);
    DOES([soft setMuted:YES error:error]);
    NEAR(left_of(stage->engine), 0.0f);
    [stage release];
}

static void buses_without_sources(void) {
    Stage *stage = [[Stage alloc] init];
    PBStrip *later = [stage->mixer pb_stripForBus:5];
    CHECK(![later isConnected]);
    [later setVolume:0.5f];
    [later setLabel:@"Flügel"];
    CHECK([[later label] isEqual:@"Flügel"]);
    DOES([later setLabel:@"" error:error]);
    CHECK([[later label] isEqual:@""]);
    CHECK([[stage->mixer pb_strips] count] == 3);
    CHECK([[stage->mixer pb_strips] lastObject] == later);
    AVAudioSourceNode *own = make_source(0.125f);
    DOES([stage->engine pb_attachNode:own error:error]);
    DOES([stage->engine pb_connect:own to:stage->mixer fromBus:0 toBus:5 format:stereo_format()
                             error:error]);
    CHECK([later isConnected]);
    NEAR(left_of(stage->engine), 0.75f + 0.5f * 0.125f);
    [own release];
    [stage release];
}

void test_strips(void) {
    faders_and_pans();
    mutes_and_solos();
    buses_without_sources();
}
