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
        _weakNode = [node->_node->weakNode retain];
        _bus = bus;
    }
    return self;
}

- (void)dealloc {
    [_weakNode release];
    [super dealloc];
}

- (AVAudioNode *)node {
    return [[((PBWeakNode *)_weakNode)->node retain] autorelease];
}

@end
