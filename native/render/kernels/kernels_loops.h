// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The loops of kernels.h, in terms of one instruction set's vectors. The file that includes this
// defines PBR_TARGET (the functions' attribute), PBR_KERNELS (the table's symbol), PBR_NAME, `vec`,
// LANES and the v_ functions. A block's last, partial vector goes through the same instructions as
// the others, so that a sample does not depend on its place.
#include <string.h>

#include "kernels.h"

#define PBR_INLINE static inline __attribute__((always_inline)) PBR_TARGET
#define PBR_UNROLL _Pragma("GCC unroll 8")

// The terms' samples start `offset` frames into them.
PBR_INLINE void mix_steady(float *accumulator, const pbr_term *terms, uint32_t offset,
                           uint32_t frames, const uint32_t count, const bool first) {
    const float *in[PBR_MIX_WIDTH];
    vec gain[PBR_MIX_WIDTH];
    PBR_UNROLL
    for (uint32_t t = 0; t < count; t++) {
        in[t] = terms[t].samples + offset;
        gain[t] = v_all(terms[t].gain);
    }
    uint32_t i = 0;
    for (; i + 2 * LANES <= frames; i += 2 * LANES) {
        vec a = first ? v_all(0.0f) : v_load(accumulator + i);
        vec b = first ? v_all(0.0f) : v_load(accumulator + i + LANES);
        PBR_UNROLL
        for (uint32_t t = 0; t < count; t++) {
            a = v_madd(gain[t], v_load(in[t] + i), a);
            b = v_madd(gain[t], v_load(in[t] + i + LANES), b);
        }
        v_store(accumulator + i, a);
        v_store(accumulator + i + LANES, b);
    }
    for (; i < frames; i += LANES) {
        uint32_t part = frames - i < LANES ? frames - i : LANES;
        vec a = first ? v_all(0.0f) : v_load_part(accumulator + i, part);
        PBR_UNROLL
        for (uint32_t t = 0; t < count; t++) {
            a = v_madd(gain[t], v_load_part(in[t] + i, part), a);
        }
        v_store_part(accumulator + i, part, a);
    }
}

// A gain on its ramp. It is computed from the frame's place, not by adding a step to the previous
// gain, so that no error accumulates and blocks of any size give the same samples; and backwards
// from the ramp's end, so that its last frame is exactly the target.
typedef struct slope {
    vec to;
    vec step;
} slope;

PBR_INLINE slope make_slope(float from, float to, bool ramps) {
    slope made = {v_all(to), v_all(ramps ? (to - from) * (1.0f / (float)PBR_RAMP_FRAMES) : 0.0f)};
    return made;
}

PBR_INLINE vec gain_at(slope along, vec place) {
    return v_madd(along.step, place, along.to);
}

// Frames from the ramp's end, -479 to 0: exact in a float.
PBR_INLINE vec first_place(uint32_t done) {
    return v_add(v_all((float)((int32_t)done + 1 - (int32_t)PBR_RAMP_FRAMES)), v_counting());
}

// Terms whose ramps are all at the place `done`, or over.
PBR_INLINE void mix_ramped(float *accumulator, const pbr_term *terms, uint32_t done,
                           uint32_t frames, const uint32_t count, const bool first) {
    const float *in[PBR_MIX_WIDTH];
    slope gain[PBR_MIX_WIDTH];
    PBR_UNROLL
    for (uint32_t t = 0; t < count; t++) {
        in[t] = terms[t].samples;
        gain[t] = make_slope(terms[t].from, terms[t].gain, terms[t].done < PBR_RAMP_FRAMES);
    }
    vec place = first_place(done);
    const vec lanes = v_all((float)LANES);
    uint32_t i = 0;
    for (; i + LANES <= frames; i += LANES) {
        vec a = first ? v_all(0.0f) : v_load(accumulator + i);
        PBR_UNROLL
        for (uint32_t t = 0; t < count; t++) {
            a = v_madd(gain_at(gain[t], place), v_load(in[t] + i), a);
        }
        v_store(accumulator + i, a);
        place = v_add(place, lanes);
    }
    if (i < frames) {
        vec a = first ? v_all(0.0f) : v_load_part(accumulator + i, frames - i);
        PBR_UNROLL
        for (uint32_t t = 0; t < count; t++) {
            a = v_madd(gain_at(gain[t], place), v_load_part(in[t] + i, frames - i), a);
        }
        v_store_part(accumulator + i, frames - i, a);
    }
}

PBR_INLINE uint32_t ramp_part(uint32_t done, uint32_t frames) {
    uint32_t left = done < PBR_RAMP_FRAMES ? PBR_RAMP_FRAMES - done : 0;
    return frames < left ? frames : left;
}

PBR_INLINE void mix_together(float *accumulator, const pbr_term *terms, uint32_t done,
                             uint32_t frames, const uint32_t count, const bool first) {
    uint32_t ramp = ramp_part(done, frames);
    if (ramp > 0) {
        mix_ramped(accumulator, terms, done, ramp, count, first);
    }
    if (ramp < frames) {
        mix_steady(accumulator + ramp, terms, ramp, frames - ramp, count, first);
    }
}

// The next terms that can share a pass: steady ones, or those at the same place *done of their
// ramps.
PBR_INLINE uint32_t next_run(const pbr_term *terms, uint32_t count, uint32_t *done) {
    *done = PBR_RAMP_FRAMES;
    uint32_t run = 0;
    for (; run < count && run < PBR_MIX_WIDTH; run++) {
        if (terms[run].done < PBR_RAMP_FRAMES) {
            if (*done < PBR_RAMP_FRAMES && terms[run].done != *done) {
                break;
            }
            *done = terms[run].done;
        }
    }
    return run >= 8 ? 8 : run >= 4 ? 4 : run >= 2 ? 2 : 1;
}

PBR_INLINE uint32_t mix_run(float *accumulator, const pbr_term *terms, uint32_t count,
                            uint32_t frames, const bool first) {
    uint32_t done;
    uint32_t run = next_run(terms, count, &done);
    if (run == 8) {
        mix_together(accumulator, terms, done, frames, 8, first);
    } else if (run == 4) {
        mix_together(accumulator, terms, done, frames, 4, first);
    } else if (run == 2) {
        mix_together(accumulator, terms, done, frames, 2, first);
    } else {
        mix_together(accumulator, terms, done, frames, 1, first);
    }
    return run;
}

PBR_TARGET static void mix(float *accumulator, const pbr_term *terms, uint32_t count,
                           uint32_t frames, bool first) {
    uint32_t at = 0;
    if (first && count > 0) {
        at = mix_run(accumulator, terms, count, frames, true);
    }
    while (at < count) {
        at += mix_run(accumulator, terms + at, count - at, frames, false);
    }
}

PBR_INLINE void scale_steady(float *samples, vec gain, uint32_t frames) {
    uint32_t i = 0;
    for (; i + LANES <= frames; i += LANES) {
        v_store(samples + i, v_mul(gain, v_load(samples + i)));
    }
    if (i < frames) {
        v_store_part(samples + i, frames - i, v_mul(gain, v_load_part(samples + i, frames - i)));
    }
}

PBR_TARGET static void scale(float *samples, float from, float to, uint32_t done, uint32_t frames) {
    uint32_t ramp = ramp_part(done, frames);
    slope gain = make_slope(from, to, true);
    vec place = first_place(done);
    const vec lanes = v_all((float)LANES);
    uint32_t i = 0;
    for (; i + LANES <= ramp; i += LANES) {
        v_store(samples + i, v_mul(gain_at(gain, place), v_load(samples + i)));
        place = v_add(place, lanes);
    }
    if (i < ramp) {
        v_store_part(samples + i, ramp - i,
                     v_mul(gain_at(gain, place), v_load_part(samples + i, ramp - i)));
    }
    scale_steady(samples + ramp, v_all(to), frames - ramp);
}

// Lanes of highest magnitudes and sums of squares.
typedef struct measuring {
    vec highest;
    vec squares;
} measuring;

PBR_INLINE void take(measuring *lanes, vec values) {
    lanes->highest = v_max(v_abs(values), lanes->highest);
    lanes->squares = v_madd(values, values, lanes->squares);
}

typedef float four __attribute__((vector_size(16)));

PBR_INLINE pbr_measured collected(const measuring *lanes) {
    float highest[LANES];
    float squares[LANES];
    v_store(highest, v_max(v_max(lanes[0].highest, lanes[1].highest),
                           v_max(lanes[2].highest, lanes[3].highest)));
    v_store(squares, v_add(v_add(lanes[0].squares, lanes[1].squares),
                           v_add(lanes[2].squares, lanes[3].squares)));
    // Four lanes at a time, then by halves, which keeps the chain of dependent additions short.
    four most, sum;
    memcpy(&most, highest, sizeof most);
    memcpy(&sum, squares, sizeof sum);
    PBR_UNROLL
    for (uint32_t lane = 4; lane < LANES; lane += 4) {
        four more, other;
        memcpy(&more, highest + lane, sizeof more);
        memcpy(&other, squares + lane, sizeof other);
        __typeof__(more > most) greater = more > most;
        most =
            (four)(((__typeof__(greater))more & greater) | ((__typeof__(greater))most & ~greater));
        sum += other;
    }
    float even = most[0] > most[2] ? most[0] : most[2];
    float odd = most[1] > most[3] ? most[1] : most[3];
    pbr_measured total = {even > odd ? even : odd, (sum[0] + sum[2]) + (sum[1] + sum[3]), 0};
    return total;
}

// Applies the gain to a result that was measured without it, which saves a multiplication per
// sample.
PBR_INLINE pbr_measured scaled(pbr_measured plain, float gain) {
    plain.highest *= gain < 0.0f ? -gain : gain;
    plain.squares *= gain * gain;
    return plain;
}

PBR_INLINE void measure_plain(measuring *lanes, const float *samples, uint32_t frames) {
    uint32_t i = 0;
    for (; i + 4 * LANES <= frames; i += 4 * LANES) {
        PBR_UNROLL
        for (uint32_t u = 0; u < 4; u++) {
            take(&lanes[u], v_load(samples + i + u * LANES));
        }
    }
    for (; i + LANES <= frames; i += LANES) {
        take(&lanes[0], v_load(samples + i));
    }
    if (i < frames) {
        take(&lanes[0], v_load_part(samples + i, frames - i));
    }
}

PBR_INLINE void measure_ramped(measuring *lanes, const float *samples, slope gain, uint32_t done,
                               uint32_t frames) {
    // Four would need more registers than AVX2 has.
    enum { AT_ONCE = 3 };
    vec place[AT_ONCE];
    PBR_UNROLL
    for (uint32_t u = 0; u < AT_ONCE; u++) {
        place[u] = first_place(done + u * LANES);
    }
    const vec step = v_all((float)(AT_ONCE * LANES));
    uint32_t i = 0;
    for (; i + AT_ONCE * LANES <= frames; i += AT_ONCE * LANES) {
        PBR_UNROLL
        for (uint32_t u = 0; u < AT_ONCE; u++) {
            take(&lanes[u], v_mul(gain_at(gain, place[u]), v_load(samples + i + u * LANES)));
            place[u] = v_add(place[u], step);
        }
    }
    for (; i + LANES <= frames; i += LANES) {
        take(&lanes[0], v_mul(gain_at(gain, first_place(done + i)), v_load(samples + i)));
    }
    if (i < frames) {
        vec last = v_load_part(samples + i, frames - i);
        take(&lanes[0], v_mul(gain_at(gain, first_place(done + i)), last));
    }
}

// Only for blocks that clip, which are few.
PBR_INLINE uint32_t count_over(const float *samples, slope gain, uint32_t done, uint32_t frames) {
    uint32_t over = 0;
    vec place = first_place(done);
    for (uint32_t i = 0; i < frames; i += LANES) {
        uint32_t part = frames - i < LANES ? frames - i : LANES;
        float values[LANES];
        v_store(values, v_abs(v_mul(gain_at(gain, place), v_load_part(samples + i, part))));
        for (uint32_t lane = 0; lane < LANES; lane++) {
            over += values[lane] > 1.0f;
        }
        place = v_add(place, v_all((float)LANES));
    }
    return over;
}

PBR_TARGET static pbr_measured measure(const float *samples, float from, float to, uint32_t done,
                                       uint32_t frames) {
    uint32_t ramp = ramp_part(done, frames);
    slope gain = make_slope(from, to, true);
    slope steady = make_slope(to, to, false);
    measuring lanes[4];
    PBR_UNROLL
    for (uint32_t u = 0; u < 4; u++) {
        lanes[u] = (measuring){v_all(0.0f), v_all(0.0f)};
    }
    pbr_measured total;
    if (ramp == 0) {
        measure_plain(lanes, samples, frames);
        total = scaled(collected(lanes), to);
    } else {
        measure_ramped(lanes, samples, gain, done, ramp);
        measure_ramped(lanes, samples + ramp, steady, 0, frames - ramp);
        total = collected(lanes);
    }
    if (total.highest > 1.0f) {
        total.over = count_over(samples, gain, done, ramp) +
                     count_over(samples + ramp, steady, 0, frames - ramp);
    }
    return total;
}

#include "kernels_metered.h"

const pbr_kernels PBR_KERNELS = {PBR_NAME, mix, mix_metered, scale, measure};
