// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Case 0: the render core's header says the same as choices.json. The core is built without the
// file, and what it does with these values is measured by the probes.
#import "../../native/render/choices.h"

#import "support.h"

#include <math.h>

#define CHECK_NUMBER(what, value, wanted)                                                     \
    CHECK((double)(value) == (double)(wanted), "%s: choices.json has %g, choices.h %g", what, \
          (double)(wanted), (double)(value))

/// How much of a channel of one layout reaches a channel of another.
static double factor(pbr_layout from, uint32_t channel, pbr_layout to, uint32_t out) {
    pbr_route routes[16];
    uint32_t count = pbr_make_routes(from, to, routes);
    double sum = 0;
    for (uint32_t r = 0; r < count; r++) {
        sum += routes[r].in == channel && routes[r].out == out ? (double)routes[r].factor : 0;
    }
    return sum;
}

#define CHECK_FOLD(what, from, to, channel, wanted)                                        \
    do {                                                                                   \
        static const double row_[] = wanted;                                               \
        for (uint32_t c_ = 0; c_ < sizeof row_ / sizeof row_[0]; c_++) {                   \
            double is_ = factor((from), c_, (to), (channel));                              \
            CHECK(fabs(is_ - row_[c_]) < 1e-6,                                             \
                  "%s, channel %u: choices.json has %g, choices.h %g", what, (unsigned)c_, \
                  row_[c_], is_);                                                          \
        }                                                                                  \
    } while (0)

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

    CHECK_NUMBER("mono to left", factor(PBR_LAYOUT_MONO, 0, PBR_LAYOUT_STEREO, 0),
                 CHOICE_MONO_CENTRE_GAIN);
    CHECK_NUMBER("mono to right", factor(PBR_LAYOUT_MONO, 0, PBR_LAYOUT_STEREO, 1),
                 CHOICE_MONO_CENTRE_GAIN);
    CHECK_NUMBER("left to mono", factor(PBR_LAYOUT_STEREO, 0, PBR_LAYOUT_MONO, 0),
                 CHOICE_DOWNMIX_GAIN);
    CHECK_NUMBER("right to mono", factor(PBR_LAYOUT_STEREO, 1, PBR_LAYOUT_MONO, 0),
                 CHOICE_DOWNMIX_GAIN);
    CHECK_FOLD("5.1 to left", PBR_LAYOUT_5_1, PBR_LAYOUT_STEREO, 0, CHOICE_5_1_TO_LEFT);
    CHECK_FOLD("5.1 to right", PBR_LAYOUT_5_1, PBR_LAYOUT_STEREO, 1, CHOICE_5_1_TO_RIGHT);
    CHECK_FOLD("5.1 to mono", PBR_LAYOUT_5_1, PBR_LAYOUT_MONO, 0, CHOICE_5_1_TO_MONO);
    CHECK_FOLD("7.1 to left", PBR_LAYOUT_7_1_MPEG, PBR_LAYOUT_STEREO, 0, CHOICE_7_1_TO_LEFT);
    CHECK_FOLD("7.1 to right", PBR_LAYOUT_7_1, PBR_LAYOUT_STEREO, 1, CHOICE_7_1_TO_RIGHT);
    CHECK_FOLD("7.1 to 5.1", PBR_LAYOUT_7_1_MPEG, PBR_LAYOUT_5_1, 4, CHOICE_7_1_TO_SURROUND);
    CHECK_FOLD("quad to left", PBR_LAYOUT_QUAD, PBR_LAYOUT_STEREO, 0, CHOICE_QUAD_TO_LEFT);
    CHECK_FOLD("quad to right", PBR_LAYOUT_QUAD_ITU, PBR_LAYOUT_STEREO, 1, CHOICE_QUAD_TO_RIGHT);
    CHECK_NUMBER("discrete", !pbr_layout_converts(PBR_LAYOUT_DISCRETE | 5, PBR_LAYOUT_STEREO),
                 CHOICE_DISCRETE_THROWS);
}
