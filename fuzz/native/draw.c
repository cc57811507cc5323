/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "draw.h"

#include <math.h>

static const uint8_t *bytes;
static size_t left;

void draw_from(const uint8_t *data, size_t size) {
    bytes = data;
    left = size;
}

bool draw_ended(void) {
    return left == 0;
}

static uint32_t draw_byte(void) {
    if (left == 0) {
        return 0;
    }
    left--;
    return *bytes++;
}

uint32_t draw_below(uint32_t limit) {
    return (limit > 256 ? draw_byte() << 8 | draw_byte() : draw_byte()) % limit;
}

uint32_t draw_u32(void) {
    static const uint32_t edges[] = {64,    65,         255,        256,        4096,       65535,
                                     65536, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 768000};
    switch (draw_below(16)) {
    case 0:
        return edges[draw_below(sizeof edges / sizeof *edges)];
    case 1:
        return draw_below(65536);
    default:
        return draw_below(5);
    }
}

uint64_t draw_u64(void) {
    static const uint64_t edges[] = {
        UINT64_MAX,        UINT64_C(1) << 63,       (UINT64_C(1) << 63) - 1,
        UINT64_C(1) << 53, (UINT64_C(1) << 53) + 1, UINT64_C(1) << 40};
    switch (draw_below(16)) {
    case 0:
        return edges[draw_below(sizeof edges / sizeof *edges)];
    case 1:
        return (uint64_t)draw_u32() * draw_u32();
    case 2:
    case 3:
        return draw_below(4);
    default:
        return draw_below(4000);
    }
}

double draw_number(void) {
    static const double edges[] = {NAN,  INFINITY, -INFINITY, -0.0, 1e-40, 1e-320, 3.5e38,
                                   4.01, -1.01,    86401,     1e9,  -1e9,  44100,  768001};
    switch (draw_below(12)) {
    case 0:
        return edges[draw_below(sizeof edges / sizeof *edges)];
    case 1:
        return draw_below(20000);
    case 2:
        return -(double)draw_below(256) / 255;
    case 3:
        return (double)draw_below(256) / 64;
    default:
        return (double)draw_below(256) / 255;
    }
}

perbus_format draw_format(void) {
    static const double rates[] = {48000, 44100, 22050, 8000, 768000};
    perbus_format format = {.sample_rate = 48000, .channels = 2};
    uint32_t kind = draw_below(16);
    if (kind < 4) {
        format.sample_rate = rates[draw_below(5)];
        format.channels = 1 + draw_below(8);
        format.layout = (perbus_layout)draw_below(2);
    } else if (kind == 4) {
        format.sample_rate = draw_number() * 48000;
        format.channels = draw_u32();
        format.layout = (perbus_layout)((int)draw_below(14) - 2);
    }
    return format;
}
