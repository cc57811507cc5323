// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PBR_DEVICE_CLOCK_H
#define PBR_DEVICE_CLOCK_H

#include <stdint.h>

// Host time: nanoseconds of a clock that only goes forward. Real-time safe.
uint64_t pbr_device_now(void);

#endif
