// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The portable engine, which has calls of its own for most of this.
#ifndef PERBUS_PLATFORM_PORTABLE_H
#define PERBUS_PLATFORM_PORTABLE_H

#import "avfaudio/graph/PBAutomation.h"
#import "avfaudio/graph/PBFader.h"
#import "avfaudio/graph/PBFades.h"
#import "avfaudio/graph/PBGraph.h"
#import "avfaudio/graph/PBManners.h"
#import "avfaudio/graph/PBMasters.h"
#import "avfaudio/nodes/PBPlayerEnds.h"
#import "avfaudio/nodes/PBSources.h"
#import "avfaudio/nodes/PBTaps.h"
#import "avfaudio/support/PBCopy.h"
#import "avfaudio/support/PBLater.h"
#import "avfaudio/support/PBPools.h"
#import "platform/lend_points.h"
#import "platform/portable_batch.h"
#import "platform/portable_device.h"
#import "player_node.h"
#import "shim.h"

// Whether the process has loaded these classes once.
static inline BOOL perbus__is_only_copy(void) {
    return PBIsOnlyCopy();
}

// Volume and pan of a connection, PERBUS_ERROR_NOT_CONNECTED if the source does not control that
// bus. An application makes these calls thousands of times a second. They autorelease nothing and
// throw nothing, so they run without a pool: an empty one costs as much as twenty messages.

static inline perbus_status perbus__set_volume(id<AVAudioMixing> source, AVAudioNode *mixer,
                                               uint32_t bus, float volume, perbus_error *error) {
    (void)error;
    return PBSetVolume(source, mixer, bus, volume) ? PERBUS_OK : PERBUS_ERROR_NOT_CONNECTED;
}

static inline perbus_status perbus__get_volume(id<AVAudioMixing> source, AVAudioNode *mixer,
                                               uint32_t bus, float *out_volume,
                                               perbus_error *error) {
    (void)error;
    return PBGetVolume(source, mixer, bus, out_volume) ? PERBUS_OK : PERBUS_ERROR_NOT_CONNECTED;
}

static inline perbus_status perbus__set_pan(id<AVAudioMixing> source, AVAudioNode *mixer,
                                            uint32_t bus, float pan, perbus_error *error) {
    (void)error;
    return PBSetPan(source, mixer, bus, pan) ? PERBUS_OK : PERBUS_ERROR_NOT_CONNECTED;
}

static inline perbus_status perbus__get_pan(id<AVAudioMixing> source, AVAudioNode *mixer,
                                            uint32_t bus, float *out_pan, perbus_error *error) {
    (void)error;
    return PBGetPan(source, mixer, bus, out_pan) ? PERBUS_OK : PERBUS_ERROR_NOT_CONNECTED;
}

// Renders a block offline, again without a pool. `status` is the engine's answer.
static inline perbus_status perbus__render(AVAudioEngineManualRenderingBlock block, uint32_t frames,
                                           AudioBufferList *list,
                                           AVAudioEngineManualRenderingStatus *status,
                                           perbus_error *error) {
    @try {
        OSStatus problem = 0;
        *status = block(frames, list, &problem);
        return PERBUS_OK;
    } @catch (NSException *exception) {
        return perbus__caught(error, exception);
    }
}

// Connections.

typedef PBPoint perbus__point;

// Whether a path of connections leads from any of the points' nodes to the target.
static inline BOOL perbus__any_reaches(AVAudioEngine *engine, const perbus__point *points,
                                       size_t count, AVAudioNode *target) {
    return PBAnyReaches(engine, points, count, target);
}

// The points become all that the bus feeds.
static inline void perbus__connect_all(AVAudioEngine *engine, AVAudioNode *source, uint32_t bus,
                                       const perbus__point *points, size_t count,
                                       AVAudioFormat *format) {
    PBConnectAll(engine, source, bus, points, count, format);
}

// Adds the points to what the bus feeds.
static inline void perbus__connect_more(AVAudioEngine *engine, AVAudioNode *source, uint32_t bus,
                                        const perbus__point *points, size_t count) {
    PBConnectMore(engine, source, bus, points, count);
}

// Whether a list of one point has to be connected by the call for a single connection.
static inline BOOL perbus__mistakes_lists_of_one(void) {
    return NO;
}

// Sources: has the node's block own the object that it captures.
static inline void perbus__let_block_own(AVAudioSourceNode *node, id captured) {
    [node pbOwn:captured];
}

// Players. A manner of the engine's makes the shim look after them as it does on Apple's engine.

static inline BOOL perbus__watches(PerbusPlayerNode *player) {
    return player->_watch != NULL || PBHasManner([player engine], PB_MANNER_EARLY_COMPLETIONS);
}

// PERBUS_OK, or PERBUS_ERROR_NO_MEMORY without a reason.
static inline perbus_status perbus__schedule(PerbusPlayerNode *player, AVAudioPCMBuffer *buffer,
                                             AVAudioTime *when, const perbus_schedule *how) {
    if (perbus__watches(player)) {
        return perbus__schedule_watched(player, buffer, when, how);
    }
    [player pbScheduleBuffer:buffer atTime:when options:how->flags ended:how->completion
                     context:how->context];
    return PERBUS_OK;
}

static inline BOOL perbus__queue_is_empty(PerbusPlayerNode *player) {
    return perbus__watches_nothing(player) && [player pbIsEmpty];
}

// What is queued is about to end like this: usually the engine notices by itself.
static inline void perbus__will_end(PerbusPlayerNode *player, perbus_end end) {
    perbus__decide_ends(player, end);
}

// Fades the player out, then stops or pauses it.
static inline void perbus__halt_after(PerbusPlayerNode *player, double seconds, BOOL stops) {
    uint64_t frames = perbus__frames(player, seconds);
    if (perbus__watches(player)) {
        perbus__halt_in_steps(player, seconds, stops);
    } else if (stops) {
        [player pbStopAfter:frames];
    } else {
        [player pbPauseAfter:frames];
    }
}

// Before a call that replaces such a halt.
static inline void perbus__take_back_halt(PerbusPlayerNode *player) {
    if (perbus__watches(player)) {
        perbus__watched_position(player); // which cannot be asked for while the player is paused
        perbus__end_steps(player);
    }
}

// Runs a job that the shim has put off: in order, on a thread of its own, for which no call of the
// engine waits.
static inline void perbus__run_later(double seconds, void (^job)(void)) {
    PBRunLater(seconds, job);
}

static inline void perbus__run_apart(void (^job)(void)) {
    job();
}

// Fades, automation, meters and render threads. NO without memory.

static inline BOOL perbus__has_fades(void) {
    return !PBLatestHasManner(PB_MANNER_NO_FADES);
}

static inline BOOL perbus__fade_volume(AVAudioMixingDestination *destination, float volume,
                                       uint64_t frames, perbus_curve curve) {
    return [destination pbFadeVolume:volume frames:frames curve:(int)curve];
}

static inline BOOL perbus__fade_pan(AVAudioMixingDestination *destination, float pan,
                                    uint64_t frames) {
    return [destination pbFadePan:pan frames:frames curve:PERBUS_CURVE_LINEAR];
}

static inline BOOL perbus__fade_bus_volume(AVAudioNode *mixer, uint32_t bus, float volume,
                                           uint64_t frames, perbus_curve curve) {
    return [(AVAudioMixerNode *)mixer pbFadeVolume:volume bus:bus frames:frames curve:(int)curve];
}

static inline BOOL perbus__fade_bus_pan(AVAudioNode *mixer, uint32_t bus, float pan,
                                        uint64_t frames) {
    return [(AVAudioMixerNode *)mixer pbFadePan:pan bus:bus frames:frames
                                          curve:PERBUS_CURVE_LINEAR];
}

static inline BOOL perbus__fade_output(AVAudioNode *mixer, float volume, uint64_t frames,
                                       perbus_curve curve) {
    return [(AVAudioMixerNode *)mixer pbFadeOutputVolume:volume frames:frames curve:(int)curve];
}

// When the engine's next block begins.
static inline int64_t perbus__engine_time(AVAudioEngine *engine) {
    return PBEngineTime(engine);
}

// Automation: the points take the place of all those that start at `from` or later.

static inline BOOL perbus__automate(AVAudioMixingDestination *destination, perbus_control control,
                                    int64_t from, const perbus_automation_point *points,
                                    size_t count) {
    return perbus__with_points(points, count, ^(pbr_point *own) {
        return [destination pbAutomatePan:control == PERBUS_CONTROL_PAN from:from points:own
                                    count:count];
    });
}

static inline BOOL perbus__automate_bus(AVAudioNode *mixer, uint32_t bus, perbus_control control,
                                        int64_t from, const perbus_automation_point *points,
                                        size_t count) {
    return perbus__with_points(points, count, ^(pbr_point *own) {
        return [(AVAudioMixerNode *)mixer pbAutomatePan:control == PERBUS_CONTROL_PAN bus:bus
                                                   from:from
                                                 points:own
                                                  count:count];
    });
}

static inline BOOL perbus__automate_output(AVAudioNode *mixer, int64_t from,
                                           const perbus_automation_point *points, size_t count) {
    return perbus__with_points(points, count, ^(pbr_point *own) {
        return [(AVAudioMixerNode *)mixer pbAutomateOutputVolumeFrom:from points:own count:count];
    });
}

typedef PBMaster perbus__master;

static inline BOOL perbus__has_masters(void) {
    return YES;
}

// nil without memory.
static inline perbus__master *perbus__create_master(AVAudioEngine *engine) {
    return [[PBMaster alloc] initWithEngine:engine];
}

static inline AVAudioEngine *perbus__master_engine(perbus__master *master) {
    return [master engine];
}

static inline void perbus__set_master_volume(perbus__master *master, float volume) {
    PBSetMasterVolume(master, volume);
}

static inline float perbus__get_master_volume(perbus__master *master) {
    return PBGetMasterVolume(master);
}

static inline BOOL perbus__fade_master(perbus__master *master, float volume, uint64_t frames,
                                       perbus_curve curve) {
    return [master pbFadeVolume:volume frames:frames curve:(int)curve];
}

static inline BOOL perbus__automate_master(perbus__master *master, int64_t from,
                                           const perbus_automation_point *points, size_t count) {
    return perbus__with_points(points, count, ^(pbr_point *own) {
        return [master pbAutomateFrom:from points:own count:count];
    });
}

static inline BOOL perbus__set_masters(AVAudioNode *mixer, uint32_t bus,
                                       perbus__master *const *masters, size_t count) {
    return [(AVAudioMixerNode *)mixer pbSetMasters:masters count:count bus:bus];
}

static inline BOOL perbus__has_pan_laws(void) {
    return YES;
}

static inline void perbus__set_constant_power(AVAudioNode *mixer, BOOL constant_power) {
    [(AVAudioMixerNode *)mixer pbSetConstantPower:constant_power];
}

static inline BOOL perbus__has_meters(AVAudioNode *node) {
    AVAudioEngine *engine = [node engine];
    return !(engine != nil ? PBHasManner(engine, PB_MANNER_NO_METERS)
                           : PBLatestHasManner(PB_MANNER_NO_METERS));
}

static inline BOOL perbus__read_meter(AVAudioMixingDestination *destination, perbus_meter *meter) {
    return [destination pbReadPeak:meter->peak rms:meter->rms clips:&meter->clips];
}

static inline BOOL perbus__read_mixer_meter(AVAudioNode *mixer, perbus_meter *meter) {
    return [(AVAudioMixerNode *)mixer pbReadPeak:meter->peak rms:meter->rms clips:&meter->clips];
}

// So that no pool that this thread opens takes memory. NO without memory.
static inline BOOL perbus__make_pools(void) {
    return PBPreparePools();
}

// Taps.

// How many blocks of a tap were queued so far; `rest`: the last, shorter one is queued first.
static inline uint64_t perbus__tap_queued(AVAudioNode *node, uint32_t bus, BOOL rest) {
    return PBTapQueued(node, bus, rest);
}

static inline BOOL perbus__counts_dropped(void) {
    return YES;
}

static inline uint64_t perbus__tap_dropped(AVAudioNode *node, uint32_t bus) {
    return PBTapDropped(node, bus);
}

// Whether the calling thread runs the callbacks of an engine.
static inline BOOL perbus__is_callback_thread(void) {
    return PBIsCallbackThread() || PBIsLaterThread();
}

static inline BOOL perbus__has_render_threads(void) {
    return YES;
}

static inline BOOL perbus__set_render_threads(AVAudioEngine *engine, uint32_t threads) {
    return [engine pbSetRenderThreads:threads];
}

#endif
