/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Mixers and their strips, groups, automation. */
#ifndef PBGO_NATIVE_STRIPS_H
#define PBGO_NATIVE_STRIPS_H

#include "native_shapes.h"

/* Mixers. */
PBGO_GET0(mixer_create, number, uintptr_t)
PBGO_GET1(mixer_copy_bus, number, uintptr_t, uint32_t)
PBGO_CALL1(mixer_set_output_volume, float)
PBGO_GET0(mixer_get_output_volume, value, float)
PBGO_CALL1(mixer_set_output_volume_db, float)
PBGO_GET0(mixer_get_output_volume_db, value, float)
PBGO_CALL1(mixer_reserve, uint32_t)
PBGO_GET0(mixer_get_next_bus, number, uint32_t)
PBGO_LOOK0(mixer_get_meter, meter)
PBGO_LIST(mixer_copy_buses)
static inline pbgo_found pbgo_mixer_connect_next(uintptr_t self, uintptr_t source,
                                                 const perbus_format *format) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_mixer_connect_next((void *)self, (void *)source, format, (void *)&found,
                                             &error));
}
PBGO_CALL1(mixer_set_pan_law, perbus_pan_law)
PBGO_GET0(mixer_get_pan_law, number, perbus_pan_law)

/* Buses. */
PBGO_CALL1(bus_set_volume, float)
PBGO_CALL1(bus_set_volume_db, float)
PBGO_CALL1(bus_set_pan, float)
PBGO_CALL1(bus_set_muted, bool)
PBGO_CALL1(bus_set_soloed, bool)
PBGO_CALL1(bus_set_solo_safe, bool)
PBGO_CALL0(bus_reset)
PBGO_GET0(bus_get_volume, value, float)
PBGO_GET0(bus_get_volume_db, value, float)
PBGO_GET0(bus_get_pan, value, float)
PBGO_GET0(bus_get_effective_volume, value, float)
PBGO_GET0(bus_is_muted, number, bool)
PBGO_GET0(bus_is_soloed, number, bool)
PBGO_GET0(bus_is_solo_safe, number, bool)
PBGO_GET0(bus_is_audible, number, bool)
PBGO_GET0(bus_is_connected, number, bool)
PBGO_LOOK0(bus_get_meter, meter)
PBGO_GET0(bus_copy_mixer, number, uintptr_t)
PBGO_GET0(bus_get_number, number, uint32_t)
PBGO_CALL0(bus_disconnect)
PBGO_CALL1(bus_set_label, const char *)
PBGO_LOOK0(bus_copy_label, text)
static inline pbgo_failure *pbgo_bus_connect(uintptr_t self, uintptr_t source,
                                             const perbus_format *format) {
    PBGO_DO(perbus_desk_bus_connect((void *)self, (void *)source, format, &error));
}
static inline void pbgo_bus_release(uintptr_t self) {
    perbus_desk_bus_release((void *)self);
}

/* Sends. */
PBGO_CALL0(bus_end_send)
PBGO_CALL1(bus_set_send_tap, int32_t)
PBGO_GET0(bus_get_send_tap, number, perbus_desk_send_tap)
PBGO_GET0(bus_copy_send_source, number, uintptr_t)
PBGO_LIST(bus_copy_sends)
static inline pbgo_found pbgo_bus_send_to_mixer(uintptr_t self, uintptr_t mixer, int32_t tap) {
    PBGO_FIND(
        number, uintptr_t,
        perbus_desk_bus_send_to_mixer((void *)self, (void *)mixer, tap, (void *)&found, &error));
}
static inline pbgo_failure *pbgo_bus_send_to(uintptr_t self, uintptr_t to, int32_t tap) {
    PBGO_DO(perbus_desk_bus_send_to((void *)self, (void *)to, tap, &error));
}

/* Groups. */
PBGO_LIST(bus_copy_groups)
PBGO_LIST(engine_copy_groups)
PBGO_NODE(engine_remove_group)
PBGO_GET0(group_get_number, number, uint32_t)
PBGO_CALL1(group_set_name, const char *)
PBGO_NODE(group_add_group)
PBGO_NODE(group_remove_group)
PBGO_GET1(group_create, number, uintptr_t, const char *)
PBGO_LOOK0(group_copy_name, text)
PBGO_CALL1(group_set_volume, float)
PBGO_GET0(group_get_volume, value, float)
PBGO_CALL1(group_set_volume_db, float)
PBGO_GET0(group_get_volume_db, value, float)
PBGO_CALL1(group_set_muted, bool)
PBGO_GET0(group_is_muted, number, bool)
PBGO_CALL1(group_set_soloed, bool)
PBGO_GET0(group_is_soloed, number, bool)
PBGO_LIST(group_copy_members)
PBGO_LIST(group_copy_inner_groups)
PBGO_LIST(group_copy_groups)
PBGO_LOOK0(group_get_meter, meter)
static inline pbgo_failure *pbgo_group_add(uintptr_t self, const uintptr_t *buses, size_t count) {
    PBGO_DO(perbus_desk_group_add((void *)self, (perbus_desk_bus *const *)buses, count, &error));
}
static inline pbgo_failure *pbgo_group_remove(uintptr_t self, const uintptr_t *buses,
                                              size_t count) {
    PBGO_DO(perbus_desk_group_remove((void *)self, (perbus_desk_bus *const *)buses, count, &error));
}
static inline void pbgo_group_release(uintptr_t self) {
    perbus_desk_group_release((void *)self);
}

/* Automation. */
PBGO_CALL2(bus_set_volume_at, int64_t, float)
PBGO_CALL2(bus_automate_volume, const perbus_desk_automation_point *, size_t)
PBGO_POINTS(bus_get_volume_automation)
PBGO_CALL2(bus_set_pan_at, int64_t, float)
PBGO_CALL2(bus_automate_pan, const perbus_desk_automation_point *, size_t)
PBGO_POINTS(bus_get_pan_automation)
PBGO_CALL1(bus_cancel_automation_from, int64_t)
PBGO_CALL2(mixer_set_output_volume_at, int64_t, float)
PBGO_CALL2(mixer_automate_output_volume, const perbus_desk_automation_point *, size_t)
PBGO_POINTS(mixer_get_output_volume_automation)
PBGO_CALL1(mixer_cancel_output_automation_from, int64_t)
PBGO_CALL2(group_set_volume_at, int64_t, float)
PBGO_CALL2(group_automate_volume, const perbus_desk_automation_point *, size_t)
PBGO_POINTS(group_get_volume_automation)
PBGO_CALL1(group_cancel_automation_from, int64_t)

/* Fades: those that begin them get a cgo.Handle, and are in native.c. */
PBGO_CALL0(fade_cancel)
static inline void pbgo_fade_release(uintptr_t self) {
    perbus_desk_fade_release((void *)self);
}
pbgo_found pbgo_bus_fade(uintptr_t self, float value, double seconds, uint32_t curve,
                         uintptr_t handle);
pbgo_found pbgo_bus_fade_pan(uintptr_t self, float value, double seconds, uintptr_t handle);
pbgo_found pbgo_bus_fade_at(uintptr_t self, int64_t frame, float value, double seconds,
                            uint32_t curve, uintptr_t handle);
pbgo_found pbgo_bus_fade_pan_at(uintptr_t self, int64_t frame, float value, double seconds,
                                uintptr_t handle);
pbgo_found pbgo_mixer_fade_output_volume_at(uintptr_t self, int64_t frame, float value,
                                            double seconds, uint32_t curve, uintptr_t handle);
pbgo_found pbgo_mixer_fade(uintptr_t self, float value, double seconds, uint32_t curve,
                           uintptr_t handle);
pbgo_found pbgo_group_fade(uintptr_t self, float value, double seconds, uint32_t curve,
                           uintptr_t handle);
pbgo_found pbgo_group_fade_at(uintptr_t self, int64_t frame, float value, double seconds,
                              uint32_t curve, uintptr_t handle);

#endif
