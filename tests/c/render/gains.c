/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A fader that is set during a fade while blocks are rendered: no block may mistake the fade's
 *  target for the value set. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "render/plan/core.h"

enum { FRAMES = 64, ROUNDS = 5000000 };

static atomic_bool over;

static pbr_pull ones(void *context, int64_t time, uint32_t frames, uint32_t channel_count,
                     float **channels) {
    (void)context, (void)time, (void)channel_count;
    for (uint32_t i = 0; i < frames; i++) {
        channels[0][i] = 1.0f;
    }
    return PBR_PULL_OK;
}

static void nothing(void *context) {
    (void)context;
}

/* The lowest sample heard. */
static void *listen(void *context) {
    static float lowest = 1.0f;
    float block[FRAMES];
    float *const output[1] = {block};
    while (!atomic_load(&over)) {
        pbr_core_enter(context);
        pbr_core_render(context, FRAMES, output, 1, false);
        pbr_core_leave(context);
        for (int i = 0; i < FRAMES; i++) {
            lowest = block[i] < lowest ? block[i] : lowest;
        }
    }
    return &lowest;
}

/* Time in which a block may look at the gain. */
static void pass(int looks) {
    for (int i = 0; i < looks; i++) {
        atomic_load(&over);
    }
}

/* The last sample of so many blocks. */
static float render(pbr_core *core, int blocks) {
    float block[FRAMES];
    float *const output[1] = {block};
    for (int i = 0; i < blocks; i++) {
        pbr_core_enter(core);
        pbr_core_render(core, FRAMES, output, 1, false);
        pbr_core_leave(core);
    }
    return block[FRAMES - 1];
}

/* A gain that is switched off and on again is on a ramp, not on its last fade once more. */
static float switch_after_fade(pbr_core *core, pbr_gain *gain) {
    enum { BLOCKS = 1000, RAMP = PBR_RAMP_FRAMES / FRAMES + 1 };
    pbr_gain_fade_volume(gain, 0.5f, BLOCKS * FRAMES, PBR_CURVE_LINEAR);
    render(core, BLOCKS);
    pbr_gain_set_enabled(gain, false);
    float off = render(core, RAMP);
    pbr_gain_set_enabled(gain, true);
    float on = render(core, RAMP);
    pbr_gain_set_volume(gain, 1.0f);
    render(core, RAMP);
    return off == 0.0f ? on : -1.0f;
}

/* Fades that are ended when they have hardly begun: everything is heard at full volume. */
int main(void) {
    pbr_core *core = pbr_core_create();
    pbr_plan *plan = pbr_plan_create(PBR_LAYOUT_MONO, FRAMES);
    pbr_gain *gain = pbr_gain_create(1.0f, 0.0f);
    pbr_source *source = pbr_source_create(ones, nothing, NULL);
    uint32_t bus = pbr_plan_take_bus(plan, PBR_LAYOUT_MONO);
    pbr_plan_add_source(plan, bus, source);
    pbr_plan_add_clear(plan, PBR_OUTPUT_BUS);
    pbr_plan_mix_bus(plan, PBR_OUTPUT_BUS, bus, gain);
    if (!pbr_plan_finish(plan)) {
        return 2;
    }
    pbr_core_publish(core, plan);
    float on = switch_after_fade(core, gain);
    if (on != 0.5f) {
        printf("switched off and on: %g, not 0.5\n", (double)on);
        return 1;
    }
    pthread_t thread;
    if (pthread_create(&thread, NULL, listen, core) != 0) {
        return 2;
    }
    for (int round = 0; round < ROUNDS; round++) {
        pbr_core_begin_change(core);
        pbr_gain_fade_volume(gain, 0.0f, PBR_FADE_LONGEST, PBR_CURVE_LINEAR);
        pbr_core_end_change(core);
        pass(round % 128);
        pbr_gain_set_volume(gain, 1.0f);
        pass(64);
    }
    atomic_store(&over, true);
    void *lowest;
    pthread_join(thread, &lowest);
    pbr_core_free(core);
    pbr_gain_release(gain);
    pbr_source_release(source);
    if (*(float *)lowest < 0.999f) {
        printf("down to %g, though every fade took hours and ended at once\n",
               (double)*(float *)lowest);
        return 1;
    }
    return 0;
}
