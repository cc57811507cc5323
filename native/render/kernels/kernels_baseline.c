// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The compiler's own vectors: what every processor of the family has.
#include <string.h>

#include "kernels_isa.h"

#define PBR_TARGET
#define PBR_KERNELS pbr_kernels_baseline
#define PBR_NAME "baseline"
#define LANES 4u
#define VEC static inline __attribute__((always_inline))

typedef float vec __attribute__((vector_size(16)));
typedef int32_t bits __attribute__((vector_size(16)));

VEC vec v_all(float value) {
    vec all = {value, value, value, value};
    return all;
}

VEC vec v_counting(void) {
    vec lanes = {0.0f, 1.0f, 2.0f, 3.0f};
    return lanes;
}

VEC vec v_load(const float *from) {
    vec a;
    memcpy(&a, from, sizeof a);
    return a;
}

VEC void v_store(float *to, vec a) {
    memcpy(to, &a, sizeof a);
}

VEC vec v_load_part(const float *from, uint32_t count) {
    vec a = v_all(0.0f);
    for (uint32_t lane = 0; lane < count; lane++) {
        a[lane] = from[lane];
    }
    return a;
}

VEC void v_store_part(float *to, uint32_t count, vec a) {
    for (uint32_t lane = 0; lane < count; lane++) {
        to[lane] = a[lane];
    }
}

VEC vec v_add(vec a, vec b) {
    return a + b;
}

VEC vec v_mul(vec a, vec b) {
    return a * b;
}

VEC vec v_madd(vec a, vec b, vec c) {
    return a * b + c;
}

// b where a is NaN.
VEC vec v_max(vec a, vec b) {
    bits greater = (bits)(a > b);
    return (vec)(((bits)a & greater) | ((bits)b & ~greater));
}

VEC vec v_abs(vec a) {
    const bits magnitude = {INT32_MAX, INT32_MAX, INT32_MAX, INT32_MAX};
    return (vec)((bits)a & magnitude);
}

#include "kernels_loops.h"
