// SPDX-License-Identifier: MIT OR Apache-2.0
//
// AVAudioMixing for every node that conforms to it. The node has its own values (S), and each mixer
// connection that it controls has values of its own (D). Setting S sets every D, a new connection
// starts at S, and S does not change when a connection ends.
#import "PBEngine.h"
#import "PBMixing.h"
#import "PBWalk.h"
#import "avfaudio/support/PBErrors.h"

#include <stdlib.h>

const PBSpatial PBSpatialDefaults = {
    .renderingAlgorithm = AVAudio3DMixingRenderingAlgorithmEqualPowerPanning,
    .rate = 1,
};

@implementation AVAudioNode (PBMixing)

- (AVAudioMixingDestination *)destinationForMixer:(AVAudioNode *)mixer bus:(AVAudioNodeBus)bus {
    const PBNode *target = mixer != nil ? mixer->_node : NULL;
    BOOL mine = target != NULL && bus < target->inputCount && target->faders[bus].source == self;
    return mine ? target->inputs[bus]->mixing : nil;
}

- (float)volume {
    return _node->volume;
}

- (void)setVolume:(float)volume {
    PBLocked(_node->engine) {
        _node->volume = volume;
        PBEachMixing(self, ^(AVAudioMixingDestination *destination) {
            [destination setVolume:volume];
        });
    }
}

- (float)pan {
    return _node->pan;
}

- (void)setPan:(float)pan {
    PBLocked(_node->engine) {
        _node->pan = pan;
        PBEachMixing(self, ^(AVAudioMixingDestination *destination) {
            [destination setPan:pan];
        });
    }
}

- (const PBSpatial *)pbSpatial {
    return _node->spatial != NULL ? _node->spatial : &PBSpatialDefaults;
}

- (PBSpatial *)pbMutableSpatial {
    if (_node->spatial == NULL) {
        _node->spatial = malloc(sizeof *_node->spatial);
        PBRequireMemory(_node->spatial != NULL, @"no memory for 3D mixing values");
        *_node->spatial = PBSpatialDefaults;
    }
    return _node->spatial;
}

- (void)pbSpatialChanged {
    const PBSpatial *values = [self pbSpatial];
    PBLocked(_node->engine) {
        PBEachMixing(self, ^(AVAudioMixingDestination *destination) {
            [destination pbTakeSpatial:values];
        });
    }
}

#include "spatial_accessors.h"

@end
