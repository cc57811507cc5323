// SPDX-License-Identifier: MIT OR Apache-2.0
#import "avfaudio/graph/PBBusMasters.h"
#import "PBNode.h"
#import "PBTaps.h"
#import "avfaudio/graph/PBHostTime.h"
#import "avfaudio/graph/PBManners.h"
#import "avfaudio/graph/PBProposal.h"
#import "avfaudio/graph/PBWalk.h"
#import "avfaudio/support/PBErrors.h"

#include <stdlib.h>

// Under the engine's lock, because a connect may be replacing the format.
static AVAudioFormat *FormatOrEngines(AVAudioFormat *format, AVAudioNode *node) {
    AVAudioFormat *found = format != nil ? format : PBEngineFormat(node->_node->engine);
    return [[found retain] autorelease];
}

@implementation AVAudioNode

// A node of the base class has no buses.
- (instancetype)init {
    return [self _initWithInputs:0 outputs:0];
}

- (instancetype)_initWithInputs:(NSUInteger)inputs outputs:(NSUInteger)outputs {
    self = [super init];
    if (self == nil) {
        return nil;
    }
    _node = calloc(1, sizeof *_node);
    PBWeakNode *weakNode = _node != NULL ? [[PBWeakNode alloc] init] : nil;
    if (weakNode == nil || ![self pbGrowInputs:inputs] ||
        (_node->outputs = calloc(outputs + 1, sizeof *_node->outputs)) == NULL) {
        [weakNode release];
        [self release];
        return nil;
    }
    weakNode->node = self;
    _node->weakNode = weakNode;
    _node->outputCount = outputs;
    // By name: with this runtime, @protocol is empty in a file in which no class adopts it.
    _node->mixing = [self conformsToProtocol:NSProtocolFromString(@"AVAudioMixing")];
    _node->volume = 1;
    return self;
}

// An engine retains its nodes, so this one is not attached and has no connections.
- (void)dealloc {
    if (_node != NULL) {
        for (NSUInteger i = 0; i < _node->outputCount; i++) {
            PBTapRemove(&_node->outputs[i]);
            [_node->outputs[i].format release];
            free(_node->outputs[i].connections);
        }
        if (_node->weakNode != nil) {
            _node->weakNode->node = nil;
        }
        [_node->weakNode release];
        [_node->former release];
        pbr_gain_release(_node->gain);
        pbr_player_release(_node->player);
        pbr_source_release(_node->source);
        pbr_convert_release(_node->convert);
        pbr_process_release(_node->process);
        [_node->unit release];
        free(_node->parked);
        PBFreeBusMasters(_node);
        free(_node->spatial);
        free(_node->faders);
        free(_node->inputs);
        free(_node->outputs);
        free(_node);
    }
    [super dealloc];
}

- (BOOL)pbReserveInputs:(NSUInteger)count {
    if (count <= _node->inputRoom && _node->inputs != NULL) {
        return YES;
    }
    // One more than needed: calloc may return NULL for none.
    NSUInteger room = count < 2 * _node->inputRoom ? 2 * _node->inputRoom : count + 1;
    PBFader *faders = realloc(_node->faders, room * sizeof *faders);
    if (faders == NULL) {
        return NO;
    }
    _node->faders = faders;
    PBConnection **inputs = realloc(_node->inputs, room * sizeof *inputs);
    if (inputs == NULL) {
        return NO;
    }
    _node->inputs = inputs;
    _node->inputRoom = room;
    return YES;
}

- (BOOL)pbGrowInputs:(NSUInteger)count {
    if (![self pbReserveInputs:count]) {
        return NO;
    }
    for (NSUInteger i = _node->inputCount; i < count; i++) {
        _node->inputs[i] = NULL;
        _node->faders[i] = (PBFader){nil, NULL};
    }
    _node->inputCount = count > _node->inputCount ? count : _node->inputCount;
    return YES;
}

- (BOOL)pbIsMixer {
    return NO;
}

- (BOOL)pbIsEffect {
    return NO;
}

- (BOOL)pbPrepareAtRate:(double)rate error:(NSError **)error {
    (void)rate;
    (void)error;
    return YES;
}

- (void)pbRequireFormat:(AVAudioFormat *)format bus:(AVAudioNodeBus)bus input:(BOOL)input {
    (void)format;
    (void)bus;
    (void)input;
}

- (void)pbConnected:(PBConnection *)connection {
    (void)connection;
}

- (void)pbAttached {
}

- (void)pbWillDetach {
}

- (void)pbEngineStopped {
}

- (void)pbCollect:(BOOL)idle {
    (void)idle;
}

- (void)reset {
    PBLocked(_node->engine) {
        for (NSUInteger i = 0; i < _node->inputCount; i++) {
            if (_node->inputs[i] != NULL && _node->inputs[i]->convert != NULL) {
                pbr_convert_clear(_node->inputs[i]->convert);
            }
        }
        if (_node->convert != NULL) {
            pbr_convert_clear(_node->convert);
        }
    }
}

- (AVAudioEngine *)engine {
    return _node->engine;
}

- (NSUInteger)numberOfInputs {
    return _node->inputCount;
}

- (NSUInteger)numberOfOutputs {
    return _node->outputCount;
}

- (AVAudioFormat *)inputFormatForBus:(AVAudioNodeBus)bus {
    AVAudioFormat *format = nil;
    PBLocked(_node->engine) {
        PBRequire(bus < _node->inputCount, @"input bus %lu of a node with %lu inputs",
                  (unsigned long)bus, (unsigned long)_node->inputCount);
        const PBConnection *connection = _node->inputs[bus];
        format = FormatOrEngines(connection != NULL ? connection->format : nil, self);
    }
    return format;
}

- (AVAudioFormat *)outputFormatForBus:(AVAudioNodeBus)bus {
    AVAudioFormat *format = nil;
    PBLocked(_node->engine) {
        PBRequire(bus < _node->outputCount, @"output bus %lu of a node with %lu outputs",
                  (unsigned long)bus, (unsigned long)_node->outputCount);
        format = FormatOrEngines(_node->outputs[bus].format, self);
    }
    return format;
}

- (AVAudioTime *)lastRenderTime {
    AVAudioEngine *engine = _node->engine;
    if (engine == nil || ![engine isRunning]) {
        return nil;
    }
    if (self == (AVAudioNode *)engine->_engine->output) {
        // The engine's own clock, which does not wait for changes of the graph.
        int64_t now = pbr_core_time(engine->_engine->core);
        if (engine->_engine->mode == PB_DEVICE && PBHasManner(engine, PB_MANNER_OTHER_CLOCK)) {
            return now > 0 ? PBTimeWithHost(engine, now, now + (1 << 20), PBRateOfNode(self))
                           : [AVAudioTime timeWithHostTime:PBHostNow()];
        }
        return PBTimeWithHost(engine, now, now, PBRateOfNode(self));
    }
    AVAudioTime *time = nil;
    PBLocked(engine) {
        AVAudioNode *output = engine->_engine->output;
        AVAudioNode *input = engine->_engine->input;
        if ((output != nil && PBReaches(self, output)) ||
            (input != nil && PBReaches(input, self))) {
            int64_t now = pbr_core_time(engine->_engine->core), own = now;
            PBConvertTimes(self, &own, sizeof own, 1);
            time = PBTimeWithHost(engine, now, own, PBRateOfNode(self));
        }
    }
    return time;
}

@end

@implementation PBWeakNode
@end
