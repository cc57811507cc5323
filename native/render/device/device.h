// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Output devices, through whichever library speaks to the machine's sound system. The functions may
// be called from any thread, but those of one device by one thread at a time, and never on the audio
// thread. Failures leave a reason.
#ifndef PBR_DEVICE_H
#define PBR_DEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "render/device/reason.h"
#include "render/plan/core.h"

enum { PBR_DEVICE_TEXT = 256, PBR_DEVICE_HOST = 32 };

typedef struct pbr_device pbr_device;

typedef struct pbr_device_info {
    char id[PBR_DEVICE_TEXT]; // starts with the name of its library: "pulse:", "portaudio:"
    char name[PBR_DEVICE_TEXT];
    char host[PBR_DEVICE_HOST]; // the sound system
    uint32_t inputs;            // channels
    uint32_t outputs;
    double rate;        // the device's own, in Hz
    double low_latency; // seconds
    double latency;
    bool default_input;
    bool default_output;
} pbr_device_info;

// What an engine wants of its device. Zeros leave the choice to the device.
typedef struct pbr_device_wish {
    char id[PBR_DEVICE_TEXT]; // empty for the default output
    double rate;
    uint32_t channels;
    uint32_t block;      // frames that are rendered at once
    double latency;      // seconds
    const char *library; // of what pbr_device_library names, for the default output; NULL: any
} pbr_device_wish;

typedef struct pbr_device_status {
    pbr_device_info info; // of the device in use: only its id, name and host
    double rate;
    uint32_t block;
    double latency;      // from rendering to hearing, as the sound system reports it
    uint64_t underflows; // times that the device ran out of samples
    uint64_t late;       // blocks that took longer to render than to play
    double mean_load;    // time to render divided by time to play
    double max_load;     // the same of the worst block
    uint64_t frames;
    bool realtime; // the audio thread runs before all ordinary ones
} pbr_device_status;

// Whether this build has devices: the crate's feature `devices`, or WITH_DEVICES=yes.
bool pbr_has_devices(void);
#define PBR_NO_DEVICES "perbus was built without devices: it renders offline only"

// What has happened to a device.
enum { PBR_DEVICE_LOST = 1, PBR_DEVICE_MOVED = 2, PBR_DEVICE_XRUN = 4 };

// The caller frees *infos, which is NULL if there are none.
bool pbr_device_list(pbr_device_info **infos, size_t *count, pbr_reason *reason);
// The output device with this id; an empty one asks for the default.
bool pbr_device_find(const char *id, pbr_device_info *info, pbr_reason *reason);

// A stream that renders `core`; NULL with a reason. Rate and channels must be set. input: what is to
// be recorded, or NULL; if it is the same device, the stream may record, too.
struct pbr_input_wish;
pbr_device *pbr_device_open(pbr_core *core, const pbr_device_wish *wish,
                            const struct pbr_input_wish *input, pbr_reason *reason);
// NULL if it does not record.
struct pbr_capture *pbr_device_capture(pbr_device *device);
// If it does.
struct pbr_input_status;
void pbr_device_get_input_status(pbr_device *device, struct pbr_input_status *status);
bool pbr_device_start(pbr_device *device, pbr_reason *reason);
// No block runs after it returns. What has been rendered is played first, or when it starts again.
void pbr_device_stop(pbr_device *device);
// The same for good, without a wait for the device: for one that is lost.
void pbr_device_silence(pbr_device *device);
// Returns within about a second, whatever the sound system does.
void pbr_device_close(pbr_device *device);

// The library that serves the device.
const char *pbr_device_library(const pbr_device *device);

// What has happened since the last time. To be called several times a second while it plays: this
// is also how a device is noticed that has silently ceased to play.
unsigned pbr_device_poll(pbr_device *device);
// A thread that renders, wants real-time priority and did not get it by itself, for pbr_rtkit_raise,
// after pbr_device_poll. Each is named once; 0 when there is none left.
pbr_thread pbr_device_next_ordinary(pbr_device *device);
void pbr_device_get_status(pbr_device *device, pbr_device_status *status);

#endif
