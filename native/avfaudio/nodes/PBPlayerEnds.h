// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What Apple's players do not have: how a buffer ended, and fading out to a pause or a stop.
#ifndef PB_PLAYERENDS_H
#define PB_PLAYERENDS_H

#import <AVFAudio/AVAudioBuffer.h>
#import <AVFAudio/AVAudioPlayerNode.h>

NS_ASSUME_NONNULL_BEGIN

@interface AVAudioPlayerNode (AVAudioPlayerNodeEnds)
/// Calls `ended` instead of a handler, once, on the engine's callback thread. end: 0 the buffer was
/// played, 1 it was interrupted, 2 the player was stopped, 3 the player was detached.
- (void)pbScheduleBuffer:(AVAudioPCMBuffer *)buffer
                  atTime:(nullable AVAudioTime *)when
                 options:(AVAudioPlayerNodeBufferOptions)options
                   ended:(nullable void (*)(void *_Nullable context, unsigned end))ended
                 context:(nullable void *)context;
/// Fades to silence, linearly and within `frames` frames of the node's output, and pauses or stops
/// at the next frame. -play reverses the fade. A player that does not sound pauses or stops at
/// once.
- (void)pbPauseAfter:(uint64_t)frames;
- (void)pbStopAfter:(uint64_t)frames;
/// Whether everything scheduled has ended.
- (BOOL)pbIsEmpty;
@end

NS_ASSUME_NONNULL_END

#endif
