// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The multichannel mixer as an audio unit: an ordinary mixer whose gains are reached by bus number
// rather than by source.
#import "PBAudioUnit.h"
#import "PBMixerBuses.h"
#import "avfaudio/graph/PBEngine.h"
#import "avfaudio/nodes/PBNode.h"

#include <math.h>
#include <stdlib.h>

typedef struct PBMixerUnit {
    struct ComponentInstanceRecord unit;
    AVAudioNode *node; // not retained: it owns this
} PBMixerUnit;

static OSStatus CheckParameter(const PBMixerUnit *mixer, AudioUnitParameterID parameter,
                               AudioUnitScope scope, AudioUnitElement element) {
    const PBNode *node = mixer->node->_node;
    if (parameter > kMultiChannelMixerParam_Pan) {
        return kAudioUnitErr_InvalidParameter;
    }
    if (scope != kAudioUnitScope_Input &&
        (scope != kAudioUnitScope_Output || parameter == kMultiChannelMixerParam_Pan)) {
        return kAudioUnitErr_InvalidScope;
    }
    NSUInteger count = scope == kAudioUnitScope_Input ? node->inputCount : node->outputCount;
    return element < count ? kAudio_NoError : kAudioUnitErr_InvalidElement;
}

// The parameters of input buses are those of the node's parameter tree; those of the output are its
// gain.
static OSStatus SetParameter(AudioUnit unit, AudioUnitParameterID parameter, AudioUnitScope scope,
                             AudioUnitElement element, AudioUnitParameterValue value) {
    PBMixerUnit *mixer = (PBMixerUnit *)unit;
    OSStatus status = kAudioUnitErr_InvalidParameterValue;
    if (!isfinite(value)) {
        return status;
    }
    PBLocked(mixer->node->_node->engine) {
        pbr_gain *gain = mixer->node->_node->gain;
        status = CheckParameter(mixer, parameter, scope, element);
        if (status != kAudio_NoError) {
            break;
        }
        if (scope == kAudioUnitScope_Input) {
            PBMixerSetParameter(mixer->node, element, parameter, value);
        } else if (parameter == kMultiChannelMixerParam_Volume) {
            pbr_gain_set_volume(gain, value);
        } else {
            pbr_gain_set_enabled(gain, value >= 0.5f);
        }
    }
    return status;
}

static OSStatus GetParameter(AudioUnit unit, AudioUnitParameterID parameter, AudioUnitScope scope,
                             AudioUnitElement element, AudioUnitParameterValue *value) {
    PBMixerUnit *mixer = (PBMixerUnit *)unit;
    OSStatus status = kAudio_NoError;
    PBLocked(mixer->node->_node->engine) {
        pbr_gain *gain = mixer->node->_node->gain;
        status = CheckParameter(mixer, parameter, scope, element);
        if (status != kAudio_NoError) {
            break;
        }
        if (scope == kAudioUnitScope_Input) {
            PBMixerParameter(mixer->node, element, parameter, value);
        } else if (parameter == kMultiChannelMixerParam_Volume) {
            *value = atomic_load_explicit(&gain->volume, memory_order_relaxed);
        } else {
            *value = pbr_gain_is_enabled(gain) ? 1.0f : 0.0f;
        }
    }
    return status;
}

static OSStatus CheckProperty(AudioUnitPropertyID property, AudioUnitScope scope) {
    if (property != kAudioUnitProperty_ElementCount) {
        return kAudioUnitErr_InvalidProperty;
    }
    return scope == kAudioUnitScope_Input || scope == kAudioUnitScope_Output
               ? kAudio_NoError
               : kAudioUnitErr_InvalidScope;
}

// Input buses can be added, as connecting does; there is one output bus.
static OSStatus SetProperty(AudioUnit unit, AudioUnitPropertyID property, AudioUnitScope scope,
                            AudioUnitElement element, const void *data, UInt32 size) {
    (void)element;
    PBMixerUnit *mixer = (PBMixerUnit *)unit;
    OSStatus status = CheckProperty(property, scope);
    if (status != kAudio_NoError) {
        return status;
    }
    if (scope != kAudioUnitScope_Input) {
        return kAudioUnitErr_PropertyNotWritable;
    }
    PBLocked(mixer->node->_node->engine) {
        UInt32 count = data != NULL && size == sizeof count ? *(const UInt32 *)data : 0;
        if (count < mixer->node->_node->inputCount || count > PB_MAX_BUSES) {
            status = kAudioUnitErr_InvalidPropertyValue;
        } else if (![mixer->node pbGrowInputs:count]) {
            status = kAudio_MemFullError;
        }
    }
    return status;
}

static OSStatus GetProperty(AudioUnit unit, AudioUnitPropertyID property, AudioUnitScope scope,
                            AudioUnitElement element, void *data, UInt32 *size) {
    (void)element;
    PBMixerUnit *mixer = (PBMixerUnit *)unit;
    OSStatus status = CheckProperty(property, scope);
    PBLocked(mixer->node->_node->engine) {
        const PBNode *node = mixer->node->_node;
        UInt32 count =
            (UInt32)(scope == kAudioUnitScope_Input ? node->inputCount : node->outputCount);
        if (status == kAudio_NoError) {
            status = PBUnitAnswer(&count, sizeof count, data, size);
        }
    }
    return status;
}

@implementation PBMultiChannelMixer

- (instancetype)_initWithDescription:(AudioComponentDescription)description {
    self = [super _initWithDescription:description name:@"AUMultiChannelMixer"
                                inputs:PBR_MIXER_INPUTS
                               outputs:1];
    if (self == nil) {
        return nil;
    }
    _node->gain = pbr_gain_create(1, 0);
    _mixer = calloc(1, sizeof *_mixer);
    if (_mixer == NULL || _node->gain == NULL) {
        [self release];
        return nil;
    }
    _mixer->unit =
        (struct ComponentInstanceRecord){SetParameter, GetParameter, SetProperty, GetProperty};
    _mixer->node = self;
    _unit = &_mixer->unit;
    return self;
}

- (void)dealloc {
    free(_mixer);
    [super dealloc];
}

- (BOOL)pbIsMixer {
    return YES;
}

@end
