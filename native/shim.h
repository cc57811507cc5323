// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What all of the shim's files share: handles, errors and the exception guard.
#ifndef PERBUS_SHIM_H
#define PERBUS_SHIM_H

#import <AVFAudio/AVFAudio.h>
#import <AudioToolbox/AudioToolbox.h>
#import <Foundation/Foundation.h>

#include <stdatomic.h>

#include "perbus.h"

// Failures and clean-up: what calls them keeps its registers for the usual way.
#define PERBUS_COLD __attribute__((cold))

// The first member of every handle: the list of those that were released in a render function. They
// end with the next call from another thread, or from outside the function.
typedef struct perbus__handle {
    struct perbus__handle *next;
    void (*end)(struct perbus__handle *handle);
} perbus__handle;

typedef struct perbus__feed perbus__feed;

struct perbus_engine {
    perbus__handle later;
    AVAudioEngine *object; // retained
    // Of an offline engine; 0 and NULL for a device engine.
    AVAudioEngineManualRenderingBlock render; // copied
    uint32_t channels;
    uint32_t max_frames;
    perbus__feed *feed; // its input; NULL without one
    NSObject *observer; // retained: of Apple's engine; nil without an event handler
    NSObject *restarts; // retained; nil unless it starts again by itself
    bool adopted;       // the program's: its graph and state change only where a call says so
    // Once they are known; the engine retains them.
    _Atomic(AVAudioMixerNode *) main;
    _Atomic(AVAudioOutputNode *) output;
};

struct perbus_node {
    perbus__handle later;
    AVAudioNode *object;      // retained
    id<AVAudioMixing> mixing; // the same object if it conforms, else nil
    perbus_kind kind;
};

struct perbus_buffer {
    perbus__handle later;
    AVAudioPCMBuffer *object; // retained
};

// A new handle, which retains the object. On failure *out_node is untouched.
perbus_status perbus__wrap(AVAudioNode *object, perbus_kind kind, perbus_node **out_node,
                           perbus_error *error);

// Ends the handle: at once or, if called in a render function, later.
void perbus__end(perbus__handle *handle, void (*end)(perbus__handle *handle));
extern _Atomic(perbus__handle *) perbus__ended;
PERBUS_COLD void perbus__end_all(void);

// Whether this thread is inside a source's render function, where nothing may wait.
extern _Thread_local bool perbus__in_render;

// Whether it has a batch of any engine open, for whose end callbacks may be waiting.
bool perbus__in_batch(void);
// Ends those of this thread that an engine goes with.
void perbus__end_batches(AVAudioEngine *engine);

PERBUS_COLD perbus_status perbus__refuse_render(perbus_error *error);

// Whether this thread can open a pool without memory for it.
extern _Thread_local bool perbus__has_pools;
PERBUS_COLD perbus_status perbus__prepare_pools(perbus_error *error);

// How every call that is not real-time safe begins.
static inline perbus_status perbus__enter(perbus_error *error) {
    if (perbus__in_render) {
        return perbus__refuse_render(error);
    }
    if (atomic_load_explicit(&perbus__ended, memory_order_relaxed) != NULL) {
        perbus__end_all();
    }
    if (!perbus__has_pools) {
        return perbus__prepare_pools(error);
    }
    return PERBUS_OK;
}

// Enters and runs the body in a pool, with every exception caught: nothing autoreleased and no
// exception gets out.
typedef perbus_status (^perbus_body)(void);
perbus_status perbus__guard(perbus_error *error, perbus_body body);
// The same without entering, for what has no status to refuse with.
perbus_status perbus__catch(perbus_error *error, perbus_body body);
perbus_status perbus__caught(perbus_error *error, NSException *exception);

// Fills *error (if there is one) and returns the status. printf format, with %@ for objects.
PERBUS_COLD perbus_status perbus__fail(perbus_error *error, perbus_status status, NSString *format,
                                       ...) NS_FORMAT_FUNCTION(3, 4);
// The same from what AVFAudio reported.
perbus_status perbus__fail_with(perbus_error *error, perbus_status status, NSError *cause);

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

#endif
