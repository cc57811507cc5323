/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Runs the tests of the graph as a whole: random calls, depth, memory that runs out. Or only those
 * that are named as arguments. */
#include "../check.h"
#include "graph.h"

int check_failures;

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

static const struct {
    const char *name;
    void (*run)(void);
} TESTS[] = {
    {"moves", test_moves},
    {"depth", test_depth},
    {"refusals", test_refusals},
    {"growth", test_growth},
};

int main(int count, char **arguments) {
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
