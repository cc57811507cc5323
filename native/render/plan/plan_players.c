// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The players of a plan: which of them it reads in one place only, where they begin and end their
// block; and what their streams need for a block.
#include "plan_steps.h"
#include "render/player/player_state.h"
#include "render/stream/stream.h"

void pbr_plan_sort_players(pbr_plan *plan) {
    pbr_player **players = plan->players.items;
    for (uint32_t i = 0; i < plan->players.count; i++) {
        players[i]->inputs = 0;
    }
    for (uint32_t i = 0; i < plan->inputs.count; i++) {
        if (plan->inputs.items[i].player != NULL) {
            plan->inputs.items[i].player->inputs++;
        }
    }
    for (uint32_t i = 0; i < plan->inputs.count; i++) {
        pbr_input *input = &plan->inputs.items[i];
        input->alone = input->player != NULL && input->player->inputs == 1;
    }
    // The others move to the front.
    plan->shared_players = 0;
    for (uint32_t i = 0; i < plan->players.count; i++) {
        if (players[i]->inputs != 1) {
            pbr_player *shared = players[i];
            players[i] = players[plan->shared_players];
            players[plan->shared_players++] = shared;
        }
    }
}

// Which part of the block is rendered by each of the plans inside.
static void divide(pbr_plan *plan, int64_t time, uint32_t frames) {
    plan->awaited = time;
    plan->awaited_to = time + frames;
    for (uint32_t i = 0; i < plan->all_count; i++) {
        const pbr_plan *outer = plan->all[i];
        for (uint32_t d = 0; d < outer->domains.count; d++) {
            const pbr_domain *domain = &outer->domains.items[d];
            pbr_plan *inner = domain->plan;
            inner->awaited = outer->awaited;
            inner->awaited_to = outer->awaited_to;
            if (!domain->branch) {
                inner->awaited = pbr_ratio_time(domain->ratio, outer->awaited);
                inner->awaited_to = pbr_ratio_time(domain->ratio, outer->awaited_to);
            }
        }
    }
}

// Whether all streams have what this part of the block needs.
static bool await_part(pbr_plan *plan) {
    for (uint32_t i = 0; i < plan->all_count; i++) {
        const pbr_plan *inner = plan->all[i];
        int64_t left = inner->awaited_to - inner->awaited;
        for (uint32_t p = 0; left > 0 && p < inner->players.count; p++) {
            uint32_t frames = left < UINT32_MAX ? (uint32_t)left : UINT32_MAX;
            if (pbr_player_await(inner->players.items[p], inner->awaited, plan->seen, frames) <
                left) {
                return false;
            }
        }
    }
    return true;
}

uint32_t pbr_plan_await(pbr_plan *plan, int64_t time, uint32_t frames) {
    if (pbr_streams_alive() == 0) {
        return frames;
    }
    // A player that has too little room for the whole block gets it in parts.
    for (;; frames = frames / 2 + frames % 2) {
        divide(plan, time, frames);
        if (await_part(plan) || frames == 1) {
            return frames;
        }
    }
}
