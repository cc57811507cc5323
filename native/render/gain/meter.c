// SPDX-License-Identifier: MIT OR Apache-2.0
#include "meter.h"

#include <math.h>
#include <stdlib.h>

#include "render/kernels/mix.h"

pbr_meter *pbr_meter_create(void) {
    return calloc(1, sizeof(pbr_meter));
}

static void count_on(pbr_meter *meter, uint32_t side, uint32_t channel, pbr_measured part) {
    if (part.highest > meter->highest[side]) {
        meter->highest[side] = part.highest;
    }
    // A NaN would stay in the sum.
    meter->squares[side] += part.squares >= 0.0f ? part.squares : 0.0f;
    meter->channels[side] |= 1ull << channel;
}

void pbr_meter_count(pbr_meter *meter, uint32_t channel, pbr_side side, pbr_measured part) {
    if (side != PBR_RIGHT) {
        count_on(meter, 0, channel, part);
    }
    if (side != PBR_LEFT) {
        count_on(meter, 1, channel, part);
    }
    meter->over += part.over;
}

void pbr_meter_add(pbr_meter *meter, uint32_t channel, pbr_side side, const float *samples,
                   float from, float to, uint32_t done, uint32_t frames) {
    while (frames > 0) {
        uint32_t length = frames < PBR_MEASURED_FRAMES ? frames : PBR_MEASURED_FRAMES;
        pbr_meter_count(meter, channel, side, pbr_measure(samples, from, to, done, length));
        samples += length;
        done += length;
        frames -= length;
    }
}

void pbr_meter_end(pbr_meter *meter, uint32_t frames) {
    meter->frames += frames;
    if (meter->frames < PBR_METER_FRAMES) {
        return;
    }
    for (uint32_t side = 0; side < PBR_METER_CHANNELS; side++) {
        // Several channels may count as one side; silent stretches were not added at all.
        uint64_t channels = (uint64_t)__builtin_popcountll(meter->channels[side]);
        uint64_t length = (channels > 0 ? channels : 1) * meter->frames;
        float rms = (float)sqrt(meter->squares[side] / (double)length);
        atomic_store_explicit(&meter->peak[side], meter->highest[side], memory_order_relaxed);
        atomic_store_explicit(&meter->rms[side], rms, memory_order_relaxed);
        meter->highest[side] = 0.0f;
        meter->squares[side] = 0.0;
        meter->channels[side] = 0;
    }
    if (meter->over > 0) {
        atomic_fetch_add_explicit(&meter->clips, meter->over, memory_order_relaxed);
        meter->over = 0;
    }
    meter->frames = 0;
}

pbr_reading pbr_meter_read(pbr_meter *meter) {
    pbr_reading reading;
    for (uint32_t side = 0; side < PBR_METER_CHANNELS; side++) {
        reading.peak[side] = atomic_load_explicit(&meter->peak[side], memory_order_relaxed);
        reading.rms[side] = atomic_load_explicit(&meter->rms[side], memory_order_relaxed);
    }
    reading.clips = atomic_load_explicit(&meter->clips, memory_order_relaxed);
    return reading;
}
