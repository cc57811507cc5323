// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What each kind of node answers for itself.
#ifndef PB_NODE_H
#define PB_NODE_H

#import "avfaudio/graph/PBRecords.h"

// Nodes share one private initializer, which public designated ones call on their superclass.
#pragma clang diagnostic ignored "-Wobjc-designated-initializers"

@interface AVAudioNode ()
- (instancetype)_initWithInputs:(NSUInteger)inputs
                        outputs:(NSUInteger)outputs NS_DESIGNATED_INITIALIZER;
// YES for a node that mixes its input buses: it accepts any channel count and grows on demand.
- (BOOL)pbIsMixer;
// Reserves room for input buses; NO without memory. Within that room, pbGrowInputs: cannot fail.
- (BOOL)pbReserveInputs:(NSUInteger)count;
- (BOOL)pbGrowInputs:(NSUInteger)count;
// YES for a node whose one output is its one input, processed.
- (BOOL)pbIsEffect;
// Before the node is rendered at a rate. NO and a reason if it cannot be.
- (BOOL)pbPrepareAtRate:(double)rate error:(NSError **)error;
// Before a connection in this format is made, which throws if it cannot be; and after.
- (void)pbRequireFormat:(AVAudioFormat *)format bus:(AVAudioNodeBus)bus input:(BOOL)input;
- (void)pbConnected:(PBConnection *)connection;
// After attaching and before detaching. The engine's lock is held.
- (void)pbAttached;
- (void)pbWillDetach;
- (void)pbEngineStopped;
// Hands finished work (played buffers) to the callback thread. idle: nothing renders the node.
- (void)pbCollect:(BOOL)idle;
@end

struct pbr_capture;
@interface AVAudioInputNode (PBInput)
// The block is invalid once the engine renders to its device.
- (void)pbForgetBlock;
// Pulls from a device's sound, at this rate; from none (NULL), it is silent. NO without memory, and
// nothing has changed. The engine's lock is held.
- (BOOL)pbUseCapture:(struct pbr_capture *)capture rate:(double)rate;
@end

// Nodes that have a pbr_source.
@interface AVAudioNode (PBPull)
// The format in which the source is called. The engine's lock is held.
- (AVAudioFormat *)pbPullFormat;
@end

#endif
