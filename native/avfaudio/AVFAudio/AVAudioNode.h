// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIONODE_H
#define PB_AVAUDIONODE_H

#import <AVFAudio/AVAudioTypes.h>

@class AUAudioUnit, AVAudioEngine, AVAudioFormat, AVAudioPCMBuffer, AVAudioTime;

NS_ASSUME_NONNULL_BEGIN

/// Runs on the engine's callback thread with a copy of the bus's output.
typedef void (^AVAudioNodeTapBlock)(AVAudioPCMBuffer *buffer, AVAudioTime *when);

/// A generator, mixer or end point of sound, with input and output buses.
/// Abstract: create one of the subclasses and attach it to an engine.
@interface AVAudioNode : NSObject {
  @package
    struct PBNode *_node;
}

/// Clears the node's processing state (tails), not its connections.
- (void)reset;
- (AVAudioFormat *)inputFormatForBus:(AVAudioNodeBus)bus;
- (AVAudioFormat *)outputFormatForBus:(AVAudioNodeBus)bus;

@property (nonatomic, readonly, nullable) AVAudioEngine *engine;
@property (nonatomic, readonly) NSUInteger numberOfInputs;
@property (nonatomic, readonly) NSUInteger numberOfOutputs;
/// nil while the engine does not run, or the node is connected to neither its output nor its input. Its
/// sample time is that of the next block; on a device, its host time is when that will be heard.
@property (nonatomic, readonly, nullable) AVAudioTime *lastRenderTime;

@end

@interface AVAudioNode (AVAudioNodeUnit)

/// The node's parameters. A mixer has some for each bus.
@property (nonatomic, readonly) AUAudioUnit *AUAudioUnit;

@end

@interface AVAudioNode (AVAudioNodeTaps)

/// One tap per bus; a second one throws. bufferSize is a request, in frames. format: nil, or that
/// of the connection; a free bus adopts it. A later connection in another format changes the format
/// of the tap. May be called while the engine runs.
- (void)installTapOnBus:(AVAudioNodeBus)bus
             bufferSize:(AVAudioFrameCount)bufferSize
                 format:(nullable AVAudioFormat *)format
                  block:(AVAudioNodeTapBlock)tapBlock;
- (void)removeTapOnBus:(AVAudioNodeBus)bus;

@end

NS_ASSUME_NONNULL_END

#endif
