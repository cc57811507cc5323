// SPDX-License-Identifier: MIT OR Apache-2.0
#ifndef PERBUS_DESK_AVAUDIOMIXERNODE_PERBUS_H
#define PERBUS_DESK_AVAUDIOMIXERNODE_PERBUS_H

#import "PBStrip.h"

NS_ASSUME_NONNULL_BEGIN

@interface AVAudioMixerNode (Perbus)

/// The strip of an input bus, 0 to 65,535, whether or not anything is connected there. The first one
/// of an engine takes the engine up: see AVAudioEngine+Perbus.h.
///
/// Threads: any. Real-time safe: no.
/// @return nil if the mixer is attached to no engine, or the bus is out of range
- (nullable PBStrip *)pb_stripForBus:(AVAudioNodeBus)bus
                               error:(NSError **)error NS_SWIFT_NAME(strip(forBus:));
- (nullable PBStrip *)pb_stripForBus:(AVAudioNodeBus)bus
    NS_SWIFT_UNAVAILABLE("strip(forBus:) throws the error");

/// The strips of all buses that were ever connected or asked for, by ascending bus. Empty if the mixer
/// is attached to no engine.
@property (nonatomic, readonly, copy) NSArray<PBStrip *> *pb_strips NS_SWIFT_NAME(strips);

@end

NS_ASSUME_NONNULL_END

#endif
