// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AUCOMPONENT_H
#define PB_AUCOMPONENT_H

#import <CoreAudioTypes/CoreAudioTypes.h>

enum { kAudioUnitType_Effect = 0x61756678 /* 'aufx' */ };
enum { kAudioUnitSubType_NBandEQ = 0x6e626571 /* 'nbeq' */ };
enum { kAudioUnitManufacturer_Apple = 0x6170706c /* 'appl' */ };

typedef UInt32 AudioUnitScope;
typedef UInt32 AudioUnitElement;
typedef UInt32 AudioUnitParameterID;

#endif
