// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AUPARAMETERS_H
#define PB_AUPARAMETERS_H

#import <AudioToolbox/AUComponent.h>

@class AVAudioNode, PBWeakNode;

NS_ASSUME_NONNULL_BEGIN

typedef float AUValue;
typedef void *AUParameterObserverToken;

@interface AUParameterNode : NSObject
@end

@interface AUParameterGroup : AUParameterNode
@end

/// One number of an audio unit that may be changed while it runs.
@interface AUParameter : AUParameterNode {
  @private
    PBWeakNode *_weakNode;
    AudioUnitParameterID _parameter;
    AudioUnitElement _element;
}

@property (nonatomic, readonly) AUValue minValue;
@property (nonatomic, readonly) AUValue maxValue;
/// Setting it throws for NaN and infinities, and has no effect once the node or the bus is gone.
@property (nonatomic) AUValue value;
/// Nobody observes parameters here: the originator may be anything.
- (void)setValue:(AUValue)value originator:(nullable AUParameterObserverToken)originator;

@end

@interface AUParameterTree : AUParameterGroup {
  @private
    PBWeakNode *_weakNode;
}

/// nil when the unit has no such parameter: a mixer's are kMultiChannelMixerParam_*, on the input
/// scope, for elements below its bus count.
- (nullable AUParameter *)parameterWithID:(AudioUnitParameterID)paramID
                                    scope:(AudioUnitScope)scope
                                  element:(AudioUnitElement)element;

@end

NS_ASSUME_NONNULL_END

#endif
