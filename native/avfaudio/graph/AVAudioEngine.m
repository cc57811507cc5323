// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The engine's nodes: attaching, detaching, and the three that it creates itself.
#import "PBBusMasters.h"
#import "PBConnections.h"
#import "PBManners.h"
#import "avfaudio/nodes/PBNode.h"
#import "avfaudio/nodes/PBTaps.h"
#import "avfaudio/plan/PBDevice.h"
#import "avfaudio/plan/PBPublish.h"
#import "avfaudio/support/PBErrors.h"

#include <Block.h>
#include <stdlib.h>

#include "render/stream/feeder.h"

static void PollEngine(void *context) {
    PBCollect((AVAudioEngine *)context);
}

AVAudioFormat *PBNominalFormat(void) {
    return
        [[[AVAudioFormat alloc] initStandardFormatWithSampleRate:PBR_NOMINAL_RATE
                                                        channels:PBR_NOMINAL_CHANNELS] autorelease];
}

AVAudioFormat *PBNoFormat(void) {
    AudioStreamBasicDescription none = {0};
    return [[[AVAudioFormat alloc] initWithStreamDescription:&none] autorelease];
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
        pbr_reason reason;
        pbr_device_info info;
        if (pbr_device_find(state->wish.id, &info, &reason)) {
            rate = info.rate;
            channels = info.outputs > 1 ? 2 : 1;
        }
        if (state->wish.rate > 0.0) {
            rate = state->wish.rate;
        }
        state->deviceFormat = [[AVAudioFormat alloc] initStandardFormatWithSampleRate:rate
                                                                             channels:channels];
    }
    return state->deviceFormat;
}

// Whether the plan in use still names the detached node until a batch ends. The client's code is
// not called any more; everything else belongs to the engine.
static void Linger(PBNode *node, BOOL lingers) {
    node->lingers = lingers;
    if (node->source != NULL) {
        pbr_source_set_shut(node->source, lingers);
    }
}

// The audio threads of two engines must not meet in one node: the former engine goes on without it,
// even if that ends the wait for a batch early.
static void LeaveFormer(AVAudioNode *node, AVAudioEngine *next) {
    AVAudioEngine *former = node->_node->former;
    if (former == nil) {
        return;
    }
    if (former != next) {
        PBLocked(former) {
            PBEngine *state = former->_engine;
            if (state->dirty && PBIsStarted(former) && !PBCompile(former, NULL)) {
                pbr_core_publish(state->core, NULL);
            }
            pbr_core_wait(state->core);
        }
    }
    node->_node->former = nil;
    [former release];
}

@implementation AVAudioEngine

- (instancetype)init {
    self = [super init];
    if (self == nil) {
        return nil;
    }
    _engine = calloc(1, sizeof *_engine);
    if (_engine != NULL) {
        _engine->manners = PBChosenManners();
        pthread_mutexattr_t recursive;
        pthread_mutexattr_init(&recursive);
        pthread_mutexattr_settype(&recursive, PTHREAD_MUTEX_RECURSIVE);
        pthread_mutex_init(&_engine->lock, &recursive);
        pthread_mutexattr_destroy(&recursive);
        _engine->core = pbr_core_create();
        _engine->callbacks = PBCallbacksCreate(PollEngine, self, 5);
        _engine->watch = PBCallbacksCreate(PBWatchDevice, self, 50);
        _engine->notices = PBEventsCreate(self);
    }
    if (_engine == NULL || _engine->core == NULL || _engine->callbacks == NULL ||
        _engine->watch == NULL || _engine->notices == NULL) {
        [self release];
        return nil;
    }
    return self;
}

- (void)dealloc {
    if (_engine != NULL) {
        [self stop];
        if (_engine->watch != NULL) {
            PBCallbacksClose(_engine->watch);
        }
        if (_engine->notices != NULL) {
            PBEventsClose(_engine->notices);
        }
        PBMannersEnd(self);
        PBLocked(self) {
            while (_engine->oldest != nil) {
                [self pbRemove:_engine->oldest];
            }
        }
        // All players have been detached.
        pbr_feeder_free(_engine->feeder);
        // The callback thread reads the core.
        if (_engine->callbacks != NULL) {
            PBCallbacksClose(_engine->callbacks);
        }
        pbr_plan_free(_engine->prepared);
        pbr_core_free(_engine->core);
        [_engine->output release];
        [_engine->input release];
        [_engine->main release];
        [_engine->deviceFormat release];
        [_engine->recorded.format release];
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

// Cannot fail: the list is linked through the nodes.
- (void)pbAdd:(AVAudioNode *)node {
    PBNode *own = [node retain]->_node;
    own->older = _engine->newest;
    own->newer = nil;
    *(own->older != nil ? &own->older->_node->newer : &_engine->oldest) = node;
    _engine->newest = node;
    _engine->nodeCount++;
    own->engine = self;
    Linger(own, NO);
    [node pbAttached];
}

- (void)pbRemove:(AVAudioNode *)node {
    BOOL connected = PBEndInputs(node);
    connected = PBEndOutputs(node) || connected;
    if (connected) {
        PBGraphChanged(self);
    }
    [node pbWillDetach];
    PBTapDeliverRest(node, _engine->callbacks);
    PBNode *own = node->_node;
    *(own->older != nil ? &own->older->_node->newer : &_engine->oldest) = own->newer;
    *(own->newer != nil ? &own->newer->_node->older : &_engine->newest) = own->older;
    own->older = own->newer = nil;
    _engine->nodeCount--;
    own->engine = nil;
    // In another engine it starts from silence.
    pbr_convert_release(own->convert);
    own->convert = NULL;
    [node release];
}

- (void)attachNode:(AVAudioNode *)node {
    PBRequire(node != nil, @"node != nil");
    if (node->_node->engine == nil) {
        LeaveFormer(node, self);
    }
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
        @try {
            if (PBRejoinAround(node)) {
                PBGraphChanged(self);
            }
        } @catch (NSException *exception) {
            [node release];
            @throw;
        }
        if (_engine->changing > 0 && PBIsOffline(_engine)) {
            // The current block still renders the whole graph; the next one waits for the end.
            _engine->torn = YES;
            pbr_core_wait(_engine->core);
        }
        PBFreeBusMasters(node->_node);
        [self pbRemove:node];
        // Offline, the next block compiles first unless a batch is open. Otherwise the plan in use
        // may name the node until a batch ends, or until there is memory again.
        BOOL lingers =
            PBIsStarted(self) && _engine->dirty && (!PBIsOffline(_engine) || _engine->changing > 0);
        Linger(node->_node, lingers);
        node->_node->former = lingers ? [self retain] : nil;
        // Once this returns, nothing of the node runs any more: its owner may free what it uses.
        pbr_core_wait(_engine->core);
        [node release];
    }
}

- (NSSet *)attachedNodes {
    NSMutableSet *nodes = [NSMutableSet set];
    PBLocked(self) {
        for (AVAudioNode *node = _engine->oldest; node != nil; node = node->_node->newer) {
            [nodes addObject:node];
        }
    }
    return nodes;
}

- (AVAudioOutputNode *)outputNode {
    PBLocked(self) {
        if (_engine->output == nil) {
            AVAudioOutputNode *output = [[AVAudioOutputNode alloc] _initWithInputs:1 outputs:1];
            PBRequireMemory(output != nil, @"no memory for an output node");
            _engine->output = output;
            [self pbAdd:output];
        }
    }
    return _engine->output;
}

- (AVAudioInputNode *)inputNode {
    PBLocked(self) {
        if (_engine->input == nil) {
            AVAudioInputNode *input = [[AVAudioInputNode alloc] _initWithInputs:0 outputs:1];
            PBRequireMemory(input != nil, @"no memory for an input node");
            _engine->input = input;
            [self pbAdd:input];
        }
    }
    return _engine->input;
}

- (AVAudioMixerNode *)mainMixerNode {
    PBLocked(self) {
        if (_engine->main == nil) {
            AVAudioNode *output = [self outputNode];
            AVAudioMixerNode *mixer = [[AVAudioMixerNode alloc] init];
            PBRequireMemory(mixer != nil, @"no memory for a mixer");
            PBConnection *connection = NULL;
            @try {
                if (output->_node->inputs[0] == NULL) {
                    // A connection without a format of its own has the output's.
                    connection = PBPrepareConnection(mixer, 0, output, 0, nil, 0);
                }
            } @catch (NSException *exception) {
                [mixer release];
                @throw;
            }
            _engine->main = mixer;
            [self pbAdd:mixer];
            if (connection != NULL) {
                PBMakeConnection(connection);
                PBGraphChanged(self);
            }
        }
    }
    return _engine->main;
}

@end

PBLock PBLockEngine(AVAudioEngine *engine) {
    PBLock lock = {engine != nil ? engine->_engine : NULL, NO};
    if (lock.engine != NULL) {
        pthread_mutex_lock(&lock.engine->lock);
    }
    return lock;
}

void PBUnlock(PBLock *lock) {
    if (lock->engine != NULL) {
        pthread_mutex_unlock(&lock->engine->lock);
    }
}
