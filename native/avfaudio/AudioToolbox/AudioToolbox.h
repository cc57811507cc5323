// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The part of AudioToolbox that the portable engine and the shim use.
#ifndef PB_AUDIOTOOLBOX_H
#define PB_AUDIOTOOLBOX_H

#import <AudioToolbox/AUAudioUnit.h>
#import <AudioToolbox/AUComponent.h>
#import <AudioToolbox/AUParameters.h>
#import <AudioToolbox/AudioComponent.h>
#import <AudioToolbox/AudioFile.h>
#import <AudioToolbox/AudioUnit.h>
#import <AudioToolbox/AudioUnitParameters.h>
#import <AudioToolbox/AudioUnitProperties.h>
#import <CoreAudioTypes/CoreAudioTypes.h>

/// Audio unit status codes; they appear in NSError.code and in exception reasons.
enum {
    kAudioUnitErr_InvalidProperty = -10879,
    kAudioUnitErr_InvalidParameter = -10878,
    kAudioUnitErr_InvalidElement = -10877,
    kAudioUnitErr_NoConnection = -10876,
    kAudioUnitErr_FailedInitialization = -10875,
    kAudioUnitErr_TooManyFramesToProcess = -10874,
    kAudioUnitErr_FormatNotSupported = -10868,
    kAudioUnitErr_Uninitialized = -10867,
    kAudioUnitErr_InvalidScope = -10866,
    kAudioUnitErr_PropertyNotWritable = -10865,
    kAudioUnitErr_CannotDoInCurrentContext = -10863,
    kAudioUnitErr_InvalidPropertyValue = -10851,
    kAudioUnitErr_Initialized = -10849,
    kAudioUnitErr_InvalidParameterValue = -66743
};

#endif
