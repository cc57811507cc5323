/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Audio files. Samples lie one channel after the other. */
#ifndef PBGO_NATIVE_FILES_H
#define PBGO_NATIVE_FILES_H

#include "native_shapes.h"

PBGO_RESULT(pbgo_file_info, perbus_file_info);
PBGO_RESULT(pbgo_position, perbus_position);

static inline pbgo_found pbgo_file_open(const char *path) {
    PBGO_FIND(number, uintptr_t, perbus_desk_file_open(path, (void *)&found, &error));
}
static inline pbgo_found pbgo_file_create(const char *path, perbus_file_settings settings) {
    PBGO_FIND(number, uintptr_t, perbus_file_create(path, &settings, (void *)&found, &error));
}
static inline pbgo_file_info pbgo_file_get_info(uintptr_t self) {
    PBGO_GET(pbgo_file_info, perbus_file_get_info((void *)self, &result.value, &error));
}
static inline pbgo_found pbgo_file_read(uintptr_t self, float *planar, uint32_t channels,
                                        uint32_t frames) {
    float *pointers[PERBUS_MAX_CHANNELS];
    for (uint32_t c = 0; c < channels && c < PERBUS_MAX_CHANNELS; c++) {
        pointers[c] = planar + (size_t)c * frames;
    }
    PBGO_FIND(number, uint64_t,
              perbus_file_read((void *)self, pointers, channels, frames, &found, &error));
}
static inline pbgo_failure *pbgo_file_seek(uintptr_t self, int64_t frame) {
    PBGO_DO(perbus_file_seek((void *)self, frame, &error));
}
static inline pbgo_failure *pbgo_file_write(uintptr_t self, const float *planar, uint32_t channels,
                                            uint32_t frames) {
    const float *pointers[PERBUS_MAX_CHANNELS];
    for (uint32_t c = 0; c < channels && c < PERBUS_MAX_CHANNELS; c++) {
        pointers[c] = planar + (size_t)c * frames;
    }
    PBGO_DO(perbus_file_write((void *)self, pointers, channels, frames, &error));
}
static inline pbgo_failure *pbgo_file_finish(uintptr_t self) {
    PBGO_DO(perbus_file_finish((void *)self, &error));
}
static inline void pbgo_file_destroy(uintptr_t self) {
    perbus_file_destroy((void *)self);
}
static inline pbgo_found pbgo_buffer_load(const char *path, double sample_rate, uint64_t limit) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_buffer_load_with_limit(path, sample_rate, limit, (void *)&found, &error));
}
static inline pbgo_format pbgo_buffer_get_format(uintptr_t self) {
    PBGO_GET(pbgo_format, perbus_desk_buffer_get_format((void *)self, &result.value, &error));
}
static inline pbgo_found pbgo_buffer_get_frames(uintptr_t self) {
    PBGO_FIND(number, uint32_t, perbus_desk_buffer_get_frames((void *)self, &found, &error));
}
static inline pbgo_found pbgo_player_create_for_file(uintptr_t self, uintptr_t file) {
    PBGO_FIND(
        number, uintptr_t,
        perbus_desk_player_create_for_file((void *)self, (void *)file, (void *)&found, &error));
}
PBGO_LOOK0(player_get_position, position)

/* With the reason of a failure, and why a recording was interrupted; NULL for none. */
typedef struct pbgo_recorder_status {
    pbgo_failure *failure;
    perbus_desk_recorder_status value;
    char *reason;
} pbgo_recorder_status;
typedef struct pbgo_recording {
    pbgo_failure *failure;
    perbus_desk_recording value;
    char *interrupted;
} pbgo_recording;

static inline pbgo_found pbgo_mixer_record(uintptr_t self, const char *path,
                                           perbus_file_settings settings, bool starts,
                                           int64_t start) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_mixer_record((void *)self, path, &settings, starts ? &start : NULL,
                                       (void *)&found, &error));
}
static inline pbgo_found pbgo_bus_record(uintptr_t self, const char *path,
                                         perbus_file_settings settings, bool starts,
                                         int64_t start) {
    PBGO_FIND(number, uintptr_t,
              perbus_desk_bus_record((void *)self, path, &settings, starts ? &start : NULL,
                                     (void *)&found, &error));
}
static inline pbgo_recorder_status pbgo_recorder_get_status(uintptr_t self) {
    PBGO_GET(pbgo_recorder_status,
             perbus_desk_recorder_get_status((void *)self, &result.value, &result.reason, &error));
}
PBGO_CALL1(recorder_stop_at, int64_t)
static inline pbgo_failure *pbgo_recorder_wait(uintptr_t self) {
    PBGO_DO(perbus_desk_recorder_wait((void *)self, &error));
}
static inline pbgo_recording pbgo_recorder_stop(uintptr_t self) {
    PBGO_GET(pbgo_recording,
             perbus_desk_recorder_stop((void *)self, &result.value, &result.interrupted, &error));
}
static inline void pbgo_recorder_release(uintptr_t self) {
    perbus_desk_recorder_release((void *)self);
}

PBGO_CALL1(player_seek, int64_t)

/* With callbacks, which get a cgo.Handle: in native.c. */
pbgo_failure *pbgo_player_schedule_file(uintptr_t self, uintptr_t file, int64_t start,
                                        uint32_t flags, uintptr_t handle);
pbgo_failure *pbgo_player_schedule_segment(uintptr_t self, uintptr_t file, int64_t first,
                                           int64_t frames, int64_t start, uint32_t flags,
                                           uintptr_t handle);

#endif
