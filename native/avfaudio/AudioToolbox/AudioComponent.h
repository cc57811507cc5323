// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Descriptions of audio units, and instances of them.
#ifndef PB_AUDIOCOMPONENT_H
#define PB_AUDIOCOMPONENT_H

#import <CoreAudioTypes/CoreAudioTypes.h>

#pragma pack(push, 4)
/// Names an audio unit. The flags are 0.
typedef struct AudioComponentDescription {
    OSType componentType;
    OSType componentSubType;
    OSType componentManufacturer;
    UInt32 componentFlags;
    UInt32 componentFlagsMask;
} AudioComponentDescription;
#pragma pack(pop)

/// Where to load an audio unit. All portable ones are part of the program.
typedef NS_OPTIONS(UInt32, AudioComponentInstantiationOptions) {
    kAudioComponentInstantiation_LoadOutOfProcess = 1,
    kAudioComponentInstantiation_LoadInProcess = 2
};

typedef struct ComponentInstanceRecord *AudioComponentInstance;

/// Error codes of instantiation.
enum { kAudioComponentErr_UnsupportedType = -66751 };

#endif
