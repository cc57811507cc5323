// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The engine's nodes: attaching, detaching and the three that it makes itself.
#import "PBInternal.h"

#include <Block.h>
#include <stdlib.h>

static void PollEngine(void *context) {
    PBCollect((AVAudioEngine *)context);
}

AVAudioFormat *PBNominalFormat(void) {
    return
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:PBR_NOMINAL_RATE
                                                        channels:PBR_NOMINAL_CHANNELS] autorelease];
}

AVAudioFormat *PBEngineFormat(AVAudioEngine *engine) {
    if (engine == nil) {
        return PBNominalFormat();
    }
    PBEngine *state = engine->_engine;
    if (state->manualFormat != nil) {
        return state->manualFormat;
    }
    if (state->deviceFormat == nil) {
        double rate = PBR_NOMINAL_RATE;
        uint32_t channels = PBR_NOMINAL_CHANNELS;
        pbr_device_default(&rate, &channels);
        state->deviceFormat = [[AVAudioFormat alloc] initStandardFormatWithSampleRate:rate
                                                                             channels:channels];
    }
    return state->deviceFormat;
}

// Whether the plan in use names the node, which is detached, until a bracket ends. The client's code
// is not called any more, the rest is the engine's own.
static void Linger(PBNode *node, BOOL lingers) {
    node->lingers = lingers;
    if (node->source != NULL) {
        pbr_source_set_shut(node->source, lingers);
    }
}

@implementation AVAudioEngine

- (instancetype)init {
    self = [super init];
    if (self == nil) {
        return nil;
    }
    _engine = calloc(1, sizeof *_engine);
    if (_engine != NULL) {
        pthread_mutexattr_t recursive;
        pthread_mutexattr_init(&recursive);
        pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
        pthread_mutex_init(&_engine->lock, &recursive);
        pthread_mutexattr_destroy(&recursive);
        _engine->nodes = [[NSMutableSet alloc] init];
        _engine->core = pbr_core_create();
        _engine->callbacks = PBCallbacksCreate(PollEngine, self);
    }
    if (_engine == NULL || _engine->core == NULL || _engine->callbacks == NULL) {
        [self release];
        return nil;
    }
    return self;
}

- (void)dealloc {
    if (_engine != NULL) {
        [self stop];
        PBLocked(self) {
            for (AVAudioNode *node in [_engine->nodes allObjects]) {
                [self pbRemove:node];
            }
        }
        // Its thread looks into the core.
        if (_engine->callbacks != NULL) {
            PBCallbacksClose(_engine->callbacks);
        }
        pbr_plan_free(_engine->prepared);
        pbr_core_free(_engine->core);
        [_engine->output release];
        [_engine->input release];
        [_engine->main release];
        [_engine->nodes release];
        [_engine->deviceFormat release];
        [_engine->manualFormat release];
        free(_engine->manualMemory);
        if (_engine->renderBlock != NULL) {
            Block_release(_engine->renderBlock);
        }
        pthread_mutex_destroy(&_engine->lock);
        free(_engine);
    }
    [super dealloc];
}

- (void)pbAdd:(AVAudioNode *)node {
    [_engine->nodes addObject:node];
    node->_node->engine = self;
    Linger(node->_node, NO);
    [node pbAttached];
}

- (void)pbRemove:(AVAudioNode *)node {
    BOOL connected = PBEndInputs(node);
    connected = PBEndOutputs(node) || connected;
    if (connected) {
        PBGraphChanged(self);
    }
    [node pbWillDetach];
    node->_node->engine = nil;
    [_engine->nodes removeObject:node];
}

- (void)attachNode:(AVAudioNode *)node {
    PBRequire(node != nil, @"node != nil");
    PBLocked(self) {
        PBRequire(node->_node->engine == nil || node->_node->engine == self,
                  @"the node is attached to another engine");
        if (node->_node->engine == nil) {
            [self pbAdd:node];
        }
    }
}

- (void)detachNode:(AVAudioNode *)node {
    PBRequire(node != nil, @"node != nil");
    PBLocked(self) {
        PBRequire(node->_node->engine == self, @"the node is not attached to this engine");
        PBRequire(node != (AVAudioNode *)_engine->output && node != (AVAudioNode *)_engine->input &&
                      node != (AVAudioNode *)_engine->main,
                  @"the engine's own output, input and main mixer nodes cannot be detached");
        PBRequireStoppedOutputs(node);
        [node retain];
        if (PBRejoinAround(node)) {
            PBGraphChanged(self);
        }
        [self pbRemove:node];
        // Offline the next block compiles first, bracket or not.
        Linger(node->_node, _engine->changing > 0 && !PBIsOffline(_engine));
        // Nothing of the node runs any more once this returns: its owner may free what it uses.
        pbr_core_wait(_engine->core);
        [node release];
    }
}

- (NSSet *)attachedNodes {
    NSSet *nodes;
    PBLocked(self) {
        nodes = [[_engine->nodes copy] autorelease];
    }
    return nodes;
}

- (AVAudioOutputNode *)outputNode {
    PBLocked(self) {
        if (_engine->output == nil) {
            _engine->output = [[AVAudioOutputNode alloc] _initWithInputs:1 outputs:1];
            [self pbAdd:_engine->output];
        }
    }
    return _engine->output;
}

- (AVAudioInputNode *)inputNode {
    PBLocked(self) {
        if (_engine->input == nil) {
            _engine->input = [[AVAudioInputNode alloc] _initWithInputs:0 outputs:1];
            [self pbAdd:_engine->input];
        }
    }
    return _engine->input;
}

- (AVAudioMixerNode *)mainMixerNode {
    PBLocked(self) {
        if (_engine->main == nil) {
            _engine->main = [[AVAudioMixerNode alloc] init];
            [self pbAdd:_engine->main];
            AVAudioNode *output = [self outputNode];
            if (output->_node->inputs[0] == NULL) {
                // Without a format of its own the connection follows the output's.
                PBConnect(_engine->main, 0, output, 0, nil);
                PBGraphChanged(self);
            }
        }
    }
    return _engine->main;
}

@end
