// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The multichannel mixer as an audio unit: the ordinary mixer, its gains reached by bus number
// rather than by source.
#import "PBAudioUnit.h"

#include <math.h>
#include <stdlib.h>

// A bus's values, connected or not.
typedef struct Strip {
    float volume;
    float pan;
    BOOL on;
} Strip;

typedef struct PBMixerUnit {
    struct ComponentInstanceRecord unit;
    AVAudioNode *node; // not retained: it owns this
    Strip *strips;     // the output's, then one an input bus
    NSUInteger count;
} PBMixerUnit;

// What a bus of the ordinary mixer starts with.
static const Strip Unity = {1, 0, YES};

// One strip a bus, also for those that a connection has just added.
static BOOL GrowStrips(PBMixerUnit *mixer, NSUInteger count) {
    if (count <= mixer->count) {
        return YES;
    }
    Strip *strips = realloc(mixer->strips, count * sizeof *strips);
    if (strips == NULL) {
        return NO;
    }
    for (NSUInteger s = mixer->count; s < count; s++) {
        strips[s] = Unity;
    }
    mixer->strips = strips;
    mixer->count = count;
    return YES;
}

// The output's strip is the first, so that input buses can be added behind it.
static OSStatus FindStrip(PBMixerUnit *mixer, AudioUnitParameterID parameter, AudioUnitScope scope,
                          AudioUnitElement element, Strip **strip) {
    const PBNode *node = mixer->node->_node;
    if (parameter > kMultiChannelMixerParam_Pan) {
        return kAudioUnitErr_InvalidParameter;
    }
    if (scope != kAudioUnitScope_Input &&
        (scope != kAudioUnitScope_Output || parameter == kMultiChannelMixerParam_Pan)) {
        return kAudioUnitErr_InvalidScope;
    }
    BOOL input = scope == kAudioUnitScope_Input;
    if (element >= (input ? node->inputCount : node->outputCount)) {
        return kAudioUnitErr_InvalidElement;
    }
    if (!GrowStrips(mixer, node->inputCount + 1)) {
        return kAudio_MemFullError;
    }
    *strip = &mixer->strips[input ? element + 1 : 0];
    const PBConnection *connection = input ? node->inputs[element] : NULL;
    // A mixing source may have changed them since.
    if (connection != NULL && (*strip)->on) {
        (*strip)->volume = atomic_load_explicit(&connection->cell->volume, memory_order_relaxed);
        (*strip)->pan = atomic_load_explicit(&connection->cell->pan, memory_order_relaxed);
    }
    return kAudio_NoError;
}

static void ApplyStrip(const PBMixerUnit *mixer, NSUInteger place) {
    const PBNode *node = mixer->node->_node;
    const Strip *strip = &mixer->strips[place];
    float volume = strip->on ? strip->volume : 0.0f;
    if (place == 0) {
        pbr_cell_set_volume(node->gain, volume);
    } else if (node->inputs[place - 1] != NULL) {
        pbr_cell *cell = node->inputs[place - 1]->cell;
        pbr_cell_set_volume(cell, volume);
        pbr_cell_set_pan(cell, strip->pan);
    }
}

static OSStatus SetParameter(AudioUnit unit, AudioUnitParameterID parameter, AudioUnitScope scope,
                             AudioUnitElement element, AudioUnitParameterValue value) {
    PBMixerUnit *mixer = (PBMixerUnit *)unit;
    OSStatus status = kAudioUnitErr_InvalidParameterValue;
    if (!isfinite(value)) {
        return status;
    }
    PBLocked(mixer->node->_node->engine) {
        Strip *strip;
        status = FindStrip(mixer, parameter, scope, element, &strip);
        if (status != kAudio_NoError) {
            break;
        }
        if (parameter == kMultiChannelMixerParam_Volume) {
            strip->volume = value;
        } else if (parameter == kMultiChannelMixerParam_Pan) {
            strip->pan = value;
        } else {
            strip->on = value != 0.0f;
        }
        ApplyStrip(mixer, (NSUInteger)(strip - mixer->strips));
    }
    return status;
}

static OSStatus GetParameter(AudioUnit unit, AudioUnitParameterID parameter, AudioUnitScope scope,
                             AudioUnitElement element, AudioUnitParameterValue *value) {
    PBMixerUnit *mixer = (PBMixerUnit *)unit;
    OSStatus status = kAudio_NoError;
    PBLocked(mixer->node->_node->engine) {
        Strip *strip;
        status = FindStrip(mixer, parameter, scope, element, &strip);
        if (status != kAudio_NoError) {
            break;
        }
        if (parameter == kMultiChannelMixerParam_Volume) {
            *value = strip->volume;
        } else if (parameter == kMultiChannelMixerParam_Pan) {
            *value = strip->pan;
        } else {
            *value = strip->on ? 1.0f : 0.0f;
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

// Input buses can be added, as by connecting; there is one output bus.
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
    _node->gain = pbr_cell_create(1, 0);
    _mixer = calloc(1, sizeof *_mixer);
    if (_mixer == NULL || _node->gain == NULL || !GrowStrips(_mixer, PBR_MIXER_INPUTS + 1)) {
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
    if (_mixer != NULL) {
        free(_mixer->strips);
        free(_mixer);
    }
    [super dealloc];
}

- (BOOL)pbIsMixer {
    return YES;
}

// A mixing source brings its own volume and pan; anything else is the strip's alone.
- (void)pbConnected:(PBConnection *)connection {
    if (connection->destination == self && GrowStrips(_mixer, _node->inputCount + 1)) {
        Strip *strip = &_mixer->strips[connection->destinationBus + 1];
        if (connection->mixing != nil) {
            strip->volume = [connection->mixing volume];
            strip->pan = [connection->mixing pan];
        }
        ApplyStrip(_mixer, connection->destinationBus + 1);
    }
}

// For connect:to:format:.
- (AVAudioNodeBus)nextAvailableInputBus {
    AVAudioNodeBus bus = 0;
    PBLocked(_node->engine) {
        while (bus < _node->inputCount && _node->inputs[bus] != NULL) {
            bus++;
        }
    }
    return bus;
}

@end
