// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Apple's engine. What it does not do, the shim does with its public calls, or has not.
#ifndef PERBUS_PLATFORM_APPLE_H
#define PERBUS_PLATFORM_APPLE_H

#import "platform/apple_batch.h"
#import "platform/apple_device.h"
#import "player_node.h"
#import "points.h"
#import "shim.h"

// Whether the process has loaded these classes once: they are the system's.
static inline BOOL perbus__is_only_copy(void) {
    return YES;
}

// Volume and pan of a connection, PERBUS_ERROR_NOT_CONNECTED if the source does not control that
// bus. An application makes these calls thousands of times a second. Whether they autorelease or
// throw is not documented: each has its own pool, and catches what is thrown inside it.

static inline perbus_status perbus__set_volume(id<AVAudioMixing> source, AVAudioNode *mixer,
                                               uint32_t bus, float volume, perbus_error *error) {
    @autoreleasepool {
        @try {
            AVAudioMixingDestination *destination = [source destinationForMixer:mixer bus:bus];
            [destination setVolume:volume];
            return destination != nil ? PERBUS_OK : PERBUS_ERROR_NOT_CONNECTED;
        } @catch (NSException *exception) {
            return perbus__caught(error, exception);
        }
    }
}

static inline perbus_status perbus__get_volume(id<AVAudioMixing> source, AVAudioNode *mixer,
                                               uint32_t bus, float *out_volume,
                                               perbus_error *error) {
    @autoreleasepool {
        @try {
            AVAudioMixingDestination *destination = [source destinationForMixer:mixer bus:bus];
            if (destination == nil) {
                return PERBUS_ERROR_NOT_CONNECTED;
            }
            *out_volume = [destination volume];
            return PERBUS_OK;
        } @catch (NSException *exception) {
            return perbus__caught(error, exception);
        }
    }
}

static inline perbus_status perbus__set_pan(id<AVAudioMixing> source, AVAudioNode *mixer,
                                            uint32_t bus, float pan, perbus_error *error) {
    @autoreleasepool {
        @try {
            AVAudioMixingDestination *destination = [source destinationForMixer:mixer bus:bus];
            [destination setPan:pan];
            return destination != nil ? PERBUS_OK : PERBUS_ERROR_NOT_CONNECTED;
        } @catch (NSException *exception) {
            return perbus__caught(error, exception);
        }
    }
}

static inline perbus_status perbus__get_pan(id<AVAudioMixing> source, AVAudioNode *mixer,
                                            uint32_t bus, float *out_pan, perbus_error *error) {
    @autoreleasepool {
        @try {
            AVAudioMixingDestination *destination = [source destinationForMixer:mixer bus:bus];
            if (destination == nil) {
                return PERBUS_ERROR_NOT_CONNECTED;
            }
            *out_pan = [destination pan];
            return PERBUS_OK;
        } @catch (NSException *exception) {
            return perbus__caught(error, exception);
        }
    }
}

// Renders a block offline, in the same way. `status` is the engine's answer.
static inline perbus_status perbus__render(AVAudioEngineManualRenderingBlock block, uint32_t frames,
                                           AudioBufferList *list,
                                           AVAudioEngineManualRenderingStatus *status,
                                           perbus_error *error) {
    @autoreleasepool {
        @try {
            OSStatus problem = 0;
            *status = block(frames, list, &problem);
            return PERBUS_OK;
        } @catch (NSException *exception) {
            return perbus__caught(error, exception);
        }
    }
}

// Connections: asked for point by point.

// Whether a path of connections leads from any of the points' nodes to the target.
static inline BOOL perbus__any_reaches(AVAudioEngine *engine, const perbus__point *points,
                                       size_t count, AVAudioNode *target) {
    return perbus__walk_meets(engine, points, count, target);
}

// The points become all that the bus feeds.
static inline void perbus__connect_all(AVAudioEngine *engine, AVAudioNode *source, uint32_t bus,
                                       const perbus__point *points, size_t count,
                                       AVAudioFormat *format) {
    perbus__connect_points(engine, source, bus, points, count, format);
}

// Adds the points to what the bus feeds.
static inline void perbus__connect_more(AVAudioEngine *engine, AVAudioNode *source, uint32_t bus,
                                        const perbus__point *points, size_t count) {
    perbus__add_points(engine, source, bus, points, count);
}

// Whether a list of one point has to be connected by the call for a single connection: Apple's list
// form has been seen to mistake the format of such a list.
static inline BOOL perbus__mistakes_lists_of_one(void) {
    return YES;
}

// Sources: a block owns the objects that it captures.
static inline void perbus__let_block_own(AVAudioSourceNode *node, id captured) {
    (void)node;
    (void)captured;
}

// Players: the shim finds out how a buffer ended, and fades a player out in steps.

static inline BOOL perbus__watches(PerbusPlayerNode *player) {
    (void)player;
    return YES;
}

// PERBUS_OK, or PERBUS_ERROR_NO_MEMORY without a reason.
static inline perbus_status perbus__schedule(PerbusPlayerNode *player, AVAudioPCMBuffer *buffer,
                                             AVAudioTime *when, const perbus_schedule *how) {
    return perbus__schedule_watched(player, buffer, when, how);
}

static inline BOOL perbus__queue_is_empty(PerbusPlayerNode *player) {
    return perbus__watches_nothing(player);
}

// What is queued is about to end like this.
static inline void perbus__will_end(PerbusPlayerNode *player, perbus_end end) {
    perbus__decide_ends(player, end);
}

// Fades the player out, then stops or pauses it.
static inline void perbus__halt_after(PerbusPlayerNode *player, double seconds, BOOL stops) {
    perbus__halt_in_steps(player, seconds, stops);
}

// Before a call that replaces such a halt.
static inline void perbus__take_back_halt(PerbusPlayerNode *player) {
    perbus__watched_position(player); // which cannot be asked for while the player is paused
    perbus__end_steps(player);
}

// Runs a job that the shim has put off: in order, on a queue of its own, for which no call of the
// engine waits.
static inline void perbus__run_later(double seconds, void (^job)(void)) {
    static dispatch_queue_t queue;
    static dispatch_once_t once;
    dispatch_once(&once, ^{
        queue = dispatch_queue_create("perbus", DISPATCH_QUEUE_SERIAL);
    });
    dispatch_after(dispatch_time(DISPATCH_TIME_NOW, (int64_t)(seconds * NSEC_PER_SEC)), queue, job);
}

// The same for handlers of events, which may take their time.
static inline void perbus__run_apart(void (^job)(void)) {
    static dispatch_queue_t queue;
    static dispatch_once_t once;
    dispatch_once(&once, ^{
        queue = dispatch_queue_create("perbus.events", DISPATCH_QUEUE_SERIAL);
    });
    dispatch_async(queue, job);
}

// Apple's engine has no fades, no automation, no meters of connections and no setting for its render threads. The
// callers ask first.

static inline BOOL perbus__has_fades(void) {
    return NO;
}

static inline BOOL perbus__fade_volume(AVAudioMixingDestination *destination, float volume,
                                       uint64_t frames, perbus_curve curve) {
    (void)destination;
    (void)volume;
    (void)frames;
    (void)curve;
    return NO;
}

static inline BOOL perbus__fade_pan(AVAudioMixingDestination *destination, float pan,
                                    uint64_t frames) {
    (void)destination;
    (void)pan;
    (void)frames;
    return NO;
}

static inline BOOL perbus__fade_bus_volume(AVAudioNode *mixer, uint32_t bus, float volume,
                                           uint64_t frames, perbus_curve curve) {
    (void)mixer;
    (void)bus;
    (void)volume;
    (void)frames;
    (void)curve;
    return NO;
}

static inline BOOL perbus__fade_bus_pan(AVAudioNode *mixer, uint32_t bus, float pan,
                                        uint64_t frames) {
    (void)mixer;
    (void)bus;
    (void)pan;
    (void)frames;
    return NO;
}

static inline BOOL perbus__fade_output(AVAudioNode *mixer, float volume, uint64_t frames,
                                       perbus_curve curve) {
    (void)mixer;
    (void)volume;
    (void)frames;
    (void)curve;
    return NO;
}

static inline int64_t perbus__engine_time(AVAudioEngine *engine) {
    (void)engine;
    return 0;
}

static inline BOOL perbus__automate(AVAudioMixingDestination *destination, perbus_control control,
                                    int64_t from, const perbus_automation_point *points,
                                    size_t count) {
    (void)destination;
    (void)control;
    (void)from;
    (void)points;
    (void)count;
    return NO;
}

static inline BOOL perbus__automate_bus(AVAudioNode *mixer, uint32_t bus, perbus_control control,
                                        int64_t from, const perbus_automation_point *points,
                                        size_t count) {
    (void)mixer;
    (void)bus;
    (void)control;
    (void)from;
    (void)points;
    (void)count;
    return NO;
}

static inline BOOL perbus__automate_output(AVAudioNode *mixer, int64_t from,
                                           const perbus_automation_point *points, size_t count) {
    (void)mixer;
    (void)from;
    (void)points;
    (void)count;
    return NO;
}

typedef NSObject perbus__master;

static inline BOOL perbus__has_masters(void) {
    return NO;
}

static inline perbus__master *perbus__create_master(AVAudioEngine *engine) {
    (void)engine;
    return nil;
}

static inline AVAudioEngine *perbus__master_engine(perbus__master *master) {
    (void)master;
    return nil;
}

static inline void perbus__set_master_volume(perbus__master *master, float volume) {
    (void)master;
    (void)volume;
}

static inline float perbus__get_master_volume(perbus__master *master) {
    (void)master;
    return 0.0f;
}

static inline BOOL perbus__fade_master(perbus__master *master, float volume, uint64_t frames,
                                       perbus_curve curve) {
    (void)master;
    (void)volume;
    (void)frames;
    (void)curve;
    return NO;
}

static inline BOOL perbus__automate_master(perbus__master *master, int64_t from,
                                           const perbus_automation_point *points, size_t count) {
    (void)master;
    (void)from;
    (void)points;
    (void)count;
    return NO;
}

static inline BOOL perbus__set_masters(AVAudioNode *mixer, uint32_t bus,
                                       perbus__master *const *masters, size_t count) {
    (void)mixer;
    (void)bus;
    (void)masters;
    (void)count;
    return NO;
}

static inline BOOL perbus__has_pan_laws(void) {
    return NO;
}

static inline void perbus__set_constant_power(AVAudioNode *mixer, BOOL constant_power) {
    (void)mixer;
    (void)constant_power;
}

static inline BOOL perbus__has_meters(AVAudioNode *node) {
    (void)node;
    return NO;
}

static inline BOOL perbus__read_meter(AVAudioMixingDestination *destination, perbus_meter *meter) {
    (void)destination;
    (void)meter;
    return NO;
}

static inline BOOL perbus__read_mixer_meter(AVAudioNode *mixer, perbus_meter *meter) {
    (void)mixer;
    (void)meter;
    return NO;
}

// Taps: Apple's engine does not say what it has queued, and drops without counting.

static inline uint64_t perbus__tap_queued(AVAudioNode *node, uint32_t bus, BOOL rest) {
    (void)node;
    (void)bus;
    (void)rest;
    return 0;
}

static inline BOOL perbus__counts_dropped(void) {
    return NO;
}

static inline uint64_t perbus__tap_dropped(AVAudioNode *node, uint32_t bus) {
    (void)node;
    (void)bus;
    return 0;
}

static inline BOOL perbus__is_callback_thread(void) {
    return NO;
}

// Apple's runtime opens pools without a message that could throw.
static inline BOOL perbus__make_pools(void) {
    return YES;
}

static inline BOOL perbus__has_render_threads(void) {
    return NO;
}

static inline BOOL perbus__set_render_threads(AVAudioEngine *engine, uint32_t threads) {
    (void)engine;
    (void)threads;
    return NO;
}

#endif
