/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* MPEG audio: lengths with and without a tag, and seeks. */
#include "file.h"

enum { SECONDS = 4 };

static void check(const char *path, int64_t frames) {
    sound all = read_all(path), other = decode_elsewhere(path, &all);
    if (all.status != PERBUS_OK || (frames >= 0 && all.frames != frames) ||
        all.info.frames != all.frames) {
        printf("%s: %lld frames of %lld: %s\n", path, (long long)all.frames,
               (long long)all.info.frames, all.error.message);
        check_failures++;
    }
    float apart = difference(&all, &other);
    if (apart > 1e-4f) {
        printf("%s: %g from ffmpeg\n", path, (double)apart);
        check_failures++;
    }
    check_seeks(path, &all, 1e-6f);
    free_sound(&all);
    free_sound(&other);
}

/* With a tag the encoder's delay and padding are gone; without one they cannot be known. */
static void layer_3(void) {
    static const int rates[] = {44100, 48000, 22050};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        for (int channels = 1; channels <= 2; channels++) {
            run("sox -R -n -b 16 -r %d -c %d made.wav synth %d pinknoise gain -6", rates[r],
                channels, SECONDS);
            char lame[64];
            snprintf(lame, sizeof lame, "lame --quiet --resample %g", rates[r] / 1000.0);
            run("%s -b 96 made.wav tagged.mp3 && %s -V 3 made.wav vbr.mp3", lame, lame);
            run("%s -t -b 96 made.wav bare.mp3 && %s -t -V 3 made.wav barevbr.mp3", lame, lame);
            check("tagged.mp3", (int64_t)rates[r] * SECONDS);
            check("vbr.mp3", (int64_t)rates[r] * SECONDS);
            check("bare.mp3", -1);
            check("barevbr.mp3", -1);
        }
    }
}

static void layer_2(void) {
    run("sox -R -n -b 16 -r 44100 -c 2 made.wav synth %d pinknoise gain -6", SECONDS);
    run("ffmpeg -v error -y -i made.wav -c:a mp2 made.mp2");
    check("made.mp2", 153 * 1152 + 1152);
}

/* Tags before and after, and zeros that a tagger left. */
static void tags(void) {
    static bytes file, tagged;
    run("lame --quiet --resample 44.1 -b 96 made.wav plain.mp3");
    load(&file, "plain.mp3");
    tagged.count = 0;
    put(&tagged, "ID3\3\0\0\0\0\2\0", 10);
    for (int i = 0; i < 256 + 77; i++) {
        put(&tagged, "", 1);
    }
    put(&tagged, file.data, file.count);
    put(&tagged, "TAGa title", 10);
    for (int i = 0; i < 118; i++) {
        put(&tagged, " ", 1);
    }
    store(&tagged, "tags.mp3");
    sound plain = read_all("plain.mp3"), all = read_all("tags.mp3");
    CHECK(plain.frames == 44100 * SECONDS && difference(&plain, &all) == 0.0f);
    free_sound(&plain);
    free_sound(&all);
}

static void a_truncated_file_plays_and_then_fails(void) {
    static bytes file;
    load(&file, "plain.mp3");
    file.count /= 2;
    store(&file, "cut.mp3");
    sound all = read_all("cut.mp3");
    CHECK(all.status == PERBUS_ERROR_DAMAGED);
    CHECK(all.frames > 44100 && all.frames < 44100 * 3 && all.info.frames == 44100 * SECONDS);
    free_sound(&all);
}

/* Where sound of another rate or channel count follows, there is an error, not an end. */
static void a_change_inside(void) {
    static const struct {
        const char *first, *then;
    } joined[] = {{"stereo.mp3", "fast.mp3"},
                  {"stereo.mp3", "mono.mp3"},
                  {"mono.mp3", "stereo.mp3"},
                  {"tagged.mp3", "fast.mp3"},
                  {"tagged.mp3", "mono.mp3"}};
    run("sox -R -n -b 16 -r 44100 -c 2 made.wav synth 1 pinknoise gain -6");
    run("lame --quiet --resample 44.1 -t -b 96 made.wav stereo.mp3");
    run("lame --quiet --resample 44.1 -b 96 made.wav tagged.mp3");
    run("lame --quiet --resample 44.1 -t -b 96 -m m made.wav mono.mp3");
    run("lame --quiet -t -b 96 --resample 48 made.wav fast.mp3");
    for (size_t i = 0; i < sizeof joined / sizeof joined[0]; i++) {
        run("cat %s %s > joined.mp3", joined[i].first, joined[i].then);
        sound first = read_all(joined[i].first), all = read_all("joined.mp3");
        CHECK(all.status == PERBUS_ERROR_UNSUPPORTED && all.frames == first.frames);
        CHECK(all.frames == all.info.frames && difference(&all, &first) == 0.0f);
        CHECK(strstr(all.error.message, "change at frame") != NULL);
        free_sound(&first);
        free_sound(&all);
    }
    run("cat stereo.mp3 stereo.mp3 > joined.mp3");
    sound once = read_all("stereo.mp3"), twice = read_all("joined.mp3");
    CHECK(twice.status == PERBUS_OK && twice.frames == 2 * once.frames);
    free_sound(&once);
    free_sound(&twice);
}

/* One whose frames have one channel and two in turn. */
static void the_mode_changes_in_every_frame(void) {
    static bytes mono, stereo, mixed;
    run("lame --quiet --resample 44.1 -t -b 96 -m m --nores made.wav mono.mp3");
    run("lame --quiet --resample 44.1 -t -b 96 -m s --nores made.wav stereo.mp3");
    load(&mono, "mono.mp3");
    load(&stereo, "stereo.mp3");
    mixed.count = 0;
    /* Both have frames of 313 bytes, and of one more where the padding bit is set. */
    for (size_t at = 0, i = 0; at + 400 < stereo.count; i++) {
        size_t length = 313 + (stereo.data[at + 2] >> 1 & 1);
        put(&mixed, (i % 2 == 0 ? stereo.data : mono.data) + at, length);
        at += length;
    }
    store(&mixed, "mixed.mp3");
    check_refused("mixed.mp3", PERBUS_ERROR_UNSUPPORTED, "channels change");
}

/* Frames of the free format do not say how long they are. */
static void a_free_format(void) {
    run("lame --quiet -t --freeformat -b 400 made.wav free.mp3");
    run("lame --quiet --freeformat -b 400 made.wav freetag.mp3");
    sound bare = read_all("free.mp3"), tagged = read_all("freetag.mp3");
    CHECK(bare.status == PERBUS_OK && bare.frames == bare.info.frames);
    CHECK(bare.frames > 44100 && bare.frames < 44100 + 3 * 1152);
    CHECK(tagged.status == PERBUS_OK && tagged.frames == 44100);
    check_seeks("free.mp3", &bare, 1e-6f);
    check_seeks("freetag.mp3", &tagged, 1e-6f);
    free_sound(&bare);
    free_sound(&tagged);
}

void test_mpeg(void) {
    layer_3();
    layer_2();
    tags();
    a_truncated_file_plays_and_then_fails();
    a_change_inside();
    the_mode_changes_in_every_frame();
    a_free_format();
}
