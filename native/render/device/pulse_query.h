// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What PulseAudio's server says about its devices.
#ifndef PBR_DEVICE_PULSE_QUERY_H
#define PBR_DEVICE_PULSE_QUERY_H

#include "backend.h"
#include "pulse_library.h"

#define PBR_PULSE_PREFIX "pulse:"
#define PBR_HOST_PULSEAUDIO "PulseAudio"
#define PBR_HOST_PIPEWIRE "PipeWire"

// The loop's thread: something has arrived that another one may wait for.
void pbr_pulse_wake(pbr_pulse_server *server);
void pbr_pulse_context_changed(pa_context *context, void *server);

void pbr_pulse_describe(pbr_device_info *info, const char *host, const char *name,
                        const char *description, double rate);
// With the loop locked. An empty name is the default.
bool pbr_pulse_look_up(pbr_pulse_server *server, const char *name, pbr_device_info *info,
                       pbr_reason *reason);
bool pbr_pulse_look_up_input(pbr_pulse_server *server, const char *name, pbr_device_info *info,
                             pbr_reason *reason);

// See pbr_backend.
bool pbr_pulse_answers(pbr_reason *reason);
bool pbr_pulse_list(pbr_device_infos *infos, pbr_reason *reason);
bool pbr_pulse_find(const char *name, pbr_device_info *info, pbr_reason *reason);
bool pbr_pulse_find_input(const char *name, pbr_device_info *info, pbr_reason *reason);

#endif
