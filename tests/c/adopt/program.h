// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A program that has an AVAudioEngine of its own, made with AVFAudio alone, and hands it to perbus.
// It is linked to the library's objects, since libperbus.so does not export the classes.
#ifndef PROGRAM_H
#define PROGRAM_H

#import <AVFAudio/AVFAudio.h>
#import <Foundation/Foundation.h>

#include "../check.h"

enum { BLOCK = 512 };

// How many sources of the program exist.
extern atomic_int sources_alive;

// A source of a constant value, stereo; the caller releases it.
AVAudioSourceNode *make_source(float value);

// An offline engine, stereo at 48 kHz, that is not started; the caller releases it.
AVAudioEngine *make_engine(void);

// Attaches and connects, in stereo.
void feed(AVAudioEngine *av_engine, AVAudioNode *node, AVAudioNode *to, AVAudioNodeBus bus);

void start(AVAudioEngine *av_engine);

// Renders two blocks through AVFAudio, so that ramps are over; the last frame.
void hear_program(AVAudioEngine *av_engine, float *left, float *right);

void test_sound(void);
void test_lifetimes(void);
void test_kinds(void);
void test_untouched(void);
void test_recorders(void);

#endif
