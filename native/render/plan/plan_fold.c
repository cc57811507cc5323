// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Inputs whose routes cannot go to the kernels one by one, because their gains fade frame by frame
// or because routes that meet in a channel are measured as a sum. Audio thread.
#include <string.h>

#include "render/gain/meter.h"
#include "plan_steps.h"

// Samples that are summed before they are mixed or measured.
enum { PIECE = 64 };

// The sum of the routes into one channel over a piece, times `gains` unless NULL. False if no route
// leads there.
static bool sum_routes(const pbr_part *part, uint32_t out, uint32_t done, uint32_t length,
                       const float *gains, float *sum) {
    bool sounds = false;
    memset(sum, 0, length * sizeof *sum);
    for (uint32_t r = 0; r < part->route_count; r++) {
        pbr_route route = part->routes[r];
        if (route.out != out || route.in >= part->channel_count) {
            continue;
        }
        const float *source = part->samples[route.in] + part->offset + done;
        for (uint32_t i = 0; i < length; i++) {
            sum[i] += (gains != NULL ? route.factor * gains[i] : route.factor) * source[i];
        }
        sounds = true;
    }
    return sounds;
}

static uint32_t piece_at(const pbr_part *part, uint32_t done) {
    return part->frames - done < PIECE ? part->frames - done : PIECE;
}

void pbr_part_measure(const pbr_part *part, const pbr_bus *bus, const pbr_gain *gain,
                      pbr_meter *meter) {
    for (uint32_t out = 0; out < bus->channels; out++) {
        pbr_side side = pbr_layout_side(bus->layout, out);
        pbr_side counts = pbr_metered_side(bus->layout, out);
        float from = pbr_gains_on(&gain->from, side);
        float to = pbr_gains_on(&gain->to, side);
        for (uint32_t done = 0; done < part->frames; done += PIECE) {
            float sum[PIECE];
            uint32_t length = piece_at(part, done);
            if (!sum_routes(part, out, done, length, NULL, sum)) {
                break;
            }
            pbr_meter_add(meter, out, counts, sum, from, to, gain->ramp_done + part->at + done,
                          length);
        }
    }
}

void pbr_part_mix_fading(const pbr_part *part, const pbr_bus *bus, const pbr_trace trace,
                         pbr_meter *meter) {
    for (uint32_t out = 0; out < bus->channels; out++) {
        const float *gains = trace[pbr_layout_side(bus->layout, out)] + part->at;
        for (uint32_t done = 0; done < part->frames; done += PIECE) {
            float sum[PIECE];
            uint32_t length = piece_at(part, done);
            if (!sum_routes(part, out, done, length, gains + done, sum)) {
                break;
            }
            for (uint32_t i = 0; i < length; i++) {
                bus->data[out][part->at + done + i] += sum[i];
            }
            if (meter != NULL) {
                pbr_meter_add(meter, out, pbr_metered_side(bus->layout, out), sum, 1.0f, 1.0f,
                              PBR_RAMP_FRAMES, length);
            }
        }
    }
}
