// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What players need between the blocks of an offline engine, which may render hours before a timer fires
// or a handler has run.
#import "player_node.h"

#include <stdatomic.h>

static atomic_int attended;

void perbus__attend_offline(int more) {
    atomic_fetch_add(&attended, more);
}

perbus_status perbus__attend_players(AVAudioEngine *engine, perbus_error *error) {
    if (atomic_load_explicit(&attended, memory_order_relaxed) == 0) {
        return PERBUS_OK;
    }
    return perbus__guard(error, ^{
        for (AVAudioNode *node in [engine attachedNodes]) {
            if ([node isKindOfClass:[PerbusPlayerNode class]]) {
                perbus__step_halt((PerbusPlayerNode *)node);
                perbus__feed_watched((PerbusPlayerNode *)node);
            }
        }
        return PERBUS_OK;
    });
}
