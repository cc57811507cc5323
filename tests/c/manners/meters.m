// SPDX-License-Identifier: MIT OR Apache-2.0
//
// An engine without meters: the calls say so, and nothing else changes.
#import "manners.h"

static void check_meters(const char *manners, perbus_status expected) {
    perbus_node *mixer, *source;
    perbus_engine *engine = make_running(manners, &mixer);
    const perbus_meter before = {{7.0f, 7.0f}, {7.0f, 7.0f}, 7};
    perbus_meter bus = before, sum = before;
    perbus_error error;
    WORKS(perbus_source_create(&MONO, render_half, NULL, NULL, &source, &error));
    WORKS(perbus_engine_attach(engine, source, &error));
    WORKS(perbus_engine_connect(engine, source, 0, mixer, 0, &MONO, &error));
    CHECK(perbus_connection_get_meter(source, mixer, 0, &bus, &error) == expected);
    CHECK(perbus_mixer_get_meter(mixer, &sum, &error) == expected);
    bool kept = expected != PERBUS_OK;
    CHECK((bus.clips == 7 && bus.peak[0] == 7.0f) == kept);
    CHECK((sum.clips == 7 && sum.peak[0] == 7.0f) == kept);
    NEAR(render_last(engine, 512), 0.5f);
    perbus_node_release(source);
    perbus_node_release(mixer);
    perbus_engine_destroy(engine);
}

void test_meters(void) {
    check_meters("", PERBUS_OK);
    check_meters("no-meters", PERBUS_ERROR_UNSUPPORTED);
    check_meters("apple", PERBUS_ERROR_UNSUPPORTED);
}
