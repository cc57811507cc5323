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
    char *origin; // then: where it was opened, from the root on
    // Of a file that is written, until it is finished: where its bytes are, and its name.
    char *temporary, *path;
    perbus_file_settings settings;
    uint32_t noise; // the dither's state
    bool has_failed;
    bool writes; // also when it is finished
};

perbus_status perbus__new_file(const char *path, perbus_file **out_file, perbus_error *error);
// Runs the body while no other thread uses the file.
perbus_status perbus__with_file(perbus_file *file, perbus_error *error, perbus_body body);
perbus_status perbus__check_planes(const perbus_file *file, const float *const *channels,
                                   uint32_t channel_count, perbus_error *error);
// Removes what was written and not finished.
void perbus__abandon_file(perbus_file *file);
// Sets samples that are no numbers to 0, and counts them.
void perbus__clear_invalid(perbus_file *file, float *samples, uint64_t count);

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
