// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What Apple's engine does not have: batches, and a number of render threads.
#ifndef PB_BATCHES_H
#define PB_BATCHES_H

#import <AVFAudio/AVAudioEngine.h>

NS_ASSUME_NONNULL_BEGIN

@interface AVAudioEngine (AVAudioEngineBatches)
/// Volumes, pans and connections that change between begin and end, and what players are asked for,
/// are taken up by the same block; blocks rendered before the end have nothing of it. Batches nest;
/// calls of other threads wait for the end.
- (void)pbBeginBatch;
/// The same for calls that follow each other closely and render nothing: what an offline engine has
/// not compiled yet waits, and so may a block of another thread. Ended like a batch.
- (void)pbBeginEdit;
/// NO, and nothing is closed, if this thread has opened none.
- (BOOL)pbEndBatch;
/// Runs the body under the lock that a batch holds.
- (void)pbLocked:(void (^)(void))body;
/// The same, but NO without running it if another thread has the lock.
- (BOOL)pbTryLocked:(void (^)(void))body;
/// Whether this thread has it, for a batch or a body.
- (BOOL)pbHasLock;
@end

@interface AVAudioEngine (AVAudioEngineThreads)
/// How many threads render, 1 to 64, including the one that asks for blocks. Source and input
/// blocks then run on any of them. NO if the system gives none.
- (BOOL)pbSetRenderThreads:(NSUInteger)count;
@end

NS_ASSUME_NONNULL_END

#endif
