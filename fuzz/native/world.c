/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "../../tests/c/graph/world.h"

int check_failures;

int perbus_fuzz_world(const uint8_t *data, size_t size);

/* A step takes about ten bytes. */
int perbus_fuzz_world(const uint8_t *data, size_t size) {
    random_feed(data, size);
    world_walk(size / 10);
    return check_failures;
}
