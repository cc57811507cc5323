// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How an audio unit is named, and an instance of one.
#ifndef PB_AUDIOCOMPONENT_H
#define PB_AUDIOCOMPONENT_H

#import <CoreAudioTypes/CoreAudioTypes.h>

#pragma pack(push, 4)
/// Which audio unit; the flags are 0.
typedef struct AudioComponentDescription {
    OSType componentType;
    OSType componentSubType;
    OSType componentManufacturer;
    UInt32 componentFlags;
    UInt32 componentFlagsMask;
} AudioComponentDescription;
#pragma pack(pop)

/// Where to load an audio unit. All of the portable ones are part of the program.
typedef NS_OPTIONS(UInt32, AudioComponentInstantiationOptions) {
    kAudioComponentInstantiation_LoadOutOfProcess = 1,
    kAudioComponentInstantiation_LoadInProcess = 2
};

typedef struct ComponentInstanceRecord *AudioComponentInstance;

/// Error codes of instantiation.
enum { kAudioComponentErr_UnsupportedType = -66751 };

#endif
