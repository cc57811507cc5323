// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Audio units by number: parameters, properties, and the constants of the mixers.
#ifndef PB_AUDIOUNIT_API_H
#define PB_AUDIOUNIT_API_H

#import <AudioToolbox/AUComponent.h>
#import <AudioToolbox/AudioComponent.h>
#import <AudioToolbox/AudioUnitParameters.h>
#import <AudioToolbox/AudioUnitProperties.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Belongs to the AVAudioUnit that it came from.
typedef AudioComponentInstance AudioUnit;

typedef UInt32 AudioUnitPropertyID;
typedef Float32 AudioUnitParameterValue;

enum {
    kAudioUnitType_Mixer = 0x61756d78 /* 'aumx' */,
    kAudioUnitSubType_MultiChannelMixer = 0x6d636d78 /* 'mcmx' */,
    kAudioUnitSubType_MatrixMixer = 0x6d786d78 /* 'mxmx' */
};

enum {
    /// AudioStreamBasicDescription, of a bus.
    kAudioUnitProperty_StreamFormat = 8,
    /// UInt32: the number of buses of a scope.
    kAudioUnitProperty_ElementCount = 11,
    kAudioUnitProperty_BusCount = kAudioUnitProperty_ElementCount,
    /// Float32[(inputs + 1) * (outputs + 1)], a row per input channel. The last column has the
    /// input volumes, the last row the output volumes, the corner the master volume.
    kAudioUnitProperty_MatrixLevels = 3006,
    /// UInt32[2], read only: the number of input channels and of output channels.
    kAudioUnitProperty_MatrixDimensions = 3009
};

/// Matrix mixer. Volume: global scope, element (input channel << 16) | output channel for a
/// crosspoint and 0xFFFFFFFF for the master; input and output scope, element = channel. Enable:
/// input and output scope, element = bus.
enum { kMatrixMixerParam_Volume = 0, kMatrixMixerParam_Enable = 1 };

/// Multichannel mixer: input scope, element = bus; volume and enable also in the output scope.
/// Any thread except the audio thread. inBufferOffsetInFrames is ignored.
OSStatus AudioUnitSetParameter(AudioUnit _Nonnull inUnit, AudioUnitParameterID inID,
                               AudioUnitScope inScope, AudioUnitElement inElement,
                               AudioUnitParameterValue inValue, UInt32 inBufferOffsetInFrames);
OSStatus AudioUnitGetParameter(AudioUnit _Nonnull inUnit, AudioUnitParameterID inID,
                               AudioUnitScope inScope, AudioUnitElement inElement,
                               AudioUnitParameterValue *_Nonnull outValue);
/// Properties of the graph's shape: not at the same time as calls that change the engine's graph.
OSStatus AudioUnitSetProperty(AudioUnit _Nonnull inUnit, AudioUnitPropertyID inID,
                              AudioUnitScope inScope, AudioUnitElement inElement,
                              const void *_Nullable inData, UInt32 inDataSize);
/// ioDataSize: in, the size of outData; out, what was written. outData NULL asks for the size only.
OSStatus AudioUnitGetProperty(AudioUnit _Nonnull inUnit, AudioUnitPropertyID inID,
                              AudioUnitScope inScope, AudioUnitElement inElement,
                              void *_Nullable outData, UInt32 *_Nonnull ioDataSize);

#ifdef __cplusplus
}
#endif

#endif
