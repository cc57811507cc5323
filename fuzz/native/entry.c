/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What libFuzzer calls: TARGET is the name of one. */
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

bool perbus_fuzz_run(const char *name, const uint8_t *data, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (!perbus_fuzz_run(TARGET, data, size)) {
        abort();
    }
    return 0;
}
