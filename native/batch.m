// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Batches: everything that several calls do is heard from the same frame on.
#import "platform/platform.h"
#import "shim.h"

// Of this thread, of all engines.
static _Thread_local unsigned open_batches;

bool perbus__in_batch(void) {
    return open_batches > 0;
}

static perbus_status opened(BOOL open, perbus_error *error) {
    if (!open) {
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a batch");
    }
    open_batches++;
    return PERBUS_OK;
}

perbus_status perbus_engine_begin_batch(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        return opened(perbus__begin_batch(engine->object), error);
    });
}

perbus_status perbus_engine_begin_edit(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        return opened(perbus__begin_edit(engine->object), error);
    });
}

void perbus__end_batches(AVAudioEngine *engine) {
    while (perbus__end_batch(engine)) {
        open_batches--;
    }
}

perbus_status perbus_engine_end_batch(perbus_engine *engine, perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    return perbus__guard(error, ^{
        if (!perbus__end_batch(engine->object)) {
            return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                                @"this thread has opened no batch of this engine");
        }
        open_batches--;
        return PERBUS_OK;
    });
}
