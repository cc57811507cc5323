// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Input devices: streams of their own, independent of whatever plays. As for outputs, the functions of one
// input may be called by one thread at a time and never on the audio thread, and failures leave a
// reason.
#ifndef PBR_INPUT_H
#define PBR_INPUT_H

#include "capture.h"
#include "device.h"

typedef struct pbr_input pbr_input;

// What an engine wants of its input.
typedef struct pbr_input_wish {
    char id[PBR_DEVICE_TEXT]; // empty for the default input
    double rate;              // Hz, at which it is pulled
    double latency;           // seconds; 0 for the default
} pbr_input_wish;

typedef struct pbr_input_status {
    pbr_device_info info; // of the device in use: only its id, name and host
    double latency;       // seconds from the microphone to the pulling; negative for a monitor that
                          // hears what its output has not played yet
    uint64_t losses;
} pbr_input_status;

// The input device with this id; an empty one asks for the default. It has channels.
bool pbr_input_find(const char *id, pbr_device_info *info, pbr_reason *reason);

// A stream that records; NULL with a reason.
pbr_input *pbr_input_open(const pbr_input_wish *wish, pbr_reason *reason);
// What it fills, to be pulled from at the wanted rate.
pbr_capture *pbr_input_capture(pbr_input *input);
bool pbr_input_start(pbr_input *input, pbr_reason *reason);
void pbr_input_stop(pbr_input *input);
// Returns within about a second, whatever the sound system does. NULL is a no-op.
void pbr_input_close(pbr_input *input);

// As pbr_device_poll: PBR_DEVICE_XRUN for recorded sound that was lost.
unsigned pbr_input_poll(pbr_input *input);
void pbr_input_get_status(pbr_input *input, pbr_input_status *status);

#endif
