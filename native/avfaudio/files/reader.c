// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE
#include "backend.h"

#include <math.h>
#include <stdlib.h>
#include <unistd.h>

struct pbf_reader {
    pbf_source source;
    pbf_backend *backend;
    int64_t position;
    uint64_t invalid;
    // What the next read fails with.
    bool has_failed;
    pbf_failure failure;
};

static bool is_usable(const pbf_info *info, pbf_failure *failure) {
    if (info->channels < 1 || info->channels > PBF_MAX_CHANNELS) {
        return pbf_fail(failure, PBF_UNSUPPORTED, "it has %u channels: 1 to %d are read",
                        info->channels, PBF_MAX_CHANNELS);
    }
    if (!(info->rate >= 1.0 && info->rate <= PBF_MAX_RATE)) {
        return pbf_fail(failure, PBF_UNSUPPORTED, "its sample rate is %.10g Hz: 1 to %d are read",
                        info->rate, PBF_MAX_RATE);
    }
    return true;
}

pbf_reader *pbf_reader_open(int fd, int64_t size, pbf_kind kind, pbf_failure *failure) {
    pbf_reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL) {
        close(fd);
        pbf_fail(failure, PBF_NO_MEMORY, "no memory to read it");
        return NULL;
    }
    reader->source.fd = fd;
    reader->source.start = kind.start;
    reader->source.size = size > kind.start ? size - kind.start : 0;
    if (!pbf_is_decoded(kind.container)) {
        pbf_refuse_kind(fd, kind, failure);
    } else if (kind.container == PBF_OGG_VORBIS) {
        reader->backend = pbf_open_vorbis(&reader->source, kind, failure);
    } else {
        reader->backend = pbf_open_sound(&reader->source, kind, failure);
    }
    if (reader->backend == NULL || !is_usable(&reader->backend->info, failure)) {
        pbf_reader_close(reader);
        return NULL;
    }
    return reader;
}

void pbf_reader_close(pbf_reader *reader) {
    if (reader->backend != NULL) {
        reader->backend->close(reader->backend);
    }
    close(reader->source.fd);
    free(reader);
}

const pbf_info *pbf_reader_info(const pbf_reader *reader) {
    return &reader->backend->info;
}

int64_t pbf_reader_position(const pbf_reader *reader) {
    return reader->position;
}

uint64_t pbf_reader_invalid(const pbf_reader *reader) {
    return reader->invalid;
}

// Only float samples can be other than numbers.
static void clear_invalid(pbf_reader *reader, float *const *planes, int64_t at, int64_t count) {
    for (uint32_t c = 0; c < reader->backend->info.channels; c++) {
        float *samples = planes[c] + at;
        for (int64_t i = 0; i < count; i++) {
            if (!isfinite(samples[i])) {
                samples[i] = 0.0f;
                reader->invalid++;
            }
        }
    }
}

// Whether the end is where the file says.
static bool check_end(const pbf_reader *reader, pbf_failure *failure) {
    const pbf_info *info = &reader->backend->info;
    if (reader->source.error != 0) {
        return pbf_fail_system(failure, "it cannot be read", reader->source.error);
    }
    int64_t position = reader->backend->position;
    if (reader->position < info->frames) {
        return pbf_fail(failure, PBF_DAMAGED,
                        "it is cut short or damaged: it ends after %lld of %lld frames",
                        (long long)position, (long long)info->frames);
    }
    if (reader->backend->has_changed) {
        return pbf_fail(failure, PBF_UNSUPPORTED,
                        "its sample rate or channels change at frame %lld",
                        (long long)reader->position);
    }
    if (reader->backend->is_cut) {
        return pbf_fail(failure, PBF_DAMAGED, "it is cut short after frame %lld",
                        (long long)reader->position);
    }
    return true;
}

int64_t pbf_reader_read(pbf_reader *reader, float *const *planes, int64_t frames,
                        pbf_failure *failure) {
    pbf_backend *backend = reader->backend;
    if (reader->has_failed) {
        *failure = reader->failure;
        return -1;
    }
    int64_t done = 0, left = backend->info.frames - reader->position;
    while (done < frames && left > 0) {
        int64_t wanted = frames - done < left ? frames - done : left;
        int64_t got = backend->read(backend, planes, done, wanted, &reader->failure);
        if (got <= 0) {
            reader->has_failed = got < 0 || !check_end(reader, &reader->failure);
            left = 0;
            break;
        }
        if (backend->info.is_float) {
            clear_invalid(reader, planes, done, got);
        }
        done += got;
        left -= got;
        reader->position += got;
    }
    if (left <= 0 && !reader->has_failed) {
        reader->has_failed = !check_end(reader, &reader->failure);
    }
    if (done == 0 && frames > 0 && reader->has_failed) {
        *failure = reader->failure;
        return -1;
    }
    return done;
}

bool pbf_reader_seek(pbf_reader *reader, int64_t frame, pbf_failure *failure) {
    if (frame == reader->position && !reader->has_failed) {
        return true;
    }
    reader->has_failed = false;
    reader->position = frame;
    if (frame < reader->backend->info.frames &&
        !reader->backend->seek(reader->backend, frame, failure)) {
        reader->has_failed = true;
        reader->failure = *failure;
        return false;
    }
    return true;
}
