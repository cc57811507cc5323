// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Which kind of file this is, by its first bytes: never by its name, and never by looking for
// something further inside, since archives and other containers hold audio files as they are.
#ifndef PBF_CONTAINER_H
#define PBF_CONTAINER_H

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "failure.h"

typedef enum pbf_container {
    PBF_UNKNOWN,
    PBF_FOREIGN, // known by name, and not read
    PBF_WAV,
    PBF_RF64,
    PBF_W64,
    PBF_AIFF,
    PBF_AU,
    PBF_CAF,
    PBF_FLAC,
    PBF_MPEG,
    PBF_OGG_VORBIS,
    PBF_OGG_OPUS,
    PBF_PLAIN,     // libsndfile reads it, and nothing about it needs care
    PBF_CAF_CODED, // a CAF file with compressed samples
    PBF_OGG_FLAC,
    PBF_ADTS,
    PBF_MP4,
    PBF_MATROSKA
} pbf_container;

typedef struct pbf_kind {
    pbf_container container;
    const char *name; // static
    int64_t start;    // past ID3v2 tags
} pbf_kind;

// A file's size and descriptor, for reading. Refuses whatever is not a regular file: opening a pipe
// would wait for its writer.
static inline bool pbf_open_regular(const char *path, int *out_fd, int64_t *out_size,
                                    pbf_failure *failure) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        return pbf_fail_system(failure, "it cannot be opened", errno);
    }
    struct stat status;
    if (fstat(fd, &status) != 0) {
        int number = errno;
        close(fd);
        return pbf_fail_system(failure, "it cannot be read", number);
    }
    if (!S_ISREG(status.st_mode)) {
        close(fd);
        if (S_ISDIR(status.st_mode)) {
            return pbf_fail_system(failure, "it cannot be read", EISDIR);
        }
        pbf_fail(failure, PBF_SYSTEM, "it is not a regular file");
        failure->number = ESPIPE;
        return false;
    }
    *out_fd = fd;
    *out_size = status.st_size;
    return true;
}

// As many of the bytes as there are.
static inline size_t pbf_peek(int fd, int64_t at, void *bytes, size_t count) {
    size_t done = 0;
    while (done < count) {
        ssize_t got = pread(fd, (char *)bytes + done, count - done, at + (int64_t)done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            break;
        }
        done += (size_t)got;
    }
    return done;
}

static inline uint32_t pbf_big32(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

// An MPEG audio frame, by its header. length is 0 in the free format, which does not state it.
typedef struct pbf_mpeg {
    uint32_t version, layer, rate, samples, channels, length; // version 1, 2 or 25
} pbf_mpeg;

static inline bool pbf_mpeg_header(const uint8_t *h, pbf_mpeg *frame) {
    static const uint16_t rates[2][3][16] = {
        {{0, 32, 64, 96, 128, 160, 192, 224, 256, 288, 320, 352, 384, 416, 448},
         {0, 32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384},
         {0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320}},
        {{0, 32, 48, 56, 64, 80, 96, 112, 128, 144, 160, 176, 192, 224, 256},
         {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160},
         {0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160}},
    };
    static const uint32_t hertz[] = {44100, 48000, 32000};
    unsigned version = h[1] >> 3 & 3, layer = 4 - (h[1] >> 1 & 3), bits = h[2] >> 4;
    if (h[0] != 0xFF || (h[1] & 0xE0) != 0xE0 || version == 1 || layer == 4 || bits == 15 ||
        (h[2] >> 2 & 3) == 3) {
        return false;
    }
    bool low = version != 3;
    frame->version = version == 3 ? 1 : version == 2 ? 2 : 25;
    frame->layer = layer;
    frame->rate = hertz[h[2] >> 2 & 3] / (version == 3 ? 1 : version == 2 ? 2 : 4);
    frame->samples = layer == 1 ? 384 : layer == 3 && low ? 576 : 1152;
    frame->channels = h[3] >> 6 == 3 ? 1 : 2;
    uint32_t kilobits = rates[low][layer - 1][bits], padding = h[2] >> 1 & 1;
    frame->length = kilobits == 0 ? 0
                    : layer == 1  ? (12000 * kilobits / frame->rate + padding) * 4
                                  : frame->samples / 8 * 1000 * kilobits / frame->rate + padding;
    return true;
}

// Whether MPEG audio starts here: the frame is followed by another one, or by the file's end.
static inline bool pbf_starts_mpeg(int fd, int64_t at, const uint8_t *head, size_t count) {
    pbf_mpeg first, second;
    if (count < 4 || !pbf_mpeg_header(head, &first)) {
        return false;
    }
    uint8_t next[4];
    if (first.length == 0 || pbf_peek(fd, at + first.length, next, 4) < 4) {
        return true;
    }
    return pbf_mpeg_header(next, &second) && second.layer == first.layer &&
           second.rate == first.rate;
}

// Past ID3v2 tags: each states its size, seven bits a byte.
static inline int64_t pbf_past_tags(int fd) {
    int64_t at = 0;
    uint8_t head[10];
    while (pbf_peek(fd, at, head, sizeof head) == sizeof head && memcmp(head, "ID3", 3) == 0 &&
           ((head[6] | head[7] | head[8] | head[9]) & 0x80) == 0) {
        int64_t size = (int64_t)head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9];
        at += 10 + size + (head[5] & 0x10 ? 10 : 0);
    }
    return at;
}

// The stream that an Ogg file starts with. A file with pictures starts with several: sound that is
// read counts before other sound, and that before pictures.
static inline pbf_kind pbf_tell_ogg(int fd, int64_t start) {
    static const struct {
        const char *bytes;
        size_t count;
        pbf_container container;
        const char *name;
    } streams[] = {
        {"\x01vorbis", 7, PBF_OGG_VORBIS, "Ogg Vorbis"},
        {"OpusHead", 8, PBF_OGG_OPUS, "Ogg Opus"},
        {"\x7F"
         "FLAC",
         5, PBF_OGG_FLAC, "Ogg FLAC"},
        {"Speex   ", 8, PBF_FOREIGN, "Ogg Speex"},
        {"\x80theora", 7, PBF_FOREIGN, "Ogg Theora"},
    };
    enum { STREAMS = sizeof streams / sizeof streams[0], MOST = 16 };
    size_t best = STREAMS;
    int64_t at = start;
    for (int page = 0; page < MOST; page++) {
        uint8_t head[27 + 255 + 8];
        size_t count = pbf_peek(fd, at, head, sizeof head);
        if (count < 28 || memcmp(head, "OggS", 4) != 0 || !(head[5] & 2)) {
            break;
        }
        size_t body = 27 + (size_t)head[26], length = body;
        for (size_t i = 27; i < body && i < count; i++) {
            length += head[i];
        }
        for (size_t i = 0; i < best; i++) {
            if (body + streams[i].count <= count &&
                memcmp(head + body, streams[i].bytes, streams[i].count) == 0) {
                best = i;
            }
        }
        at += (int64_t)length;
    }
    return best < STREAMS ? (pbf_kind){streams[best].container, streams[best].name, start}
                          : (pbf_kind){PBF_FOREIGN, "Ogg without sound that is known", start};
}

// A CAF file's first chunk describes its samples.
static inline pbf_kind pbf_tell_caf(const uint8_t *head, int64_t start) {
    static const struct {
        char id[5];
        const char *name;
    } coded[] = {{"alac", "CAF with ALAC"}, {"ima4", "CAF with IMA ADPCM"},
                 {"aac ", "CAF with AAC"},  {"opus", "CAF with Opus"},
                 {"flac", "CAF with FLAC"}, {".mp3", "CAF with MP3"}};
    for (size_t i = 0; i < sizeof coded / sizeof coded[0]; i++) {
        if (memcmp(head + 28, coded[i].id, 4) == 0) {
            return (pbf_kind){PBF_CAF_CODED, coded[i].name, start};
        }
    }
    return (pbf_kind){PBF_CAF, "CAF", start};
}

static inline pbf_kind pbf_tell(int fd) {
    static const struct {
        const char *bytes;
        uint8_t count, at;
        const char *also; // four more bytes, at 8
        pbf_container container;
        const char *name;
    } kinds[] = {
        {"RIFF", 4, 0, "WAVE", PBF_WAV, "WAV"},
        {"RIFX", 4, 0, "WAVE", PBF_WAV, "WAV"},
        {"RF64", 4, 0, "WAVE", PBF_RF64, "RF64"},
        {"BW64", 4, 0, "WAVE", PBF_RF64, "BW64"},
        {"riff\x2E\x91\xCF\x11", 8, 0, NULL, PBF_W64, "W64"},
        {"FORM", 4, 0, "AIFF", PBF_AIFF, "AIFF"},
        {"FORM", 4, 0, "AIFC", PBF_AIFF, "AIFF-C"},
        {"FORM", 4, 0, "8SVX", PBF_FOREIGN, "8SVX"},
        {"FORM", 4, 0, "16SV", PBF_FOREIGN, "16SV"},
        {".snd", 4, 0, NULL, PBF_AU, "AU"},
        {"dns.", 4, 0, NULL, PBF_AU, "AU"},
        {"caff", 4, 0, NULL, PBF_CAF, "CAF"},
        {"fLaC", 4, 0, NULL, PBF_FLAC, "FLAC"},
        {"OggS", 4, 0, NULL, PBF_OGG_VORBIS, "Ogg"},
        {"Creative Voice File", 19, 0, NULL, PBF_PLAIN, "VOC"},
        {"NIST_1A", 7, 0, NULL, PBF_PLAIN, "NIST"},
        {" paf", 4, 0, NULL, PBF_PLAIN, "PAF"},
        {"fap ", 4, 0, NULL, PBF_PLAIN, "PAF"},
        {"2BIT", 4, 0, NULL, PBF_PLAIN, "AVR"},
        {"PVF1\n", 5, 0, NULL, PBF_PLAIN, "PVF"},
        {"\x64\xA3\x01\0", 4, 0, NULL, PBF_PLAIN, "IRCAM"},
        {"\x64\xA3\x02\0", 4, 0, NULL, PBF_PLAIN, "IRCAM"},
        {"\x64\xA3\x03\0", 4, 0, NULL, PBF_PLAIN, "IRCAM"},
        {"ftyp", 4, 4, NULL, PBF_MP4, "MP4"},
        {"moov", 4, 4, NULL, PBF_MP4, "QuickTime"},
        {"mdat", 4, 4, NULL, PBF_MP4, "QuickTime"},
        {"wide", 4, 4, NULL, PBF_MP4, "QuickTime"},
        {"skip", 4, 4, NULL, PBF_MP4, "QuickTime"},
        {"free", 4, 4, NULL, PBF_MP4, "QuickTime"},
        {"\x1A\x45\xDF\xA3", 4, 0, NULL, PBF_MATROSKA, "Matroska"},
        {"RIFF", 4, 0, "AVI ", PBF_FOREIGN, "AVI"},
        {"RIFF", 4, 0, "WEBP", PBF_FOREIGN, "WebP"},
        {"MAC ", 4, 0, NULL, PBF_FOREIGN, "Monkey's Audio"},
        {"wvpk", 4, 0, NULL, PBF_FOREIGN, "WavPack"},
        {"MPCK", 4, 0, NULL, PBF_FOREIGN, "Musepack"},
        {"MP+", 3, 0, NULL, PBF_FOREIGN, "Musepack"},
        {"TTA1", 4, 0, NULL, PBF_FOREIGN, "True Audio"},
        {"TTA2", 4, 0, NULL, PBF_FOREIGN, "True Audio"},
        {"\x30\x26\xB2\x75\x8E\x66\xCF\x11", 8, 0, NULL, PBF_FOREIGN, "WMA"},
        {"OFR ", 4, 0, NULL, PBF_FOREIGN, "OptimFROG"},
        {"#!AMR", 5, 0, NULL, PBF_FOREIGN, "AMR"},
        {"DSD ", 4, 0, NULL, PBF_FOREIGN, "DSF"},
        {"FRM8", 4, 0, NULL, PBF_FOREIGN, "DSDIFF"},
        {".RMF", 4, 0, NULL, PBF_FOREIGN, "RealMedia"},
        {"MThd", 4, 0, NULL, PBF_FOREIGN, "MIDI"},
        {"PK\x03\x04", 4, 0, NULL, PBF_FOREIGN, "ZIP"},
        {"\x1F\x8B", 2, 0, NULL, PBF_FOREIGN, "gzip"},
        {"BZh", 3, 0, NULL, PBF_FOREIGN, "bzip2"},
        {"\xFD"
         "7zXZ",
         5, 0, NULL, PBF_FOREIGN, "xz"},
        {"7z\xBC\xAF", 4, 0, NULL, PBF_FOREIGN, "7z"},
        {"Rar!", 4, 0, NULL, PBF_FOREIGN, "RAR"},
        {"%PDF", 4, 0, NULL, PBF_FOREIGN, "PDF"},
        {"\x89PNG", 4, 0, NULL, PBF_FOREIGN, "PNG"},
        {"\xFF\xD8\xFF", 3, 0, NULL, PBF_FOREIGN, "JPEG"},
        {"GIF8", 4, 0, NULL, PBF_FOREIGN, "GIF"},
        {"FLV", 3, 0, NULL, PBF_FOREIGN, "Flash video"},
    };
    int64_t start = pbf_past_tags(fd);
    uint8_t head[264] = {0};
    size_t count = pbf_peek(fd, start, head, sizeof head);
    if (count >= 262 && memcmp(head + 257, "ustar", 5) == 0) {
        return (pbf_kind){PBF_FOREIGN, "tar", start};
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        size_t end = (size_t)kinds[i].at + kinds[i].count;
        if (count < end || memcmp(head + kinds[i].at, kinds[i].bytes, kinds[i].count) != 0 ||
            (kinds[i].also != NULL && (count < 12 || memcmp(head + 8, kinds[i].also, 4) != 0))) {
            continue;
        }
        if (kinds[i].bytes[0] == 'O' && kinds[i].container == PBF_OGG_VORBIS) {
            return pbf_tell_ogg(fd, start);
        }
        if (kinds[i].container == PBF_CAF && count >= 32) {
            return pbf_tell_caf(head, start);
        }
        return (pbf_kind){kinds[i].container, kinds[i].name, start};
    }
    // Some taggers leave zeros after their tag.
    while (count > 0 && head[0] == 0 && start < 1 << 20) {
        size_t zeros = 0;
        while (zeros < count && head[zeros] == 0) {
            zeros++;
        }
        start += (int64_t)zeros;
        count = pbf_peek(fd, start, head, sizeof head);
    }
    // The layer of AAC is 0 there.
    if (count >= 7 && head[0] == 0xFF && (head[1] & 0xF6) == 0xF0) {
        return (pbf_kind){PBF_ADTS, "ADTS", start};
    }
    if (pbf_starts_mpeg(fd, start, head, count)) {
        return (pbf_kind){PBF_MPEG, "MPEG audio", start};
    }
    return (pbf_kind){PBF_UNKNOWN, NULL, start};
}

// Whether the portable AVFAudio decodes it; the others need a decoder that the program has set.
static inline bool pbf_is_decoded(pbf_container container) {
    return container >= PBF_WAV && container <= PBF_PLAIN;
}

// Refuses it by the name of what was seen.
static inline bool pbf_refuse_kind(int fd, pbf_kind kind, pbf_failure *failure) {
    if (kind.container == PBF_FOREIGN) {
        return pbf_fail(failure, PBF_UNSUPPORTED, "%s is not a format that is read", kind.name);
    }
    if (kind.container != PBF_UNKNOWN) {
        return pbf_fail(failure, PBF_UNSUPPORTED,
                        "%s needs a decoder, and none is set that reads it", kind.name);
    }
    uint8_t head[8];
    char seen[3 * sizeof head + 1] = "";
    size_t count = pbf_peek(fd, 0, head, sizeof head);
    for (size_t i = 0; i < count; i++) {
        snprintf(seen + 3 * i, 4, "%02X ", head[i]);
    }
    if (count == 0) {
        return pbf_fail(failure, PBF_DAMAGED, "it is empty");
    }
    if (memcmp(head, "ID3", 3) == 0 && pbf_peek(fd, kind.start, seen, 1) == 0) {
        return pbf_fail(failure, PBF_DAMAGED, "it ends in its ID3v2 tag");
    }
    seen[3 * count - 1] = '\0';
    return pbf_fail(failure, PBF_UNSUPPORTED, "no known audio format starts with the bytes %s",
                    seen);
}

#endif
