// SPDX-License-Identifier: MIT OR Apache-2.0
#include "process.h"

#include <stdlib.h>

pbr_process *pbr_process_create(pbr_process_function function, void (*destroy)(void *),
                                void *context) {
    pbr_process *process = calloc(1, sizeof *process);
    if (process != NULL) {
        atomic_init(&process->references, 1);
        process->function = function;
        process->destroy = destroy;
        process->context = context;
    }
    return process;
}

pbr_process *pbr_process_retain(pbr_process *process) {
    atomic_fetch_add_explicit(&process->references, 1, memory_order_relaxed);
    return process;
}

void pbr_process_release(pbr_process *process) {
    if (process != NULL &&
        atomic_fetch_sub_explicit(&process->references, 1, memory_order_acq_rel) == 1) {
        process->destroy(process->context);
        free(process);
    }
}
