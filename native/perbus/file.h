/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/** @file
 * Audio files: reading, writing, and decoders for formats that AVFAudio does not read.
 */
#ifndef PERBUS_FILE_H
#define PERBUS_FILE_H

#include "types.h"

#ifdef __cplusplus
extern "C" {
#endif

/** An open audio file. Calls on one file from several threads run one after the other. Maps to
 *  AVAudioFile. */
typedef struct perbus_file perbus_file;

/** What perbus_file_get_info returns. */
typedef struct perbus_file_info {
    perbus_format format;  /**< The channels are in the order of WAV files. */
    int64_t frames;        /**< What the file has, without what its encoder has added at both ends;
                                of a truncated file, what it states to have. */
    const char *container; /**< Such as "WAV". Static. */
    const char *codec;     /**< Such as "PCM 24 bit". Static. */
    uint64_t invalid; /**< Samples read so far that were NaN or infinite: they are read as 0. */
} perbus_file_info;

/**
 * Opens a file for reading. Its kind is recognized by its first bytes, not by its name. Without a
 * decoder (see perbus_file_set_decoder) the portable engine reads WAV, RF64, W64, AIFF, AU, CAF,
 * FLAC, MPEG audio (MP3), Ogg Vorbis, Ogg Opus, VOC, NIST, PAF, AVR, PVF and IRCAM files; Apple's
 * reads what AVAudioFile does.
 *
 * Sizes in headers that are off by a few bytes, or were never filled in, are put right. libmpg123,
 * which decodes MPEG audio for the portable engine, reports faulty frames on the standard error, too;
 * it cannot be silenced through libsndfile.
 * @param path in the file system's encoding, with any bytes
 * @retval PERBUS_ERROR_FILE the system refuses: os_code is its errno, ESPIPE for a pipe or device
 * @retval PERBUS_ERROR_UNSUPPORTED no format that is read; the message names it
 * @retval PERBUS_ERROR_DAMAGED an empty file, or one whose headers make no sense
 * @retval PERBUS_ERROR_UNAVAILABLE the library was built without files
 * @retval PERBUS_ERROR_NO_MEMORY
 * Maps to initForReading:error:. Threads: any. Real-time safe: no
 */
perbus_status perbus_file_open(const char *path, perbus_file **out_file, perbus_error *error);

/** Closes the file and frees the handle. Of a file that was not finished nothing is left. NULL is a
 *  no-op. Threads: any. Real-time safe: no */
void perbus_file_destroy(perbus_file *file);

/** What the file has. Maps to fileFormat, processingFormat and length.
 *  Threads: any. Real-time safe: no */
perbus_status perbus_file_get_info(perbus_file *file, perbus_file_info *out_info,
                                   perbus_error *error);

/**
 * Reads the next frames: as many as asked for, fewer only before the end or before a fault, which
 * the next call reports.
 * @param channels one pointer per channel of the file, each to `frames` samples
 * @param out_read the frames that were read; 0 at the end
 * @retval PERBUS_ERROR_INVALID_ARGUMENT another number of channels than the file's
 * @retval PERBUS_ERROR_WRONG_KIND the file is being written
 * @retval PERBUS_ERROR_DAMAGED from here on the file is damaged, or it ends before its stated length
 * @retval PERBUS_ERROR_UNSUPPORTED from here on its sample rate or channels differ
 * @retval PERBUS_ERROR_FILE the system refuses: os_code is its errno
 * Maps to readIntoBuffer:frameCount:error:. Threads: any. Real-time safe: no
 */
perbus_status perbus_file_read(perbus_file *file, float *const *channels, uint32_t channel_count,
                               uint64_t frames, uint64_t *out_read, perbus_error *error);

/**
 * Makes the next read begin at a frame, and give the samples that reading on would give, up to
 * rounding. If the file is damaged there, the next read fails.
 * @param frame 0 to the file's frames
 * @retval PERBUS_ERROR_OUT_OF_RANGE frame
 * @retval PERBUS_ERROR_WRONG_KIND the file is being written
 * Maps to framePosition. Threads: any. Real-time safe: no
 */
perbus_status perbus_file_seek(perbus_file *file, int64_t frame, perbus_error *error);

/** The kinds of files that are written. Values are never renumbered. */
typedef enum perbus_file_type {
    PERBUS_FILE_WAV = 0,  /**< At most 4 GiB. */
    PERBUS_FILE_FLAC = 1, /**< Integers, at most 8 channels. */
    PERBUS_FILE_OGG_VORBIS = 2
} perbus_file_type;

/** How WAV and FLAC files keep samples. Values are never renumbered. */
typedef enum perbus_file_samples {
    PERBUS_FILE_FLOAT_32 = 0,
    PERBUS_FILE_INT_24 = 1,
    PERBUS_FILE_INT_16 = 2
} perbus_file_samples;

/** How perbus_file_create writes. Zero for everything but the format is a WAV file of floats. */
typedef struct perbus_file_settings {
    perbus_format format; /**< A whole number of Hz. Channels are in the order of WAV files. */
    perbus_file_type type;
    perbus_file_samples samples; /**< Of WAV and FLAC. */
    float quality;               /**< Of Vorbis, above 0 (smallest) to 1; 0 stands for 0.5. */
    bool undithered; /**< Integers are rounded only. Otherwise triangular noise of at most one step
                          is added first, the same in each file. */
} perbus_file_settings;

/**
 * Begins a file. Until perbus_file_finish it has another name, beginning with .perbus-, in the same
 * folder, and whatever has its own name stays as it is.
 * @retval PERBUS_ERROR_FORMAT a rate, channel count or layout outside perbus_format's ranges
 * @retval PERBUS_ERROR_INVALID_ARGUMENT an unknown type, unknown samples, or FLAC of floats
 * @retval PERBUS_ERROR_OUT_OF_RANGE quality
 * @retval PERBUS_ERROR_UNSUPPORTED the type cannot have that rate or so many channels; Ogg Vorbis on
 * Apple's engine
 * @retval PERBUS_ERROR_FILE the system refuses: os_code is its errno
 * @retval PERBUS_ERROR_UNAVAILABLE the library was built without files
 * @retval PERBUS_ERROR_NO_MEMORY
 * Maps to initForWriting:settings:commonFormat:interleaved:error:. Threads: any. Real-time safe: no
 */
perbus_status perbus_file_create(const char *path, const perbus_file_settings *settings,
                                 perbus_file **out_file, perbus_error *error);

/**
 * Appends frames. Integers are clipped at full scale; NaN and infinite samples are written as 0 and
 * counted in perbus_file_info. After a failure the file cannot be finished.
 * @retval PERBUS_ERROR_INVALID_ARGUMENT another number of channels than the file's
 * @retval PERBUS_ERROR_WRONG_KIND the file is being read, or is finished
 * @retval PERBUS_ERROR_UNSUPPORTED a WAV file would pass 4 GiB
 * @retval PERBUS_ERROR_FILE the system refuses, with a full disk for instance: os_code is its errno
 * Maps to writeFromBuffer:error:. Threads: any. Real-time safe: no
 */
perbus_status perbus_file_write(perbus_file *file, const float *const *channels,
                                uint32_t channel_count, uint64_t frames, perbus_error *error);

/**
 * Completes the file and writes it to the disk. It then takes its name, and the place of what had it;
 * where that was a symbolic link, the place of the link's target.
 * @retval PERBUS_ERROR_WRONG_KIND the file is being read, or is finished
 * @retval PERBUS_ERROR_FILE the system refuses, or a write failed: nothing is left of the file
 * Maps to no selector of Apple's. Threads: any. Real-time safe: no
 */
perbus_status perbus_file_finish(perbus_file *file, perbus_error *error);

/** What a decoder says of a file that it opens. */
typedef struct perbus_decoder_info {
    perbus_format format;  /**< The channels are read in the order of WAV files. */
    int64_t frames;        /**< Exact. */
    const char *container; /**< Such as "MP4". Static. */
    const char *codec;     /**< Such as "AAC". Static. */
} perbus_decoder_info;

/**
 * Decodes formats that AVFAudio does not read. Its functions are called on any thread, for one
 * stream on one thread at a time. On failure they write a NUL-terminated reason into `message`,
 * which holds `capacity` bytes; it becomes part of the error's message.
 */
typedef struct perbus_decoder {
    /** Opens a file of any container that has sound and that AVFAudio does not read.
     *  PERBUS_ERROR_UNSUPPORTED means that the decoder does not read it either. */
    perbus_status (*open)(void *context, const char *path, void **out_stream,
                          perbus_decoder_info *out_info, char *message, size_t capacity);
    /** Like perbus_file_read. It may read fewer frames than asked for, but 0 only at the end. */
    perbus_status (*read)(void *stream, float *const *channels, uint64_t frames, uint64_t *out_read,
                          char *message, size_t capacity);
    /** Moves to a frame from 0 to the stream's frames. */
    perbus_status (*seek)(void *stream, int64_t frame, char *message, size_t capacity);
    void (*close)(void *stream);
    void *context; /**< The first argument of `open`. */
} perbus_decoder;

/**
 * Sets the process's decoder for MP4, Matroska, ADTS, Ogg FLAC and compressed CAF files, and on
 * Apple's engine for Ogg. Files that are open keep theirs.
 * @param decoder copied; NULL removes the one that is set
 * @retval PERBUS_ERROR_INVALID_ARGUMENT a function is NULL
 * Maps to no selector of Apple's. Threads: any. Real-time safe: no
 */
perbus_status perbus_file_set_decoder(const perbus_decoder *decoder, perbus_error *error);

#ifdef __cplusplus
}
#endif

#endif
