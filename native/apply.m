// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Volume and pan of many connections, heard from the same frame on.
#import "checks.h"

static perbus_status check_change(perbus_engine *engine, const perbus_connection_change *change,
                                  perbus_error *error) {
    PERBUS_REQUIRE(change->source, error);
    PERBUS_REQUIRE(change->mixer, error);
    PERBUS_CHECK(perbus__check_volume(change->volume, error));
    PERBUS_CHECK(perbus__check_pan(change->pan, error));
    if ([change->mixer->object engine] != engine->object) {
        return perbus__fail(error, PERBUS_ERROR_WRONG_ENGINE, @"the mixer is not this engine's");
    }
    if ([change->source->mixing destinationForMixer:change->mixer->object bus:change->bus] == nil) {
        return perbus__refuse_connection(change->source, change->bus, error);
    }
    return PERBUS_OK;
}

static perbus_status make_change(const perbus_connection_change *change, perbus_error *error) {
    id<AVAudioMixing> source = change->source->mixing;
    AVAudioNode *mixer = change->mixer->object;
    perbus_status status = perbus__set_volume(source, mixer, change->bus, change->volume, error);
    if (status == PERBUS_OK) {
        status = perbus__set_pan(source, mixer, change->bus, change->pan, error);
    }
    // Another thread may have ended the connection since it was checked.
    return status == PERBUS_ERROR_NOT_CONNECTED ? PERBUS_OK : status;
}

// Prefixes the reason with the number of the entry.
static perbus_status at_entry(size_t index, perbus_status status, perbus_error *error) {
    if (error == NULL) {
        return status;
    }
    perbus_error reason = *error;
    return perbus__fail(error, status, @"change %zu: %s", index, reason.message);
}

perbus_status perbus_connections_apply(perbus_engine *engine,
                                       const perbus_connection_change *changes, size_t count,
                                       perbus_error *error) {
    PERBUS_REQUIRE(engine, error);
    if (count > 0) {
        PERBUS_REQUIRE(changes, error);
    }
    return perbus__guard(error, ^{
        for (size_t i = 0; i < count; i++) {
            perbus_status status = check_change(engine, &changes[i], error);
            if (status != PERBUS_OK) {
                return at_entry(i, status, error);
            }
        }
        (void)perbus__begin_edit(engine->object);
        @try {
            for (size_t i = 0; i < count; i++) {
                PERBUS_CHECK(make_change(&changes[i], error));
            }
        } @finally {
            (void)perbus__end_batch(engine->object);
        }
        return PERBUS_OK;
    });
}
