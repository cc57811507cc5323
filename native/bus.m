// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A mixer's bus by its number: the volume and pan of whatever feeds it.
#import "bus.h"

#import "checks.h"

// The first mixing source upstream of the bus, reached through effects only.
static id<AVAudioMixing> find_source(AVAudioEngine *engine, AVAudioNode *mixer, uint32_t bus) {
    Protocol *mixing = NSProtocolFromString(@"AVAudioMixing");
    AVAudioConnectionPoint *point = [engine inputConnectionPointForNode:mixer inputBus:bus];
    while ([point node] != nil) {
        AVAudioNode *node = [point node];
        if ([node conformsToProtocol:mixing]) {
            return (id<AVAudioMixing>)node;
        }
        // A matrix with one input is not an effect: it has levels of its own.
        BOOL effect = [node numberOfInputs] == 1 && [node isKindOfClass:[AVAudioUnitEffect class]];
        point = effect ? [engine inputConnectionPointForNode:node inputBus:0] : nil;
    }
    return nil;
}

static AUParameter *bus_parameter(AVAudioNode *mixer, AudioUnitParameterID which, uint32_t bus) {
    return [[[mixer AUAudioUnit] parameterTree] parameterWithID:which scope:kAudioUnitScope_Input
                                                        element:bus];
}

perbus_status perbus__with_bus(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                               AudioUnitParameterID which, perbus_error *error,
                               void (^use)(perbus__control control)) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(mixer, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        perbus_point source;
        PERBUS_CHECK(perbus_track_input(engine, mixer, bus, &source, error));
        perbus__control control = {nil, nil};
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
    return perbus__with_bus(engine, mixer, bus, kMultiChannelMixerParam_Volume, error,
                            ^(perbus__control control) {
                                [control.destination setVolume:volume];
                                [control.parameter setValue:volume];
                            });
}

perbus_status perbus_bus_get_volume(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                    float *out_volume, perbus_error *error) {
    PERBUS_REQUIRE(out_volume, error);
    return perbus__with_bus(
        engine, mixer, bus, kMultiChannelMixerParam_Volume, error, ^(perbus__control control) {
            *out_volume = control.destination != nil ? [control.destination volume]
                                                     : [control.parameter value];
        });
}

perbus_status perbus_bus_set_pan(perbus_engine *engine, perbus_node *mixer, uint32_t bus, float pan,
                                 perbus_error *error) {
    PERBUS_CHECK(perbus__check_pan(pan, error));
    return perbus__with_bus(engine, mixer, bus, kMultiChannelMixerParam_Pan, error,
                            ^(perbus__control control) {
                                [control.destination setPan:pan];
                                [control.parameter setValue:pan];
                            });
}

perbus_status perbus_bus_get_pan(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                 float *out_pan, perbus_error *error) {
    PERBUS_REQUIRE(out_pan, error);
    return perbus__with_bus(engine, mixer, bus, kMultiChannelMixerParam_Pan, error,
                            ^(perbus__control control) {
                                *out_pan = control.destination != nil ? [control.destination pan]
                                                                      : [control.parameter value];
                            });
}
