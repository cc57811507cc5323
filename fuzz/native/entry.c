/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What libFuzzer calls: TARGET is the name of one. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

bool perbus_fuzz_run(const char *name, const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
const char *__asan_default_options(void);
const char *__ubsan_default_options(void);

/* Requests for more than a GiB get no memory. GNUstep keeps what it has made for its classes. */
const char *__asan_default_options(void) {
    return "detect_leaks=0:allocator_may_return_null=1:max_allocation_size_mb=1024";
}

const char *__ubsan_default_options(void) {
    return "print_stacktrace=1";
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!perbus_fuzz_run(TARGET, data, size)) {
        abort();
    }
    return 0;
}
