/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A walk of random calls: what is refused leaves no trace, and whatever nodes were part of, they
 *  sound like new ones. */
#include "world.h"

enum { STEPS_APART = 20, SETTLED = 40 };

static bool same(world_sound one, world_sound other) {
    for (int e = 0; e < ENGINES; e++) {
        for (int c = 0; c < 2; c++) {
            for (int i = 0; i < BLOCK; i++) {
                float limit = 1e-3f * fmaxf(1.0f, fabsf(other[e][c][i]));
                if (!(fabsf(one[e][c][i] - other[e][c][i]) <= limit)) {
                    printf("engine %d, channel %d, frame %d: %g, not %g\n", e, c, i,
                           (double)one[e][c][i], (double)other[e][c][i]);
                    return false;
                }
            }
        }
    }
    return true;
}

/* Against new engines with new nodes, connected and set the same way. */
static bool sounds_as_new(world *world) {
    static world_sound one, other;
    struct world fresh;
    world_play(world);
    world_create_alike(world, &fresh);
    world_play(&fresh);
    world_hear(world, SETTLED, one);
    world_hear(&fresh, SETTLED, other);
    bool found = same(one, other);
    world_destroy(&fresh);
    return found;
}

void world_walk(size_t steps) {
    static char before[DUMP], after[DUMP];
    world world;
    world_create(&world);
    for (size_t i = 0; i < steps && check_failures == 0; i++) {
        step step = world_random_step(&world);
        perbus_error error = {0, ""};
        world_describe(&world, before);
        if (world_take(&world, &step, &error) != PERBUS_OK) {
            /* A refusal has left no trace. */
            world_describe(&world, after);
            CHECK(strcmp(before, after) == 0 && error.message[0] != '\0');
        }
        if (i % STEPS_APART == STEPS_APART - 1) {
            CHECK(sounds_as_new(&world));
        }
        if (check_failures > 0) {
            printf("step %zu: %s\n", i, error.message);
            step_print(&step);
            world_describe(&world, after);
            printf("%s", after);
        }
    }
    world_destroy(&world);
}
