/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "native.h"

#include "_cgo_export.h"

/* For a failure that there is no memory to tell of. */
static pbgo_failure out_of_memory = {PERBUS_ERROR_NO_MEMORY,
                                     {0, "no memory to tell why a call failed"}};

pbgo_failure *pbgo_fail(perbus_status status, const perbus_error *error) {
    pbgo_failure *failure = malloc(sizeof *failure);
    if (failure == NULL) {
        return &out_of_memory;
    }
    failure->status = status;
    failure->error = *error;
    return failure;
}

void pbgo_failure_free(pbgo_failure *failure) {
    if (failure != &out_of_memory) {
        free(failure);
    }
}

static bool render(void *context, int64_t sample_time, uint32_t frames, float *const *channels,
                   uint32_t channel_count) {
    return pbgoRender((uintptr_t)context, sample_time, frames, (float **)channels, channel_count);
}

static void hear(void *context, const perbus_tap_block *block) {
    pbgoTap((uintptr_t)context, (perbus_tap_block *)block);
}

static void happen(void *context, perbus_event event) {
    pbgoEvent((uintptr_t)context, event);
}

static void end(void *context) {
    pbgoEnd((uintptr_t)context);
}

static void complete(void *context, perbus_end end) {
    pbgoComplete((uintptr_t)context, end);
}

static void end_fade(void *context, perbus_desk_fade_end end) {
    pbgoEndFade((uintptr_t)context, end);
}

pbgo_found pbgo_source_create(uintptr_t self, perbus_format format, uintptr_t handle) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_source_create((void *)self, &format, render, (void *)handle, end,
                                        (void *)&found, &error));
}

pbgo_failure *pbgo_engine_set_event_handler(uintptr_t self, uintptr_t handle) {
    bool set = handle != 0;
    PBGO_DO(perbus_desk_engine_set_event_handler((void *)self, set ? happen : NULL, (void *)handle,
                                                 set ? end : NULL, &error));
}

static bool fill(void *context, uint32_t frames, float *const *channels, uint32_t channel_count) {
    return pbgoFill((uintptr_t)context, frames, (float **)channels, channel_count);
}

pbgo_failure *pbgo_engine_set_input(uintptr_t self, perbus_format format, uintptr_t handle) {
    bool set = handle != 0;
    PBGO_DO(perbus_desk_engine_set_input((void *)self, &format, set ? fill : NULL, (void *)handle,
                                         set ? end : NULL, &error));
}

pbgo_found pbgo_tap_create(uintptr_t self, uint32_t bus, uint32_t frames, uintptr_t handle) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_tap_create((void *)self, bus, frames, hear, (void *)handle, end,
                                     (void *)&found, &error));
}

pbgo_failure *pbgo_player_schedule(uintptr_t self, uintptr_t buffer, int64_t start, uint32_t flags,
                                   uintptr_t handle) {
    perbus_schedule schedule = {start, flags, handle != 0 ? complete : NULL, (void *)handle};
    PBGO_DO(perbus_desk_player_schedule((void *)self, (void *)buffer, &schedule, &error));
}

pbgo_failure *pbgo_player_schedule_file(uintptr_t self, uintptr_t file, int64_t start,
                                        uint32_t flags, uintptr_t handle) {
    perbus_schedule schedule = {start, flags, handle != 0 ? complete : NULL, (void *)handle};
    PBGO_DO(perbus_desk_player_schedule_file((void *)self, (void *)file, &schedule, &error));
}

pbgo_failure *pbgo_player_schedule_segment(uintptr_t self, uintptr_t file, int64_t first,
                                           int64_t frames, int64_t start, uint32_t flags,
                                           uintptr_t handle) {
    perbus_schedule schedule = {start, flags, handle != 0 ? complete : NULL, (void *)handle};
    PBGO_DO(perbus_desk_player_schedule_segment((void *)self, (void *)file, first, frames,
                                                &schedule, &error));
}

#define BEGIN_FADE(of, ...)                                                         \
    PBGO_FIND(number, uintptr_t,                                                    \
              perbus_desk_##of((void *)self, __VA_ARGS__, end_fade, (void *)handle, \
                               (void *)&found, &error))

pbgo_found pbgo_bus_fade(uintptr_t self, float value, double seconds, uint32_t curve,
                         uintptr_t handle) {
    BEGIN_FADE(bus_fade_to, value, seconds, curve);
}

pbgo_found pbgo_bus_fade_pan(uintptr_t self, float value, double seconds, uintptr_t handle) {
    BEGIN_FADE(bus_fade_pan_to, value, seconds);
}

pbgo_found pbgo_mixer_fade(uintptr_t self, float value, double seconds, uint32_t curve,
                           uintptr_t handle) {
    BEGIN_FADE(mixer_fade_output_volume_to, value, seconds, curve);
}

pbgo_found pbgo_group_fade(uintptr_t self, float value, double seconds, uint32_t curve,
                           uintptr_t handle) {
    BEGIN_FADE(group_fade_to, value, seconds, curve);
}

pbgo_found pbgo_bus_fade_at(uintptr_t self, int64_t frame, float value, double seconds,
                            uint32_t curve, uintptr_t handle) {
    BEGIN_FADE(bus_fade_at, frame, value, seconds, curve);
}

pbgo_found pbgo_bus_fade_pan_at(uintptr_t self, int64_t frame, float value, double seconds,
                                uintptr_t handle) {
    BEGIN_FADE(bus_fade_pan_at, frame, value, seconds);
}

pbgo_found pbgo_mixer_fade_output_volume_at(uintptr_t self, int64_t frame, float value,
                                            double seconds, uint32_t curve, uintptr_t handle) {
    BEGIN_FADE(mixer_fade_output_volume_at, frame, value, seconds, curve);
}

pbgo_found pbgo_group_fade_at(uintptr_t self, int64_t frame, float value, double seconds,
                              uint32_t curve, uintptr_t handle) {
    BEGIN_FADE(group_fade_at, frame, value, seconds, curve);
}

static void change(void *context) {
    pbgoChange((uintptr_t)context);
}

pbgo_failure *pbgo_engine_batch(uintptr_t self, uintptr_t handle) {
    PBGO_DO(perbus_desk_engine_batch((void *)self, change, (void *)handle, &error));
}
