// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The masters of a gain: gains of their own, whose volumes it is multiplied by. A master makes no
// sound and has no ramp: where it jumps, the ramps of the gains below it take up the difference.
#ifndef PBR_MASTERS_H
#define PBR_MASTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "gain.h"

// Which masters there are; not owned.
typedef struct pbr_master_list {
    pbr_gain *const *gains;
    uint32_t count;
} pbr_master_list;

// Masters as a plan knows them, and their course over the block that is being rendered. Several
// threads may read it while they render.
typedef struct pbr_masters {
    pbr_gain **gains; // retained
    uint32_t count;
    // Audio thread, for one block:
    bool changed;          // since the last block
    bool begun;            // a block has been rendered
    double steady;         // the product of those that do not move
    uint32_t moving_count; // those that do
    pbr_fade *moving;
} pbr_masters;

// NULL when memory runs out.
pbr_masters *pbr_masters_create(pbr_master_list list);
void pbr_masters_free(pbr_masters *masters);
bool pbr_masters_are(const pbr_masters *masters, pbr_master_list list);

// Audio thread, before a block, once pbr_gain_begin has been called for the masters.
void pbr_masters_begin(pbr_masters *masters);
// The product `frames` frames into the block; the first frame is heard at 1.
float pbr_masters_at(const pbr_masters *masters, double frames);
// Whether it still moves from there on.
bool pbr_masters_move(const pbr_masters *masters, double frames);
// The frame from which on the product is 0; infinity if there is none.
double pbr_masters_end(const pbr_masters *masters);
// The range of the product from the block's begin to the ends of all fades.
void pbr_masters_range(const pbr_masters *masters, float *low, float *high);

#endif
