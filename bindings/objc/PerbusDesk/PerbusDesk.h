// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Channel strips for the mixers of an AVAudioEngine.
#ifndef PERBUS_DESK_PERBUSDESK_H
#define PERBUS_DESK_PERBUSDESK_H

#import "AVAudioEngine+Perbus.h"
#import "AVAudioMixerNode+Perbus.h"
#import "PBError.h"
#import "PBFade.h"
#import "PBStrip.h"

#endif
