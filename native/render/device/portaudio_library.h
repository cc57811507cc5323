// SPDX-License-Identifier: MIT OR Apache-2.0
//
// PortAudio: the program's, if it links it, or else loaded when it is first needed.
#ifndef PBR_DEVICE_PORTAUDIO_LIBRARY_H
#define PBR_DEVICE_PORTAUDIO_LIBRARY_H

#include <portaudio.h>
#include <stdbool.h>
#include <stddef.h>

#include "reason.h"

#define PBR_PORTAUDIO_FUNCTIONS(DO) \
    DO(Initialize)                  \
    DO(Terminate)                   \
    DO(GetDefaultInputDevice)       \
    DO(GetDefaultOutputDevice)      \
    DO(GetDeviceCount)              \
    DO(GetDeviceInfo)               \
    DO(GetErrorText)                \
    DO(GetHostApiInfo)              \
    DO(GetStreamInfo)               \
    DO(OpenStream)                  \
    DO(StartStream)                 \
    DO(StopStream)                  \
    DO(CloseStream)

#define PBR_PORTAUDIO_POINTER(NAME) __typeof__(Pa_##NAME) *NAME;
typedef struct pbr_portaudio_library {
    PBR_PORTAUDIO_FUNCTIONS(PBR_PORTAUDIO_POINTER)
} pbr_portaudio_library;

// Of use once it has been entered.
extern pbr_portaudio_library pbr_portaudio_calls;

// Counts its users: whoever enters leaves once. False with a reason. Entering costs
// nothing while there is another user.
bool pbr_portaudio_enter(pbr_reason *reason);
void pbr_portaudio_leave(void);
// PortAudio itself is not thread-safe, and engines on several threads share it. False if it hangs.
bool pbr_portaudio_lock(void);
void pbr_portaudio_unlock(void);

// Stops the stream, or stops and closes it, on a thread of its own: with a sound system that has
// died, PortAudio does not return from that. False if it takes longer than a second. Then the
// stream and everything it uses must be kept for ever, and the library not be left. Without memory for
// the thread it happens on this one.
bool pbr_portaudio_end(PaStream *stream, bool closes);

#endif
