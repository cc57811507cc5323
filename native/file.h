// SPDX-License-Identifier: MIT OR Apache-2.0
//
// What the parts of files share.
#ifndef PERBUS_SHIM_FILE_H
#define PERBUS_SHIM_FILE_H

#import "shim.h"

#include <pthread.h>

struct perbus_file {
    perbus__handle later;
    pthread_mutex_t lock;
    char name[128]; // for messages
    perbus_file_info info;
    int64_t position;
    // Either AVFAudio reads it, through the buffer, or a decoder.
    AVAudioFile *object;
    AVAudioPCMBuffer *buffer;
    perbus_decoder decoder;
    void *stream;
};

// Names the file in an error, with the errno or 0.
PERBUS_COLD perbus_status perbus__fail_file(perbus_error *error, perbus_status status,
                                            const perbus_file *file, int number,
                                            const char *reason);
// The same with what AVFAudio reported.
PERBUS_COLD perbus_status perbus__fail_file_with(perbus_error *error, const perbus_file *file,
                                                 NSError *cause);
// Opens the path with the decoder that is set, if there is one. kind: what the file is.
perbus_status perbus__open_with_decoder(perbus_file *file, const char *path, const char *kind,
                                        perbus_error *error);
// Both advance the position.
perbus_status perbus__read_with_decoder(perbus_file *file, float *const *channels, uint64_t frames,
                                        uint64_t *out_read, perbus_error *error);
perbus_status perbus__seek_with_decoder(perbus_file *file, int64_t frame, perbus_error *error);

#endif
