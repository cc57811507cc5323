// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOENGINE_H
#define PB_AVAUDIOENGINE_H

#import <AVFAudio/AVAudioConnectionPoint.h>
#import <AVFAudio/AVAudioFormat.h>
#import <AVFAudio/AVAudioTypes.h>

@class AVAudioInputNode, AVAudioMixerNode, AVAudioNode, AVAudioOutputNode, AVAudioPCMBuffer;

NS_ASSUME_NONNULL_BEGIN

typedef NS_ENUM(OSStatus, AVAudioEngineManualRenderingError) {
    AVAudioEngineManualRenderingErrorInvalidMode = -80800,
    AVAudioEngineManualRenderingErrorInitialized = -80801,
    AVAudioEngineManualRenderingErrorNotRunning = -80802
};

typedef NS_ENUM(NSInteger, AVAudioEngineManualRenderingStatus) {
    AVAudioEngineManualRenderingStatusError = -1,
    AVAudioEngineManualRenderingStatusSuccess = 0,
    AVAudioEngineManualRenderingStatusInsufficientDataFromInputNode = 1,
    AVAudioEngineManualRenderingStatusCannotDoInCurrentContext = 2
};

typedef NS_ENUM(NSInteger, AVAudioEngineManualRenderingMode) {
    AVAudioEngineManualRenderingModeOffline = 0,
    AVAudioEngineManualRenderingModeRealtime = 1
};

typedef AVAudioEngineManualRenderingStatus (^AVAudioEngineManualRenderingBlock)(
    AVAudioFrameCount numberOfFrames, AudioBufferList *outBuffer, OSStatus *_Nullable outError);

/// Posted when the output device is lost or has changed so that the engine has stopped. Nodes stay
/// attached and connected; startAndReturnError: opens the device anew. Posted on a thread of the
/// engine's own, one at a time.
extern NSString *const AVAudioEngineConfigurationChangeNotification;

/// A graph of nodes that renders to a device, or to the caller in manual rendering mode. Graph
/// calls throw an NSException on misuse and must not be made by two threads at once; rendering and
/// changes of the nodes' volume and pan may go on meanwhile.
@interface AVAudioEngine : NSObject {
  @package
    struct PBEngine *_engine;
}

- (instancetype)init;

/// Retains the node. Throws if another engine owns it.
- (void)attachNode:(AVAudioNode *)node;
- (void)detachNode:(AVAudioNode *)node;

@property (nonatomic, readonly) AVAudioOutputNode *outputNode;
@property (nonatomic, readonly) AVAudioInputNode *inputNode;
/// Created and connected to outputNode when first read.
@property (nonatomic, readonly) AVAudioMixerNode *mainMixerNode;
@property (readonly, copy) NSSet<AVAudioNode *> *attachedNodes;

@end

@interface AVAudioEngine (AVAudioEngineConnections)

/// One to one: ends every other connection of that output bus and of that input bus.
/// format nil keeps the source's output format.
- (void)connect:(AVAudioNode *)node1
             to:(AVAudioNode *)node2
        fromBus:(AVAudioNodeBus)bus1
          toBus:(AVAudioNodeBus)bus2
         format:(nullable AVAudioFormat *)format;
/// Bus 0 to bus 0, or to the next available bus of a mixer.
- (void)connect:(AVAudioNode *)node1
             to:(AVAudioNode *)node2
         format:(nullable AVAudioFormat *)format;
/// One to many: afterwards, the bus feeds exactly the listed points.
- (void)connect:(AVAudioNode *)sourceNode
    toConnectionPoints:(NSArray<AVAudioConnectionPoint *> *)destNodes
               fromBus:(AVAudioNodeBus)sourceBus
                format:(nullable AVAudioFormat *)format;
- (void)disconnectNodeInput:(AVAudioNode *)node bus:(AVAudioNodeBus)bus;
- (void)disconnectNodeInput:(AVAudioNode *)node;
- (void)disconnectNodeOutput:(AVAudioNode *)node bus:(AVAudioNodeBus)bus;
- (void)disconnectNodeOutput:(AVAudioNode *)node;

- (nullable AVAudioConnectionPoint *)inputConnectionPointForNode:(AVAudioNode *)node
                                                        inputBus:(AVAudioNodeBus)bus;
- (NSArray<AVAudioConnectionPoint *> *)outputConnectionPointsForNode:(AVAudioNode *)node
                                                           outputBus:(AVAudioNodeBus)bus;

@end

@interface AVAudioEngine (AVAudioEngineRendering)

- (void)prepare;
- (BOOL)startAndReturnError:(NSError **)outError;
- (void)pause;
- (void)reset;
- (void)stop;

@property (nonatomic, readonly, getter=isRunning) BOOL running;

/// Only while stopped. Connections stay.
- (BOOL)enableManualRenderingMode:(AVAudioEngineManualRenderingMode)mode
                           format:(AVAudioFormat *)pcmFormat
                maximumFrameCount:(AVAudioFrameCount)maximumFrameCount
                            error:(NSError **)outError;
- (void)disableManualRenderingMode;
/// buffer.frameLength is the number of frames rendered, whatever the status.
- (AVAudioEngineManualRenderingStatus)renderOffline:(AVAudioFrameCount)numberOfFrames
                                           toBuffer:(AVAudioPCMBuffer *)buffer
                                              error:(NSError **)outError;

/// Fetch it on another thread than the audio thread; then it may be called there.
@property (readonly, nonatomic) AVAudioEngineManualRenderingBlock manualRenderingBlock;
@property (readonly, nonatomic) BOOL isInManualRenderingMode;
@property (readonly, nonatomic) AVAudioEngineManualRenderingMode manualRenderingMode;
/// 0 Hz and 0 channels outside manual rendering mode.
@property (readonly, nonatomic) AVAudioFormat *manualRenderingFormat;
@property (readonly, nonatomic) AVAudioFrameCount manualRenderingMaximumFrameCount;
@property (readonly, nonatomic) AVAudioFramePosition manualRenderingSampleTime;

@end

NS_ASSUME_NONNULL_END

#endif
