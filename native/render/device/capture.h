// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Recorded sound on its way from the thread of an input device to the audio thread: a ring, and a
// converter that changes the rate and makes up for the difference between the clocks of the two
// devices.
#ifndef PBR_DEVICE_CAPTURE_H
#define PBR_DEVICE_CAPTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "render/plan/source.h"

typedef struct pbr_capture pbr_capture;

typedef struct pbr_capture_format {
    uint32_t channels;
    double from;    // Hz: the device's
    double to;      // Hz: that of the puller
    double latency; // seconds of sound to keep in the ring, so that jitter does not empty it
    bool direct;    // one clock and one rate: each block is written just before it is pulled
} pbr_capture_format;

// NULL when memory runs out. Reference-counted. The rates' ratio must be valid (see convert.h).
pbr_capture *pbr_capture_create(const pbr_capture_format *format);
pbr_capture *pbr_capture_retain(pbr_capture *capture);
void pbr_capture_release(pbr_capture *capture);
uint32_t pbr_capture_channels(const pbr_capture *capture);

// Any thread: what has come so far is not to be heard.
void pbr_capture_flush(pbr_capture *capture);

// The recording thread. Samples are interleaved; NULL for frames that the sound system has lost.
void pbr_capture_write(pbr_capture *capture, const float *samples, uint32_t frames);
// The recording thread: the sound system has lost frames, nobody knows how many.
void pbr_capture_note_loss(pbr_capture *capture);

// The audio thread: a pbr_pull_function. Silent until there is enough.
pbr_pull pbr_capture_pull(void *capture, int64_t time, uint32_t frames, uint32_t channel_count,
                          float **channels);

// Any thread.

// Seconds of sound between what is pulled next and what is written next.
double pbr_capture_held(const pbr_capture *capture);
// Seconds from writing to pulling, on average.
double pbr_capture_delay(const pbr_capture *capture);
// Frames that have come.
uint64_t pbr_capture_frames(const pbr_capture *capture);
// How often frames were lost: they did not fit, came too late, or the sound system lost them.
uint64_t pbr_capture_losses(const pbr_capture *capture);

#endif
