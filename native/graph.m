// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Attach, connect, disconnect, and track: ask the engine what is connected.
#import "shim.h"

#include <stdlib.h>

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

static perbus_status check_input_bus(perbus_node *node, uint32_t bus, perbus_error *error) {
    return perbus__check_bus("input", bus, [node->object numberOfInputs], error);
}

perbus_status perbus_engine_attach(perbus_engine *engine, perbus_node *node, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    return perbus__guard(error, ^{
        AVAudioEngine *owner = [node->object engine];
        if (owner != nil && owner != engine->object) {
            return perbus__fail(error, PERBUS_ERROR_WRONG_ENGINE,
                                @"the node is attached to another engine");
        }
        if (owner == nil) {
            [engine->object attachNode:node->object];
        }
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_detach(perbus_engine *engine, perbus_node *node, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_attached(engine, node, "node", error));
        if (node->kind == PERBUS_KIND_OUTPUT || node->object == [engine->object mainMixerNode]) {
            return perbus__fail(error, PERBUS_ERROR_WRONG_KIND,
                                @"the output node and the main mixer stay attached");
        }
        if (node->kind == PERBUS_KIND_PLAYER) {
            PERBUS_TAKE_BACK_HALT((PerbusPlayerNode *)node->object);
            PERBUS_WILL_END((PerbusPlayerNode *)node->object, PERBUS_END_DETACHED);
        }
        [engine->object detachNode:node->object];
        if (node->kind == PERBUS_KIND_PLAYER) {
            // Completions of what is queued are promised; detaching alone may keep them back.
            [(AVAudioPlayerNode *)node->object stop];
        }
        return PERBUS_OK;
    });
}

perbus_status perbus__check_connect(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                    perbus_node *destination, uint32_t destination_bus,
                                    const perbus_format *format, perbus_error *error) {
    PERBUS_CHECK(perbus__check_attached(engine, source, "source", error));
    PERBUS_CHECK(perbus__check_attached(engine, destination, "destination", error));
    NSUInteger outputs = source->kind == PERBUS_KIND_OUTPUT ? 0 : [source->object numberOfOutputs];
    PERBUS_CHECK(perbus__check_bus("source", source_bus, outputs, error));
    NSUInteger inputs = destination->kind == PERBUS_KIND_MIXER
                            ? PERBUS_MAX_BUSES
                            : [destination->object numberOfInputs];
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

perbus_status perbus_engine_connect(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                    perbus_node *destination, uint32_t destination_bus,
                                    const perbus_format *format, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(source, error);
    PERBUS_REQUIRE(destination, error);
    if (format != NULL) {
        PERBUS_CHECK(perbus__check_format(format, error));
    }
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_connect(engine, source, source_bus, destination, destination_bus,
                                           format, error));
        const perbus__point point = {destination->object, destination_bus};
        PERBUS_CHECK(perbus__check_path(engine, source, source_bus, &point, 1, format, error));
        PERBUS_CHECK(perbus__check_queued_format(source, format, error));
        [engine->object connect:source->object to:destination->object fromBus:source_bus
                          toBus:destination_bus
                         format:perbus__format_for(source, format)];
        perbus__keep_format(source);
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_disconnect_input(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                             perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_attached(engine, node, "node", error));
        PERBUS_CHECK(check_input_bus(node, bus, error));
        // Asked first: what disconnecting a free bus does is not documented.
        if ([engine->object inputConnectionPointForNode:node->object inputBus:bus] != nil) {
            [engine->object disconnectNodeInput:node->object bus:bus];
        }
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_disconnect_output(perbus_engine *engine, perbus_node *node,
                                              uint32_t bus, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_attached(engine, node, "node", error));
        PERBUS_CHECK(perbus__check_bus("output", bus, [node->object numberOfOutputs], error));
        if ([[engine->object outputConnectionPointsForNode:node->object outputBus:bus] count] > 0) {
            [engine->object disconnectNodeOutput:node->object bus:bus];
        }
        return PERBUS_OK;
    });
}

static perbus_point point_of(AVAudioConnectionPoint *point) {
    return (perbus_point){(uint64_t)(uintptr_t)[point node], (uint32_t)[point bus]};
}

perbus_status perbus_track_input(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                 perbus_point *out_source, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(out_source, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_attached(engine, node, "node", error));
        AVAudioConnectionPoint *point = bus < [node->object numberOfInputs]
                                            ? [engine->object
                                                  inputConnectionPointForNode:node->object
                                                                     inputBus:bus]
                                            : nil;
        if (point == nil) {
            return perbus__fail(error, PERBUS_ERROR_NOT_CONNECTED, @"input bus %u is free", bus);
        }
        *out_source = point_of(point);
        return PERBUS_OK;
    });
}

perbus_status perbus_track_outputs(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                   perbus_point **out_points, size_t *out_count,
                                   perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(out_points, error);
    PERBUS_REQUIRE(out_count, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(perbus__check_attached(engine, node, "node", error));
        NSArray<AVAudioConnectionPoint *> *found =
            bus < [node->object numberOfOutputs] ? [engine->object
                                                       outputConnectionPointsForNode:node->object
                                                                           outputBus:bus]
                                                 : nil;
        size_t count = [found count];
        perbus_point *points = count > 0 ? calloc(count, sizeof *points) : NULL;
        if (count > 0 && points == NULL) {
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for %zu points", count);
        }
        size_t index = 0;
        for (AVAudioConnectionPoint *point in found) {
            points[index++] = point_of(point);
        }
        *out_points = points;
        *out_count = count;
        return PERBUS_OK;
    });
}

void perbus_points_free(perbus_point *points) {
    free(points);
}
