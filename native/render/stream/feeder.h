// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The thread that fills an engine's streams. Of each player it fills what plays, what comes next,
// and the next that interrupts: no other stream has a ring or an open reader.
#ifndef PBR_FEEDER_H
#define PBR_FEEDER_H

#include "stream.h"

typedef struct pbr_feeder pbr_feeder;

// A player's streams in the order of its queue. All zeros but for the progress.
typedef struct pbr_stream_queue {
    pbr_progress *progress;
    pbr_stream *first;
    pbr_stream *last;
    uint32_t interrupting;           // how many of them interrupt
    struct pbr_stream_queue *before; // in the feeder's list; of those that are not empty
    struct pbr_stream_queue *next;
} pbr_stream_queue;

// NULL without memory.
pbr_feeder *pbr_feeder_create(void);
// Ends the thread. Its streams must have been removed.
void pbr_feeder_free(pbr_feeder *feeder);
// Starts the thread, unless it runs. False if the system refuses.
bool pbr_feeder_start(pbr_feeder *feeder);

// Control side.

// Appends the stream to the queue, or puts it behind the one that it replaces (not NULL).
void pbr_feeder_add(pbr_feeder *feeder, pbr_stream_queue *queue, pbr_stream *stream,
                    pbr_stream *replaced);
// The stream is over when a block takes up the seek of that number; 0: it is not replaced.
void pbr_feeder_set_replaced(pbr_stream *stream, uint64_t seek);
// The stream is not filled any more. Its reader is closed; the audio thread may still read its ring.
// Does nothing if it has been removed.
void pbr_feeder_remove(pbr_stream *stream);

// Offline, before a block.

typedef enum pbr_awaited {
    PBR_AWAITED_FILLED,  // or it has failed, or was removed: there is nothing to wait for
    PBR_AWAITED_CROWDED, // there is no room before some of what is queued has been played
} pbr_awaited;

// Waits until the stream is filled up to a frame. first: it is the first stream that the block
// needs.
pbr_awaited pbr_feeder_await(pbr_stream *stream, int64_t frame, bool first);
// The stream is being used up: the thread may go on.
void pbr_feeder_nudge(pbr_stream *stream);

#endif
