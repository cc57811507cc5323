// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBMixerBuses.h"
#import "avfaudio/graph/PBEngine.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/support/PBErrors.h"

@interface AUParameterTree ()
- (instancetype)_initWithWeakNode:(PBWeakNode *)weakNode;
@end

@implementation AUAudioUnitBusArray

- (instancetype)_initWithWeakNode:(PBWeakNode *)weakNode inputs:(BOOL)inputs {
    self = [super init];
    if (self != nil) {
        _weakNode = [weakNode retain];
        _inputs = inputs;
    }
    return self;
}

- (void)dealloc {
    [_weakNode release];
    [super dealloc];
}

- (NSUInteger)count {
    return _inputs ? [_weakNode->node numberOfInputs] : [_weakNode->node numberOfOutputs];
}

static BOOL SetInputCount(AVAudioNode *mixer, NSUInteger count, NSError **error) {
    PBNode *node = mixer->_node;
    for (NSUInteger bus = count; bus < node->inputCount; bus++) {
        if (node->inputs[bus] != NULL) {
            return PBFail(error, kAudioUnitErr_InvalidPropertyValue,
                          @"%lu buses would leave out bus %lu, which is connected",
                          (unsigned long)count, (unsigned long)bus);
        }
    }
    if (![mixer pbGrowInputs:count]) {
        return PBFail(error, kAudio_MemFullError, @"no memory for %lu input buses",
                      (unsigned long)count);
    }
    node->inputCount = count;
    return YES;
}

- (BOOL)setBusCount:(NSUInteger)count error:(NSError **)outError {
    AVAudioNode *node = _weakNode->node;
    if (!_inputs || ![node pbIsMixer]) {
        return PBFail(outError, kAudioUnitErr_PropertyNotWritable,
                      @"only a mixer's input buses have a count that can be set");
    }
    if (count == 0 || count > PB_MAX_BUSES) {
        return PBFail(outError, kAudioUnitErr_InvalidPropertyValue,
                      @"%lu input buses: a mixer has 1 to %d", (unsigned long)count, PB_MAX_BUSES);
    }
    BOOL set = NO;
    PBLocked(node->_node->engine) {
        set = SetInputCount(node, count, outError);
    }
    return set;
}

@end

@implementation AUAudioUnit

- (instancetype)_initWithNode:(AVAudioNode *)node {
    self = [super init];
    if (self != nil) {
        PBWeakNode *weakNode = node->_node->weakNode;
        _inputBusses = [[AUAudioUnitBusArray alloc] _initWithWeakNode:weakNode inputs:YES];
        _outputBusses = [[AUAudioUnitBusArray alloc] _initWithWeakNode:weakNode inputs:NO];
        if ([node pbIsMixer]) {
            _parameterTree = [[AUParameterTree alloc] _initWithWeakNode:weakNode];
        }
    }
    return self;
}

- (void)dealloc {
    [_parameterTree release];
    [_inputBusses release];
    [_outputBusses release];
    [super dealloc];
}

- (AUParameterTree *)parameterTree {
    return _parameterTree;
}

- (AUAudioUnitBusArray *)inputBusses {
    return _inputBusses;
}

- (AUAudioUnitBusArray *)outputBusses {
    return _outputBusses;
}

@end

@implementation AVAudioNode (AVAudioNodeUnit)

- (AUAudioUnit *)AUAudioUnit {
    // Unattached nodes have no lock of their own, and two threads must not create two units.
    static pthread_mutex_t making = PTHREAD_MUTEX_INITIALIZER;
    AUAudioUnit *unit = nil;
    pthread_mutex_lock(&making);
    @try {
        if (_node->unit == nil) {
            _node->unit = [[AUAudioUnit alloc] _initWithNode:self];
        }
        unit = _node->unit;
    } @finally {
        pthread_mutex_unlock(&making);
    }
    return unit;
}

@end
