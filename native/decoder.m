// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Files that AVFAudio does not read, through the process's decoder.
#import "decoder_file.h"
#import "formats.h"

static pthread_mutex_t guard = PTHREAD_MUTEX_INITIALIZER;
static perbus_decoder current; // all NULL if none is set

perbus_status perbus_file_set_decoder(const perbus_decoder *decoder, perbus_error *error) {
    PERBUS_CHECK(perbus__enter(error));
    if (decoder != NULL && (decoder->open == NULL || decoder->read == NULL ||
                            decoder->seek == NULL || decoder->close == NULL)) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                            @"the decoder lacks one of open, read, seek and close");
    }
    pthread_mutex_lock(&guard);
    current = decoder != NULL ? *decoder : (perbus_decoder){NULL, NULL, NULL, NULL, NULL};
    pthread_mutex_unlock(&guard);
    return PERBUS_OK;
}

// A decoder may return any status, and must not be able to fake a success.
static perbus_status fail_decoder(perbus_file *file, perbus_status status, const char *message,
                                  perbus_error *error) {
    return perbus__fail_file(error, status < 0 ? status : PERBUS_ERROR_INTERNAL, file, 0,
                             message[0] != '\0' ? message : "the decoder gives no reason");
}

perbus_status perbus__open_with_decoder(perbus_file *file, const char *path, const char *kind,
                                        perbus_error *error) {
    char message[160] = "";
    pthread_mutex_lock(&guard);
    file->decoder = current;
    pthread_mutex_unlock(&guard);
    if (file->decoder.open == NULL) {
        snprintf(message, sizeof message, "%s needs a decoder, and none is set", kind);
        return perbus__fail_file(error, PERBUS_ERROR_UNSUPPORTED, file, 0, message);
    }
    perbus_decoder_info info = {{0.0, 0, PERBUS_LAYOUT_USUAL}, 0, kind, "unknown"};
    void *stream = NULL;
    perbus_status status =
        file->decoder.open(file->decoder.context, path, &stream, &info, message, sizeof message);
    message[sizeof message - 1] = '\0';
    if (status != PERBUS_OK) {
        return fail_decoder(file, status, message, error);
    }
    perbus_error reason = {0, ""};
    if (perbus__check_format(&info.format, &reason) != PERBUS_OK || info.frames < 0 ||
        info.frames > PERBUS_MAX_TIME) {
        file->decoder.close(stream);
        const char *why = reason.message[0] != '\0' ? reason.message : "its length is out of range";
        return perbus__fail_file(error, PERBUS_ERROR_UNSUPPORTED, file, 0, why);
    }
    file->stream = stream;
    file->origin = perbus__absolute(path);
    if (file->origin == NULL) {
        return perbus__fail_file(error, PERBUS_ERROR_NO_MEMORY, file, 0, "no memory to read it");
    }
    file->info = (perbus_file_info){perbus__resolve(info.format), info.frames, info.container,
                                    info.codec, 0};
    return PERBUS_OK;
}

perbus_status perbus__read_with_decoder(perbus_file *file, float *const *channels, uint64_t frames,
                                        uint64_t *out_read, perbus_error *error) {
    char message[160] = "";
    uint64_t done = 0, left = (uint64_t)(file->info.frames - file->position);
    frames = frames < left ? frames : left;
    while (done < frames) {
        float *planes[PERBUS_MAX_CHANNELS];
        uint64_t got = 0;
        for (uint32_t c = 0; c < file->info.format.channels; c++) {
            planes[c] = channels[c] + done;
        }
        perbus_status status =
            file->decoder.read(file->stream, planes, frames - done, &got, message, sizeof message);
        message[sizeof message - 1] = '\0';
        if (status == PERBUS_OK && got > 0 && got <= frames - done) {
            done += got;
            file->position += (int64_t)got;
            continue;
        }
        if (done > 0) {
            break; // the next call fails again
        }
        if (status != PERBUS_OK) {
            return fail_decoder(file, status, message, error);
        }
        snprintf(message, sizeof message,
                 "it is cut short or damaged: it ends after %lld of %lld frames",
                 (long long)file->position, (long long)file->info.frames);
        return perbus__fail_file(error, PERBUS_ERROR_DAMAGED, file, 0, message);
    }
    *out_read = done;
    return PERBUS_OK;
}

perbus_status perbus__seek_with_decoder(perbus_file *file, int64_t frame, perbus_error *error) {
    char message[160] = "";
    perbus_status status = file->decoder.seek(file->stream, frame, message, sizeof message);
    message[sizeof message - 1] = '\0';
    if (status != PERBUS_OK) {
        return fail_decoder(file, status, message, error);
    }
    file->position = frame;
    return PERBUS_OK;
}
