// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which players a plan reads in one place only: they begin and end their block in that place.
#include "plan_steps.h"
#include "render/player/player_state.h"

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
