// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AUAUDIOUNIT_H
#define PB_AUAUDIOUNIT_H

#import <AudioToolbox/AUParameters.h>

NS_ASSUME_NONNULL_BEGIN

/// The input or output buses of an audio unit.
@interface AUAudioUnitBusArray : NSObject {
  @private
    PBWeakNode *_weakNode;
    BOOL _inputs;
}

@property (nonatomic, readonly) NSUInteger count;
/// Only for the inputs of a mixer. Connected buses cannot be removed.
- (BOOL)setBusCount:(NSUInteger)count error:(NSError *_Nullable *_Nullable)outError;

@end

/// The unit inside a node.
@interface AUAudioUnit : NSObject {
  @private
    AUParameterTree *_parameterTree;
    AUAudioUnitBusArray *_inputBusses;
    AUAudioUnitBusArray *_outputBusses;
}

/// nil for a node without parameters, which is any node but a mixer.
@property (nonatomic, readonly, nullable) AUParameterTree *parameterTree;
@property (nonatomic, readonly) AUAudioUnitBusArray *inputBusses;
@property (nonatomic, readonly) AUAudioUnitBusArray *outputBusses;

@end

NS_ASSUME_NONNULL_END

#endif
