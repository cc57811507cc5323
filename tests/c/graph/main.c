/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Runs the tests of the graph as a whole (random calls, depth, running out of memory), or only
 *  those named as arguments. */
#include "../check.h"
#include "graph.h"

int check_failures;
atomic_int destroyed;

static const struct {
    const char *name;
    void (*run)(void);
} TESTS[] = {
    {"moves", test_moves},   {"depth", test_depth},   {"refusals", test_refusals},
    {"growth", test_growth}, {"memory", test_memory},
};

/* Whatever GNUstep's classes allocate on first use is not a leak of the library. */
static void use_classes_once(void) {
#ifdef COUNTS_LEAKS
    perbus_engine *first;
    perbus_node *mixer, *equalizer;
    perbus_point *points;
    size_t count;
    __lsan_disable();
    WORKS(perbus_engine_create_offline(&STEREO, 1, &first, &error));
    WORKS(perbus_equalizer_create(1, &equalizer, &error));
    WORKS(perbus_engine_copy_main_mixer(first, &mixer, &error));
    WORKS(perbus_track_outputs(first, mixer, 0, &points, &count, &error));
    perbus_points_free(points);
    perbus_node_release(mixer);
    perbus_node_release(equalizer);
    perbus_engine_destroy(first);
    __lsan_enable();
#endif
}

int main(int count, char **arguments) {
    use_classes_once();
    for (size_t i = 0; i < sizeof TESTS / sizeof *TESTS; i++) {
        bool wanted = count == 1;
        for (int a = 1; a < count; a++) {
            wanted = wanted || strcmp(arguments[a], TESTS[i].name) == 0;
        }
        if (wanted) {
            TESTS[i].run();
        }
    }
    return check_failures == 0 ? 0 : 1;
}
