// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs the tests of adopting; returns 0 if everything is as perbus/adopt.h says.
#import "program.h"

int check_failures;
perbus_engine *engine; // of perbus's own, for what is refused there

bool render_half(void *context, int64_t time, uint32_t frames, float *const *channels,
                 uint32_t channel_count) {
    (void)context;
    (void)time;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = 0.5f;
        }
    }
    return false;
}

int main(void) {
    @autoreleasepool {
        WORKS(perbus_engine_create_offline(&STEREO, BLOCK, &engine, &error));
        test_sound();
        test_lifetimes();
        test_kinds();
        test_untouched();
        test_recorders();
        perbus_engine_destroy(engine);
    }
    CHECK(atomic_load(&sources_alive) == 0);
    return check_failures == 0 ? 0 : 1;
}
