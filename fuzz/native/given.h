/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the functions of perbus.h and desk.h are given when they are called with any arguments: room
 *  for samples, a file, contexts that have to come back, and functions that are called with them. */
#ifndef GIVEN_H
#define GIVEN_H

#include "../../tests/c/check.h"
#include "draw.h"

enum { MOST = 4096, CHANNELS = 64, LEVELS = 1 << 16 };

/* Of as many channels and frames as an engine may have here; values, and room for as many. */
extern float samples[CHANNELS][MOST], *planes[CHANNELS], numbers[LEVELS], levels[LEVELS];

typedef struct call {
    const char *name;
    perbus_status (*run)(void);
} call;

/* What the call fills in that is being made. */
extern perbus_error report;
/* Handles are in use by a call that has not returned: what is made meanwhile is not kept. */
extern bool in_use;

/* Makes a call and checks what is the same for all of them. */
void make_call(const call *call);

/* At the start of a run. */
void give_anew(void);
/* Whether another call might get a context that is in use. */
bool given_all(void);
/* When all engines are gone: waits for what has to come back, and checks that it came once. */
void check_returned(void);

/* A context for the call that is being made, which the function has to return if it accepts it. */
void *draw_context(void);
perbus_schedule draw_schedule(void);
void settle_context(void *context, bool accepted);

void release_context(void *context);
bool call_render(void *context, int64_t time, uint32_t frames, float *const *channels,
                 uint32_t channel_count);
bool call_input_function(void *context, uint32_t frames, float *const *channels,
                         uint32_t channel_count);
void call_tap_callback(void *context, const perbus_tap_block *block);
void call_event_handler(void *context, perbus_event event);

/* Outs before a call and as they have to stay if it fails. */
void fill(void *one, void *other, size_t size);

uint32_t draw_channels(void);
/* Within the room that there is. */
uint32_t draw_block(void);
perbus_band draw_band(void);

/* A second of a ramp, in a file that is there until the end. */
const char *file_path(void);

#define HANDLE(type, release)                                                  \
    static perbus_##type *type##s[HANDLES];                                    \
    __attribute__((unused)) static perbus_##type *draw_##type##_handle(void) { \
        return type##s[draw_below(HANDLES)];                                   \
    }                                                                          \
    static void drop_##type(uint32_t at) {                                     \
        perbus_##type *old = type##s[at];                                      \
        type##s[at] = NULL;                                                    \
        release(old);                                                          \
    }                                                                          \
    __attribute__((unused)) static void keep_##type(perbus_##type *made) {     \
        if (made != NULL && in_use) {                                          \
            release(made);                                                     \
        } else if (made != NULL) {                                             \
            uint32_t at = draw_below(HANDLES);                                 \
            drop_##type(at);                                                   \
            type##s[at] = made;                                                \
        }                                                                      \
    }

#define LISTED(type, name, ...)              \
    static perbus_##name draw_##name(void) { \
        return (perbus_##name)__VA_ARGS__;   \
    }

#endif
