// SPDX-License-Identifier: MIT OR Apache-2.0
#include "kernels_isa.h"

#if defined(PBR_X86)
#include <immintrin.h>

// As an attribute of the functions, so that the file needs no flags of its own.
#define PBR_TARGET __attribute__((target("avx512f")))
#define PBR_KERNELS pbr_kernels_avx512
#define PBR_NAME "avx512"
#define LANES 16u
#define VEC static inline __attribute__((always_inline)) PBR_TARGET

typedef __m512 vec;

VEC vec v_all(float value) {
    return _mm512_set1_ps(value);
}

VEC vec v_counting(void) {
    return _mm512_setr_ps(0.0f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f, 8.0f, 9.0f, 10.0f, 11.0f,
                          12.0f, 13.0f, 14.0f, 15.0f);
}

VEC vec v_load(const float *from) {
    return _mm512_loadu_ps(from);
}

VEC void v_store(float *to, vec a) {
    _mm512_storeu_ps(to, a);
}

VEC __mmask16 v_mask(uint32_t count) {
    return (__mmask16)((1u << count) - 1u);
}

VEC vec v_load_part(const float *from, uint32_t count) {
    return _mm512_maskz_loadu_ps(v_mask(count), from);
}

VEC void v_store_part(float *to, uint32_t count, vec a) {
    _mm512_mask_storeu_ps(to, v_mask(count), a);
}

VEC vec v_add(vec a, vec b) {
    return _mm512_add_ps(a, b);
}

VEC vec v_mul(vec a, vec b) {
    return _mm512_mul_ps(a, b);
}

VEC vec v_madd(vec a, vec b, vec c) {
    return _mm512_fmadd_ps(a, b, c);
}

// b where a is NaN.
VEC vec v_max(vec a, vec b) {
    return _mm512_max_ps(a, b);
}

VEC vec v_abs(vec a) {
    return _mm512_abs_ps(a);
}

#include "kernels_loops.h"
#endif
