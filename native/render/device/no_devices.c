// SPDX-License-Identifier: MIT OR Apache-2.0
//
// In place of pick.c and the libraries that it picks from: a build that is for offline engines alone.
#include <stdio.h>

#include "backend.h"

bool pbr_has_devices(void) {
    return false;
}

pbr_pick pbr_pick_backend(const char *id, const char *what, char *message, size_t capacity) {
    (void)id;
    (void)what;
    return pbr_pick_library(NULL, message, capacity);
}

pbr_pick pbr_pick_library(const char *library, char *message, size_t capacity) {
    (void)library;
    snprintf(message, capacity, PBR_NO_DEVICES);
    return (pbr_pick){NULL, "", ""};
}
