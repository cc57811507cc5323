// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Why a device could not be had. What fails leaves a reason; what works may leave one, too.
#ifndef PBR_REASON_H
#define PBR_REASON_H

#include <stdbool.h>

typedef struct pbr_reason {
    char text[256]; // cut to fit
    bool no_memory;
} pbr_reason;

__attribute__((format(printf, 2, 3))) void pbr_say(pbr_reason *reason, const char *format, ...);
// "no memory for" what follows.
__attribute__((format(printf, 2, 3))) void pbr_say_no_memory(pbr_reason *reason, const char *format,
                                                             ...);
// After what has been said.
void pbr_say_more(pbr_reason *reason, const char *text);

#endif
