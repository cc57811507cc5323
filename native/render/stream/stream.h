// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A region of a file, decoded ahead into a ring at the rate of a player's output. One thread at a
// time fills it; the audio thread reads it and never waits.
//
// With another rate in the file, the ring has a window of what converting the whole file would give,
// so that successive regions of one file join without a seam. A loop is converted as one endless
// sound.
#ifndef PBR_STREAM_H
#define PBR_STREAM_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "render/effects/convert.h"

// Where the frames of a file come from. The reader is used by one thread at a time.
typedef struct pbr_feed {
    void *context; // one reference, which `release` gives back
    void (*retain)(void *context);
    void (*release)(void *context);
    // NULL if it cannot be opened.
    void *(*open)(void *context);
    // Up to that many frames, at least one; 0 at the end, -1 if it cannot be read.
    int64_t (*read)(void *reader, float *const *planes, int64_t frames);
    bool (*seek)(void *reader, int64_t frame);
    void (*close)(void *reader);
    double rate;
    uint32_t channels;
    int64_t frames;
} pbr_feed;

// The frames of a file that are played: `from` to `end`; after that, in a loop, `start` to `end`
// again and again.
typedef struct pbr_region {
    int64_t from;
    int64_t start;
    int64_t end;
    bool loops;
} pbr_region;

// No frame: a stream that has not failed.
#define PBR_UNCUT INT64_MAX

struct pbr_decoding;
struct pbr_feeder;
struct pbr_stream_queue;

typedef struct pbr_stream {
    atomic_uint references;
    pbr_feed feed;
    pbr_region region;
    pbr_ratio ratio; // of the file's rate and the player's
    pbr_ratio back;
    int64_t clock; // of the first frame, in frames of the player's rate since the file's beginning
    int64_t total; // frames in all; INT64_MAX in a loop
    uint32_t capacity; // of the ring
    // Who fills it writes these. The ring is there as soon as something has been written.
    float **planes;
    _Atomic int64_t written;
    _Atomic int64_t cut;           // the frame from which on the file cannot be read, or PBR_UNCUT
    struct pbr_decoding *decoding; // NULL while no reader is open
    atomic_bool dropped;           // it has been stopped: nobody fills it any more
    // The audio thread publishes after each block that it no longer reads what is before this.
    _Atomic int64_t consumed;
    // Audio thread only: what it has seen of `written` and `cut`, and the block in which it looked.
    uint64_t seen_block;
    int64_t seen_written;
    int64_t seen_cut;
    // Of the feeder, under its lock.
    struct pbr_feeder *feeder;
    struct pbr_stream_queue *queue; // NULL: in none
    struct pbr_stream *before;
    struct pbr_stream *next;
    uint64_t place;    // in the player's queue
    uint64_t replaced; // the number of the seek that replaces it, or 0
    int64_t start;     // if it interrupts: the player's time
    bool interrupts;
    bool busy; // being filled
} pbr_stream;

// How far the audio thread has come in a player's queue.
typedef struct pbr_progress {
    _Atomic uint64_t passed; // the place up to which it is through
    // The number of the last seek, doubled, and 1 more if a block has taken it up. Whoever changes it
    // first decides whether a seek that another one follows is still heard.
    _Atomic uint64_t seek;
} pbr_progress;

// The number of the last seek that a block has taken up.
static inline uint64_t pbr_progress_sought(pbr_progress *progress) {
    uint64_t seek = atomic_load_explicit(&progress->seek, memory_order_acquire);
    return seek % 2 != 0 ? seek / 2 : seek / 2 - (seek > 0);
}

// The most that a ring holds, and what is decoded before a stream is queued if it is played at once.
#define PBR_STREAM_RING_SECONDS 0.6
#define PBR_STREAM_PRIME_SECONDS 0.1

// Takes over the feed's reference, on failure too. NULL without memory. The rates must be in
// pbr_ratio's range.
pbr_stream *pbr_stream_create(const pbr_feed *feed, pbr_region region, double rate);
pbr_stream *pbr_stream_retain(pbr_stream *stream);
void pbr_stream_release(pbr_stream *stream);
// How many there are in the process. Audio threads may ask.
uint32_t pbr_streams_alive(void);
// How many samples the rings of all of them have room for. For tests.
uint64_t pbr_streams_room(void);

// The stream's frame at which pass number `pass` ends, the first one being 0.
int64_t pbr_stream_pass_end(const pbr_stream *stream, uint64_t pass);
// The file's frame that sounds at a frame of the stream.
int64_t pbr_stream_file_frame(const pbr_stream *stream, int64_t frame);
static inline bool pbr_stream_has_failed(pbr_stream *stream) {
    return atomic_load_explicit(&stream->cut, memory_order_acquire) != PBR_UNCUT;
}

// The thread that fills it.

// Whether pbr_stream_fill has something to do.
bool pbr_stream_wants(pbr_stream *stream);
// Decodes the next piece.
void pbr_stream_fill(pbr_stream *stream);
// Fills until its first frames are there, or it has failed.
void pbr_stream_prime(pbr_stream *stream);
// Closes the reader. The next fill opens it again.
void pbr_stream_close(pbr_stream *stream);
// Frees the ring, which the audio thread cannot read any more.
void pbr_stream_empty(pbr_stream *stream);

// Audio thread.

// Looks at how far the stream is filled, once per block.
static inline void pbr_stream_look(pbr_stream *stream, uint64_t block) {
    if (stream->seen_block != block) {
        stream->seen_block = block;
        // In this order: with the cut, everything before it is there.
        stream->seen_cut = atomic_load_explicit(&stream->cut, memory_order_acquire);
        stream->seen_written = atomic_load_explicit(&stream->written, memory_order_acquire);
    }
}

#endif
