// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Per-connection gain: the volume and pan of one source on one mixer bus. The destination object
// is fetched for every call: it may be void after any disconnection.
#import "shim.h"

// Longest chain of effects between a source and its mixer.
enum { MAX_CHAIN = 64 };

static perbus_status missing(perbus_node *source, uint32_t bus, perbus_error *error) {
    if (source->mixing == nil) {
        return perbus__fail(error, PERBUS_ERROR_NOT_MIXING,
                            @"the source has no volume and pan per connection");
    }
    return perbus__fail(error, PERBUS_ERROR_NOT_CONNECTED,
                        @"the source is not connected to input bus %u of this mixer", bus);
}

// One body for the four accessors: `use` reads or writes the destination.
#define WITH_DESTINATION(source, mixer, bus, error, use)                          \
    PERBUS_REQUIRE(source, error);                                                \
    PERBUS_REQUIRE(mixer, error);                                                 \
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

perbus_status perbus_connection_set_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                           float volume, perbus_error *error) {
    PERBUS_CHECK(perbus__check_volume(volume, error));
    WITH_DESTINATION(source, mixer, bus, error, [destination setVolume:volume]);
}

perbus_status perbus_connection_get_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                           float *out_volume, perbus_error *error) {
    PERBUS_REQUIRE(out_volume, error);
    WITH_DESTINATION(source, mixer, bus, error, *out_volume = [destination volume]);
}

perbus_status perbus_connection_set_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                        float pan, perbus_error *error) {
    PERBUS_CHECK(perbus__check_pan(pan, error));
    WITH_DESTINATION(source, mixer, bus, error, [destination setPan:pan]);
}

perbus_status perbus_connection_get_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                        float *out_pan, perbus_error *error) {
    PERBUS_REQUIRE(out_pan, error);
    WITH_DESTINATION(source, mixer, bus, error, *out_pan = [destination pan]);
}

// From the bus upstream, through nodes with a single input, to the first that mixes.
static id<AVAudioMixing> find_source(AVAudioEngine *engine, AVAudioNode *mixer, uint32_t bus) {
    Protocol *mixing = NSProtocolFromString(@"AVAudioMixing");
    AVAudioConnectionPoint *point = [engine inputConnectionPointForNode:mixer inputBus:bus];
    for (int i = 0; i < MAX_CHAIN && [point node] != nil; i++) {
        AVAudioNode *node = [point node];
        if ([node conformsToProtocol:mixing]) {
            return (id<AVAudioMixing>)node;
        }
        point =
            [node numberOfInputs] == 1 ? [engine inputConnectionPointForNode:node inputBus:0] : nil;
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
