// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AUDIOCOMPONENT_H
#define PB_AUDIOCOMPONENT_H

#import <CoreAudioTypes/CoreAudioTypes.h>

/// Names an audio unit by four-character codes.
typedef struct AudioComponentDescription {
    OSType componentType;
    OSType componentSubType;
    OSType componentManufacturer;
    UInt32 componentFlags;
    UInt32 componentFlagsMask;
} AudioComponentDescription;

#endif
