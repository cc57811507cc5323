// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What Apple's mixing does not have: fades and sets at given frames.
#ifndef PB_AUTOMATION_H
#define PB_AUTOMATION_H

#import <AVFAudio/AVAudioEngine.h>
#import <AVFAudio/AVAudioMixerNode.h>
#import <AVFAudio/AVAudioMixing.h>

#import "PBMasters.h"

#include "render/gain/chain.h"

NS_ASSUME_NONNULL_BEGIN

/// The time of the block that the engine renders next.
int64_t PBEngineTime(AVAudioEngine *engine);

@interface AVAudioMixingDestination (AVAudioMixingDestinationAutomation)
/// Puts the points in place of all those of the volume (or the pan) that start at `from` or later.
/// They are in the order of their starts, none before `from`. Their times and lengths are the
/// engine's, and change to those of the mixer. NO, and nothing changed, without memory.
- (BOOL)pbAutomatePan:(BOOL)pan from:(int64_t)from points:(pbr_point *)points count:(size_t)count;
@end

@interface AVAudioMixerNode (AVAudioMixerNodeAutomation)
/// The same for an input bus's own parameter; no effect while nothing is connected there.
- (BOOL)pbAutomatePan:(BOOL)pan
                  bus:(AVAudioNodeBus)bus
                 from:(int64_t)from
               points:(pbr_point *)points
                count:(size_t)count;
/// The same for outputVolume of a mixer that is attached.
- (BOOL)pbAutomateOutputVolumeFrom:(int64_t)from points:(pbr_point *)points count:(size_t)count;
/// Moves outputVolume as pbFadeVolume:frames:curve: moves a connection's volume.
- (BOOL)pbFadeOutputVolume:(float)volume frames:(uint64_t)frames curve:(int)curve;
@end

@interface PBMaster (PBMasterAutomation)
/// The same for a master's volume.
- (BOOL)pbAutomateFrom:(int64_t)from points:(pbr_point *)points count:(size_t)count;
@end

NS_ASSUME_NONNULL_END

#endif
