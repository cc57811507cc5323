// SPDX-License-Identifier: MIT OR Apache-2.0
//
// How a player's cursor moves through the queue. Audio thread.
#ifndef PBR_PLAYER_CURSOR_H
#define PBR_PLAYER_CURSOR_H

#include "player_state.h"

static inline void pbr_cursor_restart(pbr_cursor *cursor) {
    cursor->position = 0;
    cursor->pass = 0;
    cursor->base = 0;
}

// Everything queued up to `last` ends, including the current item.
static inline void pbr_cursor_cut(pbr_player *marks, pbr_cursor *cursor, struct pbr_item *last,
                                  pbr_end end) {
    if (cursor->last != last && marks != NULL) {
        struct pbr_item *first = cursor->last->next;
        first->cut_until = last->place + 1;
        first->cut = end;
    }
    cursor->last = last;
    pbr_cursor_restart(cursor);
}

static inline void pbr_cursor_stop(pbr_player *marks, pbr_cursor *cursor,
                                   struct pbr_item *horizon) {
    pbr_cursor_cut(marks, cursor, horizon, PBR_END_STOPPED);
    cursor->time = 0;
}

static inline void pbr_player_drop_ramp(pbr_player *player) {
    player->ramp.frames = 0;
    player->cursor.ramped = 0;
}

static inline struct pbr_item *pbr_player_upcoming(const pbr_player *player,
                                                   const pbr_cursor *cursor) {
    return cursor->last == player->horizon ? NULL : cursor->last->next;
}

#endif
