// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that has an AVAudioEngine of its own and uses strips. What it makes its engine with is
// that of the C library's tests of adoption.
#ifndef OBJC_TESTS_H
#define OBJC_TESTS_H

#import "PerbusDesk.h"
#import "program.h"

// Engines of the program that exist.
extern atomic_int engines_alive;

// A stage: stereo at 48 kHz, offline, running; a source of 0.5 on bus 1 and one of 0.25 on bus 2 of the
// main mixer.
@interface Stage : NSObject {
  @public
    AVAudioEngine *engine;
    AVAudioMixerNode *mixer;
    AVAudioSourceNode *loud, *soft;
}
@end

AVAudioFormat *stereo_format(void);

// The last frame of two blocks, when all ramps are over.
float left_of(AVAudioEngine *engine);
float right_of(AVAudioEngine *engine);

// The call returns NO or nil, once without an error and once with one of this code, which has a text.
#define REFUSES(code_, call)                                                                      \
    do {                                                                                          \
        NSError *why = nil, **error = NULL;                                                       \
        CHECK(!(call));                                                                           \
        error = &why;                                                                             \
        CHECK(!(call));                                                                           \
        if (![[why domain] isEqual:PBErrorDomain] || [why code] != (code_) ||                     \
            [[why localizedDescription] length] == 0) {                                           \
            printf("%s:%d: %s: %s\n", __FILE__, __LINE__, #call, [[why description] UTF8String]); \
            check_failures++;                                                                     \
        }                                                                                         \
    } while (0)

// It works, and needs no error.
#define DOES(call)                                                                                \
    do {                                                                                          \
        NSError *why = nil, **error = &why;                                                       \
        if (!(call)) {                                                                            \
            printf("%s:%d: %s: %s\n", __FILE__, __LINE__, #call, [[why description] UTF8String]); \
            check_failures++;                                                                     \
        }                                                                                         \
    } while (0)

void test_strips(void);
void test_graphs(void);
void test_refusals(void);
void test_fades(void);
void test_sends(void);
void test_lifetimes(void);
void test_threads(void);

#endif
