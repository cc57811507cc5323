// SPDX-License-Identifier: MIT OR Apache-2.0
//
// A file of the process's decoder that a player opens again, when its turn comes.
#ifndef PERBUS_DECODER_FILE_H
#define PERBUS_DECODER_FILE_H

#import "file.h"

typedef struct perbus__decoded {
    atomic_uint references;
    perbus_decoder decoder;
    perbus_format format;
    int64_t frames;
    char path[];
} perbus__decoded;

// From the root on. NULL without memory.
char *perbus__absolute(const char *path);

// For a file that a decoder reads. NULL without memory.
perbus__decoded *perbus__decoded_create(const perbus_file *file);
// Of references. As functions of a void pointer, like those below, because the portable engine calls
// them.
void perbus__decoded_retain(void *decoded);
void perbus__decoded_release(void *decoded);
// A reader of the file. NULL if it cannot be opened, or another file has taken its name.
void *perbus__decoded_open(void *decoded);
void perbus__decoded_close(void *reader);
// Up to that many frames, at least one; 0 at the end, -1 if it cannot be read.
int64_t perbus__decoded_read(void *reader, float *const *planes, int64_t frames);
bool perbus__decoded_seek(void *reader, int64_t frame);

#endif
