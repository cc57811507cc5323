// SPDX-License-Identifier: MIT OR Apache-2.0
#import "desk.h"

#import "failure.h"

#define SAME(objc, c) \
    _Static_assert((int)PBSendTap##objc == (int)PERBUS_DESK_SEND_##c, "the desk's")
SAME(PreFader, PRE_FADER);
SAME(PostFader, POST_FADER);

@implementation PBStrip (PBSends)

- (BOOL)sendToStrip:(PBStrip *)strip tap:(PBSendTap)tap error:(NSError **)error {
    perbus_error why = {0, ""};
    perbus_desk_bus *to = [strip handle];
    return PBDeskDone(perbus_desk_bus_send_to([self handle], to, (int32_t)tap, &why), &why, error);
}

- (PBStrip *)sendToMixer:(AVAudioMixerNode *)mixer tap:(PBSendTap)tap error:(NSError **)error {
    perbus_desk_node *node = [[self desk] copyNode:mixer attaching:NO error:error];
    if (node == NULL) {
        return nil;
    }
    perbus_desk_bus *send = NULL;
    perbus_error why = {0, ""};
    perbus_status status =
        perbus_desk_bus_send_to_mixer([self handle], node, (int32_t)tap, &send, &why);
    perbus_desk_node_release(node);
    PBStrip *strip = nil;
    if (PBDeskDone(status, &why, error)) {
        strip = [[self desk] stripOfHandle:send error:error];
    }
    perbus_desk_bus_release(send);
    return strip;
}

- (BOOL)endSendAndReturnError:(NSError **)error {
    perbus_error why = {0, ""};
    return PBDeskDone(perbus_desk_bus_end_send([self handle], &why), &why, error);
}

- (NSArray<PBStrip *> *)sends {
    return [[self desk] stripsOfHandles:^(perbus_desk_bus **handles, size_t room, size_t *count) {
        return perbus_desk_bus_copy_sends([self handle], handles, room, count, NULL);
    }];
}

@end
