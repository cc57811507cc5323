// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Runs the tests of adopting; returns 0 if everything is as perbus/adopt.h says.
#import "program.h"

int check_failures;
perbus_engine *engine; // of perbus's own, for what is refused there

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
