// SPDX-License-Identifier: MIT OR Apache-2.0
#import "PBBatches.h"
#import "PBConnections.h"
#import "PBEngine.h"
#import "PBFades.h"
#import "PBMixing.h"
#import "avfaudio/support/PBErrors.h"

#include "render/gain/meter.h"

#include <math.h>
#include <stdlib.h>

@interface AVAudioMixingDestination (Spatial)
- (const PBSpatial *)pbSpatial;
- (PBSpatial *)pbMutableSpatial;
- (void)pbSpatialChanged;
@end

@implementation AVAudioMixingDestination

- (instancetype)_initForSource:(AVAudioNode *)source {
    self = [super init];
    if (self != nil && source->_node->spatial != NULL) {
        _spatial = malloc(sizeof *_spatial);
        if (_spatial == NULL) {
            [self release];
            return nil;
        }
        *_spatial = *source->_node->spatial;
    }
    return self;
}

- (void)dealloc {
    free(_spatial);
    [super dealloc];
}

- (void)pbTakeConnection:(PBConnection *)connection of:(AVAudioNode *)source {
    _connection = connection;
    [self setVolume:source->_node->volume];
    [self setPan:source->_node->pan];
}

- (void)pbTakeSpatial:(const PBSpatial *)spatial {
    *[self pbMutableSpatial] = *spatial;
}

- (AVAudioConnectionPoint *)connectionPoint {
    if (_connection == NULL) {
        return nil;
    }
    return [[[AVAudioConnectionPoint alloc] initWithNode:_connection->destination
                                                     bus:_connection->destinationBus] autorelease];
}

- (AVAudioMixingDestination *)destinationForMixer:(AVAudioNode *)mixer bus:(AVAudioNodeBus)bus {
    BOOL mine = _connection != NULL && _connection->destination == mixer &&
                _connection->destinationBus == bus;
    return mine ? self : nil;
}

- (float)volume {
    return __c11_atomic_load(_connection != NULL ? &_connection->gain->source_volume : &_volume,
                             __ATOMIC_RELAXED);
}

- (void)setVolume:(float)volume {
    if (_connection == NULL) {
        __c11_atomic_store(&_volume, volume, __ATOMIC_RELAXED);
        return;
    }
    pbr_gain_set_volume_from_source(_connection->gain, volume);
}

- (float)pan {
    return __c11_atomic_load(_connection != NULL ? &_connection->gain->source_pan : &_pan,
                             __ATOMIC_RELAXED);
}

- (void)setPan:(float)pan {
    if (_connection == NULL) {
        __c11_atomic_store(&_pan, pan, __ATOMIC_RELAXED);
        return;
    }
    pbr_gain_set_pan_from_source(_connection->gain, pan);
}

- (const PBSpatial *)pbSpatial {
    return _spatial != NULL ? _spatial : &PBSpatialDefaults;
}

- (PBSpatial *)pbMutableSpatial {
    if (_spatial == NULL) {
        _spatial = malloc(sizeof *_spatial);
        PBRequireMemory(_spatial != NULL, @"no memory for 3D mixing values");
        *_spatial = PBSpatialDefaults;
    }
    return _spatial;
}

// A connection's 3D values affect nothing else.
- (void)pbSpatialChanged {
}

#include "spatial_accessors.h"

@end

BOOL PBReadMeter(pbr_gain *gain, float *peak, float *rms, uint64_t *clips) {
    pbr_meter *meter = pbr_gain_get_or_create_meter(gain);
    if (meter == NULL) {
        return NO;
    }
    pbr_reading reading = pbr_meter_read(meter);
    for (uint32_t side = 0; side < PBR_METER_CHANNELS; side++) {
        peak[side] = reading.peak[side];
        rms[side] = reading.rms[side];
    }
    *clips = reading.clips;
    return YES;
}

// Fades are requested in the engine's frames; a mixer at another rate counts frames of its own.
double PBFrameScale(AVAudioNode *mixer) {
    double own = 0;
    double engine = 0;
    // A caller of the per-connection calls may have no pool.
    @autoreleasepool {
        own = [[mixer outputFormatForBus:0] sampleRate];
        engine = [PBEngineFormat(mixer->_node->engine) sampleRate];
    }
    return own / engine;
}

uint64_t PBOwnFrames(double scale, uint64_t frames) {
    uint64_t scaled = scale == 1.0 ? frames : (uint64_t)llround((double)frames * scale);
    scaled = scaled > 0 ? scaled : 1;
    return scaled < PBR_FADE_LONGEST ? scaled : PBR_FADE_LONGEST;
}

@implementation AVAudioMixingDestination (AVAudioMixingDestinationFades)

- (BOOL)pbFadeVolume:(float)volume frames:(uint64_t)frames curve:(int)curve {
    if (_connection == NULL || frames == 0) {
        [self setVolume:volume];
        return YES;
    }
    AVAudioEngine *engine = _connection->source->_node->engine;
    [engine pbBeginEdit];
    uint64_t own = PBOwnFrames(PBFrameScale(_connection->destination), frames);
    BOOL fades = pbr_gain_fade_volume(_connection->gain, volume, own, (pbr_curve)curve);
    [engine pbEndBatch];
    return fades;
}

- (BOOL)pbFadePan:(float)pan frames:(uint64_t)frames curve:(int)curve {
    if (_connection == NULL || frames == 0) {
        [self setPan:pan];
        return YES;
    }
    AVAudioEngine *engine = _connection->source->_node->engine;
    [engine pbBeginEdit];
    uint64_t own = PBOwnFrames(PBFrameScale(_connection->destination), frames);
    BOOL fades = pbr_gain_fade_pan(_connection->gain, pan, own, (pbr_curve)curve);
    [engine pbEndBatch];
    return fades;
}

@end

@implementation AVAudioMixingDestination (AVAudioMixingDestinationMeters)

- (BOOL)pbReadPeak:(float *)peak rms:(float *)rms clips:(uint64_t *)clips {
    return _connection != NULL && PBReadMeter(_connection->gain, peak, rms, clips);
}

@end
