// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE
#include "header.h"

#include "flac.h"
#include "mpeg.h"

#include <stdlib.h>

// Sizes from here on are what programs write that do not know the length yet: into a pipe, say.
#define PLACEHOLDER 0x7F000000
// Sizes are off by this little in files of old editors.
enum { SLACK = 16, MOST_CHUNKS = 4096 };

typedef struct chunk {
    uint8_t id[4];
    int64_t at;   // of what it holds
    int64_t size; // stated
} chunk;

static uint64_t number(const uint8_t *bytes, size_t count, bool big) {
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value << 8 | bytes[big ? i : count - 1 - i];
    }
    return value;
}

static bool next_chunk(pbf_source *source, int64_t *at, bool big, chunk *found) {
    uint8_t head[8];
    if (pbf_source_peek(source, *at, head, sizeof head) < sizeof head) {
        return false;
    }
    memcpy(found->id, head, 4);
    found->at = *at + 8;
    found->size = (int64_t)number(head + 4, 4, big);
    *at = found->at + found->size + (found->size & 1);
    return true;
}

static bool is(const chunk *found, const char *id) {
    return memcmp(found->id, id, 4) == 0;
}

// Whether chunks fill the file from there to its end, so that a chunk of size 0 before them is
// really empty.
static bool are_chunks(pbf_source *source, int64_t at, bool big) {
    chunk found;
    for (int i = 0; i < MOST_CHUNKS && at < source->size; i++) {
        if (!next_chunk(source, &at, big, &found)) {
            return false;
        }
        for (int c = 0; c < 4; c++) {
            if (found.id[c] < 0x20 || found.id[c] > 0x7E) {
                return false;
            }
        }
    }
    return at <= source->size + 1;
}

// The samples are stated to have so many bytes. Returns whether the size has to be patched: it was
// never filled in. A size that goes beyond the file otherwise means that the file was truncated,
// unless it is that of the whole file, or just off.
static bool judge(pbf_header *header, const pbf_source *source, int64_t at, int64_t stated,
                  bool is_placeholder) {
    int64_t present = source->size - at;
    if (is_placeholder || stated <= present) {
        return is_placeholder;
    }
    bool is_whole = stated <= source->size && stated >= source->size - 8;
    if (stated > present + SLACK && !is_whole) {
        header->stated = stated;
        header->present = present;
    }
    return false;
}

// Whether samples of four bytes are 24-bit numbers in the lower three: the top byte repeats the
// sign. By the specification the lowest byte would be unused, as in what no sample contradicts.
static bool is_right_justified(pbf_source *source, int64_t at, int64_t count) {
    enum { BLOCK = 1 << 16, MOST = 1 << 24 };
    uint8_t *bytes = malloc(BLOCK);
    bool uses_low = false, fits = bytes != NULL;
    for (int64_t done = 0; fits && done < count && done < MOST; done += BLOCK) {
        size_t got = pbf_source_peek(source, at + done, bytes, BLOCK);
        for (size_t i = 0; fits && i + 4 <= got; i += 4) {
            uses_low = uses_low || bytes[i] != 0;
            fits = bytes[i + 3] == (bytes[i + 2] & 0x80 ? 0xFF : 0);
        }
        if (got < BLOCK) {
            break;
        }
    }
    free(bytes);
    return fits && uses_low;
}

typedef struct wav_format {
    uint16_t tag, channels, block, bits;
} wav_format;

static const char *wav_codec(uint16_t tag) {
    switch (tag) {
    case 0x50:
        return "WAV with MPEG layer 2";
    case 0x55:
        return "WAV with MP3";
    case 0x160:
    case 0x161:
    case 0x162:
        return "WAV with Windows Media Audio";
    case 0xFF:
    case 0x1600:
    case 0x1610:
        return "WAV with AAC";
    case 0x674F:
    case 0x6750:
    case 0x6751:
    case 0x676F:
    case 0x6770:
    case 0x6771:
        return "WAV with Vorbis";
    case 0x2000:
        return "WAV with AC-3";
    case 0x2001:
        return "WAV with DTS";
    default:
        return NULL;
    }
}

static void read_wav(pbf_source *source, pbf_container container, pbf_header *header) {
    uint8_t head[12], fields[40];
    int64_t at = 12, long_size = -1, long_at = 0, bits_at = 0;
    wav_format format = {0};
    chunk found;
    if (pbf_source_peek(source, 0, head, sizeof head) < sizeof head) {
        return;
    }
    bool big = head[3] == 'X';
    if (memcmp(head, "BW64", 4) == 0) {
        pbf_source_patch(source, 0, "RF64", 4);
    }
    for (int i = 0; i < MOST_CHUNKS && next_chunk(source, &at, big, &found); i++) {
        size_t got = pbf_source_peek(source, found.at, fields, sizeof fields);
        if (is(&found, "ds64") && got >= 24) {
            long_at = found.at + 8;
            long_size = (int64_t)number(fields + 8, 8, false);
        } else if (is(&found, "fmt ") && got >= 16) {
            format.tag = (uint16_t)number(fields, 2, big);
            format.channels = (uint16_t)number(fields + 2, 2, big);
            format.block = (uint16_t)number(fields + 12, 2, big);
            format.bits = (uint16_t)number(fields + 14, 2, big);
            bits_at = found.at + 14;
            bool has_blocks = format.tag == 2 || format.tag == 0x11 || format.tag == 0x31;
            if (has_blocks && got >= 20 && found.size >= 20) {
                header->block_bytes = format.block;
                header->block_frames = (int64_t)number(fields + 18, 2, big);
            }
            if (format.tag == 0xFFFE && got >= 26 && found.size >= 26) {
                format.tag = (uint16_t)number(fields + 24, 2, big);
                header->speakers = (int64_t)number(fields + 20, 4, big);
            }
        } else if (is(&found, "data")) {
            break;
        }
    }
    header->unreadable = wav_codec(format.tag);
    if (!is(&found, "data") || found.at > source->size) {
        return;
    }
    bool is_pcm = format.tag == 1 || format.tag == 3 || format.tag == 6 || format.tag == 7;
    header->frame_bytes = is_pcm ? format.block : 0;
    int64_t present = source->size - found.at, stated = found.size;
    if (container == PBF_RF64 && stated == 0xFFFFFFFF && long_size >= 0) {
        bool is_placeholder =
            (long_size == 0 && !are_chunks(source, found.at, big)) || (long_size == -1);
        if (judge(header, source, found.at, long_size, is_placeholder)) {
            pbf_source_patch_number(source, long_at, (uint64_t)present, 8, false);
        }
        stated = long_size;
    } else {
        bool is_placeholder = stated == 0 ? present > 0 && !are_chunks(source, found.at, big)
                                          : stated >= PLACEHOLDER && stated > present;
        if (judge(header, source, found.at, stated, is_placeholder) && present < UINT32_MAX) {
            pbf_source_patch_number(source, found.at - 4, (uint64_t)present, 4, big);
            stated = present;
        }
    }
    int64_t count = stated < present && stated > 0 ? stated : present;
    if (format.tag == 1 && format.bits == 24 && format.channels > 0 && !big &&
        format.block == 4 * format.channels) {
        pbf_source_patch_number(source, bits_at, 32, 2, false);
        header->codec = "PCM 24 bit";
        header->scale = is_right_justified(source, found.at, count) ? 256.0f : 1.0f;
    }
}

// RIFF with longer names and sizes, which include the name and the size themselves.
static void read_w64(pbf_source *source, pbf_header *header) {
    enum { HEAD = 24, FORM = 40, FLOAT = 3, EXTENSIBLE = 0xFFFE };
    uint8_t head[HEAD], fields[26];
    int64_t at = FORM;
    for (int i = 0; i < MOST_CHUNKS && pbf_source_peek(source, at, head, HEAD) == HEAD; i++) {
        int64_t size = (int64_t)number(head + 16, 8, false), body = at + HEAD;
        if (memcmp(head, "fmt ", 4) == 0) {
            size_t got = pbf_source_peek(source, body, fields, sizeof fields);
            uint64_t tag = got >= 16 ? number(fields, 2, false) : 0;
            if (tag == EXTENSIBLE && got == sizeof fields && size >= HEAD + 26) {
                header->speakers = (int64_t)number(fields + 20, 4, false);
                tag = number(fields + 24, 2, false);
                if (tag == FLOAT) {
                    // libsndfile would take them for integers.
                    pbf_source_patch_number(source, body, FLOAT, 2, false);
                }
            }
            bool is_pcm = tag == 1 || tag == FLOAT || tag == 6 || tag == 7;
            header->frame_bytes = is_pcm ? (int64_t)number(fields + 12, 2, false) : 0;
        } else if (memcmp(head, "data", 4) == 0) {
            int64_t present = source->size - body;
            // What is written into a pipe has no size, or the largest.
            bool is_placeholder = present > 0 && (size <= HEAD || size >= INT64_MAX / 8);
            if (judge(header, source, body, size - HEAD, is_placeholder)) {
                pbf_source_patch_number(source, at + 16, (uint64_t)(present + HEAD), 8, false);
            }
            return;
        }
        if (size < HEAD || size > source->size) {
            return;
        }
        at += (size + 7) & ~(int64_t)7;
    }
}

static void read_aiff(pbf_source *source, pbf_header *header) {
    uint8_t fields[22];
    int64_t at = 12, frames = 0, frames_at = 0, block = 0;
    chunk found;
    for (int i = 0; i < MOST_CHUNKS && next_chunk(source, &at, true, &found); i++) {
        size_t got = pbf_source_peek(source, found.at, fields, sizeof fields);
        if (is(&found, "COMM") && got >= 18) {
            static const char *const plain[] = {"NONE", "twos", "sowt", "raw ", "in24",
                                                "in32", "fl32", "FL32", "fl64", "FL64",
                                                "alaw", "ALAW", "ulaw", "ULAW"};
            bool is_pcm = found.size < 22;
            for (size_t p = 0; p < sizeof plain / sizeof plain[0]; p++) {
                is_pcm = is_pcm || memcmp(fields + 18, plain[p], 4) == 0;
            }
            bool is_law = found.size >= 22 && (memcmp(fields + 19, "law", 3) == 0 ||
                                               memcmp(fields + 19, "LAW", 3) == 0);
            int64_t bytes = is_law ? 1 : ((int64_t)number(fields + 6, 2, true) + 7) / 8;
            block = is_pcm ? (int64_t)number(fields, 2, true) * bytes : 0;
            frames = (int64_t)number(fields + 2, 4, true);
            frames_at = found.at + 2;
        } else if (is(&found, "SSND")) {
            break;
        }
    }
    if (!is(&found, "SSND") || found.at + 8 > source->size) {
        return;
    }
    header->frame_bytes = block;
    int64_t present = source->size - found.at, stated = found.size;
    bool is_placeholder = stated <= 8 ? present > 8 && !are_chunks(source, found.at + 8, true)
                                      : stated >= PLACEHOLDER && stated > present;
    if (!judge(header, source, found.at, stated, is_placeholder)) {
        if (header->stated > 0) {
            header->stated -= 8;
            header->present -= 8;
        }
        return;
    }
    if (present < UINT32_MAX) {
        pbf_source_patch_number(source, found.at - 4, (uint64_t)present, 4, true);
    }
    if (block > 0 && (frames == 0 || frames > (present - 8) / block)) {
        pbf_source_patch_number(source, frames_at, (uint64_t)((present - 8) / block), 4, true);
    }
}

static void read_caf(pbf_source *source, pbf_header *header) {
    uint8_t head[12], fields[32];
    int64_t at = 8;
    for (int i = 0; i < MOST_CHUNKS && pbf_source_peek(source, at, head, 12) == 12; i++) {
        int64_t size = (int64_t)number(head + 4, 8, true), present = source->size - at - 12;
        if (memcmp(head, "desc", 4) == 0 &&
            pbf_source_peek(source, at + 12, fields, sizeof fields) == sizeof fields) {
            header->frame_bytes =
                number(fields + 20, 4, true) == 1 ? (int64_t)number(fields + 16, 4, true) : 0;
        } else if (memcmp(head, "data", 4) == 0) {
            // The samples follow a counter of four bytes.
            bool is_placeholder = size == -1 || (size <= 4 && present > 4);
            if (judge(header, source, at + 12, size, is_placeholder) || header->stated > 0) {
                pbf_source_patch_number(source, at + 4, (uint64_t)present, 8, true);
            }
            if (header->stated > 0) {
                header->stated -= 4;
                header->present -= 4;
            }
            return;
        }
        if (size < 0 || size > source->size) {
            return;
        }
        at += 12 + size;
    }
}

static void read_au(pbf_source *source, pbf_header *header) {
    uint8_t head[24];
    if (pbf_source_peek(source, 0, head, sizeof head) < sizeof head) {
        return;
    }
    static const uint8_t bytes[] = {0, 1, 1, 2, 3, 4, 4, 8};
    bool big = head[0] == '.';
    uint64_t encoding = number(head + 12, 4, big);
    uint64_t sample = encoding < sizeof bytes ? bytes[encoding] : encoding == 27;
    header->frame_bytes = (int64_t)(sample * number(head + 20, 4, big));
    int64_t at = (int64_t)number(head + 4, 4, big), stated = (int64_t)number(head + 8, 4, big);
    bool is_placeholder = stated == 0 || (stated >= PLACEHOLDER && stated > source->size - at);
    if (at <= source->size && judge(header, source, at, stated, is_placeholder)) {
        pbf_source_patch_number(source, 8, UINT32_MAX, 4, big);
    }
}

// A number of NIST's header, by its name.
static int64_t nist_number(const char *header, const char *name) {
    const char *at = strstr(header, name);
    return at != NULL ? strtoll(at + strlen(name), NULL, 10) : 0;
}

// The kinds about which nothing needs care but that they state a length and may be cut.
static void read_plain(pbf_source *source, pbf_header *header) {
    uint8_t head[1025] = {0};
    size_t got = pbf_source_peek(source, 0, head, sizeof head - 1);
    int64_t at = 0, stated = 0;
    if (got < 128) {
        return;
    }
    if (memcmp(head, "Creative", 8) == 0) {
        // One block of sound is what programs write: its kind, and three bytes of its size.
        at = (int64_t)number(head + 20, 2, false);
        const uint8_t *block = head + at;
        if (at + 16 > (int64_t)got || (block[0] != 1 && block[0] != 9)) {
            return;
        }
        int64_t fields = block[0] == 9 ? 12 : 2;
        header->frame_bytes = block[0] == 9 ? block[8] / 8 * block[9] : 1;
        stated = (int64_t)number(block + 1, 3, false) - fields;
        at += 4 + fields;
    } else if (memcmp(head, "NIST_1A", 7) == 0) {
        const char *text = (const char *)head;
        header->frame_bytes =
            nist_number(text, "channel_count -i ") * nist_number(text, "sample_n_bytes -i ");
        at = strtoll(text + 7, NULL, 10);
        stated = nist_number(text, "sample_count -i ");
        if (header->frame_bytes < 1 || header->frame_bytes > 1024 || stated > INT64_MAX / 1024) {
            return;
        }
        stated *= header->frame_bytes;
    } else if (memcmp(head, "2BIT", 4) == 0) {
        header->frame_bytes = (head[12] != 0 ? 2 : 1) * (head[15] / 8);
        at = 128;
        stated = (int64_t)number(head + 26, 4, true) * header->frame_bytes;
    }
    if (at > 0 && at <= source->size && stated > 0) {
        judge(header, source, at, stated, false);
    }
}

pbf_header pbf_read_header(pbf_source *source, pbf_container container) {
    pbf_header header = {.scale = 1.0f, .speakers = -1, .frames = -1};
    switch (container) {
    case PBF_WAV:
    case PBF_RF64:
        read_wav(source, container, &header);
        break;
    case PBF_W64:
        read_w64(source, &header);
        break;
    case PBF_AIFF:
        read_aiff(source, &header);
        break;
    case PBF_CAF:
        read_caf(source, &header);
        break;
    case PBF_AU:
        read_au(source, &header);
        break;
    case PBF_MPEG:
        pbf_read_mpeg(source, &header);
        break;
    case PBF_FLAC:
        pbf_read_flac(source);
        break;
    case PBF_PLAIN:
        read_plain(source, &header);
        break;
    default:
        break;
    }
    return header;
}
