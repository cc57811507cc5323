// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOIONODE_H
#define PB_AVAUDIOIONODE_H

#import <AVFAudio/AVAudioFormat.h>
#import <AVFAudio/AVAudioMixing.h>
#import <AVFAudio/AVAudioNode.h>

NS_ASSUME_NONNULL_BEGIN

/// Returns at least inNumberOfFrames frames, or NULL if there are none.
typedef const AudioBufferList *_Nullable (^AVAudioIONodeInputBlock)(
    AVAudioFrameCount inNumberOfFrames);

/// An end of the graph: a device, or the caller in manual rendering mode.
@interface AVAudioIONode : AVAudioNode
@end

/// Where captured sound enters: from the input device, which records from the start of an engine on
/// which the node is connected or tapped, or from a block in manual rendering mode.
/// inputFormatForBus:0 is the format of the device: 0 Hz and 0 channels without one.
@interface AVAudioInputNode : AVAudioIONode <AVAudioMixing> {
  @private
    struct PBInput *_input;
}

/// NO while the engine runs. The format must be standard. Rendering to a device drops the block.
- (BOOL)setManualRenderingInputPCMFormat:(AVAudioFormat *)format
                              inputBlock:(AVAudioIONodeInputBlock)block;

@end

/// Where the mix leaves the engine.
@interface AVAudioOutputNode : AVAudioIONode
@end

NS_ASSUME_NONNULL_END

#endif
