/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Files that are written: what is read of them again, and what is left of those that fail. */
#include "file.h"

#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FRAMES = 20000 };

static float sample_of(uint32_t channel, int64_t frame) {
    return noise(frame * 8 + channel) / 32768.0f + (float)(frame % 7) * 1e-5f;
}

/* Writes FRAMES frames in blocks of changing size, and finishes the file. */
static void write_file(const char *path, const perbus_file_settings *settings) {
    static float memory[8][5000];
    perbus_file *file = NULL;
    perbus_file_info info;
    WORKS(perbus_file_create(path, settings, &file, &error));
    int64_t done = 0, count = 1;
    while (done < FRAMES) {
        const float *planes[8];
        count = count * 7 % 4999;
        count = count < FRAMES - done ? count : FRAMES - done;
        for (uint32_t c = 0; c < settings->format.channels; c++) {
            for (int64_t i = 0; i < count; i++) {
                memory[c][i] = sample_of(c, done + i);
            }
            planes[c] = memory[c];
        }
        WORKS(perbus_file_write(file, planes, settings->format.channels, (uint64_t)count, &error));
        done += count;
    }
    WORKS(perbus_file_get_info(file, &info, &error));
    CHECK(info.frames == FRAMES && info.invalid == 0);
    WORKS(perbus_file_finish(file, &error));
    perbus_file_destroy(file);
}

/* How far the samples that are read again are from those that were written, at most; and the sum of
 *  all differences. */
static float compare(const sound *all, double *out_sum) {
    float worst = all->status == PERBUS_OK && all->frames == FRAMES ? 0.0f : 1e9f;
    *out_sum = 0.0;
    for (uint32_t c = 0; worst < 1e9f && c < all->info.format.channels; c++) {
        for (int64_t i = 0; i < FRAMES; i++) {
            float apart = all->samples[c * all->info.frames + i] - sample_of(c, i);
            worst = fabsf(apart) > worst ? fabsf(apart) : worst;
            *out_sum += (double)apart;
        }
    }
    return worst;
}

static void what_is_written_is_read_again(void) {
    static const struct {
        perbus_file_type type;
        perbus_file_samples samples;
        bool undithered;
        float step; /* the file's smallest difference */
        const char *codec;
    } kinds[] = {
        {PERBUS_FILE_WAV, PERBUS_FILE_FLOAT_32, false, 0.0f, "float 32 bit"},
        {PERBUS_FILE_WAV, PERBUS_FILE_INT_24, true, 1 / 8388608.0f, "PCM 24 bit"},
        {PERBUS_FILE_WAV, PERBUS_FILE_INT_16, true, 1 / 32768.0f, "PCM 16 bit"},
        {PERBUS_FILE_WAV, PERBUS_FILE_INT_24, false, 1 / 8388608.0f, "PCM 24 bit"},
        {PERBUS_FILE_WAV, PERBUS_FILE_INT_16, false, 1 / 32768.0f, "PCM 16 bit"},
        {PERBUS_FILE_FLAC, PERBUS_FILE_INT_24, true, 1 / 8388608.0f, "FLAC 24 bit"},
        {PERBUS_FILE_FLAC, PERBUS_FILE_INT_16, true, 1 / 32768.0f, "FLAC 16 bit"},
        {PERBUS_FILE_FLAC, PERBUS_FILE_INT_16, false, 1 / 32768.0f, "FLAC 16 bit"},
    };
    static const uint32_t counts[] = {1, 2, 4, 6, 8};
    for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++) {
        for (size_t c = 0; c < sizeof counts / sizeof counts[0]; c++) {
            perbus_file_settings settings = {.format = {48000.0, counts[c], PERBUS_LAYOUT_USUAL},
                                             .type = kinds[k].type,
                                             .samples = kinds[k].samples,
                                             .undithered = kinds[k].undithered};
            double sum;
            write_file("made", &settings);
            sound all = read_all("made");
            float worst = compare(&all, &sum);
            /* Noise of a step on either side, and half a step of rounding; a float itself is off
             *  by half a step of 24 bits. */
            float most = kinds[k].undithered ? 0.5f : 1.5f;
            if (worst > most * kinds[k].step + (kinds[k].step > 0.0f ? 1e-7f : 0.0f)) {
                printf("%s, %u channels: %g off\n", kinds[k].codec, counts[c], (double)worst);
                check_failures++;
            }
            CHECK(kinds[k].step == 0.0f || kinds[k].undithered || worst > 0.6f * kinds[k].step);
            CHECK(kinds[k].undithered ||
                  fabs(sum) / (FRAMES * counts[c]) <= 0.02 * (double)kinds[k].step + 1e-9);
            CHECK(strcmp(all.info.codec, kinds[k].codec) == 0);
            CHECK(all.info.format.channels == counts[c] && all.info.format.sample_rate == 48000.0);
            CHECK(counts[c] != 6 || all.info.format.layout == PERBUS_LAYOUT_5_1);
            CHECK(counts[c] != 8 || all.info.format.layout == PERBUS_LAYOUT_7_1);
            sound other = decode_elsewhere("made", &all);
            CHECK(difference(&all, &other) == 0.0f);
            free_sound(&all);
            free_sound(&other);
        }
    }
}

/* Of a tone per channel, each is where it was. The encoder keeps little of the LFE channel. */
static void vorbis(void) {
    static float memory[6][48000];
    const float *planes[6];
    for (uint32_t channels = 1; channels <= 6; channels++) {
        perbus_file_settings settings = {.format = {48000.0, channels, PERBUS_LAYOUT_USUAL},
                                         .type = PERBUS_FILE_OGG_VORBIS,
                                         .quality = 0.8f};
        perbus_file *file = NULL;
        for (uint32_t c = 0; c < channels; c++) {
            for (int i = 0; i < 48000; i++) {
                memory[c][i] = 0.3f * sinf((float)i * 0.002f * (float)(c + 1));
            }
            planes[c] = memory[c];
        }
        WORKS(perbus_file_create("made.ogg", &settings, &file, &error));
        WORKS(perbus_file_write(file, planes, channels, 48000, &error));
        WORKS(perbus_file_finish(file, &error));
        perbus_file_destroy(file);
        sound all = read_all("made.ogg"), other = decode_elsewhere("made.ogg", &all);
        CHECK(all.status == PERBUS_OK && all.frames == 48000);
        /* Of this mono file ffmpeg leaves out the last 128 frames. */
        CHECK(channels == 1 || difference(&all, &other) < 1e-5f);
        for (uint32_t c = 0; c < channels && all.frames == 48000; c++) {
            const float most = channels == 6 && c == 3 ? 0.15f : 0.03f;
            for (int i = 2000; i < 46000; i++) {
                CHECK(fabsf(all.samples[c * 48000 + i] - memory[c][i]) < most);
            }
        }
        free_sound(&all);
        free_sound(&other);
    }
}

/* Writes one frame of eight levels, and reads it again. */
static sound write_levels(const char *path, const perbus_file_settings *settings) {
    float memory[8];
    const float *planes[8];
    perbus_file *file = NULL;
    for (int c = 0; c < 8; c++) {
        memory[c] = (float)c / 8;
        planes[c] = &memory[c];
    }
    WORKS(perbus_file_create(path, settings, &file, &error));
    WORKS(perbus_file_write(file, planes, 8, 1, &error));
    WORKS(perbus_file_finish(file, &error));
    perbus_file_destroy(file);
    return read_all(path);
}

/* The sides before the back, which WAV and FLAC files have the other way around. */
static void channels_take_the_order_of_wav_files(void) {
    static const int order[] = {0, 1, 2, 3, 6, 7, 4, 5};
    perbus_file_settings settings = {.format = {48000.0, 8, PERBUS_LAYOUT_7_1_C},
                                     .undithered = true};
    for (int is_flac = 0; is_flac < 2; is_flac++) {
        settings.type = is_flac ? PERBUS_FILE_FLAC : PERBUS_FILE_WAV;
        settings.samples = PERBUS_FILE_INT_24;
        sound all = write_levels("sides", &settings);
        CHECK(all.info.format.layout == PERBUS_LAYOUT_7_1);
        for (int c = 0; c < 8; c++) {
            CHECK(all.samples[c] == (float)order[c] / 8);
        }
        free_sound(&all);
    }
    settings.type = PERBUS_FILE_WAV;
    settings.format.layout = PERBUS_LAYOUT_DISCRETE;
    sound all = write_levels("stems.wav", &settings);
    CHECK(all.info.format.layout == PERBUS_LAYOUT_DISCRETE);
    for (int c = 0; c < 8; c++) {
        CHECK(all.samples[c] == (float)c / 8);
    }
    free_sound(&all);
}

static void what_integers_cannot_hold(void) {
    const float loud[] = {2.0f, -2.0f, NAN, INFINITY, 0.25f, 1.0f};
    const float *planes[] = {loud};
    perbus_file_settings settings = {.format = {48000.0, 1, PERBUS_LAYOUT_USUAL},
                                     .samples = PERBUS_FILE_INT_16,
                                     .undithered = true};
    const float right[] = {32767 / 32768.0f, -1.0f, 0.0f, 0.0f, 0.25f, 32767 / 32768.0f};
    perbus_file *file = NULL;
    perbus_file_info info;
    WORKS(perbus_file_create("loud.wav", &settings, &file, &error));
    WORKS(perbus_file_write(file, planes, 1, 6, &error));
    WORKS(perbus_file_get_info(file, &info, &error));
    CHECK(info.invalid == 2);
    WORKS(perbus_file_finish(file, &error));
    perbus_file_destroy(file);
    sound all = read_all("loud.wav");
    CHECK(all.frames == 6);
    for (int i = 0; i < 6; i++) {
        CHECK(all.samples[i] == right[i]);
    }
    free_sound(&all);
}

static int count_files(const char *folder) {
    DIR *listing = opendir(folder);
    int count = -2; /* itself, and what it is in */
    while (readdir(listing) != NULL) {
        count++;
    }
    closedir(listing);
    return count;
}

/* A file appears, or changes, when it is complete, and nothing else is left. */
static void only_complete_files_appear(void) {
    static const float memory[1000], *planes[] = {memory};
    perbus_file_settings settings = {.format = {48000.0, 1, PERBUS_LAYOUT_USUAL}};
    perbus_file *file = NULL;
    CHECK(mkdir("folder", 0777) == 0);
    WORKS(perbus_file_create("folder/new.wav", &settings, &file, &error));
    WORKS(perbus_file_write(file, planes, 1, 1000, &error));
    CHECK(count_files("folder") == 1);
    check_refused("folder/new.wav", PERBUS_ERROR_FILE, "folder/new.wav");
    perbus_file_destroy(file);
    CHECK(count_files("folder") == 0);
    run("echo before > folder/old.wav");
    WORKS(perbus_file_create("folder/old.wav", &settings, &file, &error));
    WORKS(perbus_file_write(file, planes, 1, 1000, &error));
    run("test \"$(cat folder/old.wav)\" = before");
    WORKS(perbus_file_finish(file, &error));
    CHECK(count_files("folder") == 1);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_file_finish, file);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_file_write, file, planes, 1, 1000);
    perbus_file_destroy(file);
    sound all = read_all("folder/old.wav");
    CHECK(all.status == PERBUS_OK && all.frames == 1000);
    free_sound(&all);
    /* A link to a file stays. */
    CHECK(symlink("old.wav", "folder/link.wav") == 0);
    WORKS(perbus_file_create("folder/link.wav", &settings, &file, &error));
    WORKS(perbus_file_finish(file, &error));
    perbus_file_destroy(file);
    run("test -L folder/link.wav");
    all = read_all("folder/old.wav");
    CHECK(all.status == PERBUS_OK && all.frames == 0);
    free_sound(&all);
    run("rm folder/link.wav");
    struct stat status;
    mode_t mask = umask(022);
    CHECK(stat("folder/old.wav", &status) == 0 && (status.st_mode & 0777) == (0666 & ~mask));
    umask(mask);
}

static void refusals(void) {
    static const float memory[16], *planes[] = {memory, memory};
    perbus_file_settings good = {.format = {48000.0, 1, PERBUS_LAYOUT_USUAL}}, bad = good;
    perbus_file *file = NULL;
    perbus_error error;
    uint64_t read;
    CHECK(perbus_file_create("nowhere/a.wav", &good, &file, &error) == PERBUS_ERROR_FILE);
    CHECK(error.os_code == ENOENT && strstr(error.message, "nowhere/a.wav") != NULL);
    CHECK(perbus_file_create("folder", &good, &file, &error) == PERBUS_ERROR_FILE);
    CHECK(error.os_code == EISDIR);
    CHECK(perbus_file_create("/dev/null", &good, &file, &error) == PERBUS_ERROR_FILE);
    char name[301] = "";
    memset(name, 'a', 300);
    CHECK(perbus_file_create(name, &good, &file, &error) == PERBUS_ERROR_FILE);
    CHECK(error.os_code == ENAMETOOLONG);
    bad.type = (perbus_file_type)3;
    REJECTS(perbus_file_create, "bad", &bad, &file);
    bad = good;
    bad.samples = (perbus_file_samples)3;
    REJECTS(perbus_file_create, "bad", &bad, &file);
    bad = good;
    bad.type = PERBUS_FILE_FLAC;
    REJECTS(perbus_file_create, "bad", &bad, &file);
    bad = good;
    bad.quality = 1.5f;
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_file_create, "bad", &bad, &file);
    bad = good;
    bad.format.channels = 0;
    FAILS(PERBUS_ERROR_FORMAT, perbus_file_create, "bad", &bad, &file);
    bad = good;
    bad.format.sample_rate = 44100.5;
    FAILS(PERBUS_ERROR_UNSUPPORTED, perbus_file_create, "bad", &bad, &file);
    bad = good;
    bad.type = PERBUS_FILE_FLAC;
    bad.samples = PERBUS_FILE_INT_16;
    bad.format.channels = 9;
    FAILS(PERBUS_ERROR_UNSUPPORTED, perbus_file_create, "bad", &bad, &file);
    CHECK(file == NULL);
    WORKS(perbus_file_create("mine.wav", &good, &file, &error));
    REJECTS(perbus_file_write, file, planes, 2, 16);
    REJECTS(perbus_file_write, file, NULL, 1, 16);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_file_read, file, (float *const *)(uintptr_t)planes, 1, 16,
          &read);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_file_seek, file, 0);
    perbus_file_destroy(file);
    WORKS(perbus_file_open("folder/old.wav", &file, &error));
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_file_write, file, planes, 1, 16);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_file_finish, file);
    perbus_file_destroy(file);
}

/* As on a full disk: files may not grow any further. */
static void a_full_disk(void) {
    static const float memory[1000], *planes[] = {memory};
    static const perbus_file_type types[] = {PERBUS_FILE_WAV, PERBUS_FILE_OGG_VORBIS};
    struct rlimit before, little;
    CHECK(getrlimit(RLIMIT_FSIZE, &before) == 0);
    signal(SIGXFSZ, SIG_IGN);
    int files = count_files("folder");
    for (size_t t = 0; t < 2; t++) {
        perbus_file_settings settings = {.format = {48000.0, 1, PERBUS_LAYOUT_USUAL},
                                         .type = types[t]};
        perbus_file *file = NULL;
        perbus_error error = {0, ""};
        perbus_status status = PERBUS_OK;
        little = before;
        little.rlim_cur = types[t] == PERBUS_FILE_WAV ? 100000 : 3000;
        CHECK(setrlimit(RLIMIT_FSIZE, &little) == 0);
        WORKS(perbus_file_create("folder/full", &settings, &file, &error));
        for (int i = 0; i < 1000 && status == PERBUS_OK; i++) {
            status = perbus_file_write(file, planes, 1, 1000, &error);
        }
        CHECK(status == PERBUS_OK || error.os_code == EFBIG);
        status = perbus_file_finish(file, &error);
        CHECK(status == PERBUS_ERROR_FILE);
        CHECK(strstr(error.message, "folder/full") != NULL);
        perbus_file_destroy(file);
        CHECK(setrlimit(RLIMIT_FSIZE, &before) == 0);
        CHECK(count_files("folder") == files);
    }
    signal(SIGXFSZ, SIG_DFL);
}

void test_writing(void) {
    what_is_written_is_read_again();
    vorbis();
    channels_take_the_order_of_wav_files();
    what_integers_cannot_hold();
    only_complete_files_appear();
    refusals();
    a_full_disk();
}
