// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which volumes and pans a block uses: all of those before a bulk change, or all of those after it.
#include "plan_steps.h"

// Gains are prefetched this far ahead.
enum { AHEAD = 8 };

// Lists the gains whose setting differs from that of the last block.
static void read_one(pbr_plan *plan) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < plan->gains.count; i++) {
        pbr_gain *gain = plan->gains.items[i];
        if (i + AHEAD < plan->gains.count) {
            __builtin_prefetch(plan->gains.items[i + AHEAD]);
            __builtin_prefetch(&plan->gains.items[i + AHEAD]->seen);
        }
        pbr_setting setting = pbr_gain_read(gain);
        if (pbr_gain_changed(gain, setting)) {
            plan->changes[count++] = (pbr_change){gain, setting};
        }
    }
    plan->change_count = count;
}

static void use_one(pbr_plan *plan, bool anew) {
    for (uint32_t i = 0; i < plan->change_count; i++) {
        pbr_gain *gain = plan->changes[i].gain;
        pbr_gain_begin(gain, plan->changes[i].setting);
        pbr_gain_enter(gain, plan->root->last);
        if (anew) {
            pbr_gain_land(gain, false);
        }
    }
    plan->change_count = 0;
}

// Inner plans included.
static void read_settings(pbr_plan *plan) {
    for (uint32_t i = 0; i < plan->all_count; i++) {
        read_one(plan->all[i]);
    }
    for (uint32_t i = 0; i < plan->leaders.count; i++) {
        plan->leaders.items[i].setting = pbr_gain_read(plan->leaders.items[i].gain);
    }
    for (uint32_t i = 0; i < plan->led.count; i++) {
        plan->led.items[i].next = pbr_gain_read(plan->led.items[i].gain);
    }
}

// Those listed while the plan was built: blocks of the plan before it may have gone on since.
static void renew_settings(pbr_plan *plan) {
    for (uint32_t i = 0; i < plan->all_count; i++) {
        for (uint32_t c = 0; c < plan->all[i]->change_count; c++) {
            pbr_change *change = &plan->all[i]->changes[c];
            change->setting = pbr_gain_renew(change->gain, change->setting);
        }
    }
    for (uint32_t i = 0; i < plan->leaders.count; i++) {
        pbr_change *change = &plan->leaders.items[i];
        change->setting = pbr_gain_renew(change->gain, change->setting);
    }
    for (uint32_t i = 0; i < plan->led.count; i++) {
        pbr_led *led = &plan->led.items[i];
        led->setting = pbr_gain_renew(led->gain, led->setting);
    }
}

static void use_settings(pbr_plan *plan, bool anew) {
    for (uint32_t i = 0; i < plan->all_count; i++) {
        use_one(plan->all[i], anew);
    }
    for (uint32_t i = 0; i < plan->leaders.count; i++) {
        pbr_gain_begin(plan->leaders.items[i].gain, plan->leaders.items[i].setting);
    }
    plan->anew = anew;
}

void pbr_plan_list_settings(pbr_plan *plan) {
    for (uint32_t i = 0; i < plan->gains.count; i++) {
        plan->changes[i] = (pbr_change){plan->gains.items[i], pbr_gain_read(plan->gains.items[i])};
    }
    plan->change_count = plan->gains.count;
}

// The gains are in this plan from now on. Those with masters are to follow.
static void enter(pbr_plan *plan) {
    for (uint32_t i = 0; i < plan->all_count; i++) {
        pbr_plan *inner = plan->all[i];
        for (uint32_t g = 0; g < inner->gains.count; g++) {
            inner->gains.items[g]->seen.plan = (uint32_t)plan->stamp;
        }
    }
}

static bool take_settings(pbr_plan *plan, const pbr_gate *gate, uint64_t entered, bool anew) {
    pbr_gate *shared = (pbr_gate *)gate;
    if (!plan->begun) {
        // In case the first block comes during a bulk change; none is open while a plan is built.
        renew_settings(plan);
        use_settings(plan, anew);
        plan->begun = true;
    }
    if (entered % 2 == 1) {
        return false;
    }
    read_settings(plan);
    atomic_thread_fence(memory_order_acquire);
    if (atomic_load_explicit(shared, memory_order_relaxed) != entered) {
        return false;
    }
    for (uint32_t i = 0; i < plan->led.count; i++) {
        plan->led.items[i].setting = plan->led.items[i].next;
        plan->led.items[i].taken = false;
    }
    use_settings(plan, anew);
    plan->seen = entered;
    return true;
}

bool pbr_plan_take_settings(pbr_plan *plan, const pbr_gate *gate, uint64_t entered, bool anew,
                            uint32_t last) {
    bool first = !plan->begun;
    if (first) {
        plan->last = last;
    }
    bool taken = take_settings(plan, gate, entered, anew);
    if (first) {
        enter(plan);
    }
    return taken;
}
