// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The default output device, through PortAudio.
#ifndef PBR_DEVICE_H
#define PBR_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/plan/core.h"

typedef struct pbr_device pbr_device;

// Rate and channel count (at most two) of the default output device; false if there is none.
bool pbr_device_default(double *rate, uint32_t *channels);

// A stream that renders `core`; NULL with a reason in `message` (cut to `capacity` bytes).
pbr_device *pbr_device_open(pbr_core *core, double rate, uint32_t channels, char *message,
                            size_t capacity);
// Running blocks end before stop returns.
bool pbr_device_start(pbr_device *device, char *message, size_t capacity);
void pbr_device_stop(pbr_device *device);
void pbr_device_close(pbr_device *device);

#endif
