// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBFader.h"

#import "PBRecords.h"

// The gain that the source controls there, or NULL.
static inline pbr_gain *Find(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus) {
    const PBNode *target = mixer != nil ? mixer->_node : NULL;
    if (target == NULL || bus >= target->inputCount) {
        return NULL;
    }
    const PBFader *fader = &target->faders[bus];
    return fader->source == (AVAudioNode *)source ? fader->gain : NULL;
}

BOOL PBSetVolume(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float volume) {
    pbr_gain *gain = Find(source, mixer, bus);
    if (gain == NULL) {
        return NO;
    }
    pbr_gain_set_volume_from_source(gain, volume);
    return YES;
}

BOOL PBGetVolume(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float *volume) {
    pbr_gain *gain = Find(source, mixer, bus);
    if (gain == NULL) {
        return NO;
    }
    *volume = __c11_atomic_load(&gain->source_volume, __ATOMIC_RELAXED);
    return YES;
}

BOOL PBSetPan(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float pan) {
    pbr_gain *gain = Find(source, mixer, bus);
    if (gain == NULL) {
        return NO;
    }
    pbr_gain_set_pan_from_source(gain, pan);
    return YES;
}

BOOL PBGetPan(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float *pan) {
    pbr_gain *gain = Find(source, mixer, bus);
    if (gain == NULL) {
        return NO;
    }
    *pan = __c11_atomic_load(&gain->source_pan, __ATOMIC_RELAXED);
    return YES;
}
