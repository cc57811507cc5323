// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBFader.h"
#import "PBInternal.h"

// Kept out of the way of the usual case.
__attribute__((noinline)) static PBConnection *ThroughEffects(PBConnection *connection,
                                                              const AVAudioNode *source) {
    return PBMixingSource(connection) == source ? connection : NULL;
}

// The connection whose values the source controls.
static inline PBConnection *Find(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus) {
    const PBNode *target = mixer != nil ? mixer->_node : NULL;
    if (target == NULL || bus >= target->inputCount || source == nil) {
        return NULL;
    }
    PBConnection *connection = target->inputs[bus];
    if (connection == NULL || connection->mixing == nil) {
        return NULL;
    }
    return connection->source == (AVAudioNode *)source
               ? connection
               : ThroughEffects(connection, (AVAudioNode *)source);
}

AVAudioMixingDestination *PBDestination(AVAudioNode *source, AVAudioNode *mixer,
                                        AVAudioNodeBus bus) {
    PBConnection *connection = Find((id<AVAudioMixing>)source, mixer, bus);
    return connection != NULL ? connection->mixing : nil;
}

BOOL PBSetVolume(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float volume) {
    PBConnection *connection = Find(source, mixer, bus);
    if (connection == NULL) {
        return NO;
    }
    __c11_atomic_store(&connection->cell->said_volume, volume, __ATOMIC_RELAXED);
    pbr_cell_set_volume(connection->cell, volume);
    return YES;
}

BOOL PBGetVolume(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float *volume) {
    PBConnection *connection = Find(source, mixer, bus);
    if (connection == NULL) {
        return NO;
    }
    *volume = __c11_atomic_load(&connection->cell->said_volume, __ATOMIC_RELAXED);
    return YES;
}

BOOL PBSetPan(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float pan) {
    PBConnection *connection = Find(source, mixer, bus);
    if (connection == NULL) {
        return NO;
    }
    __c11_atomic_store(&connection->cell->said_pan, pan, __ATOMIC_RELAXED);
    pbr_cell_set_pan(connection->cell, pan);
    return YES;
}

BOOL PBGetPan(id<AVAudioMixing> source, AVAudioNode *mixer, AVAudioNodeBus bus, float *pan) {
    PBConnection *connection = Find(source, mixer, bus);
    if (connection == NULL) {
        return NO;
    }
    *pan = __c11_atomic_load(&connection->cell->said_pan, __ATOMIC_RELAXED);
    return YES;
}
