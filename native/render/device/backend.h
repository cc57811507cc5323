// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a library that plays has to offer, and what all of them share.
#ifndef PBR_DEVICE_BACKEND_H
#define PBR_DEVICE_BACKEND_H

#include <stdatomic.h>

#include "device.h"

// What works on desktops under load. The shortest that they offer breaks off too easily.
#define PBR_DEVICE_LATENCY 0.03

typedef struct pbr_device_infos {
    pbr_device_info *first;
    size_t count;
    bool failed; // there was no memory for one
} pbr_device_infos;

// Names are ids without the prefix; an empty one is the default.
typedef struct pbr_backend {
    const char *prefix;
    // Seconds without a block after which a playing device counts as lost.
    double patience;
    // Whether the sound system can be reached now.
    bool (*answers)(char *message, size_t capacity);
    bool (*list)(pbr_device_infos *infos, char *message, size_t capacity);
    bool (*find)(const char *name, pbr_device_info *info, char *message, size_t capacity);
    pbr_device *(*open)(const char *name, const pbr_device_wish *wish, pbr_core *core,
                        char *message, size_t capacity);
    bool (*start)(pbr_device *device, char *message, size_t capacity);
    void (*stop)(pbr_device *device);
    void (*close)(pbr_device *device);
    void (*describe)(pbr_device *device, pbr_device_status *status);
} pbr_backend;

extern const pbr_backend pbr_pulse;
extern const pbr_backend pbr_portaudio;
// Whether the program itself links PortAudio, which then is its choice.
bool pbr_portaudio_is_linked(void);

// The first member of every backend's device.
struct pbr_device {
    const pbr_backend *backend;
    pbr_core *core;
    double rate;
    double latency; // seconds: about what passes between two blocks at most
    uint32_t channels;
    atomic_bool lost;
    atomic_bool suspended; // by the sound system: that is no loss
    atomic_uint moves;
    _Atomic uint64_t underflows;
    // Written by the audio thread.
    _Atomic uint64_t frames;
    _Atomic uint64_t busy; // nanoseconds
    _Atomic uint64_t late;
    _Atomic uint32_t max_load; // millionths
    _Atomic uint32_t block;
    atomic_bool rendering;
    atomic_bool silent; // nothing is rendered any more
    // What pbr_device_poll saw last.
    bool playing;
    bool reported; // that it is lost
    unsigned seen_moves;
    uint64_t seen_underflows;
    uint64_t seen_frames;
    uint64_t progress; // when seen_frames changed
};

void pbr_device_set_up(pbr_device *device, const pbr_backend *backend, pbr_core *core,
                       const pbr_device_wish *wish);
// A new entry, all zeros; NULL without memory.
pbr_device_info *pbr_device_add(pbr_device_infos *infos);
void pbr_device_set_text(char *text, size_t capacity, const char *first, const char *second);
// Nanoseconds of a clock that only goes forward.
uint64_t pbr_device_now(void);

// Audio thread: renders the next block, or silence once the device has been silenced.
void pbr_device_render(pbr_device *device, uint32_t frames, float *const *channels);

#endif
