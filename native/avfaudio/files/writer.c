// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE
#include "writer.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sndfile.h>
#include <stdlib.h>
#include <unistd.h>

#include "backend.h"

// Frames at a time: libsndfile's Vorbis encoder overflows its stack with more.
enum { BLOCK = 1024 };

struct pbf_writer {
    int fd;
    int64_t position, size;
    int error; // errno of what was refused first, or 0
    SNDFILE *file;
    pbf_writing writing;
    int64_t frames;
    uint8_t order[PBF_MAX_CHANNELS]; // where a channel goes
    union {
        float floats[BLOCK * PBF_MAX_CHANNELS];
        int32_t integers[BLOCK * PBF_MAX_CHANNELS];
    };
};

static sf_count_t count_bytes(void *context) {
    return ((pbf_writer *)context)->size;
}

static sf_count_t tell_bytes(void *context) {
    return ((pbf_writer *)context)->position;
}

static sf_count_t seek_bytes(sf_count_t offset, int whence, void *context) {
    pbf_writer *self = context;
    int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? self->position : self->size;
    self->position = from + offset;
    return self->position;
}

static sf_count_t read_bytes(void *bytes, sf_count_t count, void *context) {
    pbf_writer *self = context;
    ssize_t got = pread(self->fd, bytes, (size_t)count, self->position);
    self->position += got > 0 ? got : 0;
    return got > 0 ? got : 0;
}

static sf_count_t write_bytes(const void *bytes, sf_count_t count, void *context) {
    pbf_writer *self = context;
    sf_count_t done = 0;
    while (done < count && self->error == 0) {
        ssize_t put =
            pwrite(self->fd, (const char *)bytes + done, (size_t)(count - done), self->position);
        if (put < 0 && errno == EINTR) {
            continue;
        }
        if (put <= 0) {
            self->error = put < 0 ? errno : ENOSPC;
            break;
        }
        done += put;
        self->position += put;
    }
    // Once the system has refused, the bytes are dropped: libsndfile leaks what its Vorbis encoder had
    // when it learns of that. Whoever writes looks at the error.
    self->position += count - done;
    self->size = self->position > self->size ? self->position : self->size;
    return count;
}

static bool fail_write(pbf_writer *writer, pbf_failure *failure) {
    return writer->error != 0 ? pbf_fail_system(failure, "it cannot be written", writer->error)
                              : pbf_fail(failure, PBF_UNSUPPORTED, "it cannot be written: %s",
                                         sf_strerror(writer->file));
}

// Whether a WAV file has the extended header, with its speakers. The plain one is defined for two
// channels of 16 bits.
static bool has_mask(const pbf_writing *writing) {
    return writing->type == PBF_WRITE_WAV && (writing->channels > 2 || writing->bits != 16);
}

static int format_of(const pbf_writing *writing) {
    int subtype = writing->bits == 16   ? SF_FORMAT_PCM_16
                  : writing->bits == 24 ? SF_FORMAT_PCM_24
                                        : SF_FORMAT_FLOAT;
    switch (writing->type) {
    case PBF_WRITE_FLAC:
        return SF_FORMAT_FLAC | subtype;
    case PBF_WRITE_VORBIS:
        return SF_FORMAT_OGG | SF_FORMAT_VORBIS;
    case PBF_WRITE_WAV:
        break;
    }
    return (has_mask(writing) ? SF_FORMAT_WAVEX : SF_FORMAT_WAV) | subtype;
}

// The order in which files have the channels.
static void order_channels(pbf_writer *writer) {
    // In WAV and FLAC files the back comes before the sides.
    static const uint8_t places[] = {PBR_FRONT_LEFT, PBR_FRONT_RIGHT, PBR_CENTRE,
                                     PBR_LFE,        PBR_BACK_LEFT,   PBR_BACK_RIGHT,
                                     PBR_SIDE_LEFT,  PBR_SIDE_RIGHT};
    const pbf_writing *writing = &writer->writing;
    const uint8_t *speakers = pbr_layout_speakers(writing->layout);
    uint8_t next = 0;
    for (uint32_t c = 0; c < writing->channels; c++) {
        writer->order[c] = (uint8_t)c;
    }
    for (size_t p = 0; speakers != NULL && p < sizeof places; p++) {
        for (uint32_t c = 0; c < writing->channels; c++) {
            if (speakers[c] == places[p]) {
                writer->order[c] = next++;
            }
        }
    }
    if (writing->type == PBF_WRITE_VORBIS) {
        pbf_info info = {.channels = writing->channels};
        const uint8_t *vorbis = pbf_ogg_order(&info);
        for (uint32_t c = 0; c < writing->channels; c++) {
            writer->order[c] = vorbis[writer->order[c]];
        }
    }
}

pbf_writer *pbf_writer_open(const char *path, const pbf_writing *writing, pbf_failure *failure) {
    static SF_VIRTUAL_IO calls = {count_bytes, seek_bytes, read_bytes, write_bytes, tell_bytes};
    SF_INFO sf = {.samplerate = (int)writing->rate,
                  .channels = (int)writing->channels,
                  .format = format_of(writing)};
    if (writing->rate != (double)sf.samplerate || !sf_format_check(&sf)) {
        pbf_fail(failure, PBF_UNSUPPORTED, "such a file cannot have %.10g Hz and %u channels",
                 writing->rate, writing->channels);
        return NULL;
    }
    pbf_writer *writer = calloc(1, sizeof *writer);
    if (writer == NULL) {
        pbf_fail(failure, PBF_NO_MEMORY, "no memory to write it");
        return NULL;
    }
    writer->writing = *writing;
    writer->fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (writer->fd < 0) {
        pbf_fail_system(failure, "it cannot be written", errno);
        free(writer);
        return NULL;
    }
    writer->file = sf_open_virtual(&calls, SFM_WRITE, &sf, writer);
    if (writer->file == NULL) {
        fail_write(writer, failure);
        close(writer->fd);
        free(writer);
        return NULL;
    }
    double quality = writing->quality;
    sf_command(writer->file, SFC_SET_VBR_ENCODING_QUALITY, &quality, sizeof quality);
    // It has the time of day: two files of one sound would differ.
    sf_command(writer->file, SFC_SET_ADD_PEAK_CHUNK, NULL, SF_FALSE);
    order_channels(writer);
    return writer;
}

static int32_t rounded(float sample, uint32_t bits) {
    double scale = ldexp(1.0, (int)bits - 1), value = rint((double)sample * scale);
    value = value < -scale ? -scale : value > scale - 1.0 ? scale - 1.0 : value;
    return (int32_t)(value * ldexp(1.0, 32 - (int)bits));
}

// A WAV file counts its bytes in 32 bits.
static bool check_size(const pbf_writer *writer, int64_t frames, pbf_failure *failure) {
    enum { HEADER = 128 };
    int64_t block = (int64_t)writer->writing.bits / 8 * writer->writing.channels;
    int64_t most = ((int64_t)UINT32_MAX - HEADER) / block;
    if (writer->writing.type == PBF_WRITE_WAV && writer->frames + frames > most) {
        return pbf_fail(failure, PBF_UNSUPPORTED,
                        "%lld frames are more than fit into a WAV file of this format: %lld",
                        (long long)(writer->frames + frames), (long long)most);
    }
    return true;
}

bool pbf_writer_write(pbf_writer *writer, const float *const *planes, int64_t frames,
                      pbf_failure *failure) {
    uint32_t channels = writer->writing.channels, bits = writer->writing.bits;
    bool is_float = writer->writing.type == PBF_WRITE_VORBIS || bits == 32;
    if (!check_size(writer, frames, failure)) {
        return false;
    }
    for (int64_t done = 0, count; done < frames; done += count) {
        count = frames - done < BLOCK ? frames - done : BLOCK;
        for (uint32_t c = 0; c < channels; c++) {
            for (int64_t i = 0; i < count; i++) {
                size_t place = (size_t)i * channels + writer->order[c];
                if (is_float) {
                    writer->floats[place] = planes[c][done + i];
                } else {
                    writer->integers[place] = rounded(planes[c][done + i], bits);
                }
            }
        }
        sf_count_t put = is_float ? sf_writef_float(writer->file, writer->floats, count)
                                  : sf_writef_int(writer->file, writer->integers, count);
        if (put != count || writer->error != 0) {
            return fail_write(writer, failure);
        }
        writer->frames += count;
    }
    return true;
}

// Puts the speakers into the extended header. libsndfile has its own for some channel counts.
static void put_mask(pbf_writer *writer) {
    enum { MASK = 40, SIDES = 0x600, BACK = 0x30 };
    static const uint32_t bits[] = {[PBR_FRONT_LEFT] = 0x1,  [PBR_FRONT_RIGHT] = 0x2,
                                    [PBR_CENTRE] = 0x4,      [PBR_LFE] = 0x8,
                                    [PBR_BACK_LEFT] = 0x10,  [PBR_BACK_RIGHT] = 0x20,
                                    [PBR_SIDE_LEFT] = 0x200, [PBR_SIDE_RIGHT] = 0x400};
    const pbf_writing *writing = &writer->writing;
    const uint8_t *speakers = pbr_layout_speakers(writing->layout);
    uint32_t mask = 0;
    for (uint32_t c = 0; speakers != NULL && c < writing->channels; c++) {
        mask |= bits[speakers[c]];
    }
    // As in most files: surrounds are at the back unless others are.
    if ((mask & BACK) == 0 && (mask & SIDES) == SIDES) {
        mask = (mask & ~(uint32_t)SIDES) | BACK;
    }
    const uint8_t bytes[] = {(uint8_t)mask, (uint8_t)(mask >> 8), 0, 0};
    if (has_mask(writing)) {
        writer->position = MASK;
        write_bytes(bytes, sizeof bytes, writer);
    }
}

bool pbf_writer_finish(pbf_writer *writer, pbf_failure *failure) {
    int problem = sf_close(writer->file);
    put_mask(writer);
    if (close(writer->fd) != 0 && writer->error == 0) {
        writer->error = errno;
    }
    bool works = problem == 0 && writer->error == 0;
    if (writer->error != 0) {
        pbf_fail_system(failure, "it cannot be written", writer->error);
    } else if (!works) {
        pbf_fail(failure, PBF_UNSUPPORTED, "it cannot be completed: %s", sf_error_number(problem));
    }
    free(writer);
    return works;
}
