// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Meters of connections and mixers.
#import "checks.h"

static perbus_status check_meters(perbus_node *node, perbus_error *error) {
    return perbus__has_meters(node->object)
               ? PERBUS_OK
               : perbus__fail(error, PERBUS_ERROR_UNSUPPORTED,
                              @"this system's AVFAudio has no meters of connections and mixers");
}

static perbus_status no_memory(perbus_error *error) {
    return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a meter");
}

// It opens no pool: the engine that has meters autoreleases nothing here, and there may be
// thousands to read.
perbus_status perbus_connection_get_meter(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                          perbus_meter *out_meter, perbus_error *error) {
    PERBUS_REQUIRE(out_meter, error);
    PERBUS_REQUIRE(source, error);
    PERBUS_REQUIRE(mixer, error);
    PERBUS_CHECK(perbus__enter(error));
    PERBUS_CHECK(check_meters(source, error));
    @try {
        AVAudioMixingDestination *destination = [source->mixing destinationForMixer:mixer->object
                                                                                bus:bus];
        if (destination == nil) {
            return perbus__refuse_connection(source, mixer, bus, error);
        }
        perbus_meter meter = {0};
        if (!perbus__read_meter(destination, &meter)) {
            return no_memory(error);
        }
        *out_meter = meter;
        return PERBUS_OK;
    } @catch (NSException *exception) {
        return perbus__caught(error, exception);
    }
}

perbus_status perbus_mixer_get_meter(perbus_node *mixer, perbus_meter *out_meter,
                                     perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    PERBUS_REQUIRE(out_meter, error);
    PERBUS_CHECK(perbus__enter(error));
    PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
    PERBUS_CHECK(check_meters(mixer, error));
    @try {
        perbus_meter meter = {0};
        if (!perbus__read_mixer_meter(mixer->object, &meter)) {
            return no_memory(error);
        }
        *out_meter = meter;
        return PERBUS_OK;
    } @catch (NSException *exception) {
        return perbus__caught(error, exception);
    }
}
