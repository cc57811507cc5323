// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The parameters of a mixer's own buses. They go straight to the gain of the connection, without
// changing the values that the source has for it. While nothing is connected, they are parked here.
#import "PBMixerBuses.h"

#import "avfaudio/graph/PBBatches.h"
#import "avfaudio/graph/PBConnections.h"
#import "avfaudio/graph/PBEngine.h"
#import "avfaudio/support/PBErrors.h"

#include <math.h>
#include <stdlib.h>

static const PBBusValues DEFAULTS = {1, 0, YES};

static PBBusValues ParkedValues(const PBNode *mixer, AVAudioNodeBus bus) {
    return bus < mixer->parkedCount ? mixer->parked[bus] : DEFAULTS;
}

static PBBusValues GainValues(const pbr_gain *gain) {
    return (PBBusValues){atomic_load_explicit(&gain->volume, memory_order_relaxed),
                         atomic_load_explicit(&gain->pan, memory_order_relaxed),
                         pbr_gain_is_enabled(gain)};
}

static void SetGainValues(pbr_gain *gain, const PBBusValues *values) {
    pbr_gain_set_volume(gain, values->volume);
    pbr_gain_set_pan(gain, values->pan);
    pbr_gain_set_enabled(gain, values->enabled);
}

// Sets only this one, so that a fade of another parameter goes on.
static void SetGainValue(pbr_gain *gain, AudioUnitParameterID parameter,
                         const PBBusValues *values) {
    if (parameter == kMultiChannelMixerParam_Volume) {
        pbr_gain_set_volume(gain, values->volume);
    } else if (parameter == kMultiChannelMixerParam_Pan) {
        pbr_gain_set_pan(gain, values->pan);
    } else {
        pbr_gain_set_enabled(gain, values->enabled);
    }
}

// Throws without memory.
static void ReserveParked(PBNode *mixer, AVAudioNodeBus bus) {
    if (bus >= mixer->parkedRoom) {
        PBBusValues *wider = realloc(mixer->parked, (bus + 1) * sizeof *wider);
        PBRequireMemory(wider != NULL, @"no memory for the parameters of %lu buses",
                        (unsigned long)bus + 1);
        mixer->parked = wider;
        mixer->parkedRoom = bus + 1;
    }
}

static void Park(PBNode *mixer, AVAudioNodeBus bus, const PBBusValues *values) {
    ReserveParked(mixer, bus);
    for (NSUInteger i = mixer->parkedCount; i <= bus; i++) {
        mixer->parked[i] = DEFAULTS;
    }
    mixer->parkedCount = bus < mixer->parkedCount ? mixer->parkedCount : bus + 1;
    mixer->parked[bus] = *values;
}

// A bus has parked values once one of its parameters has been set.
void PBMixerUnpark(PBConnection *connection) {
    const PBNode *mixer = connection->destination->_node;
    if (connection->gain != NULL && connection->destinationBus < mixer->parkedCount) {
        SetGainValues(connection->gain, &mixer->parked[connection->destinationBus]);
    }
}

void PBMixerPark(const PBConnection *connection) {
    const PBNode *mixer = connection->destination->_node;
    if (connection->gain != NULL && connection->destinationBus < mixer->parkedCount) {
        mixer->parked[connection->destinationBus] = GainValues(connection->gain);
    }
}

BOOL PBMixerParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                      float *value) {
    BOOL found = NO;
    PBLocked(mixer->_node->engine) {
        const PBNode *node = mixer->_node;
        if (bus < node->inputCount) {
            const PBConnection *connection = node->inputs[bus];
            PBBusValues values =
                connection != NULL ? GainValues(connection->gain) : ParkedValues(node, bus);
            *value = parameter == kMultiChannelMixerParam_Volume ? values.volume
                     : parameter == kMultiChannelMixerParam_Pan  ? values.pan
                                                                 : (float)values.enabled;
            found = YES;
        }
    }
    return found;
}

BOOL PBMixerSetParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                         float value) {
    PBRequire(isfinite(value), @"parameter %u of mixer bus %lu cannot be %g", parameter,
              (unsigned long)bus, (double)value);
    BOOL found = NO;
    PBLocked(mixer->_node->engine) {
        PBNode *node = mixer->_node;
        if (bus < node->inputCount) {
            const PBConnection *connection = node->inputs[bus];
            PBBusValues values =
                connection != NULL ? GainValues(connection->gain) : ParkedValues(node, bus);
            if (parameter == kMultiChannelMixerParam_Volume) {
                values.volume = value;
            } else if (parameter == kMultiChannelMixerParam_Pan) {
                values.pan = value;
            } else {
                values.enabled = value >= 0.5f;
            }
            Park(node, bus, &values);
            if (connection != NULL) {
                SetGainValue(connection->gain, parameter, &values);
            }
            found = YES;
        }
    }
    return found;
}

BOOL PBMixerFadeParameter(AVAudioNode *mixer, AVAudioNodeBus bus, AudioUnitParameterID parameter,
                          float value, uint64_t frames, int curve) {
    AVAudioEngine *engine = mixer->_node->engine;
    BOOL done = YES;
    PBLocked(engine) {
        PBNode *node = mixer->_node;
        const PBConnection *connection = bus < node->inputCount ? node->inputs[bus] : NULL;
        if (connection == NULL) {
            break;
        }
        PBBusValues values = GainValues(connection->gain);
        uint64_t own = PBOwnFrames(PBFrameScale(mixer), frames);
        BOOL volume = parameter == kMultiChannelMixerParam_Volume;
        *(volume ? &values.volume : &values.pan) = value;
        ReserveParked(node, bus);
        [engine pbBeginEdit];
        done = volume ? pbr_gain_fade_volume(connection->gain, value, own, (pbr_curve)curve)
                      : pbr_gain_fade_pan(connection->gain, value, own, (pbr_curve)curve);
        [engine pbEndBatch];
        if (done) {
            Park(node, bus, &values);
        }
    }
    return done;
}
