// SPDX-License-Identifier: MIT OR Apache-2.0
#include "kernels.h"

#include <stdatomic.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "kernels_isa.h"

static _Atomic(const pbr_kernels *) chosen = NULL;

#if defined(PBR_X86)

// The system must save the wide registers too; the compiler's test asks it (xgetbv).
static bool has_avx2(void) {
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static bool has_avx512(void) {
    return has_avx2() && __builtin_cpu_supports("avx512f");
}

// Processors with AVX-512 but without VBMI2 (Skylake-X to Cooper Lake) lower their clock for
// everything while they do 512-bit arithmetic, which costs more than it gains here.
static bool prefers_avx512(void) {
    return has_avx512() && __builtin_cpu_supports("avx512vbmi2");
}

const pbr_kernels *pbr_kernels_at(uint32_t index) {
    const pbr_kernels *all[3];
    uint32_t count = 0;
    __builtin_cpu_init();
    if (prefers_avx512()) {
        all[count++] = &pbr_kernels_avx512;
    }
    if (has_avx2()) {
        all[count++] = &pbr_kernels_avx2;
    }
    if (has_avx512() && !prefers_avx512()) {
        all[count++] = &pbr_kernels_avx512;
    }
    if (index == count) {
        return &pbr_kernels_baseline;
    }
    return index < count ? all[index] : NULL;
}

#elif defined(PBR_ARM64)

const pbr_kernels *pbr_kernels_at(uint32_t index) {
    static const pbr_kernels *const all[] = {&pbr_kernels_neon, &pbr_kernels_baseline};
    return index < 2 ? all[index] : NULL;
}

#else

const pbr_kernels *pbr_kernels_at(uint32_t index) {
    return index == 0 ? &pbr_kernels_baseline : NULL;
}

#endif

const pbr_kernels *pbr_kernels_named(const char *name) {
    const pbr_kernels *found;
    for (uint32_t i = 0; name != NULL && (found = pbr_kernels_at(i)) != NULL; i++) {
        if (strcmp(found->name, name) == 0) {
            return found;
        }
    }
    return pbr_kernels_at(0);
}

void pbr_kernels_choose(void) {
    const pbr_kernels *none = NULL;
    if (atomic_load_explicit(&chosen, memory_order_acquire) == NULL) {
        // If several threads come here, the first decides, so that no two engines sound different.
        atomic_compare_exchange_strong_explicit(&chosen, &none,
                                                pbr_kernels_named(getenv("PERBUS_ISA")),
                                                memory_order_acq_rel, memory_order_acquire);
    }
}

const pbr_kernels *pbr_kernels_chosen(void) {
    return atomic_load_explicit(&chosen, memory_order_acquire);
}
