// SPDX-License-Identifier: MIT OR Apache-2.0
#import "decoder_file.h"

#import "formats.h"

#include <math.h>
#include <stdlib.h>

// Room for a decoder's message, which nobody reads.
enum { MESSAGE = 160 };

typedef struct reader {
    const perbus_decoder *decoder;
    void *stream;
    uint32_t channels;
    int64_t position;
    int64_t frames;
} reader;

char *perbus__absolute(const char *path) {
    char *folder = path[0] != '/' ? realpath(".", NULL) : NULL;
    size_t room = (folder != NULL ? strlen(folder) : 0) + strlen(path) + 2;
    char *absolute = malloc(room);
    if (absolute != NULL) {
        snprintf(absolute, room, "%s%s%s", folder != NULL ? folder : "", folder != NULL ? "/" : "",
                 path);
    }
    free(folder);
    return absolute;
}

perbus__decoded *perbus__decoded_create(const perbus_file *file) {
    perbus__decoded *decoded = malloc(sizeof *decoded + strlen(file->origin) + 1);
    if (decoded != NULL) {
        atomic_init(&decoded->references, 1);
        decoded->decoder = file->decoder;
        decoded->format = file->info.format;
        decoded->frames = file->info.frames;
        strcpy(decoded->path, file->origin);
    }
    return decoded;
}

void perbus__decoded_retain(void *context) {
    perbus__decoded *decoded = context;
    atomic_fetch_add_explicit(&decoded->references, 1, memory_order_relaxed);
}

void perbus__decoded_release(void *context) {
    perbus__decoded *decoded = context;
    if (atomic_fetch_sub_explicit(&decoded->references, 1, memory_order_acq_rel) == 1) {
        free(decoded);
    }
}

void *perbus__decoded_open(void *context) {
    const perbus__decoded *decoded = context;
    const perbus_decoder *decoder = &decoded->decoder;
    perbus_decoder_info info = {{0.0, 0, PERBUS_LAYOUT_USUAL}, 0, NULL, NULL};
    char message[MESSAGE] = "";
    void *stream = NULL;
    if (decoder->open(decoder->context, decoded->path, &stream, &info, message, sizeof message) !=
        PERBUS_OK) {
        return NULL;
    }
    reader *made = malloc(sizeof *made);
    if (made == NULL || info.format.channels != decoded->format.channels ||
        info.format.sample_rate != decoded->format.sample_rate) {
        decoder->close(stream);
        free(made);
        return NULL;
    }
    *made = (reader){decoder, stream, info.format.channels, 0, decoded->frames};
    return made;
}

void perbus__decoded_close(void *context) {
    reader *reader = context;
    reader->decoder->close(reader->stream);
    free(reader);
}

int64_t perbus__decoded_read(void *context, float *const *planes, int64_t frames) {
    reader *reader = context;
    char message[MESSAGE] = "";
    uint64_t got = 0;
    int64_t left = reader->frames - reader->position;
    frames = frames < left ? frames : left;
    if (frames <= 0) {
        return 0;
    }
    if (reader->decoder->read(reader->stream, planes, (uint64_t)frames, &got, message,
                              sizeof message) != PERBUS_OK ||
        got > (uint64_t)frames) {
        return -1;
    }
    for (uint32_t c = 0; c < reader->channels; c++) {
        for (uint64_t i = 0; i < got; i++) {
            planes[c][i] = isfinite(planes[c][i]) ? planes[c][i] : 0.0f;
        }
    }
    reader->position += (int64_t)got;
    return (int64_t)got;
}

bool perbus__decoded_seek(void *context, int64_t frame) {
    reader *reader = context;
    char message[MESSAGE] = "";
    if (reader->decoder->seek(reader->stream, frame, message, sizeof message) != PERBUS_OK) {
        return false;
    }
    reader->position = frame;
    return true;
}
