// SPDX-License-Identifier: MIT OR Apache-2.0
//
// perbus on engines that are less kind than the portable one usually is. The program chooses their
// manners, and therefore is linked to the library's objects, which have more than libperbus.so
// exports.
#ifndef MANNERS_H
#define MANNERS_H

#import <AVFAudio/AVFAudio.h>
#import <Foundation/Foundation.h>

#include "../check.h"
#include "avfaudio/graph/PBManners.h"

#define MONO (perbus_format){.sample_rate = 48000.0, .channels = 1}

// An offline engine with these manners, mono at 48 kHz, that runs, and its mixer.
perbus_engine *make_running(const char *manners, perbus_node **out_mixer);
// A player on the mixer's bus 0.
perbus_node *make_player(perbus_engine *of, perbus_node *on);
// A mono buffer of frames of that value.
perbus_buffer *make_buffer(float value, uint32_t frames);
// Renders so many frames, at most 512, and returns the last.
float render_last(perbus_engine *of, uint32_t frames);
// Returns when all handlers that are due have run, those that the shim has put off included.
void run_handlers(perbus_engine *of);
AVAudioEngine *native_engine(perbus_engine *of);
AVAudioNode *native_node(perbus_node *node);

void test_completions(void);
void test_sources(void);
void test_lists(void);
void test_meters(void);
void test_batches(void);

#endif
