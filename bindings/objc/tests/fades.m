// SPDX-License-Identifier: MIT OR Apache-2.0
#import "tests.h"

// The last frame of two blocks, which the desk renders: it reports ends.
static float heard(AVAudioEngine *engine) {
    AVAudioPCMBuffer *buffer = [[[AVAudioPCMBuffer alloc] initWithPCMFormat:stereo_format()
                                                              frameCapacity:BLOCK] autorelease];
    for (int i = 0; i < 2; i++) {
        DOES([engine pb_renderOffline:BLOCK toBuffer:buffer error:error]);
    }
    return [buffer floatChannelData][0][BLOCK - 1];
}

static PBFade *fade(PBStrip *strip, float volume, double seconds, PBCurve curve, int *ends,
                    NSError **error) {
    return [strip fadeToVolume:volume duration:seconds curve:curve completion:^(PBFadeEnd end) {
        ends[end]++;
    } error:error];
}

static PBFade *fade_pan(PBStrip *strip, float pan, double seconds, int *ends, NSError **error) {
    return [strip fadeToPan:pan duration:seconds completion:^(PBFadeEnd end) {
        ends[end]++;
    } error:error];
}

static void reaching_a_value(void) {
    Stage *stage = [[Stage alloc] init];
    int ends[4] = {0};
    PBStrip *loud = [stage->mixer pb_stripForBus:1];
    NSError *why = nil;
    // 512 frames, which the first block has.
    PBFade *first = fade(loud, 0.5f, 512.0 / 48000.0, PBCurveLinear, ends, &why);
    CHECK(first != nil && why == nil && [first isRunning]);
    NEAR(heard(stage->engine), 0.5f * 0.5f + 0.25f);
    CHECK(![first isRunning] && [loud volume] == 0.5f && ends[PBFadeEndFinished] == 1);
    CHECK(fade_pan(loud, 1.0f, 512.0 / 48000.0, ends, NULL) != nil);
    NEAR(heard(stage->engine), 0.25f);
    CHECK([loud pan] == 1.0f && ends[PBFadeEndFinished] == 2);
    DOES([first cancelAndReturnError:error]); // it is over
    CHECK([loud fadeToVolume:1.0f duration:0.0 curve:PBCurveLinear completion:nil error:NULL]);
    CHECK([loud fadeToPan:0.0f duration:0.0 completion:nil error:NULL]);
    NEAR(heard(stage->engine), 0.75f);
    [stage release];
}

static void giving_way(void) {
    Stage *stage = [[Stage alloc] init];
    int ends[4] = {0};
    PBStrip *loud = [stage->mixer pb_stripForBus:1];
    PBFade *slow = fade(loud, 0.0f, 10.0, PBCurveEqualPower, ends, NULL);
    heard(stage->engine);
    DOES([slow cancelAndReturnError:error]);
    CHECK(ends[PBFadeEndReplaced] == 1 && [loud volume] > 0.9f && [loud volume] < 1.0f);
    fade(loud, 0.0f, 10.0, PBCurveExponential, ends, NULL);
    [loud setVolume:0.5f];
    CHECK(ends[PBFadeEndReplaced] == 2);
    NEAR(heard(stage->engine), 0.5f * 0.5f + 0.25f);
    REFUSES(PBErrorOutOfRange, fade(loud, 5.0f, 1.0, PBCurveLinear, ends, error));
    REFUSES(PBErrorOutOfRange, fade(loud, 1.0f, -1.0, PBCurveLinear, ends, error));
    REFUSES(PBErrorInvalidArgument, fade(loud, 1.0f, 1.0, (PBCurve)7, ends, error));
    REFUSES(PBErrorOutOfRange, fade_pan(loud, 2.0f, 1.0, ends, error));
    // Letting the engine go ends them at their targets.
    fade(loud, 0.125f, 10.0, PBCurveLinear, ends, NULL);
    [stage->engine pb_relinquish];
    CHECK(ends[PBFadeEndReplaced] == 3 && [loud volume] == 0.125f);
    CHECK(ends[PBFadeEndFinished] == 0 && ends[PBFadeEndStopped] == 0);
    NEAR(heard(stage->engine), 0.125f * 0.5f + 0.25f);
    [stage release];
}

// A completion may use the strips, and let the engine go.
static void completions_that_call(void) {
    Stage *stage = [[Stage alloc] init];
    PBStrip *loud = [stage->mixer pb_stripForBus:1];
    [loud fadeToVolume:0.5f duration:256.0 / 48000.0 curve:PBCurveLinear
            completion:^(PBFadeEnd end) {
                CHECK(end == PBFadeEndFinished);
                [[stage->mixer pb_stripForBus:2] setMuted:YES];
                [stage->engine pb_relinquish];
            }
                 error:NULL];
    NEAR(heard(stage->engine), 0.5f * 0.5f);
    NEAR(left_of(stage->engine), 0.5f * 0.5f);
    [stage release];
}

void test_fades(void) {
    reaching_a_value();
    giving_way();
    completions_that_call();
}
