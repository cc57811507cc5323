// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the kinds of nodes answer for themselves, and what they share.
#ifndef PB_NODE_H
#define PB_NODE_H

#import "avfaudio/graph/PBRecords.h"

// Nodes share one private initializer; a public designated one calls it on self's superclass.
#pragma clang diagnostic ignored "-Wobjc-designated-initializers"

@interface AVAudioNode ()
- (instancetype)_initWithInputs:(NSUInteger)inputs
                        outputs:(NSUInteger)outputs NS_DESIGNATED_INITIALIZER;
// YES for a node whose input buses mix: it takes any channel count and grows on demand.
- (BOOL)pbIsMixer;
// Room for so many, unseen; NO without memory. Within it pbGrowInputs: cannot fail.
- (BOOL)pbReserveInputs:(NSUInteger)count;
- (BOOL)pbGrowInputs:(NSUInteger)count;
// YES for a node that passes its one input on, changed, as its one output.
- (BOOL)pbIsEffect;
// Before the node is rendered at a rate; NO and a reason when it cannot be.
- (BOOL)pbPrepareAtRate:(double)rate error:(NSError **)error;
// A connection in this format is about to be made, throws if it cannot be; and has been made.
- (void)pbRequireFormat:(AVAudioFormat *)format bus:(AVAudioNodeBus)bus input:(BOOL)input;
- (void)pbConnected:(PBConnection *)connection;
// Called with the engine's lock held, after attaching and before detaching.
- (void)pbAttached;
- (void)pbWillDetach;
- (void)pbEngineStopped;
// Hands finished work (buffers played) to the callback thread. idle: nothing renders the node.
- (void)pbCollect:(BOOL)idle;
@end

@interface AVAudioInputNode (PBInput)
// The block is invalid once the engine renders to its device.
- (void)pbForgetBlock;
@end

// Nodes that have a pbr_source.
@interface AVAudioNode (PBPull)
// The format in which it is to be called. The engine's lock is held.
- (AVAudioFormat *)pbPullFormat;
@end

#endif
