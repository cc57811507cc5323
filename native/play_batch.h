// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Batches for an engine without any: the plays between begin and end are collected, and start
// together.
#ifndef PERBUS_PLAY_BATCH_H
#define PERBUS_PLAY_BATCH_H

#import "shim.h"

// Opens this thread's batch of the engine, or opens it once more. NO without memory.
BOOL perbus__begin_play_batch(AVAudioEngine *engine);
// The outermost end starts the players. NO if this thread has opened no batch of the engine.
BOOL perbus__end_play_batch(AVAudioEngine *engine);
// Whether this thread has one open.
BOOL perbus__has_play_batch(AVAudioEngine *engine);
// NO without a batch of this thread's, or without memory: the player has to be started now.
BOOL perbus__add_to_play_batch(AVAudioPlayerNode *player);

#endif
