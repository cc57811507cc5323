// SPDX-License-Identifier: MIT OR Apache-2.0
#define _GNU_SOURCE
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

size_t pbf_source_peek(pbf_source *source, int64_t at, void *bytes, size_t count) {
    size_t done = 0;
    if (at >= source->size) {
        return 0;
    }
    if ((int64_t)count > source->size - at) {
        count = (size_t)(source->size - at);
    }
    while (done < count) {
        ssize_t got = pread(source->fd, (char *)bytes + done, count - done,
                            source->start + at + (int64_t)done);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            source->error = errno;
            break;
        }
        if (got == 0) {
            break;
        }
        done += (size_t)got;
    }
    if (done < count && at + (int64_t)done >= source->size - source->tail) {
        memset((char *)bytes + done, 0, count - done);
        done = count;
    }
    for (int p = 0; p < source->patched; p++) {
        for (size_t i = 0; i < source->patches[p].count; i++) {
            int64_t place = source->patches[p].at + (int64_t)i - at;
            if (place >= 0 && place < (int64_t)done) {
                ((uint8_t *)bytes)[place] = source->patches[p].bytes[i];
            }
        }
    }
    return done;
}

size_t pbf_source_read(pbf_source *source, void *bytes, size_t count) {
    size_t got = pbf_source_peek(source, source->position, bytes, count);
    source->position += (int64_t)got;
    return got;
}

int64_t pbf_source_seek(pbf_source *source, int64_t offset, int whence) {
    int64_t from = whence == SEEK_SET ? 0 : whence == SEEK_CUR ? source->position : source->size;
    int64_t to = 0;
    if (__builtin_add_overflow(from, offset, &to) || to < 0) {
        return -1;
    }
    source->position = to;
    return to;
}

void pbf_source_patch(pbf_source *source, int64_t at, const void *bytes, size_t count) {
    if (source->patched == PBF_PATCHES || count > PBF_PATCH) {
        return;
    }
    source->patches[source->patched].at = at;
    source->patches[source->patched].count = (uint8_t)count;
    memcpy(source->patches[source->patched].bytes, bytes, count);
    source->patched++;
}

void pbf_source_patch_number(pbf_source *source, int64_t at, uint64_t number, size_t count,
                             bool big) {
    uint8_t bytes[PBF_PATCH];
    for (size_t i = 0; i < count; i++) {
        bytes[big ? count - 1 - i : i] = (uint8_t)(number >> (8 * i));
    }
    pbf_source_patch(source, at, bytes, count);
}
