// SPDX-License-Identifier: MIT OR Apache-2.0
#include "input.h"

#include <stdio.h>
#include <string.h>

#include "backend.h"
#include "render/effects/convert.h"

// What the ring keeps, as a part of the latency that is asked for; the rest passes in the device.
static const double KEPT = 2.0 / 3.0;

bool pbr_input_find(const char *id, pbr_device_info *info, pbr_reason *reason) {
    pbr_pick picked = pbr_pick_backend(id, "input", reason);
    if (picked.backend == NULL) {
        return false;
    }
    memset(info, 0, sizeof *info);
    bool found = picked.backend->find_input(picked.name, info, reason);
    if (!found) {
        pbr_pick_explain(&picked, reason);
    }
    return found;
}

pbr_input *pbr_input_open(const pbr_input_wish *wish, pbr_reason *reason) {
    pbr_pick picked = pbr_pick_backend(wish->id, "input", reason);
    if (picked.backend == NULL) {
        return NULL;
    }
    pbr_input *input = picked.backend->open_input(picked.name, wish, reason);
    if (input == NULL) {
        pbr_pick_explain(&picked, reason);
    }
    return input;
}

bool pbr_input_set_up(pbr_input *input, const pbr_backend *backend, const pbr_input_wish *wish,
                      const pbr_device_info *info, pbr_reason *reason) {
    input->backend = backend;
    input->latency = wish->latency > 0.0 ? wish->latency : PBR_DEVICE_LATENCY;
    const pbr_capture_format format = {
        .channels = info->inputs,
        .from = info->rate,
        .to = wish->rate,
        .latency = KEPT * input->latency,
    };
    if (!pbr_ratio_valid(pbr_ratio_of(format.from, format.to))) {
        pbr_say(reason, "device \"%.80s\" records at %g Hz: too far from %g Hz", info->name,
                format.from, format.to);
        return false;
    }
    input->capture = pbr_capture_create(&format);
    if (input->capture == NULL) {
        pbr_say_no_memory(reason, "an input device");
    }
    return input->capture != NULL;
}

pbr_capture *pbr_input_capture(pbr_input *input) {
    return input->capture;
}

bool pbr_input_start(pbr_input *input, pbr_reason *reason) {
    pbr_capture_flush(input->capture);
    pbr_watch_set_active(&input->watch, input->backend->start_input(input, reason));
    return input->watch.active;
}

void pbr_input_stop(pbr_input *input) {
    pbr_watch_set_active(&input->watch, false);
    input->backend->stop_input(input);
}

void pbr_input_close(pbr_input *input) {
    if (input != NULL) {
        input->backend->close_input(input);
    }
}

unsigned pbr_input_poll(pbr_input *input) {
    return pbr_watch_poll(&input->watch, pbr_capture_frames(input->capture),
                          pbr_capture_losses(input->capture), input->latency,
                          input->backend->patience);
}

void pbr_input_get_status(pbr_input *input, pbr_input_status *status) {
    memset(status, 0, sizeof *status);
    status->losses = pbr_capture_losses(input->capture);
    input->backend->describe_input(input, status);
}
