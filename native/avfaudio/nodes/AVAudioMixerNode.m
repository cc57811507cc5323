// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBNode.h"
#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/graph/PBFades.h"
#import "avfaudio/graph/PBMixing.h"
#import "avfaudio/units/PBMixerBuses.h"

@implementation AVAudioMixerNode

PB_MIXING_FROM_NODE

- (instancetype)init {
    self = [super _initWithInputs:PBR_MIXER_INPUTS outputs:1];
    if (self != nil) {
        _node->gain = pbr_gain_create(1, 0);
        if (_node->gain == NULL) {
            [self release];
            return nil;
        }
    }
    return self;
}

- (BOOL)pbIsMixer {
    return YES;
}

- (float)outputVolume {
    return atomic_load_explicit(&_node->gain->volume, memory_order_relaxed);
}

- (void)setOutputVolume:(float)outputVolume {
    pbr_gain_set_volume(_node->gain, outputVolume);
}

- (AVAudioNodeBus)nextAvailableInputBus {
    return PBNextInputBus(self);
}

@end

@implementation AVAudioMixerNode (AVAudioMixerNodeFades)

- (BOOL)pbFadeVolume:(float)volume
                 bus:(AVAudioNodeBus)bus
              frames:(uint64_t)frames
               curve:(int)curve {
    return PBMixerFadeParameter(self, bus, kMultiChannelMixerParam_Volume, volume, frames, curve);
}

- (BOOL)pbFadePan:(float)pan bus:(AVAudioNodeBus)bus frames:(uint64_t)frames curve:(int)curve {
    return PBMixerFadeParameter(self, bus, kMultiChannelMixerParam_Pan, pan, frames, curve);
}

@end

@implementation AVAudioMixerNode (AVAudioMixerNodeMeters)

- (BOOL)pbReadPeak:(float *)peak rms:(float *)rms clips:(uint64_t *)clips {
    return PBReadMeter(_node->gain, peak, rms, clips);
}

@end
