// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBRecords.h"

@implementation AVAudioConnectionPoint

@synthesize bus = _bus;

- (instancetype)initWithNode:(AVAudioNode *)node bus:(AVAudioNodeBus)bus {
    self = [super init];
    if (self != nil && node == nil) {
        [self release];
        return nil;
    }
    if (self != nil) {
        _holder = [node->_node->holder retain];
        _bus = bus;
    }
    return self;
}

- (void)dealloc {
    [_holder release];
    [super dealloc];
}

- (AVAudioNode *)node {
    return [[((PBNodeHolder *)_holder)->node retain] autorelease];
}

@end
