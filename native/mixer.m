// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Mixers: their output volume and their buses.
#import "mixer.h"

#import "checks.h"

perbus_status perbus_mixer_create(perbus_node **out_node, perbus_error *error) {
    PERBUS_REQUIRE(out_node, error);
    return perbus__guard(error, ^{
        AVAudioMixerNode *mixer = [[[AVAudioMixerNode alloc] init] autorelease];
        return perbus__wrap(mixer, PERBUS_KIND_MIXER, out_node, error);
    });
}

perbus_status perbus_mixer_set_output_volume(perbus_node *mixer, float volume,
                                             perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    PERBUS_CHECK(perbus__check_volume(volume, error));
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        [(AVAudioMixerNode *)mixer->object setOutputVolume:volume];
        return PERBUS_OK;
    });
}

perbus_status perbus_mixer_get_output_volume(perbus_node *mixer, float *out_volume,
                                             perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    PERBUS_REQUIRE(out_volume, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        *out_volume = [(AVAudioMixerNode *)mixer->object outputVolume];
        return PERBUS_OK;
    });
}

perbus_status perbus_mixer_set_pan_law(perbus_node *mixer, perbus_pan_law law,
                                       perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    if (law != PERBUS_PAN_LAW_BALANCE && law != PERBUS_PAN_LAW_CONSTANT_POWER) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT, @"unknown pan law %d", (int)law);
    }
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        if (law != PERBUS_PAN_LAW_BALANCE && !perbus__has_pan_laws()) {
            return perbus__fail(error, PERBUS_ERROR_UNSUPPORTED,
                                @"this system's mixers pan by balance only");
        }
        perbus__set_constant_power(mixer->object, law == PERBUS_PAN_LAW_CONSTANT_POWER);
        return PERBUS_OK;
    });
}

perbus_status perbus_mixer_get_next_bus(perbus_node *mixer, uint32_t *out_bus,
                                        perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    PERBUS_REQUIRE(out_bus, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        *out_bus = (uint32_t)[(AVAudioMixerNode *)mixer->object nextAvailableInputBus];
        return PERBUS_OK;
    });
}

perbus_status perbus__set_bus_count(AVAudioNode *mixer, NSUInteger buses, perbus_error *error) {
    NSError *cause = nil;
    if ([[[mixer AUAudioUnit] inputBusses] setBusCount:buses error:&cause]) {
        return PERBUS_OK;
    }
    return perbus__fail_with(error, PERBUS_ERROR_EXCEPTION, cause);
}

perbus_status perbus_mixer_reserve(perbus_node *mixer, uint32_t buses, perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    if (buses < 1 || buses > PERBUS_MAX_BUSES) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"%u buses are not in 1 to %d", buses,
                            PERBUS_MAX_BUSES);
    }
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        return buses > [mixer->object numberOfInputs]
                   ? perbus__set_bus_count(mixer->object, buses, error)
                   : PERBUS_OK;
    });
}
