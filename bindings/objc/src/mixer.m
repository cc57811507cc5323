// SPDX-License-Identifier: MIT OR Apache-2.0
#import "AVAudioMixerNode+Perbus.h"

#import "desk.h"

@implementation AVAudioMixerNode (Perbus)

- (PBStrip *)pb_stripForBus:(AVAudioNodeBus)bus error:(NSError **)error {
    PBDesk *desk = [PBDesk deskOfEngine:[self engine] error:error];
    return [desk stripOfMixer:self bus:bus error:error];
}

- (PBStrip *)pb_stripForBus:(AVAudioNodeBus)bus {
    return [self pb_stripForBus:bus error:NULL];
}

- (NSArray<PBStrip *> *)pb_strips {
    PBDesk *desk = [PBDesk deskOfEngine:[self engine] error:NULL];
    perbus_desk_node *mixer = [desk copyNode:self attaching:NO error:NULL];
    if (mixer == NULL) {
        return [NSArray array];
    }
    NSArray<PBStrip *> *strips =
        [desk stripsOfHandles:^(perbus_desk_bus **handles, size_t room, size_t *count) {
            return perbus_desk_mixer_copy_buses(mixer, handles, room, count, NULL);
        }];
    perbus_desk_node_release(mixer);
    return strips;
}

@end
