// SPDX-License-Identifier: MIT OR Apache-2.0
#define _POSIX_C_SOURCE 200809L // nanosleep
#include "device.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backend.h"

void pbr_device_set_text(char *text, size_t capacity, const char *first, const char *second) {
    int length = snprintf(text, capacity, "%s%s", first, second != NULL ? second : "");
    // Not in the middle of a character.
    size_t end = strlen(text);
    if (length >= 0 && (size_t)length >= capacity) {
        while (end > 0 && ((unsigned char)text[end - 1] & 0xC0) == 0x80) {
            end--;
        }
        text[end > 0 ? end - 1 : 0] = '\0';
    }
}

pbr_device_info *pbr_device_add(pbr_device_infos *infos) {
    pbr_device_info *grown = realloc(infos->first, (infos->count + 1) * sizeof *grown);
    if (grown == NULL) {
        infos->failed = true;
        return NULL;
    }
    infos->first = grown;
    pbr_device_info *added = &grown[infos->count++];
    memset(added, 0, sizeof *added);
    return added;
}

void pbr_pick_explain(const pbr_pick *pick, pbr_reason *reason) {
    if (pick->passed.text[0] != '\0') {
        pbr_say_more(reason, pick->passed.text);
    }
}

bool pbr_device_list(pbr_device_info **infos, size_t *count, pbr_reason *reason) {
    pbr_pick picked = pbr_pick_backend("", "output", reason);
    pbr_device_infos found = {NULL, 0, false};
    bool listed = picked.backend != NULL && picked.backend->list(&found, reason);
    if (!listed && picked.backend != NULL) {
        pbr_pick_explain(&picked, reason);
    }
    if (listed && found.failed) {
        pbr_say_no_memory(reason, "a list of devices");
        listed = false;
    }
    if (!listed) {
        free(found.first);
        return false;
    }
    *infos = found.first;
    *count = found.count;
    return true;
}

bool pbr_device_find(const char *id, pbr_device_info *info, pbr_reason *reason) {
    pbr_pick picked = pbr_pick_backend(id, "output", reason);
    if (picked.backend == NULL) {
        return false;
    }
    memset(info, 0, sizeof *info);
    bool found = picked.backend->find(picked.name, info, reason);
    if (!found) {
        pbr_pick_explain(&picked, reason);
    }
    return found;
}

pbr_device *pbr_device_open(pbr_core *core, const pbr_device_wish *wish,
                            const pbr_input_wish *input, pbr_reason *reason) {
    pbr_pick picked = wish->id[0] == '\0' && wish->library != NULL
                          ? pbr_pick_library(wish->library, reason)
                          : pbr_pick_backend(wish->id, "output", reason);
    if (picked.backend == NULL) {
        return NULL;
    }
    pbr_device *device = picked.backend->open(picked.name, wish, input, core, reason);
    if (device == NULL) {
        pbr_pick_explain(&picked, reason);
    }
    return device;
}

const char *pbr_device_library(const pbr_device *device) {
    return device->backend->prefix;
}

pbr_capture *pbr_device_capture(pbr_device *device) {
    return device->capture;
}

void pbr_device_get_input_status(pbr_device *device, pbr_input_status *status) {
    memset(status, 0, sizeof *status);
    status->losses = pbr_capture_losses(device->capture);
    device->backend->describe_duplex(device, status);
}

void pbr_device_set_up(pbr_device *device, const pbr_backend *backend, pbr_core *core,
                       const pbr_device_wish *wish) {
    device->backend = backend;
    device->core = core;
    device->rate = wish->rate;
    device->channels = wish->channels;
    device->latency = wish->latency > 0.0 ? wish->latency : PBR_DEVICE_LATENCY;
    atomic_store(&device->block, wish->block);
    atomic_store(&device->silent, true);
    const char *choice = getenv("PERBUS_REALTIME");
    device->ask = choice == NULL || strcmp(choice, "no") != 0;
}

bool pbr_device_start(pbr_device *device, pbr_reason *reason) {
    device->timeline = (pbr_timeline){.begin = 0}; // it has waited
    atomic_store(&device->silent, false);
    if (device->capture != NULL) {
        pbr_capture_flush(device->capture);
    }
    pbr_watch_set_active(&device->watch, device->backend->start(device, reason));
    return device->watch.active;
}

void pbr_device_stop(pbr_device *device) {
    pbr_device_silence(device);
    device->backend->stop(device);
}

void pbr_device_silence(pbr_device *device) {
    pbr_watch_set_active(&device->watch, false);
    atomic_store(&device->silent, true);
    const struct timespec pause = {0, 200 * 1000};
    while (atomic_load(&device->rendering)) {
        nanosleep(&pause, NULL);
    }
}

void pbr_device_close(pbr_device *device) {
    if (device != NULL) {
        pbr_device_silence(device);
        device->backend->close(device);
    }
}

unsigned pbr_device_poll(pbr_device *device) {
    uint64_t frames = atomic_load_explicit(&device->frames, memory_order_relaxed);
    return pbr_watch_poll(&device->watch, frames, atomic_load(&device->underflows), device->latency,
                          device->backend->patience);
}

void pbr_device_get_status(pbr_device *device, pbr_device_status *status) {
    memset(status, 0, sizeof *status);
    status->rate = device->rate;
    status->block = atomic_load_explicit(&device->block, memory_order_relaxed);
    status->underflows = atomic_load_explicit(&device->underflows, memory_order_relaxed);
    status->late = atomic_load_explicit(&device->late, memory_order_relaxed);
    status->frames = atomic_load_explicit(&device->frames, memory_order_relaxed);
    double busy = (double)atomic_load_explicit(&device->busy, memory_order_relaxed) * 1e-9;
    status->mean_load = status->frames > 0 ? busy * device->rate / (double)status->frames : 0.0;
    pbr_thread thread = atomic_load_explicit(&device->thread, memory_order_relaxed);
    status->realtime = thread != 0 ? pbr_realtime_has(thread)
                                   : atomic_load_explicit(&device->realtime, memory_order_relaxed);
    status->max_load = atomic_load_explicit(&device->max_load, memory_order_relaxed) * 1e-6;
    device->backend->describe(device, status);
}

// Only the audio thread writes these.
static void add(_Atomic uint64_t *sum, uint64_t value) {
    atomic_store_explicit(sum, atomic_load_explicit(sum, memory_order_relaxed) + value,
                          memory_order_relaxed);
}

static void measure(pbr_device *device, uint32_t frames, uint64_t busy) {
    double load = (double)busy * 1e-9 * device->rate / frames;
    double millionths = load * 1e6 < 4e9 ? load * 1e6 : 4e9;
    add(&device->busy, busy);
    add(&device->frames, frames);
    add(&device->late, load > 1.0);
    if ((uint32_t)millionths > atomic_load_explicit(&device->max_load, memory_order_relaxed)) {
        atomic_store_explicit(&device->max_load, (uint32_t)millionths, memory_order_relaxed);
    }
}

void pbr_device_ask_for_realtime(pbr_device *device) {
    if (device->ask) {
        device->ask = false;
        atomic_store_explicit(&device->realtime, pbr_core_become_realtime(device->core),
                              memory_order_relaxed);
        atomic_store_explicit(&device->thread, pbr_realtime_enlist(), memory_order_relaxed);
    }
}

pbr_thread pbr_device_next_ordinary(pbr_device *device) {
    pbr_thread thread = atomic_load_explicit(&device->thread, memory_order_relaxed);
    if (thread == 0) {
        return 0;
    }
    bool raised = pbr_realtime_has(thread);
    if (!device->named) {
        device->named = true;
        return raised ? 0 : thread;
    }
    // Helpers with priority would only get in the way of one that lacks it.
    return raised ? pbr_core_next_ordinary(device->core) : 0;
}

void pbr_device_render(pbr_device *device, uint32_t frames, float *const *channels,
                       double heard_in) {
    // Whoever silences the device either sees this block or is seen by it.
    atomic_store(&device->rendering, true);
    if (atomic_load(&device->silent)) {
        for (uint32_t c = 0; c < device->channels; c++) {
            memset(channels[c], 0, frames * sizeof(float));
        }
    } else {
        uint64_t begin = pbr_device_now();
        pbr_moment moment = pbr_timeline_next(&device->timeline, device->rate, frames, begin,
                                              heard_in, device->latency);
        pbr_core_enter(device->core);
        pbr_core_set_moment(device->core, moment);
        pbr_core_render(device->core, frames, channels, device->channels, false);
        pbr_core_leave(device->core);
        measure(device, frames, pbr_device_now() - begin);
    }
    atomic_store_explicit(&device->rendering, false, memory_order_release);
}
