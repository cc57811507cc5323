// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOSOURCENODE_H
#define PB_AVAUDIOSOURCENODE_H

#import <AVFAudio/AVAudioFormat.h>
#import <AVFAudio/AVAudioMixing.h>
#import <AVFAudio/AVAudioNode.h>

NS_ASSUME_NONNULL_BEGIN

/// Fills outputData (planar float32, one buffer per channel, frameCount frames) or points its mData
/// to memory that stays valid until the next call. A non-zero status means no data. Runs on the
/// audio thread: it must not allocate, lock, send messages or wait.
typedef OSStatus (^AVAudioSourceNodeRenderBlock)(BOOL *isSilence, const AudioTimeStamp *timestamp,
                                                 AVAudioFrameCount frameCount,
                                                 AudioBufferList *outputData);

/// Sound made by a render block.
@interface AVAudioSourceNode : AVAudioNode <AVAudioMixing> {
  @private
    struct PBSource *_source;
}

/// The block renders in the format of the node's connection.
- (instancetype)initWithRenderBlock:(AVAudioSourceNodeRenderBlock)block NS_DESIGNATED_INITIALIZER;
/// The block renders in this format, whatever the connection's channel count.
- (instancetype)initWithFormat:(AVAudioFormat *)format
                   renderBlock:(AVAudioSourceNodeRenderBlock)block NS_DESIGNATED_INITIALIZER;

@end

NS_ASSUME_NONNULL_END

#endif
