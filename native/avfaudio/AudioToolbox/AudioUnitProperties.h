// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AUDIOUNITPROPERTIES_H
#define PB_AUDIOUNITPROPERTIES_H

#import <AudioToolbox/AUComponent.h>

enum { kAudioUnitScope_Global = 0, kAudioUnitScope_Input = 1, kAudioUnitScope_Output = 2 };

#endif
