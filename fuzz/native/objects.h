// SPDX-License-Identifier: MIT OR Apache-2.0
// Engines and nodes, and arguments for them, drawn from the bytes of a run.
#ifndef OBJECTS_H
#define OBJECTS_H

#import <AVFAudio/AVFAudio.h>
#import <Block.h>
#import <Foundation/Foundation.h>

#include "draw.h"

enum { ENGINES_HERE = 3, NODES_HERE = 14, FRAMES = 512 };

extern AVAudioEngine *engines[ENGINES_HERE];
extern AVAudioNode *nodes[NODES_HERE];

AVAudioEngine *any_engine(void);
// Seldom nil.
AVAudioNode *any_node(void);
// nil, or of any numbers.
AVAudioFormat *any_format(void);
AVAudioTime *any_time(void);
NSArray *any_points(void);
// The caller's: a mixer, player, equalizer or source, or some engine's main mixer.
AVAudioNode *make_node(uint32_t kind);
// In place of one that was released.
void make_engine(uint32_t at);

#endif
