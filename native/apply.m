// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Volume and pan of many connections, heard from the same frame on.
#import "checks.h"

// checked: a mixer that is known to be the engine's.
static perbus_status check_change(perbus_engine *engine, const perbus_connection_change *change,
                                  const perbus_node **checked, perbus_error *error) {
    PERBUS_REQUIRE(change->source, error);
    PERBUS_REQUIRE(change->mixer, error);
    PERBUS_CHECK(perbus__check_volume(change->volume, error));
    PERBUS_CHECK(perbus__check_pan(change->pan, error));
    if (change->mixer != *checked) {
        if ([change->mixer->object engine] != engine->object) {
            return perbus__fail(error, PERBUS_ERROR_WRONG_ENGINE,
                                @"the mixer is not this engine's");
        }
        *checked = change->mixer;
    }
    // Asks for a value only to see whether the connection is there.
    float volume = 0.0f;
    perbus_status status = perbus__get_volume(change->source->mixing, change->mixer->object,
                                              change->bus, &volume, error);
    return status == PERBUS_ERROR_NOT_CONNECTED
               ? perbus__refuse_connection(change->source, change->mixer, change->bus, error)
               : status;
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
        const perbus_node *checked = NULL;
        for (size_t i = 0; i < count; i++) {
            perbus_status status = check_change(engine, &changes[i], &checked, error);
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
