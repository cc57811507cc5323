// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Flushes denormals to zero while a block is rendered, so that a decaying tail does not cost a
// hundred times as much as a loud one. The thread's own mode is restored afterwards.
#ifndef PBR_DENORMALS_H
#define PBR_DENORMALS_H

#include <stdint.h>

#if defined(__SSE__)
#include <xmmintrin.h>

typedef uint32_t pbr_denormals;

static inline pbr_denormals pbr_denormals_flush(void) {
    uint32_t before = _mm_getcsr();
    _mm_setcsr(before | 0x8040u); // flush to zero, denormals are zero
    return before;
}

static inline void pbr_denormals_restore(pbr_denormals before) {
    _mm_setcsr(before);
}

#elif defined(__aarch64__)

typedef uint64_t pbr_denormals;

static inline pbr_denormals pbr_denormals_flush(void) {
    uint64_t before;
    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" : : "r"(before | (1u << 24)));
    return before;
}

static inline void pbr_denormals_restore(pbr_denormals before) {
    __asm__ volatile("msr fpcr, %0" : : "r"(before));
}

#else

typedef uint32_t pbr_denormals;

static inline pbr_denormals pbr_denormals_flush(void) {
    return 0;
}

static inline void pbr_denormals_restore(pbr_denormals before) {
    (void)before;
}

#endif

#endif
