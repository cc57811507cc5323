/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the tests of files share. Each runs in an empty folder, which is the current one. */
#ifndef FILE_TESTS_H
#define FILE_TESTS_H

#include "../check.h"

/* Planar sound: channel c of frame i is samples[c * frames + i]. */
typedef struct sound {
    perbus_file_info info;
    int64_t frames; /* that were read */
    float *samples;
    perbus_status status; /* how reading ended */
    perbus_error error;
} sound;

/* A shell command that must work; printf format. */
__attribute__((format(printf, 1, 2))) void run(const char *command, ...);
/* Reads all, in blocks of changing size. Opening must work. */
sound read_all(const char *path);
void free_sound(sound *sound);
/* What ffmpeg decodes of the file, with as many channels as the sound. */
sound decode_elsewhere(const char *path, const sound *like);
/* The largest difference; what only one of them has counts in full. */
float difference(const sound *one, const sound *other);
/* Reads at random places what reading from the start gave. */
void check_seeks(const char *path, const sound *whole, float tolerance);
/* Opening fails with this status, and the message contains the words. */
void check_refused(const char *path, perbus_status status, const char *words);

/* Files byte by byte. */
typedef struct bytes {
    uint8_t data[1 << 18];
    size_t count;
} bytes;
void put(bytes *to, const void *data, size_t count);
void put_little(bytes *to, uint64_t value, size_t count);
void put_big(bytes *to, uint64_t value, size_t count);
void store(const bytes *from, const char *path);
/* The file's bytes. */
void load(bytes *to, const char *path);
/* A repeatable sample, at most half of full scale. */
int16_t noise(int64_t at);

void test_wav(void);
void test_flac(void);
void test_ogg(void);
void test_mpeg(void);
void test_corpus(void);
void test_refusals(void);
void test_decoders(void);
void test_writing(void);
void test_streams(void);
void test_stream_rates(void);

#endif
