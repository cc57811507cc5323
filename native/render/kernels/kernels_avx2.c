// SPDX-License-Identifier: MIT OR Apache-2.0
#include "kernels_isa.h"

#if defined(PBR_X86)
#include <immintrin.h>

// As an attribute of the functions, so that the file needs no flags of its own.
#define PBR_TARGET __attribute__((target("avx2,fma")))
#define PBR_KERNELS pbr_kernels_avx2
#define PBR_NAME "avx2"
#define LANES 8u
#define VEC static inline __attribute__((always_inline)) PBR_TARGET

typedef __m256 vec;

VEC vec v_all(float value) {
    return _mm256_set1_ps(value);
}

VEC vec v_counting(void) {
    return _mm256_setr_ps(0.0f, 1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f, 7.0f);
}

VEC vec v_load(const float *from) {
    return _mm256_loadu_ps(from);
}

VEC void v_store(float *to, vec a) {
    _mm256_storeu_ps(to, a);
}

VEC __m256i v_mask(uint32_t count) {
    return _mm256_cmpgt_epi32(_mm256_set1_epi32((int)count),
                              _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

VEC vec v_load_part(const float *from, uint32_t count) {
    return _mm256_maskload_ps(from, v_mask(count));
}

VEC void v_store_part(float *to, uint32_t count, vec a) {
    _mm256_maskstore_ps(to, v_mask(count), a);
}

VEC vec v_add(vec a, vec b) {
    return _mm256_add_ps(a, b);
}

VEC vec v_mul(vec a, vec b) {
    return _mm256_mul_ps(a, b);
}

VEC vec v_madd(vec a, vec b, vec c) {
    return _mm256_fmadd_ps(a, b, c);
}

// b where a is NaN.
VEC vec v_max(vec a, vec b) {
    return _mm256_max_ps(a, b);
}

VEC vec v_abs(vec a) {
    return _mm256_andnot_ps(_mm256_set1_ps(-0.0f), a);
}

#include "kernels_loops.h"
#endif
