// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Mixing and measuring in one pass: the samples are fetched once, and memory latency hides the
// arithmetic. A part of kernels_loops.h.

// Two accumulators per term, besides the gains: as many as fit into the registers.
#define METERED_WIDTH (LANES >= 16u ? 8u : 4u)

PBR_INLINE void mix_metered_run(float *accumulator, const pbr_term *terms, uint32_t frames,
                                pbr_measured *measured, const uint32_t count, const bool first) {
    measuring lanes[PBR_MIX_WIDTH];
    vec gain[PBR_MIX_WIDTH];
    const float *in[PBR_MIX_WIDTH];
    PBR_UNROLL
    for (uint32_t t = 0; t < count; t++) {
        lanes[t] = (measuring){v_all(0.0f), v_all(0.0f)};
        gain[t] = v_all(terms[t].gain);
        in[t] = terms[t].samples;
    }
    uint32_t i = 0;
    for (; i + LANES <= frames; i += LANES) {
        vec a = first ? v_all(0.0f) : v_load(accumulator + i);
        PBR_UNROLL
        for (uint32_t t = 0; t < count; t++) {
            vec values = v_load(in[t] + i);
            a = v_madd(gain[t], values, a);
            take(&lanes[t], values);
        }
        v_store(accumulator + i, a);
    }
    if (i < frames) {
        vec a = first ? v_all(0.0f) : v_load_part(accumulator + i, frames - i);
        PBR_UNROLL
        for (uint32_t t = 0; t < count; t++) {
            vec values = v_load_part(in[t] + i, frames - i);
            a = v_madd(gain[t], values, a);
            take(&lanes[t], values);
        }
        v_store_part(accumulator + i, frames - i, a);
    }
    PBR_UNROLL
    for (uint32_t t = 0; t < count; t++) {
        const vec none = v_all(0.0f);
        const measuring all[4] = {lanes[t], {none, none}, {none, none}, {none, none}};
        measured[t] = scaled(collected(all), terms[t].gain);
        if (measured[t].highest > 1.0f) {
            slope steady = make_slope(terms[t].gain, terms[t].gain, false);
            measured[t].over = count_over(in[t], steady, 0, frames);
        }
    }
}

PBR_INLINE uint32_t mix_metered_runs(float *accumulator, const pbr_term *terms, uint32_t count,
                                     uint32_t frames, pbr_measured *measured, const bool first) {
    if (count >= METERED_WIDTH) {
        mix_metered_run(accumulator, terms, frames, measured, METERED_WIDTH, first);
        return METERED_WIDTH;
    }
    if (count >= 2) {
        mix_metered_run(accumulator, terms, frames, measured, 2, first);
        return 2;
    }
    mix_metered_run(accumulator, terms, frames, measured, 1, first);
    return 1;
}

PBR_TARGET static void mix_metered(float *accumulator, const pbr_term *terms, uint32_t count,
                                   uint32_t frames, bool first, pbr_measured *measured) {
    uint32_t at = 0;
    if (first && count > 0) {
        at = mix_metered_runs(accumulator, terms, count, frames, measured, true);
    }
    while (at < count) {
        at += mix_metered_runs(accumulator, terms + at, count - at, frames, measured + at, false);
    }
}
