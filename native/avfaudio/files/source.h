// SPDX-License-Identifier: MIT OR Apache-2.0
//
// The bytes that a decoding library sees: those of a file past its tags, some of them replaced.
#ifndef PBF_SOURCE_H
#define PBF_SOURCE_H

#include "failure.h"

enum { PBF_PATCHES = 8, PBF_PATCH = 8 };

typedef struct pbf_source {
    int fd;
    int64_t start; // of the audio file in this one
    int64_t size;  // of what the library sees
    int64_t position;
    // Header fields that programs get wrong, as they should be.
    struct {
        int64_t at;
        uint8_t count, bytes[PBF_PATCH];
    } patches[PBF_PATCHES];
    int patched;
    int64_t tail; // zeros after the file's bytes, part of the size
    int error;    // errno of the read that failed, or 0
} pbf_source;

// As many of the bytes as there are, from there on.
size_t pbf_source_peek(pbf_source *source, int64_t at, void *bytes, size_t count);
// The next bytes.
size_t pbf_source_read(pbf_source *source, void *bytes, size_t count);
// fseek's whence; -1 if that is outside.
int64_t pbf_source_seek(pbf_source *source, int64_t offset, int whence);
// Replaces bytes of the file; no more than PBF_PATCHES times.
void pbf_source_patch(pbf_source *source, int64_t at, const void *bytes, size_t count);
// The same with a number.
void pbf_source_patch_number(pbf_source *source, int64_t at, uint64_t number, size_t count,
                             bool big);

#endif
