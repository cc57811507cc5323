// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE
#include "flac.h"

#include <pthread.h>
#include <stdlib.h>

enum { HEADER = 16, TAIL = 1 << 21, FOLLOWING = 1 << 20 };

static uint8_t header_checksum(const uint8_t *bytes, size_t count) {
    uint8_t crc = 0;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = (uint8_t)(crc << 1 ^ (crc & 0x80 ? 0x07 : 0));
        }
    }
    return crc;
}

// A number as long as its first byte says, as in UTF-8; the bytes read, 0 if it is none.
static size_t coded_number(const uint8_t *bytes, uint64_t *value) {
    uint8_t first = bytes[0];
    size_t count = 0;
    while (count < 8 && (first & (0x80 >> count))) {
        count++;
    }
    if (count == 1 || count == 8) {
        return 0;
    }
    *value = count == 0 ? first : first & (0x7F >> count);
    for (size_t i = 1; i < count; i++) {
        if ((bytes[i] & 0xC0) != 0x80) {
            return 0;
        }
        *value = *value << 6 | (bytes[i] & 0x3F);
    }
    return count == 0 ? 1 : count;
}

static uint16_t table[256];
static pthread_once_t table_made = PTHREAD_ONCE_INIT;

// Of the blocks' checksums.
static void make_table(void) {
    for (unsigned i = 0; i < 256; i++) {
        uint16_t crc = (uint16_t)(i << 8);
        for (int bit = 0; bit < 8; bit++) {
            crc = (uint16_t)(crc << 1 ^ (crc & 0x8000 ? 0x8005 : 0));
        }
        table[i] = crc;
    }
}

// Reads a header from HEADER bytes.
static bool read_block(const uint8_t *b, pbf_flac_block *found) {
    static const uint32_t rates[] = {0,     88200, 176400, 192000, 8000,  16000,
                                     22050, 24000, 32000,  44100,  48000, 96000};
    static const uint32_t bits[] = {0, 8, 12, 0, 16, 20, 24, 32};
    unsigned block = b[2] >> 4, rate = b[2] & 15, channels = b[3] >> 4;
    if (b[0] != 0xFF || (b[1] & 0xFE) != 0xF8 || block == 0 || rate == 15 || channels > 10 ||
        (b[3] & 1) || (b[3] >> 1 & 7) == 3) {
        return false;
    }
    size_t at = 4, number = coded_number(b + 4, &found->number);
    at += number;
    if (number == 0) {
        return false;
    }
    found->counts_frames = b[1] & 1;
    found->frames = block == 1   ? 192
                    : block <= 5 ? 576u << (block - 2)
                    : block == 6 ? b[at] + 1u
                    : block == 7 ? (b[at] << 8 | b[at + 1]) + 1u
                                 : 256u << (block - 8);
    at += block == 6 ? 1 : block == 7 ? 2 : 0;
    found->rate = rate < 12    ? rates[rate]
                  : rate == 12 ? b[at] * 1000u
                  : rate == 13 ? (uint32_t)(b[at] << 8 | b[at + 1])
                               : (uint32_t)(b[at] << 8 | b[at + 1]) * 10;
    at += rate == 12 ? 1 : rate > 12 ? 2 : 0;
    found->channels = channels < 8 ? channels + 1 : 2;
    found->bits = bits[b[3] >> 1 & 7];
    return at < HEADER && header_checksum(b, at) == b[at];
}

static bool differs(const pbf_flac_block *found, const pbf_flac *info) {
    return (found->rate != 0 && found->rate != info->rate) || found->channels != info->channels ||
           (found->bits != 0 && found->bits != info->bits);
}

static int64_t first_frame(const pbf_flac_block *found, const pbf_flac *info) {
    return (int64_t)(found->counts_frames ? found->number : found->number * info->block);
}

static uint64_t number_after(const pbf_flac_block *found) {
    return found->number + (found->counts_frames ? found->frames : 1);
}

static bool read_info(pbf_source *source, pbf_flac *info) {
    uint8_t head[4], fields[18];
    int64_t at = 4;
    bool is_last = false, found = false;
    while (!is_last && pbf_source_peek(source, at, head, sizeof head) == sizeof head) {
        is_last = head[0] & 0x80;
        if ((head[0] & 0x7F) == 0 &&
            pbf_source_peek(source, at + 4, fields, sizeof fields) == sizeof fields) {
            info->block = (uint32_t)fields[2] << 8 | fields[3];
            info->rate = (uint32_t)fields[10] << 12 | (uint32_t)fields[11] << 4 | fields[12] >> 4;
            info->channels = (fields[12] >> 1 & 7) + 1u;
            info->bits = ((fields[12] & 1u) << 4 | fields[13] >> 4) + 1;
            found = true;
        }
        at += 4 + ((int64_t)head[1] << 16 | head[2] << 8 | head[3]);
    }
    info->audio_start = at;
    return found && info->rate > 0;
}

// Some encoders leave the size of the smallest block 0, and seeking goes astray then.
static void patch_least_block(pbf_source *source, const pbf_flac *info, int64_t at) {
    enum { LEAST = 16 };
    uint8_t least[2], head[HEADER] = {0};
    pbf_flac_block first;
    if (pbf_source_peek(source, at, least, 2) < 2 || (least[0] << 8 | least[1]) >= LEAST) {
        return;
    }
    pbf_source_peek(source, info->audio_start, head, HEADER);
    bool is_fixed = read_block(head, &first) && !first.counts_frames;
    pbf_source_patch_number(source, at, is_fixed ? info->block : LEAST, 2, true);
}

void pbf_read_flac(pbf_source *source) {
    pbf_flac info;
    // The stream's description comes first; the length is the low 36 bits of eight bytes.
    uint8_t fields[8];
    enum { LEAST_AT = 4 + 4, LENGTH_AT = LEAST_AT + 10 };
    if (!read_info(source, &info)) {
        return;
    }
    patch_least_block(source, &info, LEAST_AT);
    if (pbf_source_peek(source, LENGTH_AT, fields, sizeof fields) < sizeof fields ||
        (fields[3] & 15) || fields[4] || fields[5] || fields[6] || fields[7]) {
        return;
    }
    int64_t from = source->size - TAIL > info.audio_start ? source->size - TAIL : info.audio_start;
    size_t room = source->size > from ? (size_t)(source->size - from) : 0;
    uint8_t *bytes = malloc(room + HEADER);
    size_t count = bytes != NULL ? pbf_source_peek(source, from, bytes, room) : 0;
    for (size_t i = count; i-- > 0;) {
        pbf_flac_block last;
        uint8_t head[HEADER] = {0};
        if (bytes[i] != 0xFF) {
            continue;
        }
        memcpy(head, bytes + i, count - i < HEADER ? count - i : HEADER);
        if (read_block(head, &last) && !differs(&last, &info)) {
            uint64_t length = (uint64_t)first_frame(&last, &info) + last.frames;
            fields[3] = (uint8_t)((fields[3] & 0xF0) | (length >> 32 & 15));
            for (int b = 0; b < 4; b++) {
                fields[4 + b] = (uint8_t)(length >> (24 - 8 * b));
            }
            pbf_source_patch(source, LENGTH_AT, fields, sizeof fields);
            break;
        }
    }
    free(bytes);
}

// Whether the next block follows with the same change: by chance, bytes may look like one header.
static bool is_followed(pbf_source *source, int64_t at, const pbf_flac_block *first) {
    uint8_t *bytes = malloc(FOLLOWING);
    size_t count = bytes != NULL ? pbf_source_peek(source, at, bytes, FOLLOWING) : 0;
    bool found = false;
    for (size_t i = 1; !found && i + HEADER <= count; i++) {
        pbf_flac_block next;
        const uint8_t *sync = memchr(bytes + i, 0xFF, count - HEADER - i + 1);
        if (sync == NULL) {
            break;
        }
        i = (size_t)(sync - bytes);
        found = read_block(sync, &next) && next.rate == first->rate &&
                next.channels == first->channels && next.bits == first->bits &&
                next.counts_frames == first->counts_frames && next.number == number_after(first);
    }
    free(bytes);
    return found;
}

static void add_checksum(pbf_flac_watch *watch, const uint8_t *bytes, size_t count) {
    uint16_t crc = watch->checksum;
    for (size_t i = 0; i < count; i++) {
        crc = (uint16_t)(crc << 8 ^ table[(crc >> 8 ^ bytes[i]) & 0xFF]);
    }
    watch->checksum = crc;
}

static void report(pbf_flac_watch *watch, int64_t frame, bool has_changed) {
    if (frame < watch->trouble) {
        watch->trouble = frame;
        watch->has_changed = has_changed;
    }
}

// A header with the stream's values. If it is the next block's, the block before ends in a checksum
// that makes that of all its bytes 0.
static void meet_block(pbf_flac_watch *watch, const pbf_flac_block *found, int64_t at) {
    uint64_t expected = number_after(&watch->block);
    bool is_next = watch->is_inside && found->number == expected && watch->checksum == 0;
    if (watch->is_inside && watch->is_sure && !is_next) {
        if (found->number < expected) {
            return; // chance
        }
        report(watch, first_frame(&watch->block, &watch->info), false);
    }
    watch->is_sure = is_next || at == watch->info.audio_start;
    watch->is_inside = true;
    watch->block = *found;
    watch->checksum = 0;
}

void pbf_flac_watch_bytes(pbf_flac_watch *watch, pbf_source *source, int64_t at,
                          const uint8_t *bytes, size_t count) {
    if (at != watch->next_at) {
        watch->is_inside = false;
    }
    watch->next_at = at + (int64_t)count;
    for (size_t i = 0; i < count;) {
        const uint8_t *sync = memchr(bytes + i, 0xFF, count - i);
        size_t next = sync != NULL ? (size_t)(sync - bytes) : count;
        add_checksum(watch, bytes + i, next - i);
        i = next;
        if (sync == NULL) {
            break;
        }
        int64_t place = at + (int64_t)i;
        bool may_begin =
            place >= watch->info.audio_start && (i + 1 == count || (sync[1] & 0xFE) == 0xF8);
        uint8_t head[HEADER] = {0};
        pbf_flac_block found;
        if (may_begin && i + HEADER <= count) {
            memcpy(head, sync, HEADER);
        } else if (may_begin) {
            pbf_source_peek(source, place, head, HEADER);
        }
        if (may_begin && read_block(head, &found)) {
            if (!differs(&found, &watch->info)) {
                meet_block(watch, &found, place);
            } else if (is_followed(source, place, &found)) {
                report(watch, first_frame(&found, &watch->info), true);
            }
        }
        add_checksum(watch, sync, 1);
        i++;
    }
}

bool pbf_flac_watch_start(pbf_flac_watch *watch, pbf_source *source) {
    pthread_once(&table_made, make_table);
    *watch = (pbf_flac_watch){.next_at = -1, .trouble = INT64_MAX};
    return read_info(source, &watch->info);
}
