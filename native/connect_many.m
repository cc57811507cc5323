// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Connects one output bus to many input buses, all at once or in addition to others.
#import "checks.h"
#import "formats.h"
#import "mixer.h"
#import "player_node.h"

#include <stdlib.h>

// A destination from a list, to be sorted by mixer and bus.
typedef struct Place {
    AVAudioNode *node;
    uint32_t bus;
    size_t index;
    NSUInteger before; // the mixer's bus count before this place grew it; else 0
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

// What both calls share.
typedef struct List {
    perbus_engine *engine;
    perbus_node *source;
    uint32_t source_bus;
    const perbus_format *format; // NULL: the source's
    size_t count;
    Place *places;         // sorted
    perbus__point *points; // in the caller's order
} List;

static perbus_status check_destinations(const List *list, const perbus_destination *destinations,
                                        perbus_error *error) {
    size_t count = list->count;
    Place *places = list->places;
    for (size_t i = 0; i < count; i++) {
        PERBUS_REQUIRE(destinations[i].node, error);
        PERBUS_CHECK(perbus__check_connect(list->engine, list->source, list->source_bus,
                                           destinations[i].node, destinations[i].bus, list->format,
                                           error));
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

// Removes what `grow` has added, as far as the engine allows.
static void shrink(const Place *places, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (places[i].before > 0) {
            (void)perbus__set_bus_count(places[i].node, places[i].before, NULL);
        }
    }
}

// Neither engine grows a running mixer for a list.
static perbus_status grow(Place *places, size_t count, perbus_error *error) {
    for (size_t i = 0; i < count; i++) {
        BOOL highest = i + 1 == count || places[i + 1].node != places[i].node;
        NSUInteger before = [places[i].node numberOfInputs];
        if (highest && places[i].bus >= before) {
            PERBUS_CHECK(
                perbus__set_bus_count(places[i].node, (NSUInteger)places[i].bus + 1, error));
            places[i].before = before;
        }
    }
    return PERBUS_OK;
}

static perbus_status check_list(const List *list, const perbus_destination *destinations,
                                perbus_error *error) {
    if (list->places == NULL || list->points == NULL) {
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for %zu destinations",
                            list->count);
    }
    PERBUS_CHECK(check_destinations(list, destinations, error));
    for (size_t i = 0; i < list->count; i++) {
        list->points[i] = (perbus__point){destinations[i].node->object, destinations[i].bus};
    }
    PERBUS_CHECK(perbus__check_queued_format(list->source, list->format, error));
    return perbus__check_path(list->engine, list->source, list->source_bus, list->points,
                              list->count, list->format, error);
}

static perbus_status with_list(List list, const perbus_destination *destinations,
                               perbus_error *error, void (^use)(const List *list)) {
    list.places = calloc(list.count, sizeof *list.places);
    list.points = calloc(list.count, sizeof *list.points);
    @try {
        PERBUS_CHECK(check_list(&list, destinations, error));
        BOOL done = NO;
        @try {
            PERBUS_CHECK(grow(list.places, list.count, error));
            use(&list);
            done = YES;
        } @finally {
            if (!done) {
                shrink(list.places, list.count);
            }
        }
    } @finally {
        free(list.places);
        free(list.points);
    }
    return PERBUS_OK;
}

static perbus_status require(perbus_engine *engine, perbus_node *source,
                             const perbus_destination *destinations, size_t count,
                             perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(source, error);
    PERBUS_REQUIRE(destinations, error);
    if (count == 0) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT, @"no destination");
    }
    return PERBUS_OK;
}

perbus_status perbus_engine_connect_many(perbus_engine *engine, perbus_node *source,
                                         uint32_t source_bus,
                                         const perbus_destination *destinations, size_t count,
                                         const perbus_format *format, perbus_error *error) {
    PERBUS_CHECK(require(engine, source, destinations, count, error));
    if (count == 1 && perbus__mistakes_lists_of_one()) {
        return perbus_engine_connect(engine, source, source_bus, destinations[0].node,
                                     destinations[0].bus, format, error);
    }
    if (format != NULL) {
        PERBUS_CHECK(perbus__check_format(format, error));
    }
    const List list = {engine, source, source_bus, format, count, NULL, NULL};
    return perbus__guard(error, ^{
        return with_list(list, destinations, error, ^(const List *checked) {
            perbus__connect_all(engine->object, source->object, source_bus, checked->points, count,
                                perbus__format_for(source, format));
            perbus__remember_format(source);
        });
    });
}

perbus_status perbus_engine_add_destinations(perbus_engine *engine, perbus_node *source,
                                             uint32_t source_bus,
                                             const perbus_destination *destinations, size_t count,
                                             perbus_error *error) {
    PERBUS_CHECK(require(engine, source, destinations, count, error));
    const List list = {engine, source, source_bus, NULL, count, NULL, NULL};
    return perbus__guard(error, ^{
        return with_list(list, destinations, error, ^(const List *checked) {
            perbus__connect_more(engine->object, source->object, source_bus, checked->points,
                                 count);
        });
    });
}
