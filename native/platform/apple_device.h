// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Apple's devices: AVAudioEngine uses the system's default ones, as the system has set them up.
#ifndef PERBUS_PLATFORM_APPLE_DEVICE_H
#define PERBUS_PLATFORM_APPLE_DEVICE_H

#import "observer.h"

#include <mach/mach_time.h>
#include <time.h>

static inline perbus_status perbus__copy_devices(perbus_device **out_devices, size_t *out_count,
                                                 perbus_error *error) {
    (void)out_devices;
    (void)out_count;
    return perbus__fail(error, PERBUS_ERROR_UNSUPPORTED,
                        @"this system's AVFAudio has no list of devices");
}

static inline perbus_status perbus__set_device_options(AVAudioEngine *engine,
                                                       const perbus_device_options *options,
                                                       perbus_error *error) {
    (void)engine;
    BOOL plain = (options->output == NULL || options->output[0] == '\0') &&
                 (options->input == NULL || options->input[0] == '\0') &&
                 options->sample_rate == 0.0 && options->block == 0 && options->latency == 0.0;
    return plain
               ? PERBUS_OK
               : perbus__fail(error, PERBUS_ERROR_UNSUPPORTED,
                              @"this system's AVFAudio uses the default devices as the system has "
                              @"set them up");
}

static inline perbus_status perbus__move_to_device(AVAudioEngine *engine, const char *output,
                                                   perbus_error *error) {
    const perbus_device_options options = {.output = output};
    return perbus__set_device_options(engine, &options, error);
}

static inline perbus_status perbus__choose_input(AVAudioEngine *engine, const char *input,
                                                 perbus_error *error) {
    const perbus_device_options options = {.input = input};
    return perbus__set_device_options(engine, &options, error);
}

// Whether an engine whose configuration has changed may still run: it has to be stopped then, or a
// start would do nothing.
static inline BOOL perbus__may_run_when_interrupted(AVAudioEngine *engine) {
    (void)engine;
    return YES;
}

// Without making the engine create its input node, which asks for a permission.
static inline AVAudioInputNode *perbus__existing_input(AVAudioEngine *engine) {
    for (AVAudioNode *node in [engine attachedNodes]) {
        if ([node isKindOfClass:[AVAudioInputNode class]]) {
            return (AVAudioInputNode *)node;
        }
    }
    return nil;
}

// NO while the engine is stopped.
static inline BOOL perbus__read_device(AVAudioEngine *engine, perbus_device_status *out) {
    if (![engine isRunning]) {
        return NO;
    }
    AVAudioOutputNode *output = [engine outputNode];
    AVAudioTime *time = [output lastRenderTime];
    *out = (perbus_device_status){.sample_rate = [[output outputFormatForBus:0] sampleRate],
                                  .latency = [output presentationLatency],
                                  .input_latency =
                                      [perbus__existing_input(engine) presentationLatency]};
    if ([time isSampleTimeValid] && [time sampleTime] > 0) {
        out->frames = (uint64_t)[time sampleTime];
    }
    return YES;
}

static inline void perbus__replace_observer(perbus_engine *engine, PerbusObserver *observer) {
    PerbusObserver *former;
    @synchronized(engine->object) {
        former = (PerbusObserver *)engine->observer;
        engine->observer = observer;
    }
    [former end];
    [former release];
}

static inline void perbus__end_events(perbus_engine *engine) {
    perbus__replace_observer(engine, nil);
}

// Any thread. Runs the handler on the queue of events.
static inline void perbus__report(perbus_engine *engine, perbus_event event) {
    PerbusObserver *observer;
    @synchronized(engine->object) {
        observer = [(PerbusObserver *)engine->observer retain];
    }
    [observer post:event];
    [observer release];
}

static inline BOOL perbus__start_again(AVAudioEngine *engine, NSError **cause) {
    return [engine startAndReturnError:cause];
}

// Whether a player that was to start then is to start then after a restart: not if the clock may
// have begun anew.
static inline BOOL perbus__holds_after_restart(AVAudioTime *when) {
    return [when isHostTimeValid];
}

// NO without memory.
static inline BOOL perbus__set_event_handler(perbus_engine *engine, perbus_event_handler handler,
                                             void *context, void (*destroy)(void *context)) {
    PerbusObserver *observer = nil;
    if (handler != NULL) {
        observer = [[PerbusObserver alloc] initWithEngine:engine handler:handler context:context
                                                  destroy:destroy];
        if (observer == nil) {
            return NO;
        }
    } else if (destroy != NULL) {
        destroy(context);
    }
    perbus__replace_observer(engine, observer);
    return YES;
}

// Whether the output counts frames from where all other nodes do: not if the device has another rate.
static inline BOOL perbus__counts_alike(AVAudioEngine *engine) {
    return [engine isInManualRenderingMode];
}

// Host time, in nanoseconds; AVAudioTime has it in ticks.

static inline uint64_t perbus__host_now(void) {
    return clock_gettime_nsec_np(CLOCK_UPTIME_RAW);
}

static inline uint64_t perbus__host_time_of(AVAudioTime *time) {
    mach_timebase_info_data_t base;
    mach_timebase_info(&base);
    return (uint64_t)((unsigned __int128)[time hostTime] * base.numer / base.denom);
}

static inline AVAudioTime *perbus__time_at_host(uint64_t nanoseconds) {
    mach_timebase_info_data_t base;
    mach_timebase_info(&base);
    unsigned __int128 ticks = (unsigned __int128)nanoseconds * base.denom / base.numer;
    return [AVAudioTime timeWithHostTime:(uint64_t)ticks];
}

#endif
