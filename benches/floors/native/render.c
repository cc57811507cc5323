// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The least that a mix of looping stereo buses can cost: four buses a pass over the accumulator, no
// graph, no clock, nothing that could change. Compiled once for each instruction set.
#include <stdint.h>
#include <string.h>

enum { CHANNELS = 2, WIDTH = 4 };

typedef struct floor_bus {
    const float *samples[CHANNELS];
    float gains[CHANNELS];
    float targets[CHANNELS]; // where a ramped block's gains end
    uint32_t length;         // of the loop, in frames
    uint32_t position;
} floor_bus;

typedef struct term {
    const float *samples;
    float gain;
    float step; // from one frame to the next
} term;

static void one(float *restrict out, const term *terms, uint32_t frames) {
    const float *restrict a = terms[0].samples;
    const float ga = terms[0].gain, sa = terms[0].step;
    for (uint32_t i = 0; i < frames; i++) {
        out[i] += (ga + sa * (float)(int32_t)i) * a[i];
    }
}

static void four_steady(float *restrict out, const term *terms, uint32_t frames) {
    const float *restrict a = terms[0].samples;
    const float *restrict b = terms[1].samples;
    const float *restrict c = terms[2].samples;
    const float *restrict d = terms[3].samples;
    const float ga = terms[0].gain, gb = terms[1].gain, gc = terms[2].gain, gd = terms[3].gain;
    for (uint32_t i = 0; i < frames; i++) {
        out[i] += (ga * a[i] + gb * b[i]) + (gc * c[i] + gd * d[i]);
    }
}

static void four_ramped(float *restrict out, const term *terms, uint32_t frames) {
    const float *restrict a = terms[0].samples;
    const float *restrict b = terms[1].samples;
    const float *restrict c = terms[2].samples;
    const float *restrict d = terms[3].samples;
    const float ga = terms[0].gain, gb = terms[1].gain, gc = terms[2].gain, gd = terms[3].gain;
    const float sa = terms[0].step, sb = terms[1].step, sc = terms[2].step, sd = terms[3].step;
    for (uint32_t i = 0; i < frames; i++) {
        float at = (float)(int32_t)i;
        out[i] += ((ga + sa * at) * a[i] + (gb + sb * at) * b[i]) +
                  ((gc + sc * at) * c[i] + (gd + sd * at) * d[i]);
    }
}

typedef void mixer(float *restrict out, const term *terms, uint32_t frames);

// A group of buses, in as many parts as their loops' seams make of the block.
static void group(floor_bus *buses, uint32_t count, float *const *out, uint32_t frames, float share,
                  mixer *mix) {
    for (uint32_t at = 0; at < frames;) {
        uint32_t length = frames - at;
        for (uint32_t b = 0; b < count; b++) {
            uint32_t left = buses[b].length - buses[b].position;
            length = left < length ? left : length;
        }
        for (uint32_t c = 0; c < CHANNELS; c++) {
            term terms[WIDTH];
            for (uint32_t b = 0; b < count; b++) {
                float step = (buses[b].targets[c] - buses[b].gains[c]) * share;
                terms[b] = (term){buses[b].samples[c] + buses[b].position,
                                  buses[b].gains[c] + step * (float)(int32_t)at, step};
            }
            mix(out[c] + at, terms, length);
        }
        for (uint32_t b = 0; b < count; b++) {
            buses[b].position = (buses[b].position + length) % buses[b].length;
        }
        at += length;
    }
}

static void render(floor_bus *buses, uint32_t count, float *const *out, uint32_t frames,
                   float share, mixer *four) {
    for (uint32_t c = 0; c < CHANNELS; c++) {
        memset(out[c], 0, frames * sizeof(float));
    }
    uint32_t b = 0;
    for (; b + WIDTH <= count; b += WIDTH) {
        group(buses + b, WIDTH, out, frames, share, four);
    }
    for (; b < count; b++) {
        group(buses + b, 1, out, frames, share, one);
    }
}

void FLOOR(perbus_floor_steady)(floor_bus *buses, uint32_t count, float *const *out,
                                uint32_t frames) {
    render(buses, count, out, frames, 0.0f, four_steady);
}

void FLOOR(perbus_floor_ramped)(floor_bus *buses, uint32_t count, float *const *out,
                                uint32_t frames) {
    render(buses, count, out, frames, 1.0f / (float)frames, four_ramped);
}
