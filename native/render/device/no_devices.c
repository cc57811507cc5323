// SPDX-License-Identifier: MIT OR Apache-2.0
//
// In place of pick.c and the libraries that it picks from: a build that is for offline engines alone.
#include <stdio.h>

#include "backend.h"

bool pbr_has_devices(void) {
    return false;
}

pbr_pick pbr_pick_backend(const char *id, const char *what, pbr_reason *reason) {
    (void)id;
    (void)what;
    return pbr_pick_library(NULL, reason);
}

pbr_pick pbr_pick_library(const char *library, pbr_reason *reason) {
    (void)library;
    pbr_say(reason, PBR_NO_DEVICES);
    return (pbr_pick){NULL, "", ""};
}
