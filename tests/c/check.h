/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the parts of this program share: checks, and an engine with two sources. The program uses
 *  perbus.h as its readers would, and covers what cannot happen through the Rust API: NULL
 *  pointers, out parameters after failures, wrong kinds, nodes of other engines. */
#ifndef CHECK_H
#define CHECK_H

#include <math.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "perbus.h"

#if defined(__has_feature)
#if __has_feature(address_sanitizer)
#include <sanitizer/lsan_interface.h>
#define COUNTS_LEAKS
#endif
#endif

#define CHECK(condition)                                           \
    do {                                                           \
        if (!(condition)) {                                        \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            check_failures++;                                      \
        }                                                          \
    } while (0)

/* Makes the same call twice: with an error, which must get a message, and without one. */
#define FAILS(status, function, ...)                                                             \
    do {                                                                                         \
        perbus_error error_ = {99, ""};                                                          \
        perbus_status with_ = function(__VA_ARGS__, &error_);                                    \
        perbus_status without_ = function(__VA_ARGS__, NULL);                                    \
        if (with_ != (status) || without_ != (status) || error_.message[0] == '\0') {            \
            printf("%s:%d: %s(%s) is %s, \"%s\"\n", __FILE__, __LINE__, #function, #__VA_ARGS__, \
                   perbus_status_name(with_), error_.message);                                   \
            check_failures++;                                                                    \
        }                                                                                        \
    } while (0)

#define REJECTS(...) FAILS(PERBUS_ERROR_INVALID_ARGUMENT, __VA_ARGS__)

#define WORKS(call)                                                                              \
    do {                                                                                         \
        perbus_error error = {0, ""};                                                            \
        perbus_status status = (call);                                                           \
        if (status != PERBUS_OK) {                                                               \
            printf("%s:%d: %s: %s: %s\n", __FILE__, __LINE__, #call, perbus_status_name(status), \
                   error.message);                                                               \
            exit(1);                                                                             \
        }                                                                                        \
    } while (0)

#define NEAR(value, expected) CHECK(fabsf((value) - (expected)) <= 1e-6f)

extern int check_failures;

/* Stereo at 48 kHz, offline, blocks of 512; the player on bus 0 of the mixer, the source on bus 1,
 * attached and running. Each test leaves it as it was. */
#define STEREO (perbus_format){.sample_rate = 48000.0, .channels = 2}
extern perbus_engine *engine;
extern perbus_node *mixer, *output, *player, *source;

/* How often the source's context was destroyed. */
extern atomic_int destroyed;

/* A perbus_render: 0.5 in every channel. */
static inline bool render_half(void *context, int64_t time, uint32_t frames, float *const *channels,
                               uint32_t channel_count) {
    (void)context, (void)time;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = 0.5f;
        }
    }
    return false;
}

/* Adds 1 to the atomic_int that is its context. */
static inline void count(void *context) {
    atomic_fetch_add((atomic_int *)context, 1);
}

/* A file of 512 frames of 0.5, mono, that is not in any folder any more. */
perbus_file *open_half(void);
/* Renders 512 frames and returns the last of them. */
void hear(float *left, float *right);

void test_null_pointers(void);
void test_failures(void);
void test_engines(void);
void test_nodes(void);
void test_adopting(void);
void test_graph(void);
void test_layouts(void);
void test_gains(void);
void test_fades_and_meters(void);
void test_automation(void);
void test_masters(void);
void test_pan_laws(void);
void test_equalizers(void);
void test_matrices(void);
void test_players(void);
void test_taps(void);
void test_inputs(void);
void test_threads(void);
void test_render_functions(void);
void test_ends_in_render_functions(void);

#endif
