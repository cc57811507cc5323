// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBAudioUnit.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/support/PBErrors.h"

@implementation AVAudioUnitEffect

- (instancetype)initWithAudioComponentDescription:
    (AudioComponentDescription)audioComponentDescription {
    self = [super _initWithDescription:audioComponentDescription
                                  name:NSStringFromClass([self class])
                                inputs:1
                               outputs:1];
    if (self != nil) {
        if (_description.componentType != kAudioUnitType_Effect ||
            _description.componentSubType != kAudioUnitSubType_NBandEQ ||
            _description.componentManufacturer != kAudioUnitManufacturer_Apple) {
            [self release];
            PBRaise(@"there is no effect of type %08x, subtype %08x, manufacturer %08x",
                    audioComponentDescription.componentType,
                    audioComponentDescription.componentSubType,
                    audioComponentDescription.componentManufacturer);
        }
    }
    return self;
}

- (BOOL)pbIsEffect {
    return YES;
}

- (BOOL)bypass {
    return _bypass;
}

- (void)setBypass:(BOOL)bypass {
    _bypass = bypass;
}

@end
