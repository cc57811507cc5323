// SPDX-License-Identifier: MIT OR Apache-2.0
#include "stream.h"

#include <stdlib.h>
#include <string.h>

#include "decode.h"

// The most frames that are decoded in one go.
enum { MOST_FRAMES = 4096 };

static atomic_uint alive;
static _Atomic uint64_t room;

uint32_t pbr_streams_alive(void) {
    return atomic_load_explicit(&alive, memory_order_relaxed);
}

uint64_t pbr_streams_room(void) {
    return atomic_load_explicit(&room, memory_order_relaxed);
}

static uint64_t room_of(const pbr_stream *stream) {
    return (uint64_t)stream->capacity * stream->feed.channels;
}

pbr_stream *pbr_stream_create(const pbr_feed *feed, pbr_region region, double rate) {
    pbr_stream *stream = calloc(1, sizeof *stream);
    if (stream == NULL) {
        feed->release(feed->context);
        return NULL;
    }
    stream->feed = *feed;
    stream->region = region;
    stream->ratio = pbr_ratio_of(feed->rate, rate);
    stream->back = (pbr_ratio){stream->ratio.out, stream->ratio.in};
    stream->clock = pbr_ratio_time(stream->back, region.from);
    stream->total =
        region.loops ? INT64_MAX : pbr_ratio_time(stream->back, region.end) - stream->clock;
    int64_t capacity = (int64_t)(rate * PBR_STREAM_RING_SECONDS);
    capacity = capacity > 4 * PBR_PIECE ? capacity : 4 * PBR_PIECE;
    stream->capacity = (uint32_t)(stream->total < capacity ? stream->total : capacity);
    atomic_init(&stream->references, 1);
    atomic_init(&stream->cut, PBR_UNCUT);
    atomic_fetch_add_explicit(&alive, 1, memory_order_relaxed);
    return stream;
}

pbr_stream *pbr_stream_retain(pbr_stream *stream) {
    atomic_fetch_add_explicit(&stream->references, 1, memory_order_relaxed);
    return stream;
}

void pbr_stream_release(pbr_stream *stream) {
    if (stream == NULL ||
        atomic_fetch_sub_explicit(&stream->references, 1, memory_order_acq_rel) != 1) {
        return;
    }
    pbr_stream_close(stream);
    pbr_stream_empty(stream);
    stream->feed.release(stream->feed.context);
    free(stream);
    atomic_fetch_sub_explicit(&alive, 1, memory_order_relaxed);
}

int64_t pbr_stream_pass_end(const pbr_stream *stream, uint64_t pass) {
    const pbr_region *region = &stream->region;
    int64_t length = region->end - region->start;
    return pbr_ratio_time(stream->back, region->end + (int64_t)pass * length) - stream->clock;
}

int64_t pbr_stream_file_frame(const pbr_stream *stream, int64_t frame) {
    const pbr_region *region = &stream->region;
    int64_t time = stream->clock + frame;
    pbr_ratio ratio = stream->ratio;
    int64_t at = frame == 0 ? region->from
                            : time / ratio.out * ratio.in + time % ratio.out * ratio.in / ratio.out;
    if (at < region->end) {
        return at;
    }
    return region->loops ? region->start + (at - region->end) % (region->end - region->start)
                         : region->end;
}

void pbr_stream_close(pbr_stream *stream) {
    if (stream->decoding != NULL) {
        pbr_decoding_close(stream->decoding, stream);
        stream->decoding = NULL;
    }
}

void pbr_stream_empty(pbr_stream *stream) {
    if (stream->planes != NULL) {
        free(stream->planes);
        stream->planes = NULL;
        atomic_fetch_sub_explicit(&room, room_of(stream), memory_order_relaxed);
    }
}

// How many frames the next piece has: 0 if there is no room, or none are left.
static int64_t next_piece(pbr_stream *stream) {
    if (pbr_stream_has_failed(stream)) {
        return 0;
    }
    int64_t written = atomic_load_explicit(&stream->written, memory_order_relaxed);
    int64_t consumed = atomic_load_explicit(&stream->consumed, memory_order_acquire);
    int64_t space = stream->capacity - (written - consumed);
    int64_t left = stream->total - written;
    space = space < stream->capacity ? space : stream->capacity;
    if (stream->ratio.in != stream->ratio.out) {
        int64_t piece = left < PBR_PIECE ? left : PBR_PIECE;
        return space >= piece ? piece : 0;
    }
    int64_t piece = left < MOST_FRAMES ? left : MOST_FRAMES;
    // Not in crumbs.
    int64_t least = piece < PBR_PIECE ? piece : PBR_PIECE;
    return space < least ? 0 : space < piece ? space : piece;
}

bool pbr_stream_wants(pbr_stream *stream) {
    return next_piece(stream) > 0;
}

static void fail(pbr_stream *stream, int64_t frame) {
    int64_t written = atomic_load_explicit(&stream->written, memory_order_relaxed);
    atomic_store_explicit(&stream->written, written < frame ? frame : written,
                          memory_order_relaxed);
    atomic_store_explicit(&stream->cut, frame, memory_order_release);
    pbr_stream_close(stream);
}

// What plays has come so far past what is decoded that seeking costs less.
static int64_t skip(pbr_stream *stream, int64_t written) {
    int64_t consumed = atomic_load_explicit(&stream->consumed, memory_order_acquire);
    if (consumed - written <= stream->capacity) {
        return written;
    }
    pbr_stream_close(stream);
    consumed = consumed < stream->total ? consumed : stream->total;
    atomic_store_explicit(&stream->written, consumed, memory_order_release);
    return consumed;
}

void pbr_stream_fill(pbr_stream *stream) {
    int64_t written = atomic_load_explicit(&stream->written, memory_order_relaxed);
    int64_t frames = 0;
    if (stream->total > 0) {
        written = skip(stream, written);
        frames = next_piece(stream);
    }
    if (frames <= 0) {
        return;
    }
    if (stream->planes == NULL) {
        stream->planes = pbr_planes_create(stream->feed.channels, stream->capacity);
        if (stream->planes == NULL) {
            fail(stream, written);
            return;
        }
        atomic_fetch_add_explicit(&room, room_of(stream), memory_order_relaxed);
    }
    if (stream->decoding == NULL &&
        (stream->decoding = pbr_decoding_open(stream, written)) == NULL) {
        fail(stream, written);
        return;
    }
    int64_t at = written % stream->capacity;
    int64_t cut = PBR_UNCUT;
    if (stream->ratio.in == stream->ratio.out && at + frames > stream->capacity) {
        frames = stream->capacity - at;
    }
    if (at + frames <= stream->capacity) {
        cut = pbr_decoding_read(stream->decoding, stream, stream->planes, at, frames);
    } else {
        // A piece from the converter goes around the ring's end.
        float samples[64][PBR_PIECE];
        float *planes[64];
        for (uint32_t c = 0; c < stream->feed.channels; c++) {
            planes[c] = samples[c];
        }
        cut = pbr_decoding_read(stream->decoding, stream, planes, 0, frames);
        size_t first = (size_t)(stream->capacity - at);
        for (uint32_t c = 0; c < stream->feed.channels; c++) {
            memcpy(stream->planes[c] + at, samples[c], first * sizeof(float));
            memcpy(stream->planes[c], samples[c] + first, ((size_t)frames - first) * sizeof(float));
        }
    }
    if (cut <= written + frames) {
        atomic_store_explicit(&stream->written, cut > written ? cut : written,
                              memory_order_release);
        fail(stream, cut > written ? cut : written);
        return;
    }
    atomic_store_explicit(&stream->written, written + frames, memory_order_release);
    if (written + frames == stream->total) {
        pbr_stream_close(stream);
    }
}

void pbr_stream_prime(pbr_stream *stream) {
    int64_t enough =
        (int64_t)(stream->capacity / PBR_STREAM_RING_SECONDS * PBR_STREAM_PRIME_SECONDS);
    while (atomic_load_explicit(&stream->written, memory_order_relaxed) <= enough &&
           pbr_stream_wants(stream)) {
        pbr_stream_fill(stream);
    }
}
