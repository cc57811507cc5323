// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE
#include "ogg.h"

#include "backend.h"

#include <stdlib.h>

enum { TAIL = 1 << 17, MOST_STREAMS = 16, PAGE_HEAD = 27 };

// The page's length; 0 if there is none, or only a part of its header.
static size_t page_length(const uint8_t *bytes, size_t count) {
    if (count < PAGE_HEAD || memcmp(bytes, "OggS", 4) != 0 || bytes[4] != 0 ||
        count < PAGE_HEAD + (size_t)bytes[26]) {
        return 0;
    }
    size_t length = PAGE_HEAD + (size_t)bytes[26];
    for (size_t i = 0; i < bytes[26]; i++) {
        length += bytes[PAGE_HEAD + i];
    }
    return length;
}

// The serial numbers of the streams that begin the file.
static size_t first_serials(pbf_source *source, uint8_t serials[][4]) {
    uint8_t head[PAGE_HEAD + 255];
    size_t found = 0, length;
    for (int64_t at = 0; found < MOST_STREAMS; at += (int64_t)length) {
        length = page_length(head, pbf_source_peek(source, at, head, sizeof head));
        if (length == 0 || !(head[5] & 2)) {
            break;
        }
        memcpy(serials[found++], head + 14, 4);
    }
    return found;
}

pbf_ogg_end pbf_read_ogg_end(pbf_source *source) {
    pbf_ogg_end end = {false, false};
    uint8_t serials[MOST_STREAMS][4], *bytes = malloc(TAIL);
    size_t streams = first_serials(source, serials);
    int64_t from = source->size > TAIL ? source->size - TAIL : 0;
    size_t count = bytes != NULL ? pbf_source_peek(source, from, bytes, TAIL) : 0;
    for (size_t i = count; i-- > 0;) {
        if (bytes[i] != 'O' || count - i < 5 || memcmp(bytes + i, "OggS\0", 5) != 0) {
            continue;
        }
        size_t length = page_length(bytes + i, count - i);
        if (length == 0 || i + length > count) {
            end.is_cut = true;
            continue;
        }
        end.is_chained = streams > 0;
        for (size_t s = 0; s < streams; s++) {
            end.is_chained = end.is_chained && memcmp(serials[s], bytes + i + 14, 4) != 0;
        }
        break;
    }
    free(bytes);
    return end;
}

static uint32_t little32(const uint8_t *bytes) {
    return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

// Whether the page is as its checksum says, which counts as 0 in itself.
static bool is_whole(const uint8_t *page, size_t length, const uint32_t *table) {
    uint32_t sum = 0;
    for (size_t i = 0; i < length; i++) {
        sum = sum << 8 ^ table[(sum >> 24 ^ (i >= 22 && i < 26 ? 0 : page[i])) & 0xFF];
    }
    return sum == little32(page + 22);
}

int64_t pbf_opus_trouble(pbf_source *source) {
    enum { MOST = PAGE_HEAD + 255 + 255 * 255, GRANULE = 6, SERIAL = 14, NUMBER = 18 };
    uint8_t *page = malloc(MOST);
    uint32_t table[256], serial = 0, number = 0;
    int64_t last = 0, skip = -1; // skip: until Opus has begun
    bool is_broken = false;
    for (uint32_t byte = 0; byte < 256; byte++) {
        uint32_t sum = byte << 24;
        for (int bit = 0; bit < 8; bit++) {
            sum = sum << 1 ^ (sum >> 31 != 0 ? 0x04C11DB7 : 0);
        }
        table[byte] = sum;
    }
    for (int64_t at = 0; page != NULL && !is_broken && at < source->size;) {
        size_t count = pbf_source_peek(source, at, page, MOST), length = page_length(page, count);
        if (length == 0 || length > count) {
            // Whether the end is cut, pbf_read_ogg_end says.
            is_broken = count == MOST;
            break;
        }
        const uint8_t *body = page + PAGE_HEAD + page[26];
        bool is_head = length >= (size_t)(body - page) + 12 && memcmp(body, "OpusHead", 8) == 0;
        if (skip < 0 && (page[5] & 2) && is_head) {
            serial = little32(page + SERIAL);
            number = little32(page + NUMBER);
            skip = (int64_t)body[11] << 8 | body[10];
        }
        is_broken = !is_whole(page, length, table);
        if (!is_broken && skip >= 0 && little32(page + SERIAL) == serial) {
            is_broken = little32(page + NUMBER) != number++;
            uint64_t position =
                (uint64_t)little32(page + GRANULE + 4) << 32 | little32(page + GRANULE);
            if (!is_broken && position <= INT64_MAX) {
                last = (int64_t)position;
            }
        }
        at += (int64_t)length;
    }
    free(page);
    return !is_broken ? INT64_MAX : last > skip ? last - skip : 0;
}

int pbf_count_links(pbf_source *source) {
    uint8_t head[PAGE_HEAD + 255];
    bool begins = false;
    int links = 0;
    for (int64_t at = 0; at < source->size;) {
        size_t length = page_length(head, pbf_source_peek(source, at, head, sizeof head));
        if (length == 0) {
            return at + PAGE_HEAD > source->size ? links : 0;
        }
        links += (head[5] & 2) && !begins;
        begins = head[5] & 2;
        at += (int64_t)length;
    }
    return links;
}

pbr_layout pbf_fixed_layout(uint32_t channels) {
    static const pbr_layout layouts[] = {
        [3] = PBR_LAYOUT_3_0, [5] = PBR_LAYOUT_5_0, [6] = PBR_LAYOUT_5_1, [8] = PBR_LAYOUT_7_1};
    bool listed = channels < sizeof layouts / sizeof layouts[0] && layouts[channels] != 0;
    return listed ? layouts[channels] : pbr_layout_usual(channels);
}

const uint8_t *pbf_ogg_order(pbf_info *info) {
    static const uint8_t orders[][8] = {[3] = {0, 2, 1},
                                        [5] = {0, 2, 1, 3, 4},
                                        [6] = {0, 2, 1, 5, 3, 4},
                                        [7] = {0, 2, 1, 6, 5, 3, 4},
                                        [8] = {0, 2, 1, 7, 5, 6, 3, 4}};
    static const uint8_t plain[PBF_MAX_CHANNELS] = {
        0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21,
        22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40, 41, 42, 43,
        44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 62, 63};
    info->layout = pbf_fixed_layout(info->channels);
    bool ordered = info->channels == 3 || (info->channels >= 5 && info->channels <= 8);
    return ordered ? orders[info->channels] : plain;
}
