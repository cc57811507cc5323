// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Audio files.
#import "file.h"
#import "formats.h"
#import "platform/platform.h"

#include <math.h>
#include <stdlib.h>

_Static_assert(sizeof((struct perbus_file *)NULL)->name == PBF_NAME, "as pbf_name fills it");

// Frames that are read at a time.
enum { BLOCK = 8192 };

perbus_status perbus__fail_file(perbus_error *error, perbus_status status, const perbus_file *file,
                                int number, const char *reason) {
    // As objects: %s is not UTF-8 everywhere.
    perbus__fail(error, status, @"%@: %@", [NSString stringWithUTF8String:file->name],
                 [NSString stringWithUTF8String:reason]);
    if (error != NULL) {
        error->os_code = number;
    }
    return status;
}

perbus_status perbus__fail_file_with(perbus_error *error, const perbus_file *file, NSError *cause) {
    perbus_status status = PERBUS_ERROR_FILE;
    if (![[cause domain] isEqualToString:NSPOSIXErrorDomain]) {
        switch ([cause code]) {
        case kAudioFileUnsupportedFileTypeError:
        case kAudioFileUnsupportedDataFormatError:
            status = PERBUS_ERROR_UNSUPPORTED;
            break;
        case kAudioFileInvalidFileError:
            status = PERBUS_ERROR_DAMAGED;
            break;
        case kAudio_MemFullError:
            status = PERBUS_ERROR_NO_MEMORY;
            break;
        default:
            break;
        }
    }
    const char *reason = [[cause localizedDescription] UTF8String];
    return perbus__fail_file(error, status, file, (int)[cause code],
                             reason != NULL ? reason : "AVFAudio gives no reason");
}

static perbus_status fail_with(perbus_error *error, const perbus_file *file,
                               const pbf_failure *failure) {
    static const perbus_status statuses[] = {[PBF_SYSTEM] = PERBUS_ERROR_FILE,
                                             [PBF_UNSUPPORTED] = PERBUS_ERROR_UNSUPPORTED,
                                             [PBF_DAMAGED] = PERBUS_ERROR_DAMAGED,
                                             [PBF_NO_MEMORY] = PERBUS_ERROR_NO_MEMORY};
    return perbus__fail_file(error, statuses[failure->reason], file, failure->number,
                             failure->text);
}

static perbus_status open_with_avfaudio(perbus_file *file, const char *path, pbf_kind kind,
                                        perbus_error *error) {
    NSError *cause = nil;
    file->object = perbus__open_file(path, &cause);
    if (file->object == nil) {
        return perbus__fail_file_with(error, file, cause);
    }
    AVAudioFormat *format = [file->object processingFormat];
    file->buffer = [[AVAudioPCMBuffer alloc] initWithPCMFormat:format frameCapacity:BLOCK];
    if (file->buffer == nil) {
        return perbus__fail_file(error, PERBUS_ERROR_NO_MEMORY, file, 0, "no memory to read it");
    }
    file->info = (perbus_file_info){perbus__describe(format), [file->object length], kind.name,
                                    perbus__codec_of(file->object), 0};
    if (file->info.format.channels > PERBUS_MAX_CHANNELS) {
        return perbus__fail_file(error, PERBUS_ERROR_UNSUPPORTED, file, 0,
                                 "it has more than 64 channels");
    }
    return PERBUS_OK;
}

// Before anything is decoded, what this is: both engines get files of one kind only.
static perbus_status open_path(perbus_file *file, const char *path, perbus_error *error) {
    pbf_failure failure;
    int64_t size = 0;
    int fd = -1;
    if (!pbf_open_regular(path, &fd, &size, &failure)) {
        return fail_with(error, file, &failure);
    }
    pbf_kind kind = pbf_tell(fd);
    bool is_refused = kind.container == PBF_UNKNOWN || kind.container == PBF_FOREIGN;
    if (is_refused) {
        pbf_refuse_kind(fd, kind, &failure);
    }
    close(fd);
    if (is_refused) {
        return fail_with(error, file, &failure);
    }
    return perbus__decodes(kind.container)
               ? open_with_avfaudio(file, path, kind, error)
               : perbus__open_with_decoder(file, path, kind.name, error);
}

static void end_file(perbus__handle *handle) {
    perbus_file *file = (perbus_file *)handle;
    perbus__catch(NULL, ^{
        [file->object release];
        [file->buffer release];
        return PERBUS_OK;
    });
    if (file->stream != NULL) {
        file->decoder.close(file->stream);
    }
    free(file->origin);
    perbus__abandon_file(file);
    pthread_mutex_destroy(&file->lock);
    free(file);
}

perbus_status perbus__new_file(const char *path, perbus_file **out_file, perbus_error *error) {
    if (NSClassFromString(@"AVAudioFile") == Nil) {
        return perbus__fail(error, PERBUS_ERROR_UNAVAILABLE,
                            @"the class AVAudioFile is not linked in: files were left out");
    }
    perbus_file *file = calloc(1, sizeof *file);
    if (file == NULL) {
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a file handle");
    }
    pthread_mutex_init(&file->lock, NULL);
    pbf_name(path, file->name);
    *out_file = file;
    return PERBUS_OK;
}

perbus_status perbus_file_open(const char *path, perbus_file **out_file, perbus_error *error) {
    PERBUS_REQUIRE(path, error);
    PERBUS_REQUIRE(out_file, error);
    PERBUS_CHECK(perbus__enter(error));
    perbus_file *file = NULL;
    PERBUS_CHECK(perbus__new_file(path, &file, error));
    perbus_status status = perbus__catch(error, ^{
        return open_path(file, path, error);
    });
    if (status != PERBUS_OK) {
        perbus_file_destroy(file);
        return status;
    }
    *out_file = file;
    return PERBUS_OK;
}

void perbus_file_destroy(perbus_file *file) {
    if (file != NULL) {
        perbus__end(&file->later, end_file);
    }
}

perbus_status perbus__with_file(perbus_file *file, perbus_error *error, perbus_body body) {
    PERBUS_CHECK(perbus__enter(error));
    pthread_mutex_lock(&file->lock);
    perbus_status status = perbus__catch(error, body);
    pthread_mutex_unlock(&file->lock);
    return status;
}

perbus_status perbus_file_get_info(perbus_file *file, perbus_file_info *out_info,
                                   perbus_error *error) {
    PERBUS_REQUIRE(file, error);
    PERBUS_REQUIRE(out_info, error);
    return perbus__with_file(file, error, ^{
        *out_info = file->info;
        out_info->invalid += file->writes ? 0 : perbus__invalid_samples(file->object);
        return PERBUS_OK;
    });
}

void perbus__clear_invalid(perbus_file *file, float *samples, uint64_t count) {
    for (uint64_t i = 0; i < count; i++) {
        if (!isfinite(samples[i])) {
            samples[i] = 0.0f;
            file->info.invalid++;
        }
    }
}

static perbus_status read_with_avfaudio(perbus_file *file, float *const *channels, uint64_t frames,
                                        uint64_t *out_read, perbus_error *error) {
    uint64_t done = 0;
    while (done < frames) {
        uint64_t left = frames - done;
        AVAudioFrameCount count = (AVAudioFrameCount)(left < BLOCK ? left : BLOCK);
        NSError *cause = nil;
        if (!perbus__read_file(file->object, file->buffer, count, &cause)) {
            if (done > 0) {
                break; // the next call fails again
            }
            return perbus__fail_file_with(error, file, cause);
        }
        AVAudioFrameCount got = [file->buffer frameLength];
        if (got == 0) {
            break;
        }
        for (uint32_t c = 0; c < file->info.format.channels; c++) {
            memcpy(channels[c] + done, perbus__planes(file->buffer)[c],
                   (size_t)got * sizeof(float));
        }
        done += got;
        file->position += got;
    }
    *out_read = done;
    return PERBUS_OK;
}

perbus_status perbus__check_planes(const perbus_file *file, const float *const *channels,
                                   uint32_t channel_count, perbus_error *error) {
    if (channel_count != file->info.format.channels) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                            @"%u channels of a file that has %u", channel_count,
                            file->info.format.channels);
    }
    for (uint32_t c = 0; c < channel_count; c++) {
        PERBUS_REQUIRE(channels[c], error);
    }
    return PERBUS_OK;
}

static perbus_status check_reads(const perbus_file *file, perbus_error *error) {
    return file->writes ? perbus__fail_file(error, PERBUS_ERROR_WRONG_KIND, file, 0,
                                            "the file was made for writing")
                        : PERBUS_OK;
}

perbus_status perbus_file_read(perbus_file *file, float *const *channels, uint32_t channel_count,
                               uint64_t frames, uint64_t *out_read, perbus_error *error) {
    PERBUS_REQUIRE(file, error);
    PERBUS_REQUIRE(channels, error);
    PERBUS_REQUIRE(out_read, error);
    return perbus__with_file(file, error, ^{
        PERBUS_CHECK(
            perbus__check_planes(file, (const float *const *)channels, channel_count, error));
        PERBUS_CHECK(check_reads(file, error));
        uint64_t done = 0;
        perbus_status status = file->stream != NULL
                                   ? perbus__read_with_decoder(file, channels, frames, &done, error)
                                   : read_with_avfaudio(file, channels, frames, &done, error);
        if (status == PERBUS_OK) {
            for (uint32_t c = 0; c < channel_count; c++) {
                perbus__clear_invalid(file, channels[c], done);
            }
            *out_read = done;
        }
        return status;
    });
}

perbus_status perbus_file_seek(perbus_file *file, int64_t frame, perbus_error *error) {
    PERBUS_REQUIRE(file, error);
    return perbus__with_file(file, error, ^{
        PERBUS_CHECK(check_reads(file, error));
        if (frame < 0 || frame > file->info.frames) {
            return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"frame %lld is not in 0 to %lld",
                                (long long)frame, (long long)file->info.frames);
        }
        if (file->stream != NULL) {
            return perbus__seek_with_decoder(file, frame, error);
        }
        [file->object setFramePosition:frame];
        file->position = frame;
        return PERBUS_OK;
    });
}
