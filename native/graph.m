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
        [engine->object detachNode:node->object];
        if (node->kind == PERBUS_KIND_PLAYER) {
            // Completions of what is queued are promised; detaching alone may keep them back.
            [(AVAudioPlayerNode *)node->object stop];
        }
        return PERBUS_OK;
    });
}

// Downstream from `from`; each node once, however paths split and meet.
static BOOL reaches(AVAudioEngine *engine, AVAudioNode *from, AVAudioNode *target,
                    NSMutableSet *seen) {
    if (from == target) {
        return YES;
    }
    NSValue *key = [NSValue valueWithPointer:from];
    if ([seen containsObject:key]) {
        return NO;
    }
    [seen addObject:key];
    for (NSUInteger bus = 0; bus < [from numberOfOutputs]; bus++) {
        for (AVAudioConnectionPoint *point in [engine outputConnectionPointsForNode:from
                                                                          outputBus:bus]) {
            if ([point node] != nil && reaches(engine, [point node], target, seen)) {
                return YES;
            }
        }
    }
    return NO;
}

static perbus_status check_connect(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                   perbus_node *destination, uint32_t destination_bus,
                                   perbus_error *error) {
    PERBUS_CHECK(perbus__check_attached(engine, source, "source", error));
    PERBUS_CHECK(perbus__check_attached(engine, destination, "destination", error));
    NSUInteger outputs = source->kind == PERBUS_KIND_OUTPUT ? 0 : [source->object numberOfOutputs];
    PERBUS_CHECK(perbus__check_bus("source", source_bus, outputs, error));
    NSUInteger inputs = destination->kind == PERBUS_KIND_MIXER
                            ? PERBUS_MAX_BUSES
                            : [destination->object numberOfInputs];
    PERBUS_CHECK(perbus__check_bus("destination", destination_bus, inputs, error));
    if (reaches(engine->object, destination->object, source->object, [NSMutableSet set])) {
        return perbus__fail(error, PERBUS_ERROR_CYCLE,
                            @"the connection would feed the source its own output");
    }
    return PERBUS_OK;
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
        PERBUS_CHECK(
            check_connect(engine, source, source_bus, destination, destination_bus, error));
        [engine->object connect:source->object to:destination->object fromBus:source_bus
                          toBus:destination_bus
                         format:format != NULL ? perbus__format(format) : nil];
        return PERBUS_OK;
    });
}

// One of the destinations of a list, to be sorted by mixer and bus.
typedef struct Place {
    AVAudioNode *node;
    uint32_t bus;
    size_t index;
    NSUInteger before; // the mixer's bus count, if this place has grown it; else 0
} Place;

static int compare_places(const void *left, const void *right) {
    const Place *a = left;
    const Place *b = right;
    if (a->node != b->node) {
        return (uintptr_t)a->node < (uintptr_t)b->node ? -1 : 1;
    }
    if (a->bus != b->bus) {
        return a->bus < b->bus ? -1 : 1;
    }
    return a->index < b->index ? -1 : a->index > b->index;
}

static perbus_status check_destinations(perbus_engine *engine, perbus_node *source,
                                        uint32_t source_bus, const perbus_destination *destinations,
                                        size_t count, Place *places, perbus_error *error) {
    for (size_t i = 0; i < count; i++) {
        PERBUS_REQUIRE(destinations[i].node, error);
        PERBUS_CHECK(check_connect(engine, source, source_bus, destinations[i].node,
                                   destinations[i].bus, error));
        places[i] = (Place){destinations[i].node->object, destinations[i].bus, i, 0};
    }
    qsort(places, count, sizeof *places, compare_places);
    for (size_t i = 1; i < count; i++) {
        if (places[i].node == places[i - 1].node && places[i].bus == places[i - 1].bus) {
            return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                                @"destinations %zu and %zu are the same bus, %u",
                                places[i - 1].index, places[i].index, places[i].bus);
        }
    }
    return PERBUS_OK;
}

// Takes back what `grow` has added, as far as the engine lets it.
static void shrink(const Place *places, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (places[i].before > 0) {
            (void)perbus__set_bus_count(places[i].node, places[i].before, NULL);
        }
    }
}

// Neither engine adds buses to a running mixer for a list.
static perbus_status grow(Place *places, size_t count, perbus_error *error) {
    for (size_t i = 0; i < count; i++) {
        BOOL highest = i + 1 == count || places[i + 1].node != places[i].node;
        NSUInteger before = [places[i].node numberOfInputs];
        if (highest && places[i].bus >= before) {
            perbus_status status =
                perbus__set_bus_count(places[i].node, (NSUInteger)places[i].bus + 1, error);
            if (status != PERBUS_OK) {
                shrink(places, i);
                return status;
            }
            places[i].before = before;
        }
    }
    return PERBUS_OK;
}

static NSArray *points_of(const perbus_destination *destinations, size_t count) {
    NSMutableArray *points = [NSMutableArray arrayWithCapacity:count];
    for (size_t i = 0; i < count; i++) {
        AVAudioConnectionPoint *point =
            [[AVAudioConnectionPoint alloc] initWithNode:destinations[i].node->object
                                                     bus:destinations[i].bus];
        [points addObject:point];
        [point release];
    }
    return points;
}

perbus_status perbus_engine_connect_many(perbus_engine *engine, perbus_node *source,
                                         uint32_t source_bus,
                                         const perbus_destination *destinations, size_t count,
                                         const perbus_format *format, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(source, error);
    PERBUS_REQUIRE(destinations, error);
    if (count == 0) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT, @"no destination");
    }
    // With a single point Apple's list form has been seen to mistake the format.
    if (count == 1 && PERBUS_LISTS_MISTAKE_ONE) {
        return perbus_engine_connect(engine, source, source_bus, destinations[0].node,
                                     destinations[0].bus, format, error);
    }
    if (format != NULL) {
        PERBUS_CHECK(perbus__check_format(format, error));
    }
    return perbus__guard(error, ^{
        Place *places = [[NSMutableData dataWithLength:count * sizeof *places] mutableBytes];
        if (places == NULL) {
            return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for %zu destinations",
                                count);
        }
        PERBUS_CHECK(
            check_destinations(engine, source, source_bus, destinations, count, places, error));
        NSArray *points = points_of(destinations, count);
        PERBUS_CHECK(grow(places, count, error));
        @try {
            [engine->object connect:source->object toConnectionPoints:points fromBus:source_bus
                             format:format != NULL ? perbus__format(format) : nil];
        } @catch (NSException *exception) {
            shrink(places, count);
            @throw;
        }
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_begin_change(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        PERBUS_BEGIN_CHANGE(engine->object);
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_end_change(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        PERBUS_END_CHANGE(engine->object);
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
