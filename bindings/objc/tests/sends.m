// SPDX-License-Identifier: MIT OR Apache-2.0
#import "tests.h"

void test_sends(void) {
    Stage *stage = [[Stage alloc] init];
    AVAudioMixerNode *effects = [[AVAudioMixerNode alloc] init];
    DOES([stage->engine pb_attachNode:effects error:error]);
    DOES([stage->engine pb_connect:effects to:stage->mixer fromBus:0 toBus:5 format:stereo_format()
                             error:error]);
    PBStrip *loud = [stage->mixer pb_stripForBus:1];
    CHECK([[loud sends] count] == 0);
    NSError *why = nil;
    PBStrip *send = [loud sendToMixer:effects tap:PBSendTapPreFader error:&why];
    CHECK(send != nil && why == nil && [send mixer] == effects && [send bus] == 0);
    CHECK(send == [effects pb_stripForBus:0]);
    CHECK([[loud sends] count] == 1 && [[loud sends] lastObject] == send);
    [send setVolume:0.5f];
    NEAR(left_of(stage->engine), 0.75f + 0.5f * 0.5f);
    [loud setVolume:0.25f];
    NEAR(left_of(stage->engine), 0.25f * 0.5f + 0.25f + 0.5f * 0.5f);
    DOES([send endSendAndReturnError:error]);
    NEAR(left_of(stage->engine), 0.25f * 0.5f + 0.25f);
    DOES([loud sendToStrip:send tap:PBSendTapPostFader error:error]);
    NEAR(left_of(stage->engine), 0.25f * 0.5f + 0.25f + 0.25f * 0.5f * 0.5f);
    PBStrip *nothing = nil;
    AVAudioMixerNode *no_mixer = nil;
    REFUSES(PBErrorWrongKind, [loud endSendAndReturnError:error]);
    REFUSES(PBErrorInvalidArgument, [loud sendToStrip:loud tap:PBSendTapPreFader error:error]);
    REFUSES(PBErrorInvalidArgument, [loud sendToStrip:nothing tap:PBSendTapPreFader error:error]);
    REFUSES(PBErrorNotAttached, [loud sendToMixer:no_mixer tap:PBSendTapPreFader error:error]);
    REFUSES(PBErrorInvalidArgument, [loud sendToMixer:effects tap:(PBSendTap)7 error:error]);
    REFUSES(PBErrorCycle, [send sendToStrip:loud tap:PBSendTapPreFader error:error]);
    [effects release];
    [stage release];
}
