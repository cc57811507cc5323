/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* FLAC streams written byte by byte: what the field has and encoders do not make. */
#include "file.h"

enum { BLOCK = 576, BLOCKS = 8, RATE_44100 = 9, RATE_48000 = 10 };

/* A stream of 16 bits whose header states a length and the smallest block. */
static void begin(bytes *file, unsigned rate, unsigned channels, unsigned least, uint64_t frames) {
    file->count = 0;
    put(file, "fLaC", 4);
    put_big(file, 0x80000000u + 34, 4);
    put_big(file, least, 2);
    put_big(file, BLOCK, 2);
    put_big(file, 0, 6);
    put_big(file,
            (uint64_t)rate << 44 | (uint64_t)(channels - 1) << 41 | (uint64_t)15 << 36 | frames, 8);
    put_big(file, 0, 8);
    put_big(file, 0, 8);
}

static unsigned checksum(const uint8_t *bytes, size_t count, unsigned polynomial, int bits) {
    unsigned crc = 0, top = 1u << (bits - 1);
    for (size_t i = 0; i < count; i++) {
        crc ^= (unsigned)bytes[i] << (bits - 8);
        for (int b = 0; b < 8; b++) {
            crc = (crc & top ? crc << 1 ^ polynomial : crc << 1) & (2 * top - 1);
        }
    }
    return crc;
}

/* A block of plain samples: noise that goes on from block to block. */
static void add_block(bytes *file, unsigned number, unsigned rate_code, unsigned channels) {
    size_t start = file->count;
    put_big(file, 0xFFF8, 2);
    put_big(file, 0x70 | rate_code, 1);
    put_big(file, (channels - 1) << 4 | 4 << 1, 1);
    put_big(file, number, 1);
    put_big(file, BLOCK - 1, 2);
    put_big(file, checksum(file->data + start, file->count - start, 0x07, 8), 1);
    for (unsigned c = 0; c < channels; c++) {
        put_big(file, 0x02, 1);
        for (unsigned i = 0; i < BLOCK; i++) {
            put_big(file, (uint16_t)noise(((int64_t)number * BLOCK + i) * 2 + c), 2);
        }
    }
    put_big(file, checksum(file->data + start, file->count - start, 0x8005, 16), 2);
}

static void check_blocks(const sound *all, int blocks) {
    CHECK(all->frames == (int64_t)blocks * BLOCK);
    for (int64_t i = 0; i < all->frames; i++) {
        for (uint32_t c = 0; c < all->info.format.channels; c++) {
            CHECK(all->samples[c * all->info.frames + i] == noise(i * 2 + c) / 32768.0f);
        }
    }
}

static void a_smallest_block_of_0(void) {
    static bytes file;
    begin(&file, 44100, 2, 0, BLOCKS * BLOCK);
    for (unsigned i = 0; i < BLOCKS; i++) {
        add_block(&file, i, RATE_44100, 2);
    }
    store(&file, "least.flac");
    sound all = read_all("least.flac");
    CHECK(all.status == PERBUS_OK);
    check_blocks(&all, BLOCKS);
    check_seeks("least.flac", &all, 0.0f);
    free_sound(&all);
}

static void an_unknown_length(void) {
    static bytes file;
    begin(&file, 44100, 1, BLOCK, 0);
    for (unsigned i = 0; i < BLOCKS; i++) {
        add_block(&file, i, RATE_44100, 1);
    }
    store(&file, "unknown.flac");
    sound all = read_all("unknown.flac");
    CHECK(all.status == PERBUS_OK && all.info.frames == BLOCKS * BLOCK);
    check_blocks(&all, BLOCKS);
    check_seeks("unknown.flac", &all, 0.0f);
    free_sound(&all);
}

/* What comes before the change is read, and the change is an error, whatever changes. */
static void a_change_inside(void) {
    static const struct {
        unsigned rate, channels;
    } later[] = {{RATE_48000, 2}, {RATE_44100, 1}, {RATE_48000, 1}};
    for (size_t l = 0; l < sizeof later / sizeof later[0]; l++) {
        static bytes file;
        begin(&file, 44100, 2, BLOCK, BLOCKS * BLOCK);
        for (unsigned i = 0; i < BLOCKS; i++) {
            bool changed = i >= 3;
            add_block(&file, i, changed ? later[l].rate : RATE_44100,
                      changed ? later[l].channels : 2);
        }
        store(&file, "change.flac");
        sound all = read_all("change.flac");
        CHECK(all.status == PERBUS_ERROR_UNSUPPORTED);
        CHECK(strstr(all.error.message, "change at frame 1728") != NULL);
        check_blocks(&all, 3);
        free_sound(&all);
    }
}

static void a_damaged_block(void) {
    static bytes file;
    begin(&file, 44100, 1, BLOCK, BLOCKS * BLOCK);
    for (unsigned i = 0; i < BLOCKS; i++) {
        add_block(&file, i, RATE_44100, 1);
        if (i == 4) {
            file.data[file.count - 100] ^= 0x55;
        }
    }
    store(&file, "damaged.flac");
    sound all = read_all("damaged.flac");
    CHECK(all.status == PERBUS_ERROR_DAMAGED && all.frames <= 5 * BLOCK);
    CHECK(all.frames >= 4 * BLOCK);
    free_sound(&all);
    file.count = file.count / 2;
    store(&file, "cut.flac");
    all = read_all("cut.flac");
    CHECK(all.status == PERBUS_ERROR_DAMAGED && all.frames < BLOCKS * BLOCK);
    free_sound(&all);
}

void test_flac(void) {
    a_smallest_block_of_0();
    an_unknown_length();
    a_change_inside();
    a_damaged_block();
}
