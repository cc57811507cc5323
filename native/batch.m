// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Batches: everything that several calls do is heard from the same frame on.
#import "platform/platform.h"
#import "shim.h"

perbus_status perbus_engine_begin_batch(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        return perbus__begin_batch(engine->object)
                   ? PERBUS_OK
                   : perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a batch");
    });
}

perbus_status perbus_engine_begin_edit(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        return perbus__begin_edit(engine->object)
                   ? PERBUS_OK
                   : perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a batch");
    });
}

perbus_status perbus_engine_end_batch(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        return perbus__end_batch(engine->object)
                   ? PERBUS_OK
                   : perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                                  @"this thread has opened no batch of this engine");
    });
}
