// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which instruction sets this build has kernels for.
#ifndef PBR_KERNELS_ISA_H
#define PBR_KERNELS_ISA_H

#include "kernels.h"

#if defined(__x86_64__)
#define PBR_X86 1
extern const pbr_kernels pbr_kernels_avx2;
extern const pbr_kernels pbr_kernels_avx512;
#elif defined(__aarch64__) && defined(__ARM_NEON)
#define PBR_ARM64 1
extern const pbr_kernels pbr_kernels_neon;
#endif

extern const pbr_kernels pbr_kernels_baseline;

#endif
