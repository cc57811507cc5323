// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What PortAudio says about its devices.
#ifndef PBR_DEVICE_PORTAUDIO_QUERY_H
#define PBR_DEVICE_PORTAUDIO_QUERY_H

#include "backend.h"
#include "portaudio_library.h"

#define PBR_PORTAUDIO_PREFIX "portaudio:"

// Inside of the library: the index of an output or input device, where an empty name is the default.
// paNoDevice and a reason if there is no such one.
PaDeviceIndex pbr_portaudio_look_up(const char *name, bool input, pbr_device_info *info,
                                    pbr_reason *reason);

// See pbr_backend.
bool pbr_portaudio_answers(pbr_reason *reason);
bool pbr_portaudio_list(pbr_device_infos *infos, pbr_reason *reason);
bool pbr_portaudio_find(const char *name, pbr_device_info *info, pbr_reason *reason);
bool pbr_portaudio_find_input(const char *name, pbr_device_info *info, pbr_reason *reason);

#endif
