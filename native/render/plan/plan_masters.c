// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The masters of a plan's gains: listed by the root plan for all plans inside it.
#include "plan_list.h"
#include "plan_steps.h"

// Inputs with the same masters tend to come one after another.
enum { LOOK_BACK = 8 };

void pbr_plan_add_master(pbr_plan *plan, pbr_gain *gain) {
    pbr_plan *root = plan->root;
    if (gain->fades->listed == root->stamp) {
        return;
    }
    pbr_change *entry = PBR_GROW(root, leaders, 1);
    if (entry == NULL) {
        plan->failed = true;
        return;
    }
    gain->fades->listed = root->stamp;
    *entry = (pbr_change){pbr_gain_retain(gain), pbr_gain_read(gain)};
}

// These masters in the root's list; NULL without memory.
static pbr_masters *get_or_create_masters(pbr_plan *plan, pbr_master_list list) {
    pbr_plan *root = plan->root;
    uint32_t count = root->masters.count;
    for (uint32_t back = 1; back <= LOOK_BACK && back <= count; back++) {
        pbr_masters *known = root->masters.items[count - back];
        if (pbr_masters_are(known, list)) {
            return known;
        }
    }
    pbr_masters *made = pbr_masters_create(list);
    pbr_masters **entry = made != NULL ? PBR_GROW(root, masters, 1) : NULL;
    if (entry == NULL) {
        if (made != NULL) {
            pbr_masters_free(made);
        }
        return NULL;
    }
    *entry = made;
    for (uint32_t i = 0; i < list.count; i++) {
        pbr_plan_add_master(plan, list.gains[i]);
    }
    return made;
}

void pbr_plan_lead_last(pbr_plan *plan, pbr_master_list list) {
    if (list.count == 0 || plan->failed) {
        return;
    }
    pbr_masters *masters = get_or_create_masters(plan, list);
    pbr_led *led = masters != NULL ? PBR_GROW(plan->root, led, 1) : NULL;
    if (led == NULL) {
        plan->failed = true;
        return;
    }
    // The root reads the gain's setting, and retains the gain in place of the plan.
    pbr_gain *gain = plan->gains.items[--plan->gains.count];
    pbr_setting setting = pbr_gain_read(gain);
    *led = (pbr_led){.gain = gain,
                     .plan = plan,
                     .setting = setting,
                     .lead = {.masters = masters, .pace = plan->pace, .offset = &plan->offset}};
}

uint32_t pbr_plan_start_masters(pbr_plan *plan, int64_t time, uint32_t frames) {
    for (uint32_t i = 0; i < plan->leaders.count; i++) {
        pbr_gain *gain = plan->leaders.items[i].gain;
        if (pbr_gain_is_due(gain, time + 1)) {
            pbr_gain_start_points(gain, time);
        }
        frames = pbr_gain_until_point(gain, time, frames);
    }
    return frames;
}

// Whether the products are those of the block before: then nothing need be multiplied.
static bool keeps_products(const pbr_plan *plan) {
    if (!plan->products_rest) {
        return false;
    }
    for (uint32_t i = 0; i < plan->leaders.count; i++) {
        if (plan->leaders.items[i].gain->landed) {
            return false;
        }
    }
    return true;
}

static void multiply(pbr_plan *plan) {
    plan->products_rest = true;
    for (uint32_t i = 0; i < plan->masters.count; i++) {
        pbr_masters *masters = plan->masters.items[i];
        pbr_masters_begin(masters);
        plan->products_rest =
            plan->products_rest && !masters->changed && masters->moving_count == 0;
    }
    for (uint32_t i = 0; i < plan->leaders.count; i++) {
        plan->leaders.items[i].gain->landed = false;
    }
}

void pbr_plan_begin_masters(pbr_plan *plan) {
    if (!keeps_products(plan)) {
        multiply(plan);
    }
    bool first = plan->last != (uint32_t)plan->stamp;
    for (uint32_t i = 0; i < plan->led.count; i++) {
        pbr_led *led = &plan->led.items[i];
        pbr_setting setting = led->taken ? led->gain->seen : led->setting;
        setting.led = true;
        // What the block's first part has taken up is no news to the others.
        setting.automated = setting.automated && !led->taken;
        if (!plan->products_rest || pbr_gain_changed(led->gain, setting)) {
            pbr_gain_begin_led(led->gain, setting, &led->lead);
        }
        led->taken = true;
        if (first) {
            pbr_gain_enter(led->gain, plan->last);
            led->gain->seen.plan = (uint32_t)plan->stamp;
        }
        if (plan->anew) {
            pbr_gain_land(led->gain, false);
        }
    }
    plan->anew = false;
    plan->last = (uint32_t)plan->stamp;
}

void pbr_plan_end_masters(pbr_plan *plan, uint32_t frames) {
    for (uint32_t i = 0; i < plan->leaders.count; i++) {
        pbr_gain_end(plan->leaders.items[i].gain, frames);
    }
}
