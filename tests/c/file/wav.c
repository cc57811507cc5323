/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* WAV and its relatives with the headers that programs in the field write. */
#include "file.h"

enum { FRAMES = 1000 };

/* A stereo file of 16 bits, with these sizes in its header. */
static void write_wav(const char *path, int64_t riff_size, int64_t data_size, int frames) {
    static bytes file;
    file.count = 0;
    put(&file, "RIFF", 4);
    put_little(&file, (uint64_t)riff_size, 4);
    put(&file, "WAVEfmt ", 8);
    put_little(&file, 16, 4);
    put_little(&file, 1, 2);
    put_little(&file, 2, 2);
    put_little(&file, 48000, 4);
    put_little(&file, 48000 * 4, 4);
    put_little(&file, 4, 2);
    put_little(&file, 16, 2);
    put(&file, "data", 4);
    put_little(&file, (uint64_t)data_size, 4);
    for (int i = 0; i < 2 * frames; i++) {
        put_little(&file, (uint16_t)noise(i), 2);
    }
    store(&file, path);
}

static void check_noise(const char *path, int frames) {
    sound all = read_all(path);
    CHECK(all.status == PERBUS_OK);
    if (all.frames != frames || all.info.frames != frames) {
        printf("%s: %lld of %lld frames, not %d\n", path, (long long)all.frames,
               (long long)all.info.frames, frames);
        check_failures++;
    }
    for (int i = 0; i < 2 * (int)all.frames; i++) {
        if (all.samples[i % 2 * all.info.frames + i / 2] != noise(i) / 32768.0f) {
            printf("%s: frame %d differs\n", path, i / 2);
            check_failures++;
            break;
        }
    }
    check_seeks(path, &all, 0.0f);
    free_sound(&all);
}

static void sizes_are_off_or_not_filled_in(void) {
    const int64_t data = FRAMES * 4, riff = data + 36;
    const int64_t riffs[] = {riff,      riff - 8, riff - 1,   riff + 1,  riff + 8,
                             riff + 44, 0,        0x7FFFFFFF, 0xFFFFFFFF};
    const int64_t datas[] = {data,       0,          0x7FFFF000, 0x7FFFFFFF,
                             0x80000000, 0xFFFFFFFF, data + 44,  data + 2};
    for (size_t r = 0; r < sizeof riffs / sizeof riffs[0]; r++) {
        for (size_t d = 0; d < sizeof datas / sizeof datas[0]; d++) {
            write_wav("sizes.wav", riffs[r], datas[d], FRAMES);
            check_noise("sizes.wav", FRAMES);
        }
    }
    write_wav("empty.wav", 36, 0, 0);
    check_noise("empty.wav", 0);
}

static void a_truncated_file_plays_and_then_fails(void) {
    write_wav("cut.wav", FRAMES * 4 + 36, FRAMES * 4, FRAMES / 2);
    sound all = read_all("cut.wav");
    CHECK(all.info.frames == FRAMES && all.frames == FRAMES / 2);
    CHECK(all.status == PERBUS_ERROR_DAMAGED);
    CHECK(strstr(all.error.message, "cut.wav") != NULL);
    CHECK(strstr(all.error.message, "500 of 1000 frames") != NULL);
    free_sound(&all);
}

/* Samples of 24 bits, each in four bytes. */
static void twenty_four_bits_in_four_bytes(void) {
    static bytes file;
    for (int shift = 0; shift <= 8; shift += 8) {
        file.count = 0;
        put(&file, "RIFF", 4);
        put_little(&file, FRAMES * 4 + 36, 4);
        put(&file, "WAVEfmt ", 8);
        put_little(&file, 16, 4);
        put_little(&file, 1, 2);
        put_little(&file, 1, 2);
        put_little(&file, 48000, 4);
        put_little(&file, 48000 * 4, 4);
        put_little(&file, 4, 2);
        put_little(&file, 24, 2);
        put(&file, "data", 4);
        put_little(&file, FRAMES * 4, 4);
        for (int i = 0; i < FRAMES; i++) {
            put_little(&file, (uint32_t)(int32_t)(noise(i) * 256 + i % 200) << shift, 4);
        }
        store(&file, "blocks.wav");
        sound all = read_all("blocks.wav");
        CHECK(all.frames == FRAMES && all.status == PERBUS_OK);
        CHECK(strcmp(all.info.codec, "PCM 24 bit") == 0);
        for (int i = 0; i < FRAMES && i < all.frames; i++) {
            CHECK(all.samples[i] == (noise(i) * 256 + i % 200) / 8388608.0f);
        }
        free_sound(&all);
    }
}

/* With a format chunk of 16, 18 and 20 bytes, both are in the field. */
static void mu_law_with_long_format_chunks(void) {
    static bytes file;
    for (int size = 16; size <= 20; size += 2) {
        file.count = 0;
        put(&file, "RIFF", 4);
        put_little(&file, (uint64_t)(FRAMES + 20 + size), 4);
        put(&file, "WAVEfmt ", 8);
        put_little(&file, (uint64_t)size, 4);
        put_little(&file, 7, 2);
        put_little(&file, 1, 2);
        put_little(&file, 8000, 4);
        put_little(&file, 8000, 4);
        put_little(&file, 1, 2);
        put_little(&file, 8, 2);
        put_little(&file, 0, (size_t)size - 16);
        put(&file, "data", 4);
        put_little(&file, FRAMES, 4);
        for (int i = 0; i < FRAMES; i++) {
            put_little(&file, i % 2 == 0 ? 0x80 : 0xFF, 1); /* the highest, and 0 */
        }
        store(&file, "law.wav");
        sound all = read_all("law.wav");
        CHECK(all.frames == FRAMES && all.status == PERBUS_OK);
        CHECK(all.samples[0] == 32124 / 32768.0f && all.samples[1] == 0.0f);
        CHECK(strcmp(all.info.codec, "mu-law") == 0);
        free_sound(&all);
    }
}

static void what_is_no_number_is_read_as_0_and_counted(void) {
    static const float values[] = {0.25f, NAN, 0.5f, INFINITY, -INFINITY, -0.75f, 3.0f};
    enum { COUNT = sizeof values / sizeof values[0] };
    static bytes file;
    file.count = 0;
    put(&file, "RIFF", 4);
    put_little(&file, COUNT * 4 + 36, 4);
    put(&file, "WAVEfmt ", 8);
    put_little(&file, 16, 4);
    put_little(&file, 3, 2);
    put_little(&file, 1, 2);
    put_little(&file, 48000, 4);
    put_little(&file, 48000 * 4, 4);
    put_little(&file, 4, 2);
    put_little(&file, 32, 2);
    put(&file, "data", 4);
    put_little(&file, COUNT * 4, 4);
    put(&file, values, sizeof values);
    store(&file, "invalid.wav");
    sound all = read_all("invalid.wav");
    CHECK(all.frames == COUNT && all.info.invalid == 3);
    for (int i = 0; i < COUNT; i++) {
        CHECK(all.samples[i] == (isfinite(values[i]) ? values[i] : 0.0f));
    }
    free_sound(&all);
}

/* Written into a pipe, where the length is not known when the header is. */
static void files_from_pipes(void) {
    static const char *const made[] = {"wav", "aiff", "au"};
    write_wav("plain.wav", FRAMES * 4 + 36, FRAMES * 4, FRAMES);
    for (size_t i = 0; i < sizeof made / sizeof made[0]; i++) {
        char path[32];
        snprintf(path, sizeof path, "pipe.%s", made[i]);
        run("sox plain.wav -t %s - 2>/dev/null | cat > %s", made[i], path);
        check_noise(path, FRAMES);
    }
    run("ffmpeg -v error -i plain.wav -f wav - | cat > pipe2.wav");
    check_noise("pipe2.wav", FRAMES);
    run("ffmpeg -v error -i plain.wav -f caf - | cat > pipe.caf");
    check_noise("pipe.caf", FRAMES);
    run("ffmpeg -v error -i plain.wav -rf64 always -f wav - | cat > pipe64.wav");
    check_noise("pipe64.wav", FRAMES);
}

/* A FORM whose size is off. */
static void aiff_sizes(void) {
    static bytes file;
    static const int off[] = {-8, -1, 1, 8, -100000};
    run("sox plain.wav whole.aiff");
    for (size_t i = 0; i < sizeof off / sizeof off[0]; i++) {
        load(&file, "whole.aiff");
        uint32_t size = off[i] == -100000 ? 0 : (uint32_t)((int)file.count - 8 + off[i]);
        for (int b = 0; b < 4; b++) {
            file.data[4 + b] = (uint8_t)(size >> (24 - 8 * b));
        }
        store(&file, "off.aiff");
        check_noise("off.aiff", FRAMES);
    }
    load(&file, "whole.aiff");
    file.count -= FRAMES * 2;
    store(&file, "cut.aiff");
    sound all = read_all("cut.aiff");
    CHECK(all.frames == FRAMES / 2 && all.info.frames == FRAMES);
    CHECK(all.status == PERBUS_ERROR_DAMAGED);
    free_sound(&all);
}

/* W64: floats in the long kind of header, a size that was not filled in, and a truncated file. */
static void w64(void) {
    static bytes file;
    write_wav("plain.wav", FRAMES * 4 + 36, FRAMES * 4, FRAMES);
    run("ffmpeg -v error -y -i plain.wav -c:a pcm_f32le float.w64");
    check_noise("float.w64", FRAMES);
    sound all = read_all("float.w64");
    CHECK(strcmp(all.info.codec, "float 32 bit") == 0);
    CHECK(all.info.format.layout == PERBUS_LAYOUT_STEREO);
    free_sound(&all);
    run("ffmpeg -v error -y -i plain.wav -f w64 - | cat > pipe.w64");
    check_noise("pipe.w64", FRAMES);
    run("ffmpeg -v error -y -i plain.wav whole.w64");
    load(&file, "whole.w64");
    file.count -= FRAMES * 2;
    store(&file, "cut.w64");
    all = read_all("cut.w64");
    CHECK(all.status == PERBUS_ERROR_DAMAGED);
    CHECK(all.frames >= FRAMES / 2 - 2 && all.frames <= FRAMES / 2 && all.info.frames == FRAMES);
    free_sound(&all);
    /* Six channels of floats keep their speakers. */
    run("sox -R -n -b 24 -r 48000 -c 6 six.wav synth 0.1 pinknoise pinknoise pinknoise pinknoise "
        "pinknoise pinknoise gain -6");
    run("ffmpeg -v error -y -i six.wav -c:a pcm_f32le six.w64");
    all = read_all("six.w64");
    sound right = read_all("six.wav");
    CHECK(all.info.format.layout == PERBUS_LAYOUT_5_1 && difference(&all, &right) == 0.0f);
    free_sound(&all);
    free_sound(&right);
}

/* Kinds from elsewhere that state their length. */
static void older_kinds(void) {
    static bytes file;
    static const char *const kinds[] = {"voc", "sph", "avr"};
    write_wav("plain.wav", FRAMES * 4 + 36, FRAMES * 4, FRAMES);
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        run("sox -D plain.wav -b 16 older.%s", kinds[i]);
        char path[32];
        snprintf(path, sizeof path, "older.%s", kinds[i]);
        check_noise(path, FRAMES);
        load(&file, path);
        file.count -= FRAMES * 2;
        store(&file, path);
        sound all = read_all(path);
        /* sox counts eight bytes too few in VOC. */
        CHECK(all.info.frames >= FRAMES - 2 && all.info.frames <= FRAMES);
        CHECK(all.status == PERBUS_ERROR_DAMAGED && all.frames >= FRAMES / 2 - 1 &&
              all.frames <= FRAMES / 2);
        free_sound(&all);
    }
}

void test_wav(void) {
    sizes_are_off_or_not_filled_in();
    a_truncated_file_plays_and_then_fails();
    twenty_four_bits_in_four_bytes();
    mu_law_with_long_format_chunks();
    what_is_no_number_is_read_as_0_and_counted();
    files_from_pipes();
    aiff_sizes();
    w64();
    older_kinds();
}
