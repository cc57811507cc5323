// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Offline, before a block: waits for the streams that it needs.
#include "player_state.h"
#include "render/stream/feeder.h"

// Walks through the block, until a stream is not ready.
static pbr_span find_unready(const pbr_player *player, uint32_t frames, uint32_t *done) {
    pbr_cursor cursor = player->cursor;
    for (*done = 0; *done < frames;) {
        pbr_span span = pbr_player_next(player, &cursor, frames - *done);
        if (span.stream != NULL && span.channels == NULL) {
            return span;
        }
        if (span.stream != NULL &&
            span.stream->seen_written - span.frame < (int64_t)span.stream->capacity / 2) {
            pbr_feeder_nudge(span.stream);
        }
        *done += span.frames;
    }
    return (pbr_span){.frames = 0};
}

uint32_t pbr_player_await(pbr_player *player, int64_t now, uint64_t seen, uint32_t frames) {
    if (atomic_load_explicit(&player->streaming, memory_order_relaxed) == 0) {
        return frames;
    }
    uint32_t done = 0;
    pbr_player_begin_block(player, now, seen, &PBR_NO_MOMENT, false, true);
    player->awaited = now;
    for (;;) {
        pbr_span span = find_unready(player, frames, &done);
        struct pbr_stream *stream = span.stream;
        if (stream == NULL) {
            break;
        }
        int64_t written = stream->seen_written, cut = stream->seen_cut;
        pbr_awaited found = pbr_feeder_await(stream, span.frame + span.frames, done == 0);
        player->blocks++; // looks again
        pbr_stream_look(stream, player->blocks);
        if (stream->seen_written == written && stream->seen_cut == cut) {
            // There is no room, or it has been stopped meanwhile.
            done = found == PBR_AWAITED_CROWDED ? done : frames;
            break;
        }
    }
    player->awaited_to = now + (done > 0 ? done : 1);
    return done > 0 ? done : 1;
}
