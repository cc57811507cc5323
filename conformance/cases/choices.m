// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Case 0: the render core's header says the same as choices.json. The core is built without the
// file, and what it does with these values is measured by the probes.
#import "../../native/render/choices.h"

#import "support.h"

#define CHECK_NUMBER(what, value, wanted)                                                     \
    CHECK((double)(value) == (double)(wanted), "%s: choices.json has %g, choices.h %g", what, \
          (double)(wanted), (double)(value))

CASE(case_00_choices_of_the_render_core) {
    CHECK_NUMBER("frames of a ramp", PBR_RAMP_FRAMES, CHOICE_SETTLE_FRAMES);
    CHECK_NUMBER("inputs of a mixer", PBR_MIXER_INPUTS, CHOICE_MIXER_INPUTS);
    CHECK_NUMBER("connect frees first", PBR_CONNECT_FREES_FIRST, CHOICE_RECONNECT_BUS == 0);
    CHECK_NUMBER("listed again", PBR_CONNECT_KEEPS_LISTED, CHOICE_LISTED_KEEPS_VOLUME);
    CHECK_NUMBER("engine stop", PBR_ENGINE_STOP_KEEPS_QUEUE, CHOICE_ENGINE_STOP_KEEPS_QUEUE);
    CHECK_NUMBER("nominal rate", PBR_NOMINAL_RATE, CHOICE_DEFAULT_SAMPLE_RATE);
    CHECK_NUMBER("nominal channels", PBR_NOMINAL_CHANNELS, CHOICE_DEFAULT_CHANNELS);

    static const float pans[] = CHOICE_PANS;
    static const float mono[][sizeof pans / sizeof pans[0]] = {CHOICE_MONO_LEFT, CHOICE_MONO_RIGHT};
    static const float stereo[][sizeof pans / sizeof pans[0]] = {CHOICE_LEFT_TO_LEFT,
                                                                 CHOICE_RIGHT_TO_RIGHT};
    for (size_t i = 0; i < sizeof pans / sizeof pans[0]; i++) {
        pbr_gains gains = pbr_balance(1.0f, pans[i]);
        CHECK_NUMBER("pan, mono left", gains.left * CHOICE_MONO_CENTRE_GAIN, mono[0][i]);
        CHECK_NUMBER("pan, mono right", gains.right * CHOICE_MONO_CENTRE_GAIN, mono[1][i]);
        CHECK_NUMBER("pan, stereo left", gains.left, stereo[0][i]);
        CHECK_NUMBER("pan, stereo right", gains.right, stereo[1][i]);
    }

    pbr_route routes[2];
    CHECK_NUMBER("routes up", pbr_make_routes(1, 2, routes), 2);
    CHECK_NUMBER("mono to stereo", routes[0].factor, CHOICE_MONO_CENTRE_GAIN);
    CHECK_NUMBER("mono to stereo", routes[1].factor, CHOICE_MONO_CENTRE_GAIN);
    CHECK_NUMBER("routes down", pbr_make_routes(2, 1, routes), 2);
    CHECK_NUMBER("stereo to mono", routes[0].factor, CHOICE_DOWNMIX_GAIN);
    CHECK_NUMBER("stereo to mono", routes[1].factor, CHOICE_DOWNMIX_GAIN);
}
