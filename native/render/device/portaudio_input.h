// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Recording through PortAudio with a stream of its own: see pbr_backend. An input of the device that
// plays is better served by the stream that plays.
#ifndef PBR_DEVICE_PORTAUDIO_INPUT_H
#define PBR_DEVICE_PORTAUDIO_INPUT_H

#include "backend.h"

pbr_input *pbr_portaudio_open_input(const char *name, const pbr_input_wish *wish,
                                    pbr_reason *reason);
bool pbr_portaudio_start_input(pbr_input *input, pbr_reason *reason);
void pbr_portaudio_stop_input(pbr_input *input);
void pbr_portaudio_close_input(pbr_input *input);
void pbr_portaudio_describe_input(pbr_input *input, pbr_input_status *status);

#endif
