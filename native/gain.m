// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Per-connection gain: the volume and pan of one source on one mixer bus. The destination object
// is fetched for every call: it may be void after any disconnection.
#import "shim.h"

static perbus_status missing(perbus_node *source, uint32_t bus, perbus_error *error) {
    if (source->mixing == nil) {
        return perbus__fail(error, PERBUS_ERROR_NOT_MIXING,
                            @"the source has no volume and pan per connection");
    }
    return perbus__fail(error, PERBUS_ERROR_NOT_CONNECTED,
                        @"the source is not connected to input bus %u of this mixer", bus);
}

// One body for the four accessors: `found` is one of them, applied to the connection.
#define WITH_FADER(source, mixer, bus, error, found) \
    PERBUS_REQUIRE(source, error);                   \
    PERBUS_REQUIRE(mixer, error);                    \
    PERBUS_CHECK(perbus__enter(error));              \
    PERBUS_FAST_POOL {                               \
        @try {                                       \
            if (found) {                             \
                return PERBUS_OK;                    \
            }                                        \
        } @catch (NSException * exception) {         \
            return perbus__caught(error, exception); \
        }                                            \
    }                                                \
    return missing(source, bus, error)

perbus_status perbus_connection_set_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                           float volume, perbus_error *error) {
    PERBUS_CHECK(perbus__check_volume(volume, error));
    WITH_FADER(source, mixer, bus, error,
               perbus__set_volume(source->mixing, mixer->object, bus, volume));
}

perbus_status perbus_connection_get_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                           float *out_volume, perbus_error *error) {
    PERBUS_REQUIRE(out_volume, error);
    WITH_FADER(source, mixer, bus, error,
               perbus__get_volume(source->mixing, mixer->object, bus, out_volume));
}

perbus_status perbus_connection_set_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                        float pan, perbus_error *error) {
    PERBUS_CHECK(perbus__check_pan(pan, error));
    WITH_FADER(source, mixer, bus, error, perbus__set_pan(source->mixing, mixer->object, bus, pan));
}

perbus_status perbus_connection_get_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                        float *out_pan, perbus_error *error) {
    PERBUS_REQUIRE(out_pan, error);
    WITH_FADER(source, mixer, bus, error,
               perbus__get_pan(source->mixing, mixer->object, bus, out_pan));
}

// The same for what is no such access.
#define WITH_DESTINATION(source, mixer, bus, error, use)                          \
    PERBUS_REQUIRE(source, error);                                                \
    PERBUS_REQUIRE(mixer, error);                                                 \
    PERBUS_CHECK(perbus__enter(error));                                           \
    PERBUS_FAST_POOL {                                                            \
        @try {                                                                    \
            AVAudioMixingDestination *destination =                               \
                [(source)->mixing destinationForMixer:(mixer)->object bus:(bus)]; \
            if (destination == nil) {                                             \
                return missing(source, bus, error);                               \
            }                                                                     \
            use;                                                                  \
        } @catch (NSException * exception) {                                      \
            return perbus__caught(error, exception);                              \
        }                                                                         \
    }                                                                             \
    return PERBUS_OK

static perbus_status no_memory(perbus_error *error) {
    return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a fade or a meter");
}

static perbus_status check_fade(uint64_t frames, perbus_curve curve, perbus_error *error) {
    if (!PERBUS_HAS_FADES) {
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

perbus_status perbus_connection_fade_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                            float volume, uint64_t frames, perbus_curve curve,
                                            perbus_error *error) {
    PERBUS_CHECK(perbus__check_volume(volume, error));
    PERBUS_CHECK(check_fade(frames, curve, error));
    WITH_DESTINATION(source, mixer, bus, error, {
        if (!PERBUS_FADE(destination, Volume, volume, frames, curve)) {
            return no_memory(error);
        }
    });
}

perbus_status perbus_connection_fade_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                         float pan, uint64_t frames, perbus_error *error) {
    PERBUS_CHECK(perbus__check_pan(pan, error));
    PERBUS_CHECK(check_fade(frames, PERBUS_CURVE_LINEAR, error));
    WITH_DESTINATION(source, mixer, bus, error, {
        if (!PERBUS_FADE(destination, Pan, pan, frames, PERBUS_CURVE_LINEAR)) {
            return no_memory(error);
        }
    });
}

static perbus_status no_meter(perbus_error *error) {
    if (PERBUS_HAS_METERS) {
        return no_memory(error);
    }
    return perbus__fail(error, PERBUS_ERROR_UNSUPPORTED,
                        @"this system's AVFAudio has no meters of connections and mixers");
}

perbus_status perbus_connection_get_meter(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                          perbus_meter *out_meter, perbus_error *error) {
    PERBUS_REQUIRE(out_meter, error);
    perbus_meter meter = {0};
    WITH_DESTINATION(source, mixer, bus, error, {
        if (!PERBUS_READ_METER(destination, &meter)) {
            return no_meter(error);
        }
        *out_meter = meter;
    });
}

perbus_status perbus_mixer_get_meter(perbus_node *mixer, perbus_meter *out_meter,
                                     perbus_error *error) {
    PERBUS_REQUIRE(mixer, error);
    PERBUS_REQUIRE(out_meter, error);
    PERBUS_CHECK(perbus__enter(error));
    PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
    perbus_meter meter = {0};
    if (!PERBUS_READ_METER((AVAudioMixerNode *)mixer->object, &meter)) {
        return no_meter(error);
    }
    *out_meter = meter;
    return PERBUS_OK;
}

static perbus_status check_change(perbus_engine *engine, const perbus_connection_change *change,
                                  perbus_error *error) {
    PERBUS_REQUIRE(change->source, error);
    PERBUS_REQUIRE(change->mixer, error);
    PERBUS_CHECK(perbus__check_volume(change->volume, error));
    PERBUS_CHECK(perbus__check_pan(change->pan, error));
    if ([change->mixer->object engine] != engine->object) {
        return perbus__fail(error, PERBUS_ERROR_WRONG_ENGINE, @"the mixer is not this engine's");
    }
    if ([change->source->mixing destinationForMixer:change->mixer->object bus:change->bus] == nil) {
        return missing(change->source, change->bus, error);
    }
    return PERBUS_OK;
}

// Puts the entry's number before the reason.
static perbus_status at_entry(size_t index, perbus_status status, perbus_error *error) {
    if (error == NULL) {
        return status;
    }
    perbus_error reason = *error;
    return perbus__fail(error, status, @"change %zu: %s", index, reason.message);
}

perbus_status perbus_connections_apply(perbus_engine *engine,
                                       const perbus_connection_change *changes, size_t count,
                                       perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    if (count > 0) {
        PERBUS_REQUIRE(changes, error);
    }
    return perbus__guard(error, ^{
        for (size_t i = 0; i < count; i++) {
            perbus_status status = check_change(engine, &changes[i], error);
            if (status != PERBUS_OK) {
                return at_entry(i, status, error);
            }
        }
        (void)PERBUS_BEGIN_EDIT(engine->object);
        @try {
            for (size_t i = 0; i < count; i++) {
                const perbus_connection_change *change = &changes[i];
                id<AVAudioMixing> source = change->source->mixing;
                AVAudioNode *mixer = change->mixer->object;
                perbus__set_volume(source, mixer, change->bus, change->volume);
                perbus__set_pan(source, mixer, change->bus, change->pan);
            }
        } @finally {
            (void)PERBUS_END_BATCH(engine->object);
        }
        return PERBUS_OK;
    });
}

// From the bus upstream, through nodes with a single input, to the first that mixes.
static id<AVAudioMixing> find_source(AVAudioEngine *engine, AVAudioNode *mixer, uint32_t bus) {
    Protocol *mixing = NSProtocolFromString(@"AVAudioMixing");
    AVAudioConnectionPoint *point = [engine inputConnectionPointForNode:mixer inputBus:bus];
    while ([point node] != nil) {
        AVAudioNode *node = [point node];
        if ([node conformsToProtocol:mixing]) {
            return (id<AVAudioMixing>)node;
        }
        // A matrix with one input is no effect: it has levels of its own.
        BOOL effect = [node numberOfInputs] == 1 && [node isKindOfClass:[AVAudioUnitEffect class]];
        point = effect ? [engine inputConnectionPointForNode:node inputBus:0] : nil;
    }
    return nil;
}

static AUParameter *bus_parameter(AVAudioNode *mixer, AudioUnitParameterID which, uint32_t bus) {
    return [[[mixer AUAudioUnit] parameterTree] parameterWithID:which scope:kAudioUnitScope_Input
                                                        element:bus];
}

// What a per-bus call reads or writes: the source's destination, or else the mixer's parameter.
typedef struct control {
    AVAudioMixingDestination *destination;
    AUParameter *parameter;
} control;

// Calls `use` with the control of a bus that something feeds. A source's destination comes first:
// what is written past it, to the mixer's own parameter, it does not know of.
static perbus_status with_bus(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                              AudioUnitParameterID which, perbus_error *error,
                              void (^use)(control control)) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(mixer, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        perbus_point source;
        PERBUS_CHECK(perbus_track_input(engine, mixer, bus, &source, error));
        control control = {nil, nil};
        control.destination =
            [find_source(engine->object, mixer->object, bus) destinationForMixer:mixer->object
                                                                             bus:bus];
        if (control.destination == nil) {
            control.parameter = bus_parameter(mixer->object, which, bus);
        }
        if (control.destination == nil && control.parameter == nil) {
            return perbus__fail(error, PERBUS_ERROR_NOT_MIXING,
                                @"what feeds input bus %u has no volume and pan", bus);
        }
        use(control);
        return PERBUS_OK;
    });
}

perbus_status perbus_bus_set_volume(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                    float volume, perbus_error *error) {
    PERBUS_CHECK(perbus__check_volume(volume, error));
    return with_bus(engine, mixer, bus, kMultiChannelMixerParam_Volume, error, ^(control control) {
        [control.destination setVolume:volume];
        [control.parameter setValue:volume];
    });
}

perbus_status perbus_bus_get_volume(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                    float *out_volume, perbus_error *error) {
    PERBUS_REQUIRE(out_volume, error);
    return with_bus(engine, mixer, bus, kMultiChannelMixerParam_Volume, error, ^(control control) {
        *out_volume =
            control.destination != nil ? [control.destination volume] : [control.parameter value];
    });
}

perbus_status perbus_bus_fade_volume(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                     float volume, uint64_t frames, perbus_curve curve,
                                     perbus_error *error) {
    PERBUS_CHECK(perbus__check_volume(volume, error));
    PERBUS_CHECK(check_fade(frames, curve, error));
    __block BOOL fades = YES;
    PERBUS_CHECK(
        with_bus(engine, mixer, bus, kMultiChannelMixerParam_Volume, error, ^(control control) {
            fades = control.destination != nil
                        ? PERBUS_FADE(control.destination, Volume, volume, frames, curve)
                        : PERBUS_FADE_BUS(mixer->object, bus, Volume, volume, frames, curve);
        }));
    return fades ? PERBUS_OK : no_memory(error);
}

perbus_status perbus_bus_fade_pan(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                  float pan, uint64_t frames, perbus_error *error) {
    PERBUS_CHECK(perbus__check_pan(pan, error));
    PERBUS_CHECK(check_fade(frames, PERBUS_CURVE_LINEAR, error));
    __block BOOL fades = YES;
    PERBUS_CHECK(
        with_bus(engine, mixer, bus, kMultiChannelMixerParam_Pan, error, ^(control control) {
            fades =
                control.destination != nil
                    ? PERBUS_FADE(control.destination, Pan, pan, frames, PERBUS_CURVE_LINEAR)
                    : PERBUS_FADE_BUS(mixer->object, bus, Pan, pan, frames, PERBUS_CURVE_LINEAR);
        }));
    return fades ? PERBUS_OK : no_memory(error);
}

perbus_status perbus_bus_set_pan(perbus_engine *engine, perbus_node *mixer, uint32_t bus, float pan,
                                 perbus_error *error) {
    PERBUS_CHECK(perbus__check_pan(pan, error));
    return with_bus(engine, mixer, bus, kMultiChannelMixerParam_Pan, error, ^(control control) {
        [control.destination setPan:pan];
        [control.parameter setValue:pan];
    });
}

perbus_status perbus_bus_get_pan(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                 float *out_pan, perbus_error *error) {
    PERBUS_REQUIRE(out_pan, error);
    return with_bus(engine, mixer, bus, kMultiChannelMixerParam_Pan, error, ^(control control) {
        *out_pan =
            control.destination != nil ? [control.destination pan] : [control.parameter value];
    });
}
