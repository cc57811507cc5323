// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Devices.
#import "device.h"
#import "platform/platform.h"

#include <math.h>
#include <stdlib.h>

perbus_status perbus__check_device_options(const perbus_device_options *options,
                                           perbus_error *error) {
    double rate = options->sample_rate, latency = options->latency;
    if (!(rate >= 0.0 && rate <= PERBUS_MAX_SAMPLE_RATE)) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"a sample rate of %g Hz is not in 0 to %d", rate,
                            PERBUS_MAX_SAMPLE_RATE);
    }
    if (options->block != 0 &&
        (options->block < PERBUS_MIN_BLOCK || options->block > PERBUS_MAX_BLOCK)) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"a block of %u frames is not in %d to %d", options->block,
                            PERBUS_MIN_BLOCK, PERBUS_MAX_BLOCK);
    }
    if (latency != 0.0 && !(latency >= PERBUS_MIN_LATENCY && latency <= PERBUS_MAX_LATENCY)) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE,
                            @"a latency of %g s is not in %g to %g", latency, PERBUS_MIN_LATENCY,
                            PERBUS_MAX_LATENCY);
    }
    return PERBUS_OK;
}

static perbus_status require_device(const perbus_engine *engine, perbus_error *error) {
    return engine->max_frames == 0 ? PERBUS_OK
                                   : perbus__fail(error, PERBUS_ERROR_WRONG_KIND,
                                                  @"the engine is offline: it has no device");
}

perbus_status perbus_devices_copy(perbus_device **out_devices, size_t *out_count,
                                  perbus_error *error) {
    PERBUS_REQUIRE(out_devices, error);
    PERBUS_REQUIRE(out_count, error);
    return perbus__guard(error, ^{
        return perbus__copy_devices(out_devices, out_count, error);
    });
}

void perbus_devices_free(perbus_device *devices) {
    free(devices);
}

perbus_status perbus_engine_set_output_device(perbus_engine *engine, const char *output,
                                              perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(require_device(engine, error));
        return perbus__move_to_device(engine->object, output != NULL ? output : "", error);
    });
}

perbus_status perbus_engine_set_input_device(perbus_engine *engine, const char *input,
                                             perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(require_device(engine, error));
        return perbus__choose_input(engine->object, input != NULL ? input : "", error);
    });
}

perbus_status perbus_engine_get_device_status(perbus_engine *engine,
                                              perbus_device_status *out_status,
                                              perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    PERBUS_REQUIRE(out_status, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(require_device(engine, error));
        if (!perbus__read_device(engine->object, out_status)) {
            return perbus__fail(error, PERBUS_ERROR_NOT_RUNNING,
                                @"the engine is stopped: it has no device open");
        }
        return PERBUS_OK;
    });
}

perbus_status perbus_engine_set_event_handler(perbus_engine *engine, perbus_event_handler handler,
                                              void *context, void (*destroy)(void *context),
                                              perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        PERBUS_CHECK(require_device(engine, error));
        if (perbus__has_batch(engine->object)) {
            return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                                @"in a batch: the handler may be waiting for its end");
        }
        return perbus__set_event_handler(engine, handler, context, destroy)
                   ? PERBUS_OK
                   : perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a handler");
    });
}
