// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What a library that plays has to offer, and what all of them share.
#ifndef PBR_DEVICE_BACKEND_H
#define PBR_DEVICE_BACKEND_H

#include <stdatomic.h>

#include "capture.h"
#include "clock.h"
#include "device.h"
#include "input.h"
#include "timeline.h"
#include "watch.h"

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
    bool (*answers)(pbr_reason *reason);
    bool (*list)(pbr_device_infos *infos, pbr_reason *reason);
    bool (*find)(const char *name, pbr_device_info *info, pbr_reason *reason);
    // input: what is to be recorded; NULL for nothing. If it is the same device, the stream may
    // record it, too: then it has a capture.
    pbr_device *(*open)(const char *name, const pbr_device_wish *wish, const pbr_input_wish *input,
                        pbr_core *core, pbr_reason *reason);
    bool (*start)(pbr_device *device, pbr_reason *reason);
    void (*stop)(pbr_device *device);
    void (*close)(pbr_device *device);
    void (*describe)(pbr_device *device, pbr_device_status *status);
    // Of a device with a capture; NULL if it never has one.
    void (*describe_duplex)(pbr_device *device, pbr_input_status *status);
    // Inputs. An open one has its capture.
    bool (*find_input)(const char *name, pbr_device_info *info, pbr_reason *reason);
    pbr_input *(*open_input)(const char *name, const pbr_input_wish *wish, pbr_reason *reason);
    bool (*start_input)(pbr_input *input, pbr_reason *reason);
    void (*stop_input)(pbr_input *input);
    void (*close_input)(pbr_input *input);
    void (*describe_input)(pbr_input *input, pbr_input_status *status);
} pbr_backend;

// Which library serves a call.
typedef struct pbr_pick {
    const pbr_backend *backend; // NULL: none, for a reason
    const char *name;           // what the id says without its prefix
    pbr_reason passed;          // why it is not the first choice, if so
} pbr_pick;

// what: "input" or "output", for the reason.
pbr_pick pbr_pick_backend(const char *id, const char *what, pbr_reason *reason);
// The default output of that library.
pbr_pick pbr_pick_library(const char *library, pbr_reason *reason);
// Adds to a reason why the first choice did not serve.
void pbr_pick_explain(const pbr_pick *pick, pbr_reason *reason);

extern const pbr_backend pbr_pulse;
extern const pbr_backend pbr_portaudio;
// Whether the program itself links PortAudio, which then is its choice.
bool pbr_portaudio_is_linked(void);

// The first member of every backend's device.
struct pbr_device {
    const pbr_backend *backend;
    pbr_core *core;
    pbr_capture *capture; // of a stream that records, too; else NULL
    double rate;
    double latency; // seconds: about what passes between two blocks at most
    uint32_t channels;
    pbr_watch watch;
    _Atomic uint64_t underflows;
    // Written by the audio thread.
    _Atomic uint64_t frames;
    _Atomic uint64_t busy; // nanoseconds
    _Atomic uint64_t late;
    _Atomic uint32_t max_load; // millionths
    _Atomic uint32_t block;
    atomic_bool realtime;
    atomic_int thread;     // pbr_thread: it has asked for real-time priority; 0 before it does
    pbr_timeline timeline; // audio thread
    atomic_bool rendering;
    atomic_bool silent; // nothing is rendered any more
    bool ask;           // audio thread: for real-time priority, before the next block
    bool named;         // whoever polls: the audio thread has been, as one without it
};

// The first member of every backend's input.
struct pbr_input {
    const pbr_backend *backend;
    pbr_capture *capture;
    double latency; // seconds: about what passes between two blocks at most
    pbr_watch watch;
};

// Makes the capture for a device of this rate and this many channels. False, and a reason.
bool pbr_input_set_up(pbr_input *input, const pbr_backend *backend, const pbr_input_wish *wish,
                      const pbr_device_info *info, pbr_reason *reason);

void pbr_device_set_up(pbr_device *device, const pbr_backend *backend, pbr_core *core,
                       const pbr_device_wish *wish);
// A new entry, all zeros; NULL without memory.
pbr_device_info *pbr_device_add(pbr_device_infos *infos);
void pbr_device_set_text(char *text, size_t capacity, const char *first, const char *second);
// What is not known.
#define PBR_DEVICE_UNKNOWN (-1.0)

// Audio thread, before each block: the first time, asks for real-time priority, unless the
// environment variable PERBUS_REALTIME is "no". For libraries whose threads are ordinary ones.
void pbr_device_ask_for_realtime(pbr_device *device);
// Audio thread: renders the next block, or silence once the device has been silenced. heard_in: the
// seconds until its first frame is heard, as the sound system has it, or PBR_DEVICE_UNKNOWN.
void pbr_device_render(pbr_device *device, uint32_t frames, float *const *channels,
                       double heard_in);

#endif
