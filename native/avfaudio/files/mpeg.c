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

// How many frames there are from there on; -1 if something between them is none.
static int64_t count_frames(window *seen, int64_t at, const pbf_mpeg *first) {
    int64_t frames = 0, size = seen->source->size;
    while (at < size) {
        const uint8_t *bytes = see(seen, at, 4);
        pbf_mpeg frame;
        if (bytes == NULL) {
            return frames;
        }
        if (!pbf_mpeg_header(bytes, &frame) || frame.length == 0 || frame.layer != first->layer ||
            frame.rate != first->rate) {
            bool is_end = size - at <= 256 || memcmp(bytes, "TAG", 3) == 0 ||
                          memcmp(bytes, "APET", 4) == 0 || memcmp(bytes, "LYRI", 4) == 0 ||
                          memcmp(bytes, "ID3", 3) == 0;
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
    if (bytes == NULL || !pbf_mpeg_header(bytes, &first) || first.length == 0) {
        free(seen);
        return;
    }
    size_t place = tag_place(&first);
    bool tagged = first.layer == 3 && is_tag(bytes + place);
    int64_t stated = -1;
    if (tagged && (bytes[place + 7] & FRAMES_FLAG)) {
        stated = pbf_big32(bytes + place + 8);
    }
    int64_t frames = count_frames(seen, tagged ? first.length : 0, &first);
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
