// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AVAUDIOUNITEQ_H
#define PB_AVAUDIOUNITEQ_H

#import <AVFAudio/AVAudioUnitEffect.h>

@class PBWeakNode;

NS_ASSUME_NONNULL_BEGIN

/// The type of a band. In brackets, the parameters that it uses besides the frequency.
typedef NS_ENUM(NSInteger, AVAudioUnitEQFilterType) {
    AVAudioUnitEQFilterTypeParametric = 0,         // (bandwidth, gain)
    AVAudioUnitEQFilterTypeLowPass = 1,            // Butterworth, -3 dB at the frequency
    AVAudioUnitEQFilterTypeHighPass = 2,           // Butterworth, -3 dB at the frequency
    AVAudioUnitEQFilterTypeResonantLowPass = 3,    // (bandwidth)
    AVAudioUnitEQFilterTypeResonantHighPass = 4,   // (bandwidth)
    AVAudioUnitEQFilterTypeBandPass = 5,           // (bandwidth)
    AVAudioUnitEQFilterTypeBandStop = 6,           // (bandwidth)
    AVAudioUnitEQFilterTypeLowShelf = 7,           // (gain)
    AVAudioUnitEQFilterTypeHighShelf = 8,          // (gain)
    AVAudioUnitEQFilterTypeResonantLowShelf = 9,   // (bandwidth, gain)
    AVAudioUnitEQFilterTypeResonantHighShelf = 10, // (bandwidth, gain)
};

/// One band of an equalizer. Setters throw for a value outside its range. A change is a ramp of 10
/// ms.
@interface AVAudioUnitEQFilterParameters : NSObject {
  @package
    struct pbr_process *_process; // retained: a band may outlive its equalizer
    PBWeakNode *_weakNode;
    NSUInteger _index;
}

/// Parametric by default.
@property (nonatomic) AVAudioUnitEQFilterType filterType;
/// Hz, above 0 and below half the engine's sample rate; 1000 by default.
@property (nonatomic) float frequency;
/// Octaves, 0.05 to 5; 0.5 by default.
@property (nonatomic) float bandwidth;
/// dB, -96 to 24; 0 by default.
@property (nonatomic) float gain;
/// YES by default.
@property (nonatomic) BOOL bypass;

@end

/// An equalizer: bands in series.
@interface AVAudioUnitEQ : AVAudioUnitEffect {
  @private
    NSArray *_bands;
}

- (instancetype)initWithNumberOfBands:(NSUInteger)numberOfBands;

@property (nonatomic, readonly) NSArray<AVAudioUnitEQFilterParameters *> *bands;
/// dB, -96 to 24, after the bands; 0 by default.
@property (nonatomic) float globalGain;

@end

NS_ASSUME_NONNULL_END

#endif
