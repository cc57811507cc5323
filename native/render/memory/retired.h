// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The first member of whatever the control side replaces while a block may be using it. pbr_core
// frees it once that block is over.
#ifndef PBR_RETIRED_H
#define PBR_RETIRED_H

#include <stdint.h>

typedef struct pbr_retired {
    struct pbr_retired *next;
    uint64_t sequence; // the core's, when it was replaced
    void (*free)(struct pbr_retired *retired);
} pbr_retired;

#endif
