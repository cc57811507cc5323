/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the fake devices have done. */
#ifndef FAKE_H
#define FAKE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

/* Frames that were recorded. */
extern _Atomic uint64_t recorded;
/* Streams that were opened, that were refused, that did not stop, and that both play and record. */
extern atomic_uint opened, unavailable, hung, duplex;

/* The input of the device that plays. */
#define OWN "portaudio:PortAudio:fake"

void wait_for(double seconds);

#endif
