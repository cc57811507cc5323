// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The portable engine's devices.
#ifndef PERBUS_PLATFORM_PORTABLE_DEVICE_H
#define PERBUS_PLATFORM_PORTABLE_DEVICE_H

#import "avfaudio/graph/PBHostTime.h"
#import "avfaudio/graph/PBManners.h"
#import "avfaudio/plan/PBDevice.h"
#import "avfaudio/plan/PBInputDevice.h"
#import "restart.h"
#import "shim.h"

#include <stdlib.h>
#include <string.h>

static inline void perbus__describe_device(perbus_device *device, const pbr_device_info *info) {
    memcpy(device->id, info->id, sizeof device->id);
    memcpy(device->name, info->name, sizeof device->name);
    memcpy(device->host, info->host, sizeof device->host);
    device->input_channels = info->inputs;
    device->output_channels = info->outputs;
    device->sample_rate = info->rate;
    device->low_latency = info->low_latency;
    device->default_latency = info->latency;
    device->is_default_input = info->default_input;
    device->is_default_output = info->default_output;
}

static inline perbus_status perbus__require_devices(perbus_error *error) {
    return pbr_has_devices() ? PERBUS_OK
                             : perbus__fail(error, PERBUS_ERROR_UNSUPPORTED, @PBR_NO_DEVICES);
}

static inline perbus_status perbus__copy_devices(perbus_device **out_devices, size_t *out_count,
                                                 perbus_error *error) {
    PERBUS_CHECK(perbus__require_devices(error));
    pbr_device_info *infos = NULL;
    size_t count = 0;
    pbr_reason reason = {"", false};
    if (!pbr_device_list(&infos, &count, &reason)) {
        return perbus__fail(error, reason.no_memory ? PERBUS_ERROR_NO_MEMORY : PERBUS_ERROR_START,
                            @"%@", [NSString stringWithUTF8String:reason.text]);
    }
    perbus_device *devices = count > 0 ? calloc(count, sizeof *devices) : NULL;
    if (count > 0 && devices == NULL) {
        free(infos);
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for %zu devices", count);
    }
    for (size_t i = 0; i < count; i++) {
        perbus__describe_device(&devices[i], &infos[i]);
    }
    free(infos);
    *out_devices = devices;
    *out_count = count;
    return PERBUS_OK;
}

static inline perbus_status perbus__choose_device(AVAudioEngine *engine, pbr_device_wish *wish,
                                                  const char *output, perbus_error *error) {
    PERBUS_CHECK(perbus__require_devices(error));
    if (strlen(output) >= sizeof wish->id) {
        return perbus__fail(error, PERBUS_ERROR_START, @"there is no output device \"%.80s...\"",
                            output);
    }
    memcpy(wish->id, output, strlen(output) + 1);
    NSError *cause = nil;
    return [engine pbChooseDevice:wish error:&cause]
               ? PERBUS_OK
               : perbus__fail_with(error, PERBUS_ERROR_START, cause);
}

static inline perbus_status perbus__choose_input(AVAudioEngine *engine, const char *input,
                                                 perbus_error *error) {
    PERBUS_CHECK(perbus__require_devices(error));
    if (strlen(input) >= PBR_DEVICE_TEXT) {
        return perbus__fail(error, PERBUS_ERROR_START, @"there is no input device \"%.80s...\"",
                            input);
    }
    NSError *cause = nil;
    return [engine pbChooseInput:input error:&cause]
               ? PERBUS_OK
               : perbus__fail_with(error, PERBUS_ERROR_START, cause);
}

// For an engine whose format nobody has asked for yet.
static inline perbus_status perbus__set_device_options(AVAudioEngine *engine,
                                                       const perbus_device_options *options,
                                                       perbus_error *error) {
    pbr_device_wish wish = {
        .rate = options->sample_rate, .block = options->block, .latency = options->latency};
    PERBUS_CHECK(perbus__choose_device(engine, &wish,
                                       options->output != NULL ? options->output : "", error));
    return options->input != NULL ? perbus__choose_input(engine, options->input, error) : PERBUS_OK;
}

static inline perbus_status perbus__move_to_device(AVAudioEngine *engine, const char *output,
                                                   perbus_error *error) {
    pbr_device_wish wish = [engine pbDeviceWish];
    return perbus__choose_device(engine, &wish, output, error);
}

static inline BOOL perbus__read_device(AVAudioEngine *engine, perbus_device_status *out) {
    pbr_device_status status;
    if (![engine pbReadDevice:&status]) {
        return NO;
    }
    pbr_input_status input = {.losses = 0};
    [engine pbReadInput:&input];
    memset(out, 0, sizeof *out);
    memcpy(out->id, status.info.id, sizeof out->id);
    memcpy(out->name, status.info.name, sizeof out->name);
    memcpy(out->host, status.info.host, sizeof out->host);
    out->sample_rate = status.rate;
    out->block = status.block;
    out->latency = status.latency;
    out->underruns = status.underflows;
    out->late = status.late;
    out->mean_load = status.mean_load;
    out->max_load = status.max_load;
    out->frames = status.frames;
    out->realtime = status.realtime;
    memcpy(out->input_id, input.info.id, sizeof out->input_id);
    memcpy(out->input_name, input.info.name, sizeof out->input_name);
    out->input_latency = input.latency;
    out->overruns = input.losses;
    return YES;
}

// Whether an engine whose configuration has changed may still run: it has to be stopped then, or a
// start would do nothing.
static inline BOOL perbus__may_run_when_interrupted(AVAudioEngine *engine) {
    return PBHasManner(engine, PB_MANNER_CONFIGURATION);
}

typedef struct perbus__listener {
    perbus_engine *engine;
    perbus_event_handler handler;
    void *context;
    void (*destroy)(void *context);
} perbus__listener;

static inline void perbus__tell(void *context, PBEvent event) {
    const perbus__listener *listener = context;
    if (event == PB_CONFIGURATION_CHANGED) {
        perbus__halt_after_change(listener->engine);
    }
    listener->handler(listener->context, (perbus_event)event);
}

static inline void perbus__end_listener(void *context) {
    perbus__listener *listener = context;
    if (listener->destroy != NULL) {
        listener->destroy(listener->context);
    }
    free(listener);
}

// NO without memory.
static inline BOOL perbus__set_event_handler(perbus_engine *engine, perbus_event_handler handler,
                                             void *context, void (*destroy)(void *context)) {
    PBListener set = {NULL, NULL, NULL};
    if (handler != NULL) {
        perbus__listener *listener = calloc(1, sizeof *listener);
        if (listener == NULL) {
            return NO;
        }
        *listener = (perbus__listener){engine, handler, context, destroy};
        set = (PBListener){perbus__tell, perbus__end_listener, listener};
    } else if (destroy != NULL) {
        destroy(context);
    }
    [engine->object pbSetListener:set];
    return YES;
}

// Any thread. Runs the handler on the thread of events.
static inline void perbus__report(perbus_engine *engine, perbus_event event) {
    [engine->object pbReport:(PBEvent)event];
}

static inline BOOL perbus__start_again(AVAudioEngine *engine, NSError **cause) {
    return [engine pbStartAgain:cause];
}

// Whether a player that was to start then is to start then after a restart.
static inline BOOL perbus__holds_after_restart(AVAudioTime *when) {
    (void)when;
    return YES; // the clock goes on
}

// When the engine is destroyed.
static inline void perbus__end_events(perbus_engine *engine) {
    [engine->object pbSetListener:(PBListener){NULL, NULL, NULL}];
}

// Whether the output counts frames from where all other nodes do.
static inline BOOL perbus__counts_alike(AVAudioEngine *engine) {
    return [engine isInManualRenderingMode] || !PBHasManner(engine, PB_MANNER_OTHER_CLOCK);
}

// Host time, in nanoseconds, which is how AVAudioTime has it here.

static inline uint64_t perbus__host_now(void) {
    return PBHostNow();
}

static inline uint64_t perbus__host_time_of(AVAudioTime *time) {
    return [time hostTime];
}

static inline AVAudioTime *perbus__time_at_host(uint64_t nanoseconds) {
    return [AVAudioTime timeWithHostTime:nanoseconds];
}

#endif
