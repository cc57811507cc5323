// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Points of automation in the form of the portable engine.
#ifndef PERBUS_PLATFORM_LEND_POINTS_H
#define PERBUS_PLATFORM_LEND_POINTS_H

#import "avfaudio/graph/PBAutomation.h"
#import "shim.h"

#include <stdlib.h>

// Lends `use` the points in the engine's form. NO without memory, or if it says so.
static inline BOOL perbus__with_points(const perbus_automation_point *points, size_t count,
                                       BOOL (^use)(pbr_point *points)) {
    pbr_point *own = calloc(count > 0 ? count : 1, sizeof *own);
    if (own == NULL) {
        return NO;
    }
    for (size_t i = 0; i < count; i++) {
        own[i] = (pbr_point){points[i].start, points[i].start, points[i].frames, points[i].value,
                             (pbr_curve)points[i].curve};
    }
    BOOL done = use(own);
    free(own);
    return done;
}

#endif
