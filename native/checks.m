// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Checks of arguments: values, buses, kinds, and whether two nodes may be connected.
#import "checks.h"

#import "formats.h"

perbus_status perbus__refuse_volume(float volume, perbus_error *error) {
    return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"volume %g is not in 0 to %d",
                        (double)volume, PERBUS_MAX_VOLUME);
}

perbus_status perbus__refuse_pan(float pan, perbus_error *error) {
    return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"pan %g is not in -1 to 1", (double)pan);
}

perbus_status perbus__check_bus(const char *role, uint32_t bus, NSUInteger count,
                                perbus_error *error) {
    if (bus < count) {
        return PERBUS_OK;
    }
    if (count == 0) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"%s bus %u: there are 0, the node has none to connect", role, bus);
    }
    return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"%s bus %u: there are %lu, 0 to %lu",
                        role, bus, (unsigned long)count, (unsigned long)count - 1);
}

perbus_status perbus__check_kind(perbus_node *node, perbus_kind kind, perbus_error *error) {
    static const char *const names[] = {"an output",    "a mixer",  "a player",        "a source",
                                        "an equalizer", "a matrix", "of another kind", "an input"};
    if (node->kind == kind) {
        return PERBUS_OK;
    }
    return perbus__fail(error, PERBUS_ERROR_WRONG_KIND, @"the node is %s, not %s",
                        names[node->kind], names[kind]);
}

perbus_status perbus__check_attached(perbus_engine *engine, perbus_node *node, const char *role,
                                     perbus_error *error) {
    AVAudioEngine *owner = [node->object engine];
    if (owner == nil) {
        return perbus__fail(error, PERBUS_ERROR_NOT_ATTACHED, @"the %s is attached to no engine",
                            role);
    }
    if (owner != engine->object) {
        return perbus__fail(error, PERBUS_ERROR_WRONG_ENGINE,
                            @"the %s is attached to another engine", role);
    }
    return PERBUS_OK;
}

// Whether the source feeds that bus: itself, or through effects.
static BOOL feeds(const perbus_node *source, AVAudioNode *mixer, uint32_t bus) {
    AVAudioEngine *engine = [mixer engine];
    AVAudioNode *node = mixer;
    Protocol *mixing = NSProtocolFromString(@"AVAudioMixing");
    while (engine != nil && node != nil && bus < [node numberOfInputs]) {
        node = [[engine inputConnectionPointForNode:node inputBus:bus] node];
        if (node == source->object) {
            return YES;
        }
        BOOL passes = [node numberOfInputs] == 1 && ![node conformsToProtocol:mixing];
        node = passes ? node : nil;
        bus = 0;
    }
    return NO;
}

perbus_status perbus__refuse_connection(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                        perbus_error *error) {
    if (source->mixing == nil) {
        return perbus__fail(error, PERBUS_ERROR_NOT_MIXING,
                            @"the source has no volume and pan per connection");
    }
    return perbus__catch(error, ^{
        if (feeds(source, mixer->object, bus)) {
            return perbus__fail(error, PERBUS_ERROR_PENDING,
                                @"the engine does not let the source control input bus %u of this "
                                @"mixer yet",
                                bus);
        }
        return perbus__fail(error, PERBUS_ERROR_NOT_CONNECTED,
                            @"the source is not connected to input bus %u of this mixer", bus);
    });
}

perbus_status perbus__check_connect(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                    perbus_node *destination, uint32_t destination_bus,
                                    const perbus_format *format, perbus_error *error) {
    PERBUS_CHECK(perbus__check_attached(engine, source, "source", error));
    PERBUS_CHECK(perbus__check_attached(engine, destination, "destination", error));
    NSUInteger outputs = source->kind == PERBUS_KIND_OUTPUT ? 0 : [source->object numberOfOutputs];
    PERBUS_CHECK(perbus__check_bus("source", source_bus, outputs, error));
    NSUInteger inputs = [destination->object numberOfInputs];
    if (destination->kind == PERBUS_KIND_MIXER) {
        if (engine->adopted && destination_bus >= inputs) {
            return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                                @"destination bus %u: the mixer has %lu, and those of an adopted "
                                @"engine do not grow by themselves: reserve more",
                                destination_bus, (unsigned long)inputs);
        }
        inputs = PERBUS_MAX_BUSES;
    } else if (destination->kind == PERBUS_KIND_INPUT) {
        inputs = 0;
    }
    PERBUS_CHECK(perbus__check_bus("destination", destination_bus, inputs, error));
    return perbus__check_channels_into(engine, source, source_bus, format, destination, error);
}

perbus_status perbus__check_path(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                 const perbus__point *points, size_t count,
                                 const perbus_format *format, perbus_error *error) {
    if (perbus__any_reaches(engine->object, points, count, source->object)) {
        return perbus__fail(error, PERBUS_ERROR_CYCLE,
                            @"the connection would feed the source its own output");
    }
    PERBUS_CHECK(perbus__check_source_channels(engine, source, source_bus, format, error));
    double rate = format != NULL ? format->sample_rate
                                 : [[source->object outputFormatForBus:source_bus] sampleRate];
    return source->kind == PERBUS_KIND_EQUALIZER ? perbus__check_bands(source, rate, error)
                                                 : PERBUS_OK;
}
