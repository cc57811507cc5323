// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The calls of AVAudioEngine's graph with errors in place of exceptions, and with strips that know what
// is connected.
//
// The first call of any of these takes the engine up for perbus, which retains it until pb_relinquish.
// It stays the program's: it is started, stopped and changed only where a call says so, and its mixers
// do not grow by themselves, so that connecting past a mixer's last bus is PBErrorOutOfRange.
//
// The program may use AVFAudio directly, too: it makes its own calls that attach, detach, connect,
// disconnect, start, stop or reset only while no other thread is in a call of these, in
// pb_performBatch:error: for instance, and calls pb_syncAndReturnError: after them.
//
// Threads: any, in the whole header. Real-time safe: no.
#ifndef PERBUS_DESK_AVAUDIOENGINE_PERBUS_H
#define PERBUS_DESK_AVAUDIOENGINE_PERBUS_H

#import <AVFAudio/AVFAudio.h>

#import "PBError.h"

NS_ASSUME_NONNULL_BEGIN

@interface AVAudioEngine (PerbusGraph)

/// PBErrorWrongEngine if another engine has the node. No effect if this one has it.
- (BOOL)pb_attachNode:(AVAudioNode *)node error:(NSError **)error NS_SWIFT_NAME(deskAttach(_:));

/// The main mixer, the output and the input cannot be detached. A mixer's strips keep their values for
/// as long as anyone keeps one of them. The neighbours of an effect are connected to each other if
/// the formats on both its sides are the same.
- (BOOL)pb_detachNode:(AVAudioNode *)node error:(NSError **)error NS_SWIFT_NAME(deskDetach(_:));

/// Connects an output bus to an input bus. Earlier connections of either bus end. On a mixer the
/// connection gets the values of the bus's strip.
/// @param format planar 32-bit float; nil for the one that the source was last connected in, or else
/// the engine's
- (BOOL)pb_connect:(AVAudioNode *)source
                to:(AVAudioNode *)destination
           fromBus:(AVAudioNodeBus)sourceBus
             toBus:(AVAudioNodeBus)destinationBus
            format:(nullable AVAudioFormat *)format
             error:(NSError **)error NS_SWIFT_NAME(deskConnect(_:to:fromBus:toBus:format:));

/// From bus 0 to bus 0, or to the lowest free bus of a mixer.
- (BOOL)pb_connect:(AVAudioNode *)source
                to:(AVAudioNode *)destination
            format:(nullable AVAudioFormat *)format
             error:(NSError **)error NS_SWIFT_NAME(deskConnect(_:to:format:));

/// Connects an output bus to several mixer buses: it feeds exactly these afterwards, each through the
/// bus's own strip. PBErrorWrongKind if one of the nodes is no mixer.
- (BOOL)pb_connect:(AVAudioNode *)source
    toConnectionPoints:(NSArray<AVAudioConnectionPoint *> *)destinations
               fromBus:(AVAudioNodeBus)sourceBus
                format:(nullable AVAudioFormat *)format
                 error:(NSError **)error NS_SWIFT_NAME(deskConnect(_:to:fromBus:format:));

/// Ends the connection of an input bus. No effect if there is none. The strip keeps its values.
- (BOOL)pb_disconnectNodeInput:(AVAudioNode *)node
                           bus:(AVAudioNodeBus)bus
                         error:(NSError **)error NS_SWIFT_NAME(deskDisconnectInput(of:bus:));

/// Ends every connection of an output bus. No effect if there is none.
- (BOOL)pb_disconnectNodeOutput:(AVAudioNode *)node
                            bus:(AVAudioNodeBus)bus
                          error:(NSError **)error NS_SWIFT_NAME(deskDisconnectOutput(of:bus:));

@end

@interface AVAudioEngine (PerbusState)

- (BOOL)pb_prepareAndReturnError:(NSError **)error NS_SWIFT_NAME(deskPrepare());
/// No effect on a running engine.
- (BOOL)pb_startAndReturnError:(NSError **)error NS_SWIFT_NAME(deskStart());
- (BOOL)pb_pauseAndReturnError:(NSError **)error NS_SWIFT_NAME(deskPause());
- (BOOL)pb_stopAndReturnError:(NSError **)error NS_SWIFT_NAME(deskStop());
- (BOOL)pb_resetAndReturnError:(NSError **)error NS_SWIFT_NAME(deskReset());

/// Renders the next frames of an engine in manual rendering mode, and sets the buffer's frameLength.
/// Fades of strips reach their ends in it: renderOffline:toBuffer:error: does not report them.
/// PBErrorOutOfRange for more frames than the buffer or the engine's longest block has.
- (BOOL)pb_renderOffline:(AVAudioFrameCount)frames
                toBuffer:(AVAudioPCMBuffer *)buffer
                   error:(NSError **)error NS_SWIFT_NAME(deskRenderOffline(_:to:));

/// Ends the solos of all buses.
- (BOOL)pb_clearSoloAndReturnError:(NSError **)error NS_SWIFT_NAME(deskClearSolo());

/// Runs the block at once. On the portable engine what it changes here is heard from one block on;
/// other threads' calls wait for its end. An exception that it throws ends it: PBErrorException. What
/// it has done stays done.
- (BOOL)pb_performBatch:(NS_NOESCAPE void (^)(void))changes
                  error:(NSError **)error NS_SWIFT_NAME(deskBatch(_:));

/// Takes over what the program has changed by itself: nodes, connections, volumes and pans.
- (BOOL)pb_syncAndReturnError:(NSError **)error NS_SWIFT_NAME(deskSync());

/// Lets the engine go: its nodes, connections, volumes and pans stay as they are, and a mute or solo
/// stays as the volume 0 that it was to the engine. Fades end at their targets. From then on only the
/// strips that the program keeps hold the engine in memory. The next call here takes it up anew.
///
/// Call it before the last release of an engine, which perbus retains otherwise. No effect on an
/// engine that was never taken up, nor in a batch.
- (void)pb_relinquish NS_SWIFT_NAME(deskRelinquish());

@end

NS_ASSUME_NONNULL_END

#endif
