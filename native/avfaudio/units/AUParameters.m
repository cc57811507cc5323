// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBMixerBuses.h"

@interface AUParameter ()
- (instancetype)_initWithWeakNode:(PBWeakNode *)weakNode
                        parameter:(AudioUnitParameterID)parameter
                          element:(AudioUnitElement)element;
@end

@implementation AUParameterNode
@end

@implementation AUParameterGroup
@end

@implementation AUParameter

- (instancetype)_initWithWeakNode:(PBWeakNode *)weakNode
                        parameter:(AudioUnitParameterID)parameter
                          element:(AudioUnitElement)element {
    self = [super init];
    if (self != nil) {
        _weakNode = [weakNode retain];
        _parameter = parameter;
        _element = element;
    }
    return self;
}

- (void)dealloc {
    [_weakNode release];
    [super dealloc];
}

- (AUValue)minValue {
    return _parameter == kMultiChannelMixerParam_Pan ? -1 : 0;
}

- (AUValue)maxValue {
    return 1;
}

- (AUValue)value {
    AUValue value = 0;
    if (_weakNode->node != nil) {
        PBMixerParameter(_weakNode->node, _element, _parameter, &value);
    }
    return value;
}

- (void)setValue:(AUValue)value {
    if (_weakNode->node != nil) {
        PBMixerSetParameter(_weakNode->node, _element, _parameter, value);
    }
}

- (void)setValue:(AUValue)value originator:(AUParameterObserverToken)originator {
    (void)originator;
    [self setValue:value];
}

@end

@implementation AUParameterTree

- (instancetype)_initWithWeakNode:(PBWeakNode *)weakNode {
    self = [super init];
    if (self != nil) {
        _weakNode = [weakNode retain];
    }
    return self;
}

- (void)dealloc {
    [_weakNode release];
    [super dealloc];
}

- (AUParameter *)parameterWithID:(AudioUnitParameterID)paramID
                           scope:(AudioUnitScope)scope
                         element:(AudioUnitElement)element {
    AVAudioNode *node = _weakNode->node;
    if (node == nil || scope != kAudioUnitScope_Input || element >= [node numberOfInputs] ||
        paramID > kMultiChannelMixerParam_Pan) {
        return nil;
    }
    return [[[AUParameter alloc] _initWithWeakNode:_weakNode parameter:paramID
                                           element:element] autorelease];
}

@end
