// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOPLAYERNODE_H
#define PB_AVAUDIOPLAYERNODE_H

#import <AVFAudio/AVAudioFile.h>
#import <AVFAudio/AVAudioMixing.h>
#import <AVFAudio/AVAudioNode.h>

NS_ASSUME_NONNULL_BEGIN

typedef NS_OPTIONS(NSUInteger, AVAudioPlayerNodeBufferOptions) {
    /// Repeats until stopped or interrupted.
    AVAudioPlayerNodeBufferLoops = 1UL << 0,
    /// Replaces what plays now and everything queued before it.
    AVAudioPlayerNodeBufferInterrupts = 1UL << 1,
    /// The same, at the end of the current pass.
    AVAudioPlayerNodeBufferInterruptsAtLoop = 1UL << 2
};

typedef NS_ENUM(NSInteger, AVAudioPlayerNodeCompletionCallbackType) {
    AVAudioPlayerNodeCompletionDataConsumed = 0,
    AVAudioPlayerNodeCompletionDataRendered = 1,
    AVAudioPlayerNodeCompletionDataPlayedBack = 2
};

typedef void (^AVAudioPlayerNodeCompletionHandler)(
    AVAudioPlayerNodeCompletionCallbackType callbackType);

/// Plays scheduled buffers and files in order. A buffer's channel count must be that of the node's output;
/// its rate is assumed to be that of the connection.
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
/// when: a sample time in the player's own timeline, or else, on a device, the host time at which the
/// first frame is heard; nil follows the previous buffer. Host times of what interrupts are converted
/// at once, and count only while the player plays.
- (void)scheduleBuffer:(AVAudioPCMBuffer *)buffer
                    atTime:(nullable AVAudioTime *)when
                   options:(AVAudioPlayerNodeBufferOptions)options
    completionCallbackType:(AVAudioPlayerNodeCompletionCallbackType)callbackType
         completionHandler:(nullable AVAudioPlayerNodeCompletionHandler)completionHandler;

/// Clears the queue, runs its handlers and resets the player's time to 0.
- (void)stop;
/// Does nothing: buffers are in memory already.
- (void)prepareWithFrameCount:(AVAudioFrameCount)frameCount;
/// Throws unless the engine runs and the node is connected.
- (void)play;
/// when: a sample time in the engine's timeline, or else, on a device, the host time at which the
/// first frame is heard; a past one means now.
- (void)playAtTime:(nullable AVAudioTime *)when;
- (void)pause;
/// Both return nil while the player does not play. Before its first block, they go by when it will
/// begin.
- (nullable AVAudioTime *)nodeTimeForPlayerTime:(AVAudioTime *)playerTime;
- (nullable AVAudioTime *)playerTimeForNodeTime:(AVAudioTime *)nodeTime;

/// YES from play until stop or pause, even if nothing is left to play.
@property (nonatomic, readonly, getter=isPlaying) BOOL playing;

@end

/// Files are opened when their turn comes, and decoded ahead. One at another rate is converted to that
/// of the player's output. What happens to the object afterwards does not matter, nor does its
/// framePosition. All of them throw unless the player is attached, and for a file with another number
/// of channels than the player's output.
@interface AVAudioPlayerNode (AVAudioPlayerNodeFiles)

- (void)scheduleFile:(AVAudioFile *)file
               atTime:(nullable AVAudioTime *)when
    completionHandler:(nullable AVAudioNodeCompletionHandler)completionHandler;
- (void)scheduleFile:(AVAudioFile *)file
                    atTime:(nullable AVAudioTime *)when
    completionCallbackType:(AVAudioPlayerNodeCompletionCallbackType)callbackType
         completionHandler:(nullable AVAudioPlayerNodeCompletionHandler)completionHandler;
/// Throws for a segment that is empty or not in the file.
- (void)scheduleSegment:(AVAudioFile *)file
          startingFrame:(AVAudioFramePosition)startFrame
             frameCount:(AVAudioFrameCount)numberFrames
                 atTime:(nullable AVAudioTime *)when
      completionHandler:(nullable AVAudioNodeCompletionHandler)completionHandler;
- (void)scheduleSegment:(AVAudioFile *)file
             startingFrame:(AVAudioFramePosition)startFrame
                frameCount:(AVAudioFrameCount)numberFrames
                    atTime:(nullable AVAudioTime *)when
    completionCallbackType:(AVAudioPlayerNodeCompletionCallbackType)callbackType
         completionHandler:(nullable AVAudioPlayerNodeCompletionHandler)completionHandler;

@end

NS_ASSUME_NONNULL_END

#endif
