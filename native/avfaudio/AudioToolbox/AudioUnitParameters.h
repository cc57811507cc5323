// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PB_AUDIOUNITPARAMETERS_H
#define PB_AUDIOUNITPARAMETERS_H

#import <AudioToolbox/AUComponent.h>

/// Parameters of a mixer in its input scope. The element is the input bus.
enum {
    kMultiChannelMixerParam_Volume = 0, // linear gain
    kMultiChannelMixerParam_Enable = 1, // 0 or 1: a mute
    kMultiChannelMixerParam_Pan = 2     // -1 to 1
};

#endif
