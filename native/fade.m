// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Fades of connections and of buses.
#import "fade.h"

#import "bus.h"
#import "checks.h"

perbus_status perbus__no_memory_for_fade(perbus_error *error) {
    return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a fade");
}

perbus_status perbus__check_fade(uint64_t frames, perbus_curve curve, perbus_error *error) {
    if (!perbus__has_fades()) {
        return perbus__fail(error, PERBUS_ERROR_UNSUPPORTED,
                            @"this system's AVFAudio has no fades");
    }
    if (frames < 1 || frames > PERBUS_MAX_FADE) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"a fade of %llu frames is not in 1 to %lld",
                            (unsigned long long)frames, (long long)PERBUS_MAX_FADE);
    }
    if ((int)curve < PERBUS_CURVE_LINEAR || (int)curve > PERBUS_CURVE_EXPONENTIAL) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT, @"unknown curve %d", (int)curve);
    }
    return PERBUS_OK;
}

// Calls `fade` with the connection's destination. It opens no pool: the engine that has fades
// autoreleases nothing here, and a scene may start thousands.
static perbus_status with_destination(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                      perbus_error *error,
                                      BOOL (^fade)(AVAudioMixingDestination *destination)) {
    PERBUS_REQUIRE(source, error);
    PERBUS_REQUIRE(mixer, error);
    PERBUS_CHECK(perbus__enter(error));
    @try {
        AVAudioMixingDestination *destination = [source->mixing destinationForMixer:mixer->object
                                                                                bus:bus];
        if (destination == nil) {
            return perbus__refuse_connection(source, mixer, bus, error);
        }
        return fade(destination) ? PERBUS_OK : perbus__no_memory_for_fade(error);
    } @catch (NSException *exception) {
        return perbus__caught(error, exception);
    }
}

perbus_status perbus_connection_fade_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                            float volume, uint64_t frames, perbus_curve curve,
                                            perbus_error *error) {
    PERBUS_CHECK(perbus__check_volume(volume, error));
    PERBUS_CHECK(perbus__check_fade(frames, curve, error));
    return with_destination(source, mixer, bus, error, ^(AVAudioMixingDestination *destination) {
        return perbus__fade_volume(destination, volume, frames, curve);
    });
}

perbus_status perbus_connection_fade_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                         float pan, uint64_t frames, perbus_error *error) {
    PERBUS_CHECK(perbus__check_pan(pan, error));
    PERBUS_CHECK(perbus__check_fade(frames, PERBUS_CURVE_LINEAR, error));
    return with_destination(source, mixer, bus, error, ^(AVAudioMixingDestination *destination) {
        return perbus__fade_pan(destination, pan, frames);
    });
}

perbus_status perbus_bus_fade_volume(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                     float volume, uint64_t frames, perbus_curve curve,
                                     perbus_error *error) {
    PERBUS_CHECK(perbus__check_volume(volume, error));
    PERBUS_CHECK(perbus__check_fade(frames, curve, error));
    __block BOOL fades = YES;
    PERBUS_CHECK(perbus__with_bus(
        engine, mixer, bus, kMultiChannelMixerParam_Volume, error, ^(perbus__control control) {
            fades = control.destination != nil
                        ? perbus__fade_volume(control.destination, volume, frames, curve)
                        : perbus__fade_bus_volume(mixer->object, bus, volume, frames, curve);
        }));
    return fades ? PERBUS_OK : perbus__no_memory_for_fade(error);
}

perbus_status perbus_bus_fade_pan(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                  float pan, uint64_t frames, perbus_error *error) {
    PERBUS_CHECK(perbus__check_pan(pan, error));
    PERBUS_CHECK(perbus__check_fade(frames, PERBUS_CURVE_LINEAR, error));
    __block BOOL fades = YES;
    PERBUS_CHECK(perbus__with_bus(
        engine, mixer, bus, kMultiChannelMixerParam_Pan, error, ^(perbus__control control) {
            fades = control.destination != nil
                        ? perbus__fade_pan(control.destination, pan, frames)
                        : perbus__fade_bus_pan(mixer->object, bus, pan, frames);
        }));
    return fades ? PERBUS_OK : perbus__no_memory_for_fade(error);
}
