// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOMIXING_H
#define PB_AVAUDIOMIXING_H

#import <AVFAudio/AVAudioTypes.h>

@class AVAudioNode, AVAudioConnectionPoint, AVAudioMixingDestination;

NS_ASSUME_NONNULL_BEGIN

typedef NS_ENUM(NSInteger, AVAudio3DMixingRenderingAlgorithm) {
    AVAudio3DMixingRenderingAlgorithmEqualPowerPanning = 0,
    AVAudio3DMixingRenderingAlgorithmSphericalHead = 1,
    AVAudio3DMixingRenderingAlgorithmHRTF = 2,
    AVAudio3DMixingRenderingAlgorithmSoundField = 3,
    AVAudio3DMixingRenderingAlgorithmStereoPassThrough = 5,
    AVAudio3DMixingRenderingAlgorithmHRTFHQ = 6,
    AVAudio3DMixingRenderingAlgorithmAuto = 7
};

typedef NS_ENUM(NSInteger, AVAudio3DMixingSourceMode) {
    AVAudio3DMixingSourceModeSpatializeIfMono = 0,
    AVAudio3DMixingSourceModeBypass = 1,
    AVAudio3DMixingSourceModePointSource = 2,
    AVAudio3DMixingSourceModeAmbienceBed = 3
};

typedef NS_ENUM(NSInteger, AVAudio3DMixingPointSourceInHeadMode) {
    AVAudio3DMixingPointSourceInHeadModeMono = 0,
    AVAudio3DMixingPointSourceInHeadModeBypass = 1
};

@protocol AVAudioStereoMixing <NSObject>
/// -1 (left) to 1 (right), 0 by default. No effect on a mixer with a mono output.
@property (nonatomic) float pan;
@end

/// Stored and returned. They affect only environment nodes, which the portable engine lacks.
@protocol AVAudio3DMixing <NSObject>
@property (nonatomic) AVAudio3DMixingRenderingAlgorithm renderingAlgorithm;
@property (nonatomic) AVAudio3DMixingSourceMode sourceMode;
@property (nonatomic) AVAudio3DMixingPointSourceInHeadMode pointSourceInHeadMode;
@property (nonatomic) float rate;
@property (nonatomic) float reverbBlend;
@property (nonatomic) float obstruction;
@property (nonatomic) float occlusion;
@property (nonatomic) AVAudio3DPoint position;
@end

/// The settings of a source for the mixer input buses that it feeds. A value set on the source
/// applies to all of its connections, including later ones. A value set on one connection (see
/// AVAudioMixingDestination) stays there until the source's is set again or the connection ends.
@protocol AVAudioMixing <AVAudioStereoMixing, AVAudio3DMixing>
/// The connection to that mixer bus, direct or through effects; nil if there is none.
/// Do not keep it: it has no effect once anything between the two nodes is disconnected.
- (nullable AVAudioMixingDestination *)destinationForMixer:(AVAudioNode *)mixer
                                                       bus:(AVAudioNodeBus)bus;
/// Linear gain, 1 by default; more than 1 amplifies.
@property (nonatomic) float volume;
@end

/// One connection from a mixing source to a mixer's input bus, with its own volume and pan.
@interface AVAudioMixingDestination : NSObject <AVAudioMixing> {
  @package
    struct PBConnection *_connection;
    struct PBSpatial *_spatial;
    _Atomic(float) _volume;
    _Atomic(float) _pan;
}

@property (nonatomic, readonly) AVAudioConnectionPoint *connectionPoint;

@end

NS_ASSUME_NONNULL_END

#endif
