/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Runs the tests of files, or those that are named; returns 0 if files are read as perbus.h says. */
#include "file.h"

#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

int check_failures;

static const struct {
    const char *name;
    void (*test)(void);
} tests[] = {
    {"wav", test_wav},           {"flac", test_flac},
    {"ogg", test_ogg},           {"mpeg", test_mpeg},
    {"corpus", test_corpus},     {"refusals", test_refusals},
    {"decoders", test_decoders}, {"writing", test_writing},
    {"streams", test_streams},   {"stream_rates", test_stream_rates},
};

void run(const char *format, ...) {
    char command[1024];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(command, sizeof command, format, arguments);
    va_end(arguments);
    if (system(command) != 0) {
        printf("failed: %s\n", command);
        exit(1);
    }
}

sound read_all(const char *path) {
    sound all = {.status = PERBUS_OK};
    perbus_file *file = NULL;
    WORKS(perbus_file_open(path, &file, &error));
    WORKS(perbus_file_get_info(file, &all.info, &error));
    uint32_t channels = all.info.format.channels;
    size_t length = (size_t)all.info.frames;
    all.samples = calloc(length * channels + 1, sizeof(float));
    for (uint64_t got = 1, asked = 1; got > 0 && all.status == PERBUS_OK;) {
        float *planes[PERBUS_MAX_CHANNELS];
        for (uint32_t c = 0; c < channels; c++) {
            planes[c] = all.samples + c * length + all.frames;
        }
        asked = asked * 7 % 9973;
        uint64_t left = length - (uint64_t)all.frames,
                 count = asked < left ? asked : left + (left == 0);
        float one[PERBUS_MAX_CHANNELS];
        for (uint32_t c = 0; left == 0 && c < channels; c++) {
            planes[c] = &one[c];
        }
        got = 0;
        all.status = perbus_file_read(file, planes, channels, count, &got, &all.error);
        CHECK(got <= left);
        all.frames += (int64_t)got;
    }
    WORKS(perbus_file_get_info(file, &all.info, &error));
    perbus_file_destroy(file);
    return all;
}

void free_sound(sound *sound) {
    free(sound->samples);
    sound->samples = NULL;
}

sound decode_elsewhere(const char *path, const sound *like) {
    sound other = {.info = like->info};
    uint32_t channels = like->info.format.channels;
    run("ffmpeg -v error -y -i %s -f f32le -c:a pcm_f32le elsewhere.f32", path);
    FILE *file = fopen("elsewhere.f32", "rb");
    fseek(file, 0, SEEK_END);
    size_t count = (size_t)ftell(file) / sizeof(float);
    rewind(file);
    float *mixed = malloc(count * sizeof(float) + 1);
    CHECK(fread(mixed, sizeof(float), count, file) == count);
    fclose(file);
    other.frames = (int64_t)(count / channels);
    other.info.frames = other.frames;
    other.samples = malloc(count * sizeof(float) + 1);
    for (size_t i = 0; i < count / channels * channels; i++) {
        other.samples[i % channels * (size_t)other.frames + i / channels] = mixed[i];
    }
    free(mixed);
    return other;
}

float difference(const sound *one, const sound *other) {
    float worst = one->frames == other->frames ? 0.0f : 1e9f;
    for (uint32_t c = 0; worst < 1e9f && c < one->info.format.channels; c++) {
        for (int64_t i = 0; i < one->frames; i++) {
            float apart = fabsf(one->samples[c * one->info.frames + i] -
                                other->samples[c * other->info.frames + i]);
            worst = apart > worst ? apart : worst;
        }
    }
    return worst;
}

void check_seeks(const char *path, const sound *whole, float tolerance) {
    enum { MOST = 3000 };
    static float memory[PERBUS_MAX_CHANNELS][MOST];
    float *planes[PERBUS_MAX_CHANNELS];
    perbus_file *file = NULL;
    unsigned seed = 12345;
    for (uint32_t c = 0; c < PERBUS_MAX_CHANNELS; c++) {
        planes[c] = memory[c];
    }
    WORKS(perbus_file_open(path, &file, &error));
    for (int round = 0; round < 40 && whole->frames > 0; round++) {
        seed = seed * 1103515245u + 12345u;
        int64_t at = (int64_t)(seed >> 1) % whole->frames;
        uint64_t left = (uint64_t)(whole->frames - at), count = seed % MOST + 1, got = 0;
        count = count < left ? count : left;
        WORKS(perbus_file_seek(file, at, &error));
        WORKS(perbus_file_read(file, planes, whole->info.format.channels, count, &got, &error));
        float worst = got == count ? 0.0f : 1e9f;
        for (uint32_t c = 0; got == count && c < whole->info.format.channels; c++) {
            for (uint64_t i = 0; i < count; i++) {
                float apart =
                    fabsf(memory[c][i] - whole->samples[c * whole->info.frames + at + (int64_t)i]);
                worst = apart > worst ? apart : worst;
            }
        }
        if (worst > tolerance) {
            printf("%s: %g off after a seek to %lld\n", path, (double)worst, (long long)at);
            check_failures++;
        }
    }
    perbus_file_destroy(file);
}

void check_refused(const char *path, perbus_status status, const char *words) {
    perbus_file *file = NULL;
    perbus_error error = {0, ""};
    perbus_status found = perbus_file_open(path, &file, &error);
    if (found != status || file != NULL || strstr(error.message, words) == NULL) {
        printf("%s: %s, \"%s\" instead of %s, \"%s\"\n", path, perbus_status_name(found),
               error.message, perbus_status_name(status), words);
        check_failures++;
    }
    perbus_file_destroy(file);
}

void put(bytes *to, const void *data, size_t count) {
    CHECK(to->count + count <= sizeof to->data);
    memcpy(to->data + to->count, data, count);
    to->count += count;
}

void put_little(bytes *to, uint64_t value, size_t count) {
    for (size_t i = 0; i < count; i++) {
        uint8_t byte = (uint8_t)(value >> (8 * i));
        put(to, &byte, 1);
    }
}

void put_big(bytes *to, uint64_t value, size_t count) {
    for (size_t i = count; i-- > 0;) {
        uint8_t byte = (uint8_t)(value >> (8 * i));
        put(to, &byte, 1);
    }
}

void store(const bytes *from, const char *path) {
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(from->data, 1, from->count, file) == from->count);
    fclose(file);
}

void load(bytes *to, const char *path) {
    FILE *file = fopen(path, "rb");
    CHECK(file != NULL);
    to->count = fread(to->data, 1, sizeof to->data, file);
    fclose(file);
}

int16_t noise(int64_t at) {
    uint32_t mixed = (uint32_t)at * 2654435761u;
    return (int16_t)((mixed >> 16) % 32768 - 16384);
}

int main(int count, char **names) {
    char folder[] = "/tmp/perbus-files-XXXXXX";
    if (mkdtemp(folder) == NULL || chdir(folder) != 0) {
        return 1;
    }
    for (size_t i = 0; i < sizeof tests / sizeof tests[0]; i++) {
        bool named = count < 2;
        for (int n = 1; n < count; n++) {
            named = named || strcmp(names[n], tests[i].name) == 0;
        }
        if (named) {
            CHECK(mkdir(tests[i].name, 0777) == 0 && chdir(tests[i].name) == 0);
            tests[i].test();
            CHECK(chdir("..") == 0);
        }
    }
    run("rm -rf %s", folder);
    return check_failures == 0 ? 0 : 1;
}
