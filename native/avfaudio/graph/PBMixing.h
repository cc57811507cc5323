// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The volume and pan of sources and of their connections.
#ifndef PB_MIXING_H
#define PB_MIXING_H

#import "PBRecords.h"

// AVAudioNode implements AVAudioMixing once for all of its subclasses that conform.
#define PB_MIXING_FROM_NODE                                                            \
    @dynamic volume, pan, renderingAlgorithm, sourceMode, pointSourceInHeadMode, rate, \
        reverbBlend, obstruction, occlusion, position;

@interface AVAudioMixingDestination ()
// For a connection that the source will control.
- (instancetype)_initForSource:(AVAudioNode *)source;
// Takes control of the connection, which starts at the source's values.
- (void)pbTakeConnection:(PBConnection *)connection of:(AVAudioNode *)source;
- (void)pbTakeSpatial:(const PBSpatial *)spatial;
@end

@interface AVAudioNode (PBMixing)
- (AVAudioMixingDestination *)destinationForMixer:(AVAudioNode *)mixer bus:(AVAudioNodeBus)bus;
- (const PBSpatial *)pbSpatial;
- (PBSpatial *)pbMutableSpatial;
- (void)pbSpatialChanged;
@end

// NO if there is no memory for a meter.
BOOL PBReadMeter(pbr_gain *gain, float *peak, float *rms, uint64_t *clips);

#endif
