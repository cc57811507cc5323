// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Masters, and which of them a mixer's input bus has.
#import "checks.h"
#import "fade.h"
#import "master.h"

#include <stdlib.h>

static perbus_status refuse_masters(perbus_error *error) {
    return perbus__fail(error, PERBUS_ERROR_UNSUPPORTED, @"this system's AVFAudio has no masters");
}

static perbus_status no_memory(perbus_error *error) {
    return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a master");
}

perbus_status perbus_master_create(perbus_engine *engine, perbus_master **out_master,
                                   perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_master, error);
    return perbus__guard(error, ^{
        if (!perbus__has_masters()) {
            return refuse_masters(error);
        }
        perbus_master *master = calloc(1, sizeof *master);
        perbus__master *object = perbus__create_master(engine->object);
        if (master == NULL || object == nil) {
            free(master);
            [object release];
            return no_memory(error);
        }
        master->object = object;
        *out_master = master;
        return PERBUS_OK;
    });
}

static void end_master(perbus__handle *handle) {
    perbus_master *master = (perbus_master *)handle;
    perbus__catch(NULL, ^{
        [master->object release];
        return PERBUS_OK;
    });
    free(master);
}

void perbus_master_destroy(perbus_master *master) {
    if (master != NULL) {
        perbus__end(&master->later, end_master);
    }
}

perbus_status perbus_master_set_volume(perbus_master *master, float volume, perbus_error *error) {
    PERBUS_REQUIRE(master, error);
    PERBUS_CHECK(perbus__check_volume(volume, error));
    PERBUS_CHECK(perbus__enter(error));
    perbus__set_master_volume(master->object, volume);
    return PERBUS_OK;
}

perbus_status perbus_master_get_volume(perbus_master *master, float *out_volume,
                                       perbus_error *error) {
    PERBUS_REQUIRE(master, error);
    PERBUS_REQUIRE(out_volume, error);
    PERBUS_CHECK(perbus__enter(error));
    *out_volume = perbus__get_master_volume(master->object);
    return PERBUS_OK;
}

perbus_status perbus_master_fade_volume(perbus_master *master, float volume, uint64_t frames,
                                        perbus_curve curve, perbus_error *error) {
    PERBUS_REQUIRE(master, error);
    PERBUS_CHECK(perbus__check_volume(volume, error));
    PERBUS_CHECK(perbus__check_fade(frames, curve, error));
    return perbus__guard(error, ^{
        return perbus__fade_master(master->object, volume, frames, curve) ? PERBUS_OK
                                                                          : no_memory(error);
    });
}

static perbus_status check_masters(perbus_engine *engine, perbus_master *const *masters,
                                   size_t count, perbus_error *error) {
    for (size_t i = 0; i < count; i++) {
        if (masters[i] == NULL) {
            return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT, @"master %zu is NULL", i);
        }
        if (perbus__master_engine(masters[i]->object) != engine->object) {
            return perbus__fail(error, PERBUS_ERROR_WRONG_ENGINE,
                                @"master %zu belongs to another engine", i);
        }
        for (size_t before = 0; before < i; before++) {
            if (masters[before]->object == masters[i]->object) {
                return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                                    @"masters %zu and %zu are the same", before, i);
            }
        }
    }
    return PERBUS_OK;
}

static perbus_status set_masters(perbus_node *mixer, uint32_t bus, perbus_master *const *masters,
                                 size_t count, perbus_error *error) {
    perbus__master **objects = count > 0 ? calloc(count, sizeof *objects) : NULL;
    if (count > 0 && objects == NULL) {
        return no_memory(error);
    }
    for (size_t i = 0; i < count; i++) {
        objects[i] = masters[i]->object;
    }
    BOOL done = perbus__set_masters(mixer->object, bus, objects, count);
    free(objects);
    return done ? PERBUS_OK : no_memory(error);
}

perbus_status perbus_bus_set_masters(perbus_engine *engine, perbus_node *mixer, uint32_t bus,
                                     perbus_master *const *masters, size_t count,
                                     perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(mixer, error);
    if (count > 0) {
        PERBUS_REQUIRE(masters, error);
    }
    return perbus__guard(error, ^{
        if (!perbus__has_masters()) {
            return refuse_masters(error);
        }
        PERBUS_CHECK(perbus__check_kind(mixer, PERBUS_KIND_MIXER, error));
        PERBUS_CHECK(perbus__check_attached(engine, mixer, "mixer", error));
        PERBUS_CHECK(perbus__check_bus("input", bus, PERBUS_MAX_BUSES, error));
        PERBUS_CHECK(check_masters(engine, masters, count, error));
        return set_masters(mixer, bus, masters, count, error);
    });
}
