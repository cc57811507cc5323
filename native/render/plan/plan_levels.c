// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which volumes and pans a block uses: all of those before a bulk change, or all of those after it.
#include "plan_steps.h"

// So many cells ahead, they are fetched into the cache.
enum { AHEAD = 8 };

// Lists what is not as the cells have it.
static void read_one(pbr_plan *plan) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->cells.count; i++) {
        pbr_cell *cell = plan->cells.items[i];
        if (i + AHEAD < plan->cells.count) {
            __builtin_prefetch(plan->cells.items[i + AHEAD]);
            __builtin_prefetch(&plan->cells.items[i + AHEAD]->seen);
        }
        pbr_level level = pbr_cell_read(cell);
        if (pbr_cell_changed(cell, level)) {
            plan->changes[count++] = (pbr_change){cell, level};
        }
    }
    plan->change_count = count;
}

static void use_one(pbr_plan *plan, bool anew) {
    for (uint32_t i = 0; i < plan->change_count; i++) {
        pbr_cell *cell = plan->changes[i].cell;
        pbr_cell_begin(cell, plan->changes[i].level);
        if (anew) {
            pbr_cell_land(cell, false);
        }
    }
    plan->change_count = 0;
}

// Inner plans included.
static void read_levels(pbr_plan *plan) {
    for (uint32_t i = 0; i < plan->all_count; i++) {
        read_one(plan->all[i]);
    }
}

static void use_levels(pbr_plan *plan, bool anew) {
    for (uint32_t i = 0; i < plan->all_count; i++) {
        use_one(plan->all[i], anew);
    }
}

void pbr_plan_list_levels(pbr_plan *plan) {
    for (uint32_t i = 0; i < plan->cells.count; i++) {
        plan->changes[i] = (pbr_change){plan->cells.items[i], pbr_cell_read(plan->cells.items[i])};
    }
    plan->change_count = plan->cells.count;
}

bool pbr_plan_take_levels(pbr_plan *plan, const pbr_gate *gate, uint64_t entered, bool anew) {
    pbr_gate *shared = (pbr_gate *)gate;
    if (!plan->begun) {
        // In case the first block finds a bulk change going on; none does while a plan is built.
        use_levels(plan, anew);
        plan->begun = true;
    }
    if (entered % 2 == 1) {
        return false;
    }
    read_levels(plan);
    atomic_thread_fence(memory_order_acquire);
    if (atomic_load_explicit(shared, memory_order_relaxed) != entered) {
        return false;
    }
    use_levels(plan, anew);
    plan->seen = entered;
    return true;
}
