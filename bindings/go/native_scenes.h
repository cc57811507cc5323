/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Scenes. */
#ifndef PBGO_NATIVE_SCENES_H
#define PBGO_NATIVE_SCENES_H

#include "native_shapes.h"

PBGO_GET0(mixer_snapshot, number, uintptr_t)
PBGO_GET0(mixer_snapshot_with_solo, number, uintptr_t)
PBGO_GET0(engine_snapshot, number, uintptr_t)
PBGO_GET0(engine_snapshot_with_solo, number, uintptr_t)
PBGO_NODE(engine_apply)
PBGO_NODE(mixer_apply)
PBGO_GET0(engine_scene_get_count, number, size_t)
PBGO_GET1(engine_scene_copy_only, number, uintptr_t, uint32_t)
PBGO_GET1(scene_copy_only, number, uintptr_t, uint32_t)
PBGO_GET0(engine_scene_get_group_count, number, size_t)
PBGO_LOOK1(engine_scene_get_group, group_config, size_t)
PBGO_GET2(engine_scene_copy_with_groups, number, uintptr_t, const perbus_desk_group_config *,
          size_t)
PBGO_GET1(scene_copy_with_pan_law, number, uintptr_t, perbus_pan_law)
PBGO_GET1(scene_copy_with_output_volume, number, uintptr_t, float)
PBGO_GET2(scene_copy_only_buses, number, uintptr_t, const uint32_t *, size_t)
PBGO_CALL2(mixer_configure, const perbus_desk_bus_config *, size_t)
PBGO_GET0(scene_get_count, number, size_t)
PBGO_LOOK1(scene_get_bus, bus_config, size_t)
static inline pbgo_found pbgo_scene_create(const perbus_desk_bus_config *buses, size_t count) {
    PBGO_FIND(number, uintptr_t, perbus_desk_scene_create(buses, count, (void *)&found, &error));
}
static inline pbgo_output pbgo_scene_get_output_volume(uintptr_t self) {
    PBGO_GET(pbgo_output, perbus_desk_scene_get_output_volume((void *)self, &result.volume,
                                                              &result.is_set, &error));
}
static inline pbgo_law pbgo_scene_get_pan_law(uintptr_t self) {
    PBGO_GET(pbgo_law,
             perbus_desk_scene_get_pan_law((void *)self, &result.law, &result.is_set, &error));
}
static inline pbgo_failure *pbgo_mixer_fade_to_scene(uintptr_t self, uintptr_t scene,
                                                     double seconds, uint32_t curve) {
    PBGO_DO(perbus_desk_mixer_fade_to_scene((void *)self, (void *)scene, seconds, curve, &error));
}
static inline pbgo_failure *pbgo_engine_fade_to_scene(uintptr_t self, uintptr_t scene,
                                                      double seconds, uint32_t curve) {
    PBGO_DO(perbus_desk_engine_fade_to_scene((void *)self, (void *)scene, seconds, curve, &error));
}
static inline pbgo_found pbgo_engine_scene_create(char **names, uintptr_t *scenes, size_t count) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_engine_scene_create((const char *const *)names,
                                              (perbus_desk_scene *const *)scenes, count,
                                              (void *)&found, &error));
}
static inline pbgo_found pbgo_engine_scene_copy_mixer(uintptr_t self, size_t index, char **name) {
    PBGO_FIND(
        number, uintptr_t,
        perbus_desk_engine_scene_copy_mixer((void *)self, index, name, (void *)&found, &error));
}
static inline pbgo_found pbgo_engine_scene_copy_only_buses(uintptr_t self, uintptr_t *buses,
                                                           size_t count) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_engine_scene_copy_only_buses(
                  (void *)self, (perbus_desk_bus *const *)buses, count, (void *)&found, &error));
}
static inline void pbgo_engine_scene_release(uintptr_t self) {
    perbus_desk_engine_scene_release((void *)self);
}
static inline void pbgo_scene_release(uintptr_t self) {
    perbus_desk_scene_release((void *)self);
}

#endif
