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

/// A number in an audio unit that can be changed while the unit runs.
@interface AUParameter : AUParameterNode {
  @private
    PBWeakNode *_weakNode;
    AudioUnitParameterID _parameter;
    AudioUnitElement _element;
}

@property (nonatomic, readonly) AUValue minValue;
@property (nonatomic, readonly) AUValue maxValue;
/// The setter throws for NaN and infinities. It has no effect once the node or the bus is gone.
@property (nonatomic) AUValue value;
/// Parameters have no observers here, so the originator may be anything.
- (void)setValue:(AUValue)value originator:(nullable AUParameterObserverToken)originator;

@end

@interface AUParameterTree : AUParameterGroup {
  @private
    PBWeakNode *_weakNode;
}

/// nil if the unit has no such parameter. A mixer has kMultiChannelMixerParam_* in the input scope,
/// for elements below its bus count.
- (nullable AUParameter *)parameterWithID:(AudioUnitParameterID)paramID
                                    scope:(AudioUnitScope)scope
                                  element:(AudioUnitElement)element;

@end

NS_ASSUME_NONNULL_END

#endif
