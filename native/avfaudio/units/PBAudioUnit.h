// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The record that an AudioUnit points to, and what all units share.
#ifndef PB_AUDIOUNIT_H
#define PB_AUDIOUNIT_H

#import <AVFAudio/AVFAudio.h>
#import <AudioToolbox/AudioToolbox.h>

// The first member of a unit's own record. The four calls of AudioToolbox are forwarded here; NULL
// stands for a unit without parameters or properties.
struct ComponentInstanceRecord {
    OSStatus (*setParameter)(AudioUnit unit, AudioUnitParameterID parameter, AudioUnitScope scope,
                             AudioUnitElement element, AudioUnitParameterValue value);
    OSStatus (*getParameter)(AudioUnit unit, AudioUnitParameterID parameter, AudioUnitScope scope,
                             AudioUnitElement element, AudioUnitParameterValue *value);
    OSStatus (*setProperty)(AudioUnit unit, AudioUnitPropertyID property, AudioUnitScope scope,
                            AudioUnitElement element, const void *data, UInt32 size);
    OSStatus (*getProperty)(AudioUnit unit, AudioUnitPropertyID property, AudioUnitScope scope,
                            AudioUnitElement element, void *data, UInt32 *size);
};

// Writes the value of a property. kAudioUnitErr_InvalidPropertyValue if it does not fit.
OSStatus PBUnitAnswer(const void *value, UInt32 length, void *data, UInt32 *size);

@interface AVAudioUnit ()
- (instancetype)_initWithDescription:(AudioComponentDescription)description
                                name:(NSString *)name
                              inputs:(NSUInteger)inputs
                             outputs:(NSUInteger)outputs;
@end

// Created by instantiateWithComponentDescription:options:completionHandler:.
@interface PBMatrixMixer : AVAudioUnit
- (instancetype)_initWithDescription:(AudioComponentDescription)description;
@end

@interface PBMultiChannelMixer : AVAudioUnit {
    struct PBMixerUnit *_mixer;
}
- (instancetype)_initWithDescription:(AudioComponentDescription)description;
@end

#endif
