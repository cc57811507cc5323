// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE
#include "mpeg.h"

#include <stdlib.h>

enum { WINDOW = 1 << 16, FRAMES_FLAG = 1, LONGEST = 2048 };

// A window on the source, which moves forward only.
typedef struct window {
    pbf_source *source;
    int64_t at;
    size_t count;
    uint8_t bytes[WINDOW];
} window;

static const uint8_t *see(window *seen, int64_t at, size_t count) {
    if (at < seen->at || at + (int64_t)count > seen->at + (int64_t)seen->count) {
        seen->at = at;
        seen->count = pbf_source_peek(seen->source, at, seen->bytes, WINDOW);
    }
    return seen->count >= count ? seen->bytes + (at - seen->at) : NULL;
}

// Where the info tag of a frame of layer 3 stands, past the side information.
static size_t tag_place(const pbf_mpeg *frame) {
    size_t side =
        frame->version == 1 ? (frame->channels == 1 ? 17 : 32) : (frame->channels == 1 ? 9 : 17);
    return 4 + side;
}

static bool is_tag(const uint8_t *bytes) {
    return memcmp(bytes, "Xing", 4) == 0 || memcmp(bytes, "Info", 4) == 0;
}

// The length of a tag, as they stand before, after and between streams; 0 if it is none.
static int64_t tag_length(window *seen, int64_t at) {
    const uint8_t *bytes = see(seen, at, 16);
    if (bytes != NULL && memcmp(bytes, "ID3", 3) == 0) {
        return 10 + ((int64_t)(bytes[6] & 0x7F) << 21 | (bytes[7] & 0x7F) << 14 |
                     (bytes[8] & 0x7F) << 7 | (bytes[9] & 0x7F));
    }
    if (bytes != NULL && memcmp(bytes, "APETAGEX", 8) == 0) {
        return 32 + ((int64_t)bytes[15] << 24 | bytes[14] << 16 | bytes[13] << 8 | bytes[12]);
    }
    return bytes != NULL && memcmp(bytes, "TAG", 3) == 0 ? 128 : 0;
}

static bool is_like(const pbf_mpeg *one, const pbf_mpeg *other) {
    return one->layer == other->layer && one->rate == other->rate &&
           one->channels == other->channels;
}

// Whether a stream of another kind goes on here: one header alone may be chance.
static bool goes_on(window *seen, int64_t at, const pbf_mpeg *frame, const pbf_mpeg *first) {
    pbf_mpeg next;
    const uint8_t *bytes = frame->length > 0 ? see(seen, at + frame->length, 4) : NULL;
    return bytes != NULL && pbf_mpeg_header(bytes, &next) &&
           (is_like(&next, frame) || is_like(&next, first));
}

// How many frames there are from there on, up to a change; -1 if something between them is none.
static int64_t count_frames(window *seen, int64_t at, const pbf_mpeg *first, bool *has_changed) {
    int64_t frames = 0, size = seen->source->size;
    while (at < size) {
        const uint8_t *bytes = see(seen, at, 4);
        pbf_mpeg frame;
        if (bytes == NULL) {
            return frames;
        }
        bool is_frame = pbf_mpeg_header(bytes, &frame) && frame.length > 0;
        if (is_frame && !is_like(&frame, first) && goes_on(seen, at, &frame, first)) {
            *has_changed = true;
            return frames;
        }
        if (!is_frame || !is_like(&frame, first)) {
            int64_t tag = tag_length(seen, at);
            if (tag > 0) {
                at += tag;
                continue;
            }
            bytes = see(seen, at, 4);
            bool is_end = size - at <= 256 || (bytes != NULL && memcmp(bytes, "LYRI", 4) == 0);
            return is_end ? frames : -1;
        }
        if (at + frame.length > size) {
            return frames;
        }
        at += frame.length;
        frames++;
    }
    return frames;
}

void pbf_read_mpeg(pbf_source *source, pbf_header *header) {
    window *seen = calloc(1, sizeof *seen);
    if (seen == NULL) {
        return;
    }
    seen->source = source;
    const uint8_t *bytes = see(seen, 0, 256);
    pbf_mpeg first;
    if (bytes == NULL || !pbf_mpeg_header(bytes, &first)) {
        free(seen);
        return;
    }
    size_t place = tag_place(&first);
    bool tagged = first.layer == 3 && is_tag(bytes + place);
    int64_t stated = -1;
    if (tagged && (bytes[place + 7] & FRAMES_FLAG)) {
        stated = pbf_big32(bytes + place + 8);
    }
    if (first.length == 0) {
        // Frames of the free format do not state their lengths.
        header->has_to_be_counted = stated < 0;
        free(seen);
        return;
    }
    int64_t frames = count_frames(seen, tagged ? first.length : 0, &first, &header->has_changed);
    free(seen);
    if (frames < 0 && stated < 0) {
        header->has_to_be_counted = true;
        source->tail = source->size / 24 * LONGEST;
        source->size += source->tail;
    } else if (frames < 0) {
        return;
    } else if (stated >= 0 && stated <= frames + 1 && stated != frames) {
        // Some encoders count the tag's own frame. Where more are missing, the file was truncated.
        pbf_source_patch_number(source, (int64_t)place + 8, (uint64_t)frames, 4, true);
    } else if (stated < 0) {
        header->frames = frames * first.samples;
        source->tail = (frames + 32) * LONGEST;
        source->size += source->tail;
    }
}
