// SPDX-License-Identifier: MIT OR Apache-2.0
#include "meter.h"

#include <math.h>
#include <stdlib.h>

#include "choices.h"

pbr_meter *pbr_meter_create(void) {
    return calloc(1, sizeof(pbr_meter));
}

typedef struct measured {
    float highest;
    float squares;
    uint32_t over;
} measured;

// Eight accumulators let the compiler use vectors without reordering one sum.
enum { LANES = 8 };

// A float sum of squares keeps its precision over this many samples.
#define PIECE 1024u

static measured measure(const float *samples, float gain, uint32_t frames) {
    float highest[LANES] = {0};
    float squares[LANES] = {0};
    uint32_t over[LANES] = {0};
    uint32_t i = 0;
    for (; i + LANES <= frames; i += LANES) {
        for (uint32_t lane = 0; lane < LANES; lane++) {
            float value = gain * samples[i + lane];
            float magnitude = fabsf(value);
            highest[lane] = magnitude > highest[lane] ? magnitude : highest[lane];
            squares[lane] += value * value;
            over[lane] += magnitude > 1.0f;
        }
    }
    for (; i < frames; i++) {
        float value = gain * samples[i];
        float magnitude = fabsf(value);
        highest[0] = magnitude > highest[0] ? magnitude : highest[0];
        squares[0] += value * value;
        over[0] += magnitude > 1.0f;
    }
    measured total = {0};
    for (uint32_t lane = 0; lane < LANES; lane++) {
        total.highest = highest[lane] > total.highest ? highest[lane] : total.highest;
        total.squares += squares[lane];
        total.over += over[lane];
    }
    return total;
}

static void count(pbr_meter *meter, uint32_t side, measured part, uint32_t frames) {
    if (part.highest > meter->highest[side]) {
        meter->highest[side] = part.highest;
    }
    meter->squares[side] += part.squares;
    meter->counted[side] += frames;
    meter->over += part.over;
}

void pbr_meter_add(pbr_meter *meter, uint32_t channel, const float *samples, float from, float to,
                   uint32_t done, uint32_t frames) {
    uint32_t side = channel % PBR_METER_CHANNELS;
    for (; frames > 0 && done < PBR_RAMP_FRAMES; frames--) {
        float share = (float)(int32_t)(done + 1) * (1.0f / (float)PBR_RAMP_FRAMES);
        count(meter, side, measure(samples, from + (to - from) * share, 1), 1);
        samples++;
        done++;
    }
    while (frames > 0) {
        uint32_t length = frames < PIECE ? frames : PIECE;
        count(meter, side, measure(samples, to, length), length);
        samples += length;
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
        uint64_t counted = meter->counted[side];
        uint64_t length = counted > meter->frames ? counted : meter->frames;
        float rms = (float)sqrt(meter->squares[side] / (double)length);
        atomic_store_explicit(&meter->peak[side], meter->highest[side], memory_order_relaxed);
        atomic_store_explicit(&meter->rms[side], rms, memory_order_relaxed);
        meter->highest[side] = 0.0f;
        meter->squares[side] = 0.0;
        meter->counted[side] = 0;
    }
    atomic_fetch_add_explicit(&meter->clips, meter->over, memory_order_relaxed);
    meter->over = 0;
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
