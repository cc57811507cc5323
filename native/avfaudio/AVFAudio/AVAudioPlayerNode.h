// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOPLAYERNODE_H
#define PB_AVAUDIOPLAYERNODE_H

#import <AVFAudio/AVAudioMixing.h>
#import <AVFAudio/AVAudioNode.h>

NS_ASSUME_NONNULL_BEGIN

typedef NS_OPTIONS(NSUInteger, AVAudioPlayerNodeBufferOptions) {
    /// Repeats until stopped or interrupted.
    AVAudioPlayerNodeBufferLoops = 1UL << 0,
    /// Replaces what plays now and all that is queued before it.
    AVAudioPlayerNodeBufferInterrupts = 1UL << 1,
    /// The same, at the end of the pass that plays now.
    AVAudioPlayerNodeBufferInterruptsAtLoop = 1UL << 2
};

typedef NS_ENUM(NSInteger, AVAudioPlayerNodeCompletionCallbackType) {
    AVAudioPlayerNodeCompletionDataConsumed = 0,
    AVAudioPlayerNodeCompletionDataRendered = 1,
    AVAudioPlayerNodeCompletionDataPlayedBack = 2
};

typedef void (^AVAudioPlayerNodeCompletionHandler)(
    AVAudioPlayerNodeCompletionCallbackType callbackType);

/// Plays scheduled buffers in order. A buffer's channel count must be that of the node's output;
/// its rate is taken to be the connection's.
@interface AVAudioPlayerNode : AVAudioNode <AVAudioMixing> {
  @private
    struct PBPlayer *_player;
}

- (instancetype)init NS_DESIGNATED_INITIALIZER;

- (void)scheduleBuffer:(AVAudioPCMBuffer *)buffer
     completionHandler:(nullable AVAudioNodeCompletionHandler)completionHandler;
- (void)scheduleBuffer:(AVAudioPCMBuffer *)buffer
    completionCallbackType:(AVAudioPlayerNodeCompletionCallbackType)callbackType
         completionHandler:(nullable AVAudioPlayerNodeCompletionHandler)completionHandler;
- (void)scheduleBuffer:(AVAudioPCMBuffer *)buffer
                atTime:(nullable AVAudioTime *)when
               options:(AVAudioPlayerNodeBufferOptions)options
     completionHandler:(nullable AVAudioNodeCompletionHandler)completionHandler;
/// when: a sample time in the player's own timeline; nil follows the previous buffer.
- (void)scheduleBuffer:(AVAudioPCMBuffer *)buffer
                    atTime:(nullable AVAudioTime *)when
                   options:(AVAudioPlayerNodeBufferOptions)options
    completionCallbackType:(AVAudioPlayerNodeCompletionCallbackType)callbackType
         completionHandler:(nullable AVAudioPlayerNodeCompletionHandler)completionHandler;

/// Clears the queue, runs its handlers and zeroes the player's time.
- (void)stop;
/// Buffers lie in memory already: nothing to prepare.
- (void)prepareWithFrameCount:(AVAudioFrameCount)frameCount;
/// Throws unless the engine runs and the node is connected.
- (void)play;
/// when: a sample time of the engine's timeline; a past one means at once.
- (void)playAtTime:(nullable AVAudioTime *)when;
- (void)pause;
/// nil while the player does not play; so is the converse.
- (nullable AVAudioTime *)nodeTimeForPlayerTime:(AVAudioTime *)playerTime;
- (nullable AVAudioTime *)playerTimeForNodeTime:(AVAudioTime *)nodeTime;

/// YES from play until stop or pause, also when nothing is left to play.
@property (nonatomic, readonly, getter=isPlaying) BOOL playing;

@end

NS_ASSUME_NONNULL_END

#endif
