// SPDX-License-Identifier: MIT OR Apache-2.0
//
// Writing audio files: under another name until they are complete.
#import "file.h"
#import "formats.h"
#import "platform/platform.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

// Frames that are written at a time.
enum { BLOCK = 4096 };

static const char *const extensions[] = {"wav", "flac", "ogg"};

static perbus_status check_settings(const perbus_file_settings *settings, perbus_error *error) {
    PERBUS_CHECK(perbus__check_format(&settings->format, error));
    if (settings->type < PERBUS_FILE_WAV || settings->type > PERBUS_FILE_OGG_VORBIS) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                            @"%d is no type of file: they are 0 to %d", (int)settings->type,
                            (int)PERBUS_FILE_OGG_VORBIS);
    }
    if (settings->samples < PERBUS_FILE_FLOAT_32 || settings->samples > PERBUS_FILE_INT_16) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                            @"%d is no kind of samples: they are 0 to %d", (int)settings->samples,
                            (int)PERBUS_FILE_INT_16);
    }
    if (settings->type == PERBUS_FILE_FLAC && settings->samples == PERBUS_FILE_FLOAT_32) {
        return perbus__fail(error, PERBUS_ERROR_INVALID_ARGUMENT,
                            @"a FLAC file has integers of 16 or 24 bits, not floats");
    }
    if (!(settings->quality >= 0.0f && settings->quality <= 1.0f)) {
        return perbus__fail(error, PERBUS_ERROR_OUT_OF_RANGE, @"quality %g is not in 0 to 1",
                            (double)settings->quality);
    }
    return PERBUS_OK;
}

static perbus_status fail_system(perbus_error *error, const perbus_file *file, int number) {
    pbf_failure failure;
    pbf_fail_system(&failure, "it cannot be written", number);
    return perbus__fail_file(error, PERBUS_ERROR_FILE, file, failure.number, failure.text);
}

// Makes an empty file in the path's folder, with the extension that its type has.
static perbus_status make_temporary(perbus_file *file, perbus_error *error) {
    static atomic_uint made;
    const char *last = strrchr(file->path, '/');
    int folder = last != NULL ? (int)(last - file->path) + 1 : 0;
    size_t room = (size_t)folder + 64;
    file->temporary = malloc(room);
    if (file->temporary == NULL) {
        return perbus__fail(error, PERBUS_ERROR_NO_MEMORY, @"no memory for a file's name");
    }
    for (;;) {
        snprintf(file->temporary, room, "%.*s.perbus-%ld-%u.%s", folder, file->path, (long)getpid(),
                 atomic_fetch_add(&made, 1), extensions[file->settings.type]);
        int fd = open(file->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
        if (fd >= 0) {
            close(fd);
            return PERBUS_OK;
        }
        if (errno != EEXIST) {
            break;
        }
    }
    int number = errno;
    free(file->temporary);
    file->temporary = NULL;
    fail_system(error, file, number);
    return PERBUS_ERROR_FILE;
}

// A file that is there may be replaced, but nothing else. A link stays, and its file is replaced.
static perbus_status check_target(perbus_file *file, perbus_error *error) {
    struct stat status;
    if (stat(file->path, &status) != 0) {
        return errno == ENOENT ? PERBUS_OK : fail_system(error, file, errno);
    }
    if (S_ISREG(status.st_mode)) {
        char *target = realpath(file->path, NULL);
        if (target == NULL) {
            return fail_system(error, file, errno);
        }
        free(file->path);
        file->path = target;
        return PERBUS_OK;
    }
    return S_ISDIR(status.st_mode)
               ? perbus__fail_file(error, PERBUS_ERROR_FILE, file, EISDIR,
                                   "it cannot be written: it is a folder")
               : perbus__fail_file(error, PERBUS_ERROR_FILE, file, ESPIPE,
                                   "it cannot be written: it is not a regular file");
}

static perbus_status begin(perbus_file *file, perbus_error *error) {
    static const char *const codecs[] = {"float 32 bit", "PCM 24 bit", "PCM 16 bit"};
    static const char *const flac[] = {NULL, "FLAC 24 bit", "FLAC 16 bit"};
    static const char *const containers[] = {"WAV", "FLAC", "Ogg Vorbis"};
    const perbus_file_settings *settings = &file->settings;
    PERBUS_CHECK(check_target(file, error));
    PERBUS_CHECK(make_temporary(file, error));
    NSError *cause = nil;
    file->object = perbus__create_file(file->temporary, settings, &cause);
    if (file->object == nil) {
        return perbus__fail_file_with(error, file, cause);
    }
    file->buffer = [[AVAudioPCMBuffer alloc] initWithPCMFormat:[file->object processingFormat]
                                                 frameCapacity:BLOCK];
    if (file->buffer == nil) {
        return perbus__fail_file(error, PERBUS_ERROR_NO_MEMORY, file, 0, "no memory to write it");
    }
    const char *codec = settings->type == PERBUS_FILE_WAV    ? codecs[settings->samples]
                        : settings->type == PERBUS_FILE_FLAC ? flac[settings->samples]
                                                             : "Vorbis";
    file->info = (perbus_file_info){perbus__resolve(settings->format), 0,
                                    containers[settings->type], codec, 0};
    return PERBUS_OK;
}

perbus_status perbus_file_create(const char *path, const perbus_file_settings *settings,
                                 perbus_file **out_file, perbus_error *error) {
    PERBUS_REQUIRE(path, error);
    PERBUS_REQUIRE(settings, error);
    PERBUS_REQUIRE(out_file, error);
    PERBUS_CHECK(perbus__enter(error));
    perbus_file *file = NULL;
    PERBUS_CHECK(check_settings(settings, error));
    PERBUS_CHECK(perbus__new_file(path, &file, error));
    file->writes = true;
    file->settings = *settings;
    file->noise = 0x9E3779B9u;
    file->path = strdup(path);
    perbus_status status = file->path == NULL ? perbus__fail(error, PERBUS_ERROR_NO_MEMORY,
                                                             @"no memory for a file's name")
                                              : perbus__catch(error, ^{
                                                    return begin(file, error);
                                                });
    if (status != PERBUS_OK) {
        perbus_file_destroy(file);
        return status;
    }
    *out_file = file;
    return PERBUS_OK;
}

void perbus__abandon_file(perbus_file *file) {
    if (file->temporary != NULL) {
        unlink(file->temporary);
    }
    free(file->temporary);
    free(file->path);
    file->temporary = file->path = NULL;
}

// From -0.5 to 0.5.
static double uniform(uint32_t *state) {
    *state ^= *state << 13;
    *state ^= *state >> 17;
    *state ^= *state << 5;
    return *state / 4294967296.0 - 0.5;
}

// Rounds to the file's integers, so that AVFAudio has nothing left to round.
static void quantize(perbus_file *file, float *samples, uint64_t count) {
    double steps = file->settings.samples == PERBUS_FILE_INT_16 ? 32768.0 : 8388608.0;
    for (uint64_t i = 0; i < count; i++) {
        double noise = 0.0;
        if (!file->settings.undithered) {
            noise = uniform(&file->noise) + uniform(&file->noise);
        }
        double step = rint((double)samples[i] * steps + noise);
        step = step < -steps ? -steps : step > steps - 1.0 ? steps - 1.0 : step;
        samples[i] = (float)(step / steps);
    }
}

static perbus_status check_writes(const perbus_file *file, perbus_error *error) {
    if (!file->writes) {
        return perbus__fail_file(error, PERBUS_ERROR_WRONG_KIND, file, 0,
                                 "the file was opened for reading");
    }
    return file->temporary != NULL
               ? PERBUS_OK
               : perbus__fail_file(error, PERBUS_ERROR_WRONG_KIND, file, 0, "the file is finished");
}

perbus_status perbus_file_write(perbus_file *file, const float *const *channels,
                                uint32_t channel_count, uint64_t frames, perbus_error *error) {
    PERBUS_REQUIRE(file, error);
    PERBUS_REQUIRE(channels, error);
    return perbus__with_file(file, error, ^{
        PERBUS_CHECK(check_writes(file, error));
        PERBUS_CHECK(perbus__check_planes(file, channels, channel_count, error));
        bool is_integer = file->settings.type != PERBUS_FILE_OGG_VORBIS &&
                          file->settings.samples != PERBUS_FILE_FLOAT_32;
        for (uint64_t done = 0, count; done < frames; done += count) {
            count = frames - done < BLOCK ? frames - done : BLOCK;
            [file->buffer setFrameLength:(AVAudioFrameCount)count];
            for (uint32_t c = 0; c < channel_count; c++) {
                float *samples = perbus__planes(file->buffer)[c];
                memcpy(samples, channels[c] + done, (size_t)count * sizeof(float));
                perbus__clear_invalid(file, samples, count);
                if (is_integer) {
                    quantize(file, samples, count);
                }
            }
            NSError *cause = nil;
            if (![file->object writeFromBuffer:file->buffer error:&cause]) {
                file->has_failed = true;
                return perbus__fail_file_with(error, file, cause);
            }
            file->info.frames += (int64_t)count;
        }
        return PERBUS_OK;
    });
}

// Before the name is taken: a crash of the system then leaves the old file or the new one.
static bool reaches_disk(const char *path) {
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) {
        return false;
    }
    bool works = fsync(fd) == 0;
    int number = errno;
    close(fd);
    errno = number;
    return works;
}

perbus_status perbus_file_finish(perbus_file *file, perbus_error *error) {
    PERBUS_REQUIRE(file, error);
    return perbus__with_file(file, error, ^{
        PERBUS_CHECK(check_writes(file, error));
        NSError *cause = nil;
        BOOL works = perbus__finish_file(file->object, &cause);
        file->object = nil;
        perbus_status status = PERBUS_OK;
        if (!works) {
            status = perbus__fail_file_with(error, file, cause);
        } else if (file->has_failed) {
            status = perbus__fail_file(error, PERBUS_ERROR_FILE, file, 0,
                                       "a write failed, so it is not complete");
        } else if (!reaches_disk(file->temporary) || rename(file->temporary, file->path) != 0) {
            status = fail_system(error, file, errno);
        } else {
            free(file->temporary);
            file->temporary = NULL;
        }
        perbus__abandon_file(file);
        return status;
    });
}
