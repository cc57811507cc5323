/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Devices, input, events and taps. */
#ifndef PBGO_NATIVE_DEVICES_H
#define PBGO_NATIVE_DEVICES_H

#include "native_shapes.h"

PBGO_RESULT(pbgo_device_status, perbus_device_status);

typedef struct pbgo_devices {
    pbgo_failure *failure;
    perbus_device *list;
    size_t count;
} pbgo_devices;

static inline pbgo_devices pbgo_devices_copy(void) {
    PBGO_GET(pbgo_devices, perbus_devices_copy(&result.list, &result.count, &error));
}
static inline pbgo_found pbgo_engine_create_for_device(perbus_device_options options) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_engine_create_for_device(&options, (void *)&found, &error));
}
PBGO_CALL1(engine_set_output_device, const char *)
PBGO_CALL1(engine_set_input_device, const char *)
PBGO_RESULT(pbgo_render_time, perbus_render_time);
PBGO_LOOK0(engine_get_render_time, render_time)
PBGO_CALL1(player_play_at_host_time, uint64_t)
PBGO_GET0(engine_copy_input, number, uintptr_t)
PBGO_LOOK0(engine_get_device_status, device_status)
static inline pbgo_failure *pbgo_tap_wait(uintptr_t self) {
    PBGO_DO(perbus_tap_wait((void *)self, &error));
}
static inline pbgo_found pbgo_tap_get_dropped(uintptr_t self) {
    PBGO_FIND(number, uint64_t, perbus_tap_get_dropped((void *)self, &found, &error));
}
static inline void pbgo_tap_destroy(uintptr_t self) {
    perbus_tap_destroy((void *)self);
}

/* With callbacks, which get a cgo.Handle: in native.c. 0 is for no handler. */
pbgo_failure *pbgo_engine_set_event_handler(uintptr_t self, uintptr_t handle);
pbgo_failure *pbgo_engine_set_input(uintptr_t self, perbus_format format, uintptr_t handle);
pbgo_found pbgo_tap_create(uintptr_t self, uint32_t bus, uint32_t frames, uintptr_t handle);

#endif
