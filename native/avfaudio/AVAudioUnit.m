// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBInternal.h"

@implementation AVAudioUnit

- (AudioComponentDescription)audioComponentDescription {
    return _description;
}

- (NSString *)name {
    return NSStringFromClass([self class]);
}

@end
