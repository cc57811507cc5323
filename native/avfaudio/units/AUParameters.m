// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBMixerBuses.h"

@interface AUParameter ()
- (instancetype)_initWithHolder:(PBNodeHolder *)holder
                      parameter:(AudioUnitParameterID)parameter
                        element:(AudioUnitElement)element;
@end

@implementation AUParameterNode
@end

@implementation AUParameterGroup
@end

@implementation AUParameter

- (instancetype)_initWithHolder:(PBNodeHolder *)holder
                      parameter:(AudioUnitParameterID)parameter
                        element:(AudioUnitElement)element {
    self = [super init];
    if (self != nil) {
        _holder = [holder retain];
        _parameter = parameter;
        _element = element;
    }
    return self;
}

- (void)dealloc {
    [_holder release];
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
    if (_holder->node != nil) {
        PBMixerParameter(_holder->node, _element, _parameter, &value);
    }
    return value;
}

- (void)setValue:(AUValue)value {
    if (_holder->node != nil) {
        PBMixerSetParameter(_holder->node, _element, _parameter, value);
    }
}

- (void)setValue:(AUValue)value originator:(AUParameterObserverToken)originator {
    (void)originator;
    [self setValue:value];
}

@end

@implementation AUParameterTree

- (instancetype)_initWithHolder:(PBNodeHolder *)holder {
    self = [super init];
    if (self != nil) {
        _holder = [holder retain];
    }
    return self;
}

- (void)dealloc {
    [_holder release];
    [super dealloc];
}

- (AUParameter *)parameterWithID:(AudioUnitParameterID)paramID
                           scope:(AudioUnitScope)scope
                         element:(AudioUnitElement)element {
    AVAudioNode *node = _holder->node;
    if (node == nil || scope != kAudioUnitScope_Input || element >= [node numberOfInputs] ||
        paramID > kMultiChannelMixerParam_Pan) {
        return nil;
    }
    return [[[AUParameter alloc] _initWithHolder:_holder parameter:paramID
                                         element:element] autorelease];
}

@end
