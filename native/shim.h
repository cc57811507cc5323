// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the shim's files share: handles, the exception guard, checks. The only file of the shim
// that knows on which platform it runs.
#ifndef PERBUS_SHIM_H
#define PERBUS_SHIM_H

#import <AVFAudio/AVFAudio.h>
#import <AudioToolbox/AudioToolbox.h>
#import <Foundation/Foundation.h>

#include <stdatomic.h>

#include "perbus.h"

#if defined(__APPLE__)
#import "points.h"
#else
#import "avfaudio/support/PBCopy.h"
#import "avfaudio/graph/PBFader.h"
#import "avfaudio/graph/PBGraph.h"
#endif

// A handle that a render function has ended: it goes with the next call from elsewhere.
typedef struct perbus__handle {
    struct perbus__handle *next;
    void (*end)(struct perbus__handle *handle);
} perbus__handle;

struct perbus_engine {
    perbus__handle later;
    AVAudioEngine *object; // retained
    // Of an offline engine; 0 and NULL for a device engine.
    AVAudioEngineManualRenderingBlock render; // copied
    uint32_t channels;
    uint32_t max_frames;
};

struct perbus_node {
    perbus__handle later;
    AVAudioNode *object;      // retained
    id<AVAudioMixing> mixing; // the same object when it conforms, else nil
    perbus_kind kind;
};

struct perbus_buffer {
    perbus__handle later;
    AVAudioPCMBuffer *object; // retained
};

// Whether this thread is inside a source's render function, where nothing may wait.
extern _Thread_local bool perbus__in_render;

perbus_status perbus__refuse_render(perbus_error *error);

// Ends the handle at once, or, from a render function, with the next call from elsewhere.
void perbus__end(perbus__handle *handle, void (*end)(perbus__handle *handle));
extern _Atomic(perbus__handle *) perbus__ended;
void perbus__end_all(void);

// What every call begins with that is not real-time safe.
static inline perbus_status perbus__enter(perbus_error *error) {
    if (perbus__in_render) {
        return perbus__refuse_render(error);
    }
    if (atomic_load_explicit(&perbus__ended, memory_order_relaxed) != NULL) {
        perbus__end_all();
    }
    return PERBUS_OK;
}

// Runs the body in a pool with everything caught: nothing autoreleased and no exception gets out.
// Not from a render function.
typedef perbus_status (^perbus_body)(void);
perbus_status perbus__guard(perbus_error *error, perbus_body body);
// The same from anywhere, for what has no status to refuse with.
perbus_status perbus__catch(perbus_error *error, perbus_body body);
perbus_status perbus__caught(perbus_error *error, NSException *exception);

// Rendering and the per-connection calls are what an application makes thousands of times a second.
// The portable engine does both without autoreleasing anything, and an empty pool there costs as
// much as twenty messages; it has functions for the latter, which throw nothing. Apple's may
// autorelease, and is asked by its methods. All of perbus__set_volume and the like answer NO when
// the source does not control that bus.
//
// The portable engine's classes are this code's own, Apple's the system's.
//
// The portable engine takes up all that changes between begin and end in one block; on Apple's the
// shim collects the plays of a batch and has them start together. The portable one says how a buffer
// ended and ramps a player to its stop; on Apple's the shim does (player_ends.m, player_ramp.m). It
// also fades and meters each connection and renders on several threads, which Apple's does not.
#if defined(__APPLE__)
#define PERBUS_IS_ONLY_COPY YES
#define PERBUS_FAST_POOL @autoreleasepool
#define PERBUS_ACCESS(name, type, value, use)                                               \
    static inline BOOL name(id<AVAudioMixing> source, AVAudioNode *mixer, uint32_t bus,     \
                            type value) {                                                   \
        AVAudioMixingDestination *destination = [source destinationForMixer:mixer bus:bus]; \
        if (destination != nil) {                                                           \
            use;                                                                            \
        }                                                                                   \
        return destination != nil;                                                          \
    }
PERBUS_ACCESS(perbus__set_volume, float, volume, [destination setVolume:volume])
PERBUS_ACCESS(perbus__get_volume, float *, volume, *volume = [destination volume])
PERBUS_ACCESS(perbus__set_pan, float, pan, [destination setPan:pan])
PERBUS_ACCESS(perbus__get_pan, float *, pan, *pan = [destination pan])
#undef PERBUS_ACCESS
#define PERBUS_BEGIN_BATCH(engine) perbus__begin_batch(engine)
#define PERBUS_BEGIN_EDIT(engine) perbus__begin_batch(engine)
#define PERBUS_END_BATCH(engine) perbus__end_batch(engine)
#define PERBUS_DEFER_PLAY(player, when) ((when) == nil && perbus__defer_play(player))
#define PERBUS_SCHEDULE perbus__schedule_watched
#define PERBUS_WILL_END perbus__will_end
#define PERBUS_QUEUE_IS_EMPTY perbus__watches_nothing
#define PERBUS_HALT_AFTER perbus__halt_in_steps
#define PERBUS_TAKE_BACK_HALT perbus__take_back_halt
// In order, on a queue of the shim's own: no call of the engine waits for it.
static inline void perbus__run_later(double seconds, void (^job)(void)) {
    static dispatch_queue_t queue;
    static dispatch_once_t once;
    dispatch_once(&once, ^{
        queue = dispatch_queue_create("perbus", DISPATCH_QUEUE_SERIAL);
    });
    dispatch_after(dispatch_time(DISPATCH_TIME_NOW, (int64_t)(seconds * NSEC_PER_SEC)), queue, job);
}
#define PERBUS_READ_METER(object, meter) ((void)(object), (void)(meter), NO)
#define PERBUS_LISTS_MISTAKE_ONE 1
#define perbus__any_reaches perbus__walk_meets
#define perbus__connect_all perbus__connect_points
#define perbus__connect_more perbus__add_points
#define PERBUS_HAS_FADES 0
#define PERBUS_FADE(destination, what, value, frames, curve) \
    ((void)(destination), (void)(value), (void)(frames), (void)(curve), NO)
#define PERBUS_FADE_BUS(mixer, bus, what, value, frames, curve) \
    ((void)(mixer), (void)(bus), (void)(value), (void)(frames), (void)(curve), NO)
#define PERBUS_HAS_METERS 0
#define PERBUS_HAS_RENDER_THREADS 0
#define PERBUS_SET_RENDER_THREADS(engine, count) ((void)(engine), (void)(count), NO)
#else
#define PERBUS_IS_ONLY_COPY PBIsOnlyCopy()
#define PERBUS_FAST_POOL
#define perbus__set_volume PBSetVolume
#define perbus__get_volume PBGetVolume
#define perbus__set_pan PBSetPan
#define perbus__get_pan PBGetPan
#define PERBUS_BEGIN_BATCH(engine) ([(engine) pbBeginBatch], YES)
#define PERBUS_BEGIN_EDIT(engine) ([(engine) pbBeginEdit], YES)
#define PERBUS_END_BATCH(engine) [(engine) pbEndBatch]
#define PERBUS_DEFER_PLAY(player, when) NO
#define PERBUS_SCHEDULE(player, samples, when, flags, completion, argument)                     \
    ([(player) pbScheduleBuffer:(samples) atTime:(when)options:(flags)ended:(completion)context \
                               :(argument)],                                                    \
     PERBUS_OK)
#define PERBUS_WILL_END(player, end) ((void)(player), (void)(end))
#define PERBUS_QUEUE_IS_EMPTY(player) [(player) pbIsEmpty]
#define PERBUS_HALT_AFTER(player, seconds, stops)                         \
    ((stops) ? [(player) pbStopAfter:perbus__frames((player), (seconds))] \
             : [(player) pbPauseAfter:perbus__frames((player), (seconds))])
#define PERBUS_TAKE_BACK_HALT(player) ((void)(player))
// Nothing is left to be run later here.
static inline void perbus__run_later(double seconds, void (^job)(void)) {
    (void)seconds;
    job();
}
#define PERBUS_READ_METER(object, meter) \
    [(object) pbReadPeak:(meter)->peak rms:(meter)->rms clips:&(meter)->clips]
#define PERBUS_LISTS_MISTAKE_ONE 0
typedef PBPoint perbus__point;
#define perbus__any_reaches PBAnyReaches
#define perbus__connect_all PBConnectAll
#define perbus__connect_more PBConnectMore
#define PERBUS_HAS_METERS 1
#define PERBUS_HAS_FADES 1
#define PERBUS_FADE(destination, what, value, length, shape) \
    [(destination)pbFade##what:(value) frames:(length)curve:(int)(shape)]
#define PERBUS_FADE_BUS(mixer, number, what, value, length, shape) \
    [(AVAudioMixerNode *)(mixer)pbFade##what:(value) bus:(number)frames:(length)curve:(int)(shape)]
#define PERBUS_HAS_RENDER_THREADS 1
#define PERBUS_SET_RENDER_THREADS(engine, count) [(engine) pbSetRenderThreads:(count)]
#endif

// A player of the shim's, with what it has to remember of it.
typedef struct perbus__watch perbus__watch;
@interface PerbusPlayerNode : AVAudioPlayerNode {
  @public
    perbus_format _format; // that it was given last; 0 Hz: none yet
    perbus__watch *_watch; // NULL where the engine itself says how buffers end
    struct perbus__ramp *_ramp;
}
@end

// A time in seconds in frames of the player's output.
uint64_t perbus__frames(AVAudioPlayerNode *player, double seconds);
// Of a connection from the node: the one that is asked for, else what the node keeps (nil).
AVAudioFormat *perbus__format_for(perbus_node *source, const perbus_format *format);
// After a connection: a player keeps its format.
void perbus__keep_format(perbus_node *source);
// Refuses to give a player another format while something is queued. format NULL: that it has.
perbus_status perbus__check_queued_format(perbus_node *player, const perbus_format *format,
                                          perbus_error *error);

// For engines that do not say how a buffer ended. What is queued will have ended like this, when its
// handler runs. NO without memory.
void perbus__will_end(PerbusPlayerNode *player, perbus_end end);
perbus_status perbus__schedule_watched(PerbusPlayerNode *player, AVAudioPCMBuffer *buffer,
                                       AVAudioTime *when, uint32_t flags,
                                       perbus_completion completion, void *context);
BOOL perbus__watches_nothing(PerbusPlayerNode *player);
void perbus__forget_watch(PerbusPlayerNode *player);
// For engines that do not ramp a player.
void perbus__halt_in_steps(PerbusPlayerNode *player, double seconds, BOOL stops);
void perbus__take_back_halt(PerbusPlayerNode *player);
// For engines without batches: plays are collected until the end. NO without memory, or when this
// thread has opened none.
BOOL perbus__begin_batch(AVAudioEngine *engine);
BOOL perbus__end_batch(AVAudioEngine *engine);
BOOL perbus__defer_play(AVAudioPlayerNode *player);

// Fills *error (when there is one) and returns the status. printf format, with %@ for objects.
perbus_status perbus__fail(perbus_error *error, perbus_status status, NSString *format, ...)
    NS_FORMAT_FUNCTION(3, 4);
// The same from what AVFAudio reported.
perbus_status perbus__fail_with(perbus_error *error, perbus_status status, NSError *cause);

// PERBUS_OK, or a failure that names the argument, the value and the limit.
perbus_status perbus__refuse_volume(float volume, perbus_error *error);
perbus_status perbus__refuse_pan(float pan, perbus_error *error);
static inline perbus_status perbus__check_volume(float volume, perbus_error *error) {
    return volume >= 0.0f && volume <= 1.0f ? PERBUS_OK : perbus__refuse_volume(volume, error);
}
static inline perbus_status perbus__check_pan(float pan, perbus_error *error) {
    return pan >= -1.0f && pan <= 1.0f ? PERBUS_OK : perbus__refuse_pan(pan, error);
}
// A node's bus of so many; role: "input" and the like.
perbus_status perbus__check_bus(const char *role, uint32_t bus, NSUInteger count,
                                perbus_error *error);
perbus_status perbus__check_format(const perbus_format *format, perbus_error *error);
perbus_status perbus__check_layout(const perbus_format *format, perbus_error *error);
// Whether a connection in this format (NULL: the source's) would lose a channel: of what the source
// makes or mixes, and on the way into the destination.
perbus_status perbus__check_source_channels(perbus_engine *engine, perbus_node *source,
                                            uint32_t source_bus, const perbus_format *format,
                                            perbus_error *error);
perbus_status perbus__check_channels_into(perbus_engine *engine, perbus_node *source,
                                          uint32_t source_bus, const perbus_format *format,
                                          perbus_node *destination, perbus_error *error);
perbus_status perbus__check_attached(perbus_engine *engine, perbus_node *node, const char *role,
                                     perbus_error *error);
perbus_status perbus__check_kind(perbus_node *node, perbus_kind kind, perbus_error *error);

#define PERBUS_REQUIRE(pointer, error)                                                          \
    do {                                                                                        \
        if ((pointer) == NULL) {                                                                \
            return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT, @"%s is NULL", #pointer); \
        }                                                                                       \
    } while (0)
#define PERBUS_CHECK(call)              \
    do {                                \
        perbus_status checked = (call); \
        if (checked != PERBUS_OK) {     \
            return checked;             \
        }                               \
    } while (0)

// Whether both ends are this engine's and have such buses, and no channel of the format (NULL: the
// source's) is lost on the way into the destination.
perbus_status perbus__check_connect(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                    perbus_node *destination, uint32_t destination_bus,
                                    const perbus_format *format, perbus_error *error);
// And whether the source may feed the points in that format (NULL: its own).
perbus_status perbus__check_path(perbus_engine *engine, perbus_node *source, uint32_t source_bus,
                                 const perbus__point *points, size_t count,
                                 const perbus_format *format, perbus_error *error);
// Whether an equalizer's bands can be rendered at the rate.
perbus_status perbus__check_bands(perbus_node *equalizer, double rate, perbus_error *error);

// Gives a mixer so many input buses, more than it has or fewer.
perbus_status perbus__set_bus_count(AVAudioNode *mixer, NSUInteger buses, perbus_error *error);

// A planar float32 AVAudioFormat, autoreleased; nil when AVFAudio has none of that shape.
AVAudioFormat *perbus__format(const perbus_format *format);
perbus_format perbus__describe(AVAudioFormat *format);
// With the layout that is meant: USUAL stands for another one, and one or two channels are never
// discrete.
perbus_format perbus__resolve(perbus_format format);
// "48000 Hz and 6 channels (5.1)", autoreleased.
NSString *perbus__named(perbus_format format);
// What a source's render function fills; 0 channels for any other node.
perbus_format perbus__made_in(perbus_node *node);

// A handle that retains the object. On failure *out_node is untouched.
perbus_status perbus__wrap(AVAudioNode *object, perbus_kind kind, perbus_node **out_node,
                           perbus_error *error);

#endif
