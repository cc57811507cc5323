// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Recording from PulseAudio and from PipeWire's server for its clients: see pbr_backend.
#ifndef PBR_DEVICE_PULSE_INPUT_H
#define PBR_DEVICE_PULSE_INPUT_H

#include "backend.h"

pbr_input *pbr_pulse_open_input(const char *name, const pbr_input_wish *wish, pbr_reason *reason);
bool pbr_pulse_start_input(pbr_input *input, pbr_reason *reason);
void pbr_pulse_stop_input(pbr_input *input);
void pbr_pulse_close_input(pbr_input *input);
void pbr_pulse_describe_input(pbr_input *input, pbr_input_status *status);

#endif
