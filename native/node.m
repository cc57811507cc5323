// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The heart of the shim: connect a source to a bus, track what is connected, and set the gain of
// one connection. Everything else has a file of its own.
#import "checks.h"
#import "formats.h"
#import "player_node.h"

#include <stdlib.h>

// Connect.

perbus_status perbus_engine_connect(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                    perbus_node *destination, uint32_t destination_bus,
                                    const perbus_format *format, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(source, error);
    PERBUS_REQUIRE(destination, error);
    if (format != NULL) {
        PERBUS_CHECK(perbus__check_format(format, error));
    }
    PERBUS_CHECK(perbus__enter(error));
    @autoreleasepool {
        @try {
            PERBUS_CHECK(perbus__check_connect(engine, source, source_bus, destination,
                                               destination_bus, format, error));
            const perbus__point point = {destination->object, destination_bus};
            PERBUS_CHECK(perbus__check_path(engine, source, source_bus, &point, 1, format, error));
            PERBUS_CHECK(perbus__check_queued_format(source, format, error));
            [engine->object connect:source->object to:destination->object fromBus:source_bus
                              toBus:destination_bus
                             format:perbus__format_for(source, format)];
            perbus__remember_format(source);
            return PERBUS_OK;
        } @catch (NSException *exception) {
            return perbus__caught(error, exception);
        }
    }
}

// Track: asks the engine every time and remembers nothing.

static perbus_point point_of(AVAudioConnectionPoint *point) {
    return (perbus_point){(uint64_t)(uintptr_t)[point node], (uint32_t)[point bus]};
}

perbus_status perbus_track_input(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                 perbus_point *out_source, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(out_source, error);
    PERBUS_CHECK(perbus__enter(error));
    @autoreleasepool {
        @try {
            PERBUS_CHECK(perbus__check_attached(engine, node, "node", error));
            AVAudioConnectionPoint *point = nil;
            if (bus < [node->object numberOfInputs]) {
                point = [engine->object inputConnectionPointForNode:node->object inputBus:bus];
            }
            if (point == nil) {
                return perbus__fail(error, PERBUS_ERROR_NOT_CONNECTED, @"input bus %u is free",
                                    bus);
            }
            *out_source = point_of(point);
            return PERBUS_OK;
        } @catch (NSException *exception) {
            return perbus__caught(error, exception);
        }
    }
}

perbus_status perbus_track_outputs(perbus_engine *engine, perbus_node *node, uint32_t bus,
                                   perbus_point **out_points, size_t *out_count,
                                   perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(node, error);
    PERBUS_REQUIRE(out_points, error);
    PERBUS_REQUIRE(out_count, error);
    PERBUS_CHECK(perbus__enter(error));
    @autoreleasepool {
        @try {
            PERBUS_CHECK(perbus__check_attached(engine, node, "node", error));
            NSArray<AVAudioConnectionPoint *> *found = nil;
            if (bus < [node->object numberOfOutputs]) {
                found = [engine->object outputConnectionPointsForNode:node->object outputBus:bus];
            }
            size_t count = [found count];
            perbus_point *points = count > 0 ? calloc(count, sizeof *points) : NULL;
            if (count > 0 && points == NULL) {
                return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for %zu points",
                                    count);
            }
            size_t index = 0;
            for (AVAudioConnectionPoint *point in found) {
                points[index++] = point_of(point);
            }
            *out_points = points;
            *out_count = count;
            return PERBUS_OK;
        } @catch (NSException *exception) {
            return perbus__caught(error, exception);
        }
    }
}

void perbus_points_free(perbus_point *points) {
    free(points);
}

// Per-connection gain: the volume and pan of one source on one mixer bus. The destination object is
// looked up for every call, because any disconnection may invalidate it. The platform's header does
// that, in a pool if its engine needs one.

static perbus_status enter_connection(perbus_node *source, perbus_node *mixer,
                                      perbus_error *error) {
    PERBUS_REQUIRE(source, error);
    PERBUS_REQUIRE(mixer, error);
    return perbus__enter(error);
}

static perbus_status explain(perbus_status status, perbus_node *source, perbus_node *mixer,
                             uint32_t bus, perbus_error *error) {
    return status == PERBUS_ERROR_NOT_CONNECTED
               ? perbus__refuse_connection(source, mixer, bus, error)
               : status;
}

perbus_status perbus_connection_set_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                           float volume, perbus_error *error) {
    PERBUS_CHECK(perbus__check_volume(volume, error));
    PERBUS_CHECK(enter_connection(source, mixer, error));
    perbus_status status = perbus__set_volume(source->mixing, mixer->object, bus, volume, error);
    return explain(status, source, mixer, bus, error);
}

perbus_status perbus_connection_get_volume(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                           float *out_volume, perbus_error *error) {
    PERBUS_REQUIRE(out_volume, error);
    PERBUS_CHECK(enter_connection(source, mixer, error));
    perbus_status status =
        perbus__get_volume(source->mixing, mixer->object, bus, out_volume, error);
    return explain(status, source, mixer, bus, error);
}

perbus_status perbus_connection_set_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                        float pan, perbus_error *error) {
    PERBUS_CHECK(perbus__check_pan(pan, error));
    PERBUS_CHECK(enter_connection(source, mixer, error));
    perbus_status status = perbus__set_pan(source->mixing, mixer->object, bus, pan, error);
    return explain(status, source, mixer, bus, error);
}

perbus_status perbus_connection_get_pan(perbus_node *source, perbus_node *mixer, uint32_t bus,
                                        float *out_pan, perbus_error *error) {
    PERBUS_REQUIRE(out_pan, error);
    PERBUS_CHECK(enter_connection(source, mixer, error));
    perbus_status status = perbus__get_pan(source->mixing, mixer->object, bus, out_pan, error);
    return explain(status, source, mixer, bus, error);
}
