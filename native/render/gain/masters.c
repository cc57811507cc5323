// SPDX-License-Identifier: MIT OR Apache-2.0
#include "masters.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

pbr_masters *pbr_masters_create(pbr_master_list list) {
    pbr_masters *masters = calloc(1, sizeof *masters);
    if (masters == NULL) {
        return NULL;
    }
    masters->gains = calloc(list.count, sizeof *masters->gains);
    masters->moving = calloc(list.count, sizeof *masters->moving);
    if (masters->gains == NULL || masters->moving == NULL) {
        pbr_masters_free(masters);
        return NULL;
    }
    for (uint32_t i = 0; i < list.count; i++) {
        masters->gains[i] = pbr_gain_retain(list.gains[i]);
    }
    masters->count = list.count;
    return masters;
}

void pbr_masters_free(pbr_masters *masters) {
    for (uint32_t i = 0; i < masters->count; i++) {
        pbr_gain_release(masters->gains[i]);
    }
    free(masters->gains);
    free(masters->moving);
    free(masters);
}

bool pbr_masters_are(const pbr_masters *masters, pbr_master_list list) {
    return masters->count == list.count &&
           memcmp(masters->gains, list.gains, list.count * sizeof *list.gains) == 0;
}

void pbr_masters_begin(pbr_masters *masters) {
    masters->changed = !masters->begun;
    masters->begun = true;
    masters->steady = 1.0;
    masters->moving_count = 0;
    for (uint32_t i = 0; i < masters->count; i++) {
        const pbr_gain *gain = masters->gains[i];
        pbr_fade volume = pbr_gain_volume(gain);
        masters->changed = masters->changed || gain->landed;
        if (!gain->seen.on) {
            masters->steady = 0.0;
        } else if (pbr_fade_over(&volume)) {
            masters->steady *= volume.to;
        } else {
            masters->moving[masters->moving_count++] = volume;
        }
    }
}

float pbr_masters_at(const pbr_masters *masters, double frames) {
    // In double, so that it does not jump by a rounding when a master starts or ends a fade.
    double product = masters->steady;
    for (uint32_t i = 0; i < masters->moving_count; i++) {
        const pbr_fade *fade = &masters->moving[i];
        product *= (double)pbr_fade_at(fade, (double)fade->done + frames);
    }
    return (float)product;
}

bool pbr_masters_move(const pbr_masters *masters, double frames) {
    bool move = false;
    for (uint32_t i = 0; i < masters->moving_count; i++) {
        const pbr_fade *fade = &masters->moving[i];
        move = move || (double)fade->done + frames < (double)fade->frames;
    }
    return move;
}

double pbr_masters_end(const pbr_masters *masters) {
    double end = masters->steady == 0.0 ? 0.0 : INFINITY;
    for (uint32_t i = 0; i < masters->moving_count; i++) {
        const pbr_fade *fade = &masters->moving[i];
        if (fade->to == 0.0f) {
            end = fmin(end, (double)(fade->frames - fade->done));
        }
    }
    return end;
}

void pbr_masters_range(const pbr_masters *masters, float *low, float *high) {
    *low = *high = (float)masters->steady;
    for (uint32_t i = 0; i < masters->moving_count; i++) {
        float least, most;
        pbr_fade_range(&masters->moving[i], &least, &most);
        *low *= least;
        *high *= most;
    }
}
