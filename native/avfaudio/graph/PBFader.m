// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBFader.h"

#import "PBRecords.h"

// The gain that the source controls there, or NULL.
static inline pbr_cell *Find(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus) {
    const PBNode *target = mixer != nil ? mixer->_node : NULL;
    if (target == NULL || bus >= target->inputCount) {
        return NULL;
    }
    const PBFader *fader = &target->faders[bus];
    return fader->source == (AVAudioNode *)source ? fader->cell : NULL;
}

BOOL PBSetVolume(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float volume) {
    pbr_cell *cell = Find(source, mixer, bus);
    if (cell == NULL) {
        return NO;
    }
    pbr_cell_say_volume(cell, volume);
    return YES;
}

BOOL PBGetVolume(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float *volume) {
    pbr_cell *cell = Find(source, mixer, bus);
    if (cell == NULL) {
        return NO;
    }
    *volume = __c11_atomic_load(&cell->said_volume, __ATOMIC_RELAXED);
    return YES;
}

BOOL PBSetPan(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float pan) {
    pbr_cell *cell = Find(source, mixer, bus);
    if (cell == NULL) {
        return NO;
    }
    pbr_cell_say_pan(cell, pan);
    return YES;
}

BOOL PBGetPan(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float *pan) {
    pbr_cell *cell = Find(source, mixer, bus);
    if (cell == NULL) {
        return NO;
    }
    *pan = __c11_atomic_load(&cell->said_pan, __ATOMIC_RELAXED);
    return YES;
}
