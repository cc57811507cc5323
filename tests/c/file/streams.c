/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Players that play files sound, bit by bit, like what perbus_file_read reads. */
#include "deck.h"

#ifdef __APPLE__
#include <malloc/malloc.h>
#else
#include <malloc.h>
#endif
#include <unistd.h>

static const struct {
    const char *name, *command;
} forms[] = {
    {"a.wav", "cp made.wav a.wav"},
    {"a.flac", "sox -R made.wav a.flac"},
    {"a.ogg", "oggenc -Q -q 3 -o a.ogg made.wav"},
    {"a.mp3", "lame --quiet -b 128 made.wav a.mp3"},
    {"a.opus", "opusenc --quiet --bitrate 96 made.wav a.opus"},
};
enum { FORMS = sizeof forms / sizeof forms[0], SECONDS = 3 };

/* Seeks may differ from reading on by a rounding in MPEG and Opus files. */
static bool seeks_exactly(const char *path) {
    return strstr(path, ".mp3") == NULL && strstr(path, ".opus") == NULL;
}

static void whole_files(void) {
    static const uint32_t blocks[] = {0, 1, 64, 512, 4096};
    for (size_t f = 0; f < FORMS; f++) {
        sound all = read_all(forms[f].name);
        for (size_t b = 0; b < sizeof blocks / sizeof blocks[0]; b++) {
            deck deck = open_deck(all.info.format.sample_rate, 2);
            perbus_schedule how = noted(0);
            int64_t heard_frames = all.frames + 5000;
            deck.block = blocks[b];
            if (deck.block == 1) {
                heard_frames = 20000;
            }
            forget_ends();
            CHECK(file_frame(&deck) == -1);
            play_file(&deck, forms[f].name, &how);
            CHECK(file_frame(&deck) == 0);
            WORKS(perbus_player_play(deck.player, &error));
            float *heard = hear_frames(&deck, heard_frames);
            int64_t sounds = all.frames < heard_frames ? all.frames : heard_frames;
            check_heard(forms[f].name, heard, heard_frames, 0, &all, 0, sounds);
            check_heard("after it", heard, heard_frames, sounds, &all, -1, heard_frames - sounds);
            CHECK(file_frame(&deck) == (sounds < all.frames ? sounds : -1));
            if (sounds == all.frames) {
                CHECK(wait_ends(1)[0] == PERBUS_END_PLAYED);
            }
            free(heard);
            close_deck(&deck);
        }
        free_sound(&all);
    }
}

/* Gapless, and in any order of segments, whole files and buffers. */
static void queues(void) {
    for (size_t f = 0; f < FORMS; f++) {
        if (!seeks_exactly(forms[f].name)) {
            continue;
        }
        enum { ITEMS = 60 };
        sound all = read_all(forms[f].name);
        deck deck = open_deck(all.info.format.sample_rate, 2);
        perbus_schedule how = noted(0);
        perbus_file *file = open_file(forms[f].name);
        int64_t starts[ITEMS], lengths[ITEMS], sum = 0;
        forget_ends();
        for (int i = 0; i < ITEMS; i++) {
            starts[i] = next_random(&deck.seed) % all.frames;
            int64_t most = i % 3 == 0 ? 40 : i % 3 == 1 ? 3000 : 40000;
            lengths[i] = next_random(&deck.seed) % most + 1;
            lengths[i] = lengths[i] < all.frames - starts[i] ? lengths[i] : all.frames - starts[i];
            sum += lengths[i];
            WORKS(perbus_player_schedule_segment(deck.player, file, starts[i], lengths[i], &how,
                                                 &error));
        }
        perbus_file_destroy(file);
        WORKS(perbus_player_play(deck.player, &error));
        float *heard = hear_frames(&deck, sum + 100);
        int64_t at = 0;
        for (int i = 0; i < ITEMS; i++) {
            check_heard(forms[f].name, heard, sum + 100, at, &all, starts[i], lengths[i]);
            at += lengths[i];
        }
        check_heard("after the queue", heard, sum + 100, at, &all, -1, 100);
        const perbus_end *ends = wait_ends(ITEMS);
        for (int i = 0; i < ITEMS; i++) {
            CHECK(ends[i] == PERBUS_END_PLAYED);
        }
        free(heard);
        close_deck(&deck);
        free_sound(&all);
    }
}

static void loops(void) {
    static const int64_t lengths[] = {1, 100, 4096, 4097, 50000};
    for (size_t f = 0; f < FORMS; f++) {
        for (size_t n = 0; n < sizeof lengths / sizeof lengths[0]; n++) {
            if (!seeks_exactly(forms[f].name)) {
                continue;
            }
            sound all = read_all(forms[f].name);
            deck deck = open_deck(all.info.format.sample_rate, 2);
            perbus_schedule how = noted(PERBUS_SCHEDULE_LOOPS), then = noted(4);
            int64_t length = lengths[n], frames = length * 7 / 2 + 40000, start = 12345;
            forget_ends();
            play_segment(&deck, forms[f].name, start, length, &how);
            WORKS(perbus_player_play(deck.player, &error));
            float *heard = hear_frames(&deck, frames);
            for (int64_t at = 0; at < frames; at += length) {
                int64_t count = length < frames - at ? length : frames - at;
                check_heard("a loop", heard, frames, at, &all, start, count);
            }
            free(heard);
            CHECK(file_frame(&deck) == start + frames % length);
            /* The pass is finished, then comes the next. */
            play_segment(&deck, forms[f].name, 0, 1000, &then);
            int64_t left = length - frames % length;
            heard = hear_frames(&deck, left + 1000);
            check_heard("the last pass", heard, left + 1000, 0, &all, start + length - left, left);
            check_heard("after the loop", heard, left + 1000, left, &all, 0, 1000);
            free(heard);
            const perbus_end *ends = wait_ends(2);
            CHECK(ends[0] == PERBUS_END_INTERRUPTED && ends[1] == PERBUS_END_PLAYED);
            close_deck(&deck);
            free_sound(&all);
        }
    }
}

static void starts_interruptions_and_stops(void) {
    sound all = read_all("a.wav");
    deck deck = open_deck(44100.0, 2);
    perbus_schedule later = noted(0), cuts = noted(PERBUS_SCHEDULE_INTERRUPTS), how = noted(0);
    later.start = 3000;
    forget_ends();
    play_segment(&deck, "a.wav", 500, 2000, &how);
    play_segment(&deck, "a.wav", 7000, 30000, &later);
    WORKS(perbus_player_play(deck.player, &error));
    float *heard = hear_frames(&deck, 10000);
    check_heard("the first", heard, 10000, 0, &all, 500, 2000);
    check_heard("a pause", heard, 10000, 2000, &all, -1, 1000);
    check_heard("the second", heard, 10000, 3000, &all, 7000, 7000);
    free(heard);
    play_segment(&deck, "a.wav", 60000, 60000, &cuts);
    heard = hear_frames(&deck, 5000);
    check_heard("what interrupts", heard, 5000, 0, &all, 60000, 5000);
    free(heard);
    WORKS(perbus_player_pause(deck.player, &error));
    heard = hear_frames(&deck, 3000);
    check_heard("paused", heard, 3000, 0, &all, -1, 3000);
    free(heard);
    perbus_position position;
    WORKS(perbus_player_get_position(deck.player, &position, &error));
    CHECK(position.player_frame == 15000 && position.file_frame == 65000 &&
          position.file_frames == all.frames);
    WORKS(perbus_player_play(deck.player, &error));
    heard = hear_frames(&deck, 3000);
    check_heard("resumed", heard, 3000, 0, &all, 65000, 3000);
    free(heard);
    WORKS(perbus_player_stop(deck.player, &error));
    CHECK(file_frame(&deck) == -1);
    const perbus_end *ends = wait_ends(3);
    CHECK(ends[0] == PERBUS_END_PLAYED && ends[1] == PERBUS_END_INTERRUPTED &&
          ends[2] == PERBUS_END_STOPPED);
    close_deck(&deck);
    free_sound(&all);
}

static void seeks(void) {
    for (size_t f = 0; f < FORMS; f++) {
        if (!seeks_exactly(forms[f].name)) {
            continue;
        }
        sound all = read_all(forms[f].name);
        deck deck = open_deck(all.info.format.sample_rate, 2);
        perbus_schedule how = noted(0);
        forget_ends();
        FAILS(PERBUS_ERROR_INVALID_ARGUMENT, perbus_player_seek, deck.player, 0);
        play_file(&deck, forms[f].name, &how);
        play_segment(&deck, forms[f].name, 100, 777, &how);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_player_seek, deck.player, all.frames);
        FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_player_seek, deck.player, -1);
        WORKS(perbus_player_play(deck.player, &error));
        int64_t at = 0;
        for (int round = 0; round < 60; round++) {
            int64_t frames = next_random(&deck.seed) % 3000 + 1;
            frames = frames < all.frames - at ? frames : all.frames - at;
            float *heard = hear_frames(&deck, frames);
            check_heard(forms[f].name, heard, frames, 0, &all, at, frames);
            free(heard);
            at += frames;
            if (at == all.frames) {
                break;
            }
            CHECK(file_frame(&deck) == at);
            for (int again = round % 3; again >= 0; again--) {
                at = next_random(&deck.seed) % (all.frames - 100000 / (round + 1)) + 1;
                WORKS(perbus_player_seek(deck.player, at, &error));
                CHECK(file_frame(&deck) == at);
            }
        }
        /* To the end; what is queued behind follows. */
        WORKS(perbus_player_seek(deck.player, all.frames - 10, &error));
        float *heard = hear_frames(&deck, 1000);
        check_heard("the end", heard, 1000, 0, &all, all.frames - 10, 10);
        check_heard("what follows", heard, 1000, 10, &all, 100, 777);
        check_heard("silence", heard, 1000, 787, &all, -1, 213);
        free(heard);
        const perbus_end *ends = wait_ends(2);
        CHECK(ends[0] == PERBUS_END_PLAYED && ends[1] == PERBUS_END_PLAYED);
        close_deck(&deck);
        free_sound(&all);
    }
}

/* Seeking inside a loop, and in a batch. */
static void seeks_in_loops_and_batches(void) {
    sound all = read_all("a.wav");
    deck deck = open_deck(44100.0, 2);
    perbus_schedule how = noted(PERBUS_SCHEDULE_LOOPS);
    play_segment(&deck, "a.wav", 1000, 9000, &how);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_player_seek, deck.player, 999);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_player_seek, deck.player, 10000);
    WORKS(perbus_player_play(deck.player, &error));
    free(hear_frames(&deck, 12345));
    WORKS(perbus_player_seek(deck.player, 8000, &error));
    float *heard = hear_frames(&deck, 12000);
    check_heard("to the loop's end", heard, 12000, 0, &all, 8000, 2000);
    check_heard("the next pass", heard, 12000, 2000, &all, 1000, 9000);
    check_heard("and the next", heard, 12000, 11000, &all, 1000, 1000);
    free(heard);
    WORKS(perbus_engine_begin_batch(deck.engine, &error));
    WORKS(perbus_player_seek(deck.player, 5000, &error));
    heard = hear_frames(&deck, 500);
    check_heard("before the batch ends", heard, 500, 0, &all, 2000, 500);
    free(heard);
    WORKS(perbus_engine_end_batch(deck.engine, &error));
    heard = hear_frames(&deck, 500);
    check_heard("after the batch", heard, 500, 0, &all, 5000, 500);
    free(heard);
    close_deck(&deck);
    free_sound(&all);
}

static size_t in_use(void) {
#ifdef __APPLE__
    malloc_statistics_t info;
    malloc_zone_statistics(NULL, &info);
    return info.size_in_use;
#else
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
#endif
}

/* However much is queued, few files are open and little is decoded. */
static void many_and_long_ones(void) {
    enum { SEGMENTS = 2000 };
    sound all = read_all("a.wav");
    deck deck = open_deck(44100.0, 2);
    perbus_schedule how = noted(0);
    int files = open_descriptors();
    forget_ends();
    for (int i = 0; i < SEGMENTS; i++) {
        play_segment(&deck, "a.wav", i * 60, 60, &how);
    }
    CHECK(open_descriptors() <= files + 2);
    WORKS(perbus_player_play(deck.player, &error));
    float *heard = hear_frames(&deck, SEGMENTS * 60);
    check_heard("many segments", heard, SEGMENTS * 60, 0, &all, 0, SEGMENTS * 60);
    CHECK(open_descriptors() <= files + 2);
    free(heard);
    wait_ends(SEGMENTS);
    free_sound(&all);

    /* An hour: 1.2 GB of samples. */
    static bytes hour;
    load(&hour, "a.wav");
    hour.count = 44;
    for (int byte = 0; byte < 4; byte++) {
        hour.data[4 + byte] = (uint8_t)((3600u * 44100 * 4 + 36) >> (8 * byte));
        hour.data[40 + byte] = (uint8_t)((3600u * 44100 * 4) >> (8 * byte));
    }
    store(&hour, "hour.wav");
    CHECK(truncate("hour.wav", 3600l * 44100 * 4 + 44) == 0);
    size_t before = in_use(), most = 0;
    perbus_file *file = open_file("hour.wav");
    size_t reader = in_use() - before;
    WORKS(perbus_player_schedule_file(deck.player, file, NULL, &error));
    perbus_file_destroy(file);
    for (int second = 0; second < 3600; second += 40) {
        WORKS(perbus_player_seek(deck.player, (int64_t)second * 44100, &error));
        free(hear_frames(&deck, 44100));
        size_t now = in_use();
        most = now > most ? now : most;
    }
    CHECK(most - before < 2 * 44100 * 2 * sizeof(float) + reader);
    WORKS(perbus_player_stop(deck.player, &error));
    CHECK(open_descriptors() <= files + 1);
    close_deck(&deck);
    unlink("hour.wav");
}

void test_streams(void) {
#ifndef __APPLE__
    mallopt(M_ARENA_MAX, 1); /* so that in_use counts what all threads have allocated */
#endif
    run("sox -R -n -b 16 -r 44100 -c 2 made.wav synth %d pinknoise gain -6", SECONDS);
    for (size_t f = 0; f < FORMS; f++) {
        run("%s", forms[f].command);
    }
    whole_files();
    queues();
    loops();
    starts_interruptions_and_stops();
    seeks();
    seeks_in_loops_and_batches();
    test_stream_faults();
    many_and_long_ones();
}
