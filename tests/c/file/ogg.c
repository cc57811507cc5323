/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Ogg Vorbis and Opus: channels, seeks, chains, lost pages. */
#include "file.h"

static void make(const char *path, int channels, int rate, double seconds, const char *encoder) {
    char sounds[200] = "";
    for (int c = 0; c < channels; c++) {
        strcat(sounds, "pinknoise ");
    }
    run("sox -R -n -b 16 -r %d -c %d made.wav synth %g %s gain -6", rate, channels, seconds,
        sounds);
    run("%s made.wav %s %s", encoder, encoder[0] == 'o' && encoder[1] == 'g' ? "-o" : "", path);
}

static void as_another_decoder_reads_them(void) {
    for (int channels = 1; channels <= 8; channels++) {
        make("many.ogg", channels, 48000, 0.7, "oggenc -Q -q 3");
        sound all = read_all("many.ogg"), other = decode_elsewhere("many.ogg", &all);
        CHECK(all.status == PERBUS_OK && all.info.format.channels == (uint32_t)channels);
        CHECK(all.frames == 33600 && difference(&all, &other) < 1e-5f);
        check_seeks("many.ogg", &all, 1e-6f);
        free_sound(&all);
        free_sound(&other);
        make("many.opus", channels, 48000, 0.7, "opusenc --quiet");
        all = read_all("many.opus");
        other = decode_elsewhere("many.opus", &all);
        CHECK(all.status == PERBUS_OK && all.info.format.channels == (uint32_t)channels);
        CHECK(all.frames == 33600 && difference(&all, &other) < 2e-3f);
        check_seeks("many.opus", &all, 1e-5f);
        free_sound(&all);
        free_sound(&other);
    }
}

/* All links of a chain, one after the other. */
static void chains(void) {
    make("one.ogg", 2, 44100, 0.5, "oggenc -Q -q 3 --serial 1");
    make("two.ogg", 2, 44100, 0.9, "oggenc -Q -q 3 --serial 2");
    make("three.ogg", 2, 44100, 0.5, "oggenc -Q -q 3 --serial 3");
    run("cat one.ogg two.ogg three.ogg > chain.ogg");
    run("cat one.ogg two.ogg one.ogg > repeated.ogg");
    check_refused("repeated.ogg", PERBUS_ERROR_UNSUPPORTED, "serial");
    sound one = read_all("one.ogg"), two = read_all("two.ogg"), all = read_all("chain.ogg");
    CHECK(all.status == PERBUS_OK && all.frames == 2 * one.frames + two.frames);
    for (uint32_t c = 0; c < 2; c++) {
        const float *from = all.samples + c * all.info.frames;
        size_t first = (size_t)one.frames, second = (size_t)two.frames;
        CHECK(memcmp(from, one.samples + c * first, first * sizeof(float)) == 0);
        CHECK(memcmp(from + first, two.samples + c * second, second * sizeof(float)) == 0);
        CHECK(memcmp(from + first + second, one.samples + c * first, first * sizeof(float)) == 0);
    }
    check_seeks("chain.ogg", &all, 1e-6f);
    free_sound(&one);
    free_sound(&two);
    free_sound(&all);
    make("other.ogg", 2, 48000, 0.5, "oggenc -Q -q 3 --serial 3");
    run("cat one.ogg other.ogg > mixed.ogg");
    check_refused("mixed.ogg", PERBUS_ERROR_UNSUPPORTED, "48000 Hz");
    make("one.opus", 2, 48000, 0.5, "opusenc --quiet --serial 1");
    make("two.opus", 2, 48000, 0.5, "opusenc --quiet --serial 2");
    run("cat one.opus two.opus > chain.opus");
    check_refused("chain.opus", PERBUS_ERROR_UNSUPPORTED, "chained");
    run("cat one.opus two.opus one.opus > chain.opus");
    check_refused("chain.opus", PERBUS_ERROR_UNSUPPORTED, "chained");
    run("cat one.opus one.opus > chain.opus");
    check_refused("chain.opus", PERBUS_ERROR_UNSUPPORTED, "chained");
}

/* Spoils a page in the middle of the file. */
static void spoil(const char *from, const char *to) {
    static bytes file;
    load(&file, from);
    for (size_t i = file.count / 2; i < file.count - 2000; i++) {
        if (memcmp(file.data + i, "OggS", 4) == 0) {
            file.data[i + 1000] ^= 0xFF;
            break;
        }
    }
    store(&file, to);
}

/* Of a file that lost a page, whatever can be decoded is where it was. */
static void lost_pages_keep_the_time(const char *encoder, const char *kind, int channels) {
    char whole[32], lost[32];
    snprintf(whole, sizeof whole, "whole.%s", kind);
    snprintf(lost, sizeof lost, "lost.%s", kind);
    make(whole, channels, 48000, 6.0, encoder);
    spoil(whole, lost);
    sound right = read_all(whole), all = read_all(lost);
    CHECK(all.info.frames == right.info.frames);
    if (all.status == PERBUS_ERROR_DAMAGED) {
        free_sound(&right);
        free_sound(&all);
        return;
    }
    CHECK(all.status == PERBUS_OK && all.frames == right.frames);
    int64_t apart = 0;
    for (int64_t i = 0; i < all.frames; i++) {
        apart += fabsf(all.samples[i] - right.samples[i]) > 1e-3f;
    }
    /* A page has about a second. */
    if (apart == 0 || apart > 2 * 48000) {
        printf("%s: %lld frames differ from the whole file\n", lost, (long long)apart);
        check_failures++;
    }
    check_seeks(lost, &all, 1e-6f);
    free_sound(&right);
    free_sound(&all);
}

/* Packets of many lengths: libsndfile's own seeks go wrong close to the start and in the last one. */
static void opus_packets_of_any_length(void) {
    static const char *const lengths[] = {"2.5", "5", "40", "60"};
    for (size_t i = 0; i < sizeof lengths / sizeof lengths[0]; i++) {
        char encoder[64];
        snprintf(encoder, sizeof encoder, "opusenc --quiet --framesize %s", lengths[i]);
        make("packets.opus", 2, 48000, 0.3, encoder);
        sound all = read_all("packets.opus");
        CHECK(all.status == PERBUS_OK && all.frames == 14400);
        check_seeks("packets.opus", &all, 1e-5f);
        free_sound(&all);
    }
}

static void a_truncated_file_plays_and_then_fails(void) {
    static bytes file;
    make("whole.ogg", 2, 48000, 3.0, "oggenc -Q -q 3");
    load(&file, "whole.ogg");
    file.count = file.count * 2 / 3;
    store(&file, "cut.ogg");
    sound right = read_all("whole.ogg"), all = read_all("cut.ogg");
    CHECK(all.status == PERBUS_ERROR_DAMAGED && all.frames > 10000);
    CHECK(all.frames == all.info.frames && all.frames < right.frames);
    for (int64_t i = 0; i < all.frames; i++) {
        CHECK(all.samples[i] == right.samples[i]);
    }
    free_sound(&right);
    free_sound(&all);
}

void test_ogg(void) {
    as_another_decoder_reads_them();
    chains();
    lost_pages_keep_the_time("oggenc -Q -q 3", "ogg", 2);
    lost_pages_keep_the_time("oggenc -Q -q 3", "ogg", 5);
    lost_pages_keep_the_time("opusenc --quiet", "opus", 2);
    opus_packets_of_any_length();
    a_truncated_file_plays_and_then_fails();
}
