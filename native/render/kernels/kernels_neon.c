// SPDX-License-Identifier: MIT OR Apache-2.0
#include "kernels_isa.h"

#if defined(PBR_ARM64)
#include <arm_neon.h>

#define PBR_TARGET
#define PBR_KERNELS pbr_kernels_neon
#define PBR_NAME "neon"
#define LANES 4u
#define VEC static inline __attribute__((always_inline))

typedef float32x4_t vec;

VEC vec v_all(float value) {
    return vdupq_n_f32(value);
}

VEC vec v_counting(void) {
    const float lanes[LANES] = {0.0f, 1.0f, 2.0f, 3.0f};
    return vld1q_f32(lanes);
}

VEC vec v_load(const float *from) {
    return vld1q_f32(from);
}

VEC void v_store(float *to, vec a) {
    vst1q_f32(to, a);
}

VEC vec v_load_part(const float *from, uint32_t count) {
    float lanes[LANES] = {0};
    for (uint32_t lane = 0; lane < count; lane++) {
        lanes[lane] = from[lane];
    }
    return vld1q_f32(lanes);
}

VEC void v_store_part(float *to, uint32_t count, vec a) {
    float lanes[LANES];
    vst1q_f32(lanes, a);
    for (uint32_t lane = 0; lane < count; lane++) {
        to[lane] = lanes[lane];
    }
}

VEC vec v_add(vec a, vec b) {
    return vaddq_f32(a, b);
}

VEC vec v_mul(vec a, vec b) {
    return vmulq_f32(a, b);
}

VEC vec v_madd(vec a, vec b, vec c) {
    return vfmaq_f32(c, a, b);
}

// Where one is NaN, the other.
VEC vec v_max(vec a, vec b) {
    return vmaxnmq_f32(a, b);
}

VEC vec v_abs(vec a) {
    return vabsq_f32(a);
}

#include "kernels_loops.h"
#endif
