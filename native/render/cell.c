// SPDX-License-Identifier: MIT OR Apache-2.0
#include "cell.h"

#include <stdlib.h>

pbr_cell *pbr_cell_create(float volume, float pan) {
    pbr_cell *cell = calloc(1, sizeof *cell);
    if (cell == NULL) {
        return NULL;
    }
    atomic_init(&cell->volume, volume);
    atomic_init(&cell->pan, pan);
    atomic_init(&cell->references, 1);
    cell->fresh = true;
    return cell;
}

pbr_cell *pbr_cell_retain(pbr_cell *cell) {
    atomic_fetch_add_explicit(&cell->references, 1, memory_order_relaxed);
    return cell;
}

void pbr_cell_release(pbr_cell *cell) {
    if (cell != NULL &&
        atomic_fetch_sub_explicit(&cell->references, 1, memory_order_acq_rel) == 1) {
        free(cell);
    }
}

static float along(float from, float to, float share) {
    return from + (to - from) * share;
}

void pbr_cell_begin(pbr_cell *cell) {
    float volume = atomic_load_explicit(&cell->volume, memory_order_relaxed);
    float pan = atomic_load_explicit(&cell->pan, memory_order_relaxed);
    if (atomic_load_explicit(&cell->disabled, memory_order_relaxed)) {
        volume = 0.0f;
    }
    if (!cell->fresh && volume == cell->seen_volume && pan == cell->seen_pan) {
        return;
    }
    pbr_gains target = pbr_balance(volume, pan);
    if (cell->fresh) {
        cell->fresh = false;
        cell->from = target;
        cell->ramp_done = PBR_RAMP_FRAMES;
    } else {
        // From wherever a running ramp has got to, so that a new target makes no step.
        float share = (float)cell->ramp_done / (float)PBR_RAMP_FRAMES;
        cell->from.left = along(cell->from.left, cell->to.left, share);
        cell->from.right = along(cell->from.right, cell->to.right, share);
        cell->from.plain = along(cell->from.plain, cell->to.plain, share);
        cell->ramp_done = 0;
    }
    cell->to = target;
    cell->seen_volume = volume;
    cell->seen_pan = pan;
}

void pbr_cell_end(pbr_cell *cell, uint32_t frames) {
    uint32_t left = PBR_RAMP_FRAMES - cell->ramp_done;
    cell->ramp_done += frames < left ? frames : left;
}
