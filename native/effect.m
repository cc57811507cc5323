// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Effects: the equalizer.
#import "checks.h"

_Static_assert((int)PERBUS_FILTER_PARAMETRIC == (int)AVAudioUnitEQFilterTypeParametric, "same");
_Static_assert((int)PERBUS_FILTER_LOW_PASS == (int)AVAudioUnitEQFilterTypeLowPass, "same");
_Static_assert((int)PERBUS_FILTER_HIGH_PASS == (int)AVAudioUnitEQFilterTypeHighPass, "same");
_Static_assert((int)PERBUS_FILTER_RESONANT_LOW_PASS == (int)AVAudioUnitEQFilterTypeResonantLowPass,
               "same");
_Static_assert((int)PERBUS_FILTER_RESONANT_HIGH_PASS ==
                   (int)AVAudioUnitEQFilterTypeResonantHighPass,
               "same");
_Static_assert((int)PERBUS_FILTER_BAND_PASS == (int)AVAudioUnitEQFilterTypeBandPass, "same");
_Static_assert((int)PERBUS_FILTER_BAND_STOP == (int)AVAudioUnitEQFilterTypeBandStop, "same");
_Static_assert((int)PERBUS_FILTER_LOW_SHELF == (int)AVAudioUnitEQFilterTypeLowShelf, "same");
_Static_assert((int)PERBUS_FILTER_HIGH_SHELF == (int)AVAudioUnitEQFilterTypeHighShelf, "same");
_Static_assert((int)PERBUS_FILTER_RESONANT_LOW_SHELF ==
                   (int)AVAudioUnitEQFilterTypeResonantLowShelf,
               "same");
_Static_assert((int)PERBUS_FILTER_RESONANT_HIGH_SHELF ==
                   (int)AVAudioUnitEQFilterTypeResonantHighShelf,
               "same");

perbus_status perbus_equalizer_create(uint32_t bands, perbus_node **out_node, perbus_error *error) {
    PERBUS_REQUIRE(out_node, error);
    if (bands < 1 || bands > PERBUS_MAX_BANDS) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"%u bands are not 1 to %d", bands,
                            PERBUS_MAX_BANDS);
    }
    return perbus__guard(error, ^{
        // Looked up by name: engines work without this class, so check_classes does not look for
        // it.
        Class class = NSClassFromString(@"AVAudioUnitEQ");
        if (class == Nil) {
            return perbus__fail(error, PERBUS_ERROR_UNAVAILABLE,
                                @"the class AVAudioUnitEQ is not linked in");
        }
        AVAudioUnitEQ *equalizer = [[[class alloc] initWithNumberOfBands:bands] autorelease];
        return perbus__wrap(equalizer, PERBUS_KIND_EQUALIZER, out_node, error);
    });
}

static AVAudioUnitEQ *equalizer_of(perbus_node *node) {
    return (AVAudioUnitEQ *)node->object;
}

perbus_status perbus_equalizer_get_band_count(perbus_node *equalizer, uint32_t *out_count,
                                              perbus_error *error) {
    PERBUS_REQUIRE(equalizer, error);
    PERBUS_REQUIRE(out_count, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(equalizer, PERBUS_KIND_EQUALIZER, error));
        *out_count = (uint32_t)[[equalizer_of(equalizer) bands] count];
        return PERBUS_OK;
    });
}

static perbus_status check_range(const char *what, float value, float least, float most,
                                 perbus_error *error) {
    // False for NaN.
    if (value >= least && value <= most) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"%s %g is not in %g to %g", what,
                        (double)value, (double)least, (double)most);
}

// The equalizer renders at its connection's rate. While it is unattached, any rate is possible.
static double highest_frequency(perbus_node *equalizer) {
    double rate = [equalizer->object engine] != nil
                      ? [[equalizer->object outputFormatForBus:0] sampleRate]
                      : 0.0;
    return (rate > 0.0 ? rate : PERBUS_MAX_SAMPLE_RATE) / 2.0;
}

perbus_status perbus__check_bands(perbus_node *equalizer, double rate, perbus_error *error) {
    NSUInteger index = 0;
    for (AVAudioUnitEQFilterParameters *band in [equalizer_of(equalizer) bands]) {
        if (![band bypass] && !((double)[band frequency] < rate / 2.0)) {
            return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                                @"equalizer band %lu is at %g Hz, which is not below %g, half the "
                                @"connection's sample rate",
                                (unsigned long)index, (double)[band frequency], rate / 2.0);
        }
        index++;
    }
    return PERBUS_OK;
}

static perbus_status check_band(perbus_node *equalizer, const perbus_band *band,
                                perbus_error *error) {
    if (band->type < PERBUS_FILTER_PARAMETRIC || band->type > PERBUS_FILTER_RESONANT_HIGH_SHELF) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                            @"filter type %d is not in 0 to %d", band->type,
                            PERBUS_FILTER_RESONANT_HIGH_SHELF);
    }
    double limit = highest_frequency(equalizer);
    if (!(band->frequency > 0.0f && band->frequency < limit)) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"frequency %g Hz is not above 0 and below %g, half the sample rate",
                            (double)band->frequency, limit);
    }
    PERBUS_CHECK(check_range("bandwidth", band->bandwidth, 0.05f, 5.0f, error));
    return check_range("gain", band->gain, -96.0f, 24.0f, error);
}

static perbus_status check_index(perbus_node *equalizer, uint32_t index, perbus_error *error) {
    PERBUS_CHECK(perbus__check_kind(equalizer, PERBUS_KIND_EQUALIZER, error));
    NSUInteger count = [[equalizer_of(equalizer) bands] count];
    if (index < count) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"band %u: there are %lu", index,
                        (unsigned long)count);
}

perbus_status perbus_equalizer_set_band(perbus_node *equalizer, uint32_t index,
                                        const perbus_band *band, perbus_error *error) {
    PERBUS_REQUIRE(equalizer, error);
    PERBUS_REQUIRE(band, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_index(equalizer, index, error));
        PERBUS_CHECK(check_band(equalizer, band, error));
        AVAudioUnitEQFilterParameters *filter =
            [[equalizer_of(equalizer) bands] objectAtIndex:index];
        [filter setFilterType:(AVAudioUnitEQFilterType)band->type];
        [filter setFrequency:band->frequency];
        [filter setGain:band->gain];
        [filter setBandwidth:band->bandwidth];
        [filter setBypass:band->bypass];
        return PERBUS_OK;
    });
}

perbus_status perbus_equalizer_get_band(perbus_node *equalizer, uint32_t index,
                                        perbus_band *out_band, perbus_error *error) {
    PERBUS_REQUIRE(equalizer, error);
    PERBUS_REQUIRE(out_band, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(check_index(equalizer, index, error));
        AVAudioUnitEQFilterParameters *filter =
            [[equalizer_of(equalizer) bands] objectAtIndex:index];
        *out_band = (perbus_band){
            .type = (int32_t)[filter filterType],
            .frequency = [filter frequency],
            .gain = [filter gain],
            .bandwidth = [filter bandwidth],
            .bypass = [filter bypass],
        };
        return PERBUS_OK;
    });
}

perbus_status perbus_equalizer_set_global_gain(perbus_node *equalizer, float gain,
                                               perbus_error *error) {
    PERBUS_REQUIRE(equalizer, error);
    PERBUS_CHECK(check_range("gain", gain, -96.0f, 24.0f, error));
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(equalizer, PERBUS_KIND_EQUALIZER, error));
        [equalizer_of(equalizer) setGlobalGain:gain];
        return PERBUS_OK;
    });
}

perbus_status perbus_equalizer_get_global_gain(perbus_node *equalizer, float *out_gain,
                                               perbus_error *error) {
    PERBUS_REQUIRE(equalizer, error);
    PERBUS_REQUIRE(out_gain, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(equalizer, PERBUS_KIND_EQUALIZER, error));
        *out_gain = [equalizer_of(equalizer) globalGain];
        return PERBUS_OK;
    });
}

perbus_status perbus_equalizer_set_bypass(perbus_node *equalizer, bool bypass,
                                          perbus_error *error) {
    PERBUS_REQUIRE(equalizer, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(equalizer, PERBUS_KIND_EQUALIZER, error));
        [equalizer_of(equalizer) setBypass:bypass];
        return PERBUS_OK;
    });
}

perbus_status perbus_equalizer_get_bypass(perbus_node *equalizer, bool *out_bypass,
                                          perbus_error *error) {
    PERBUS_REQUIRE(equalizer, error);
    PERBUS_REQUIRE(out_bypass, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(equalizer, PERBUS_KIND_EQUALIZER, error));
        *out_bypass = [equalizer_of(equalizer) bypass];
        return PERBUS_OK;
    });
}
