/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Files that cannot be played, or not to their end. */
#include "deck.h"

/* What is decoded is played; then comes what is queued behind. */
static void faults(void) {
    sound all = read_all("a.wav");
    deck deck = open_deck(44100.0, 2);
    perbus_schedule how = noted(0), loop = noted(PERBUS_SCHEDULE_LOOPS);
    forget_ends();
    run("cp a.wav gone.wav && head -c 200044 a.wav > cut.wav && cp a.wav mono.wav");
    sound cut = read_all("cut.wav");
    CHECK(cut.status == PERBUS_ERROR_DAMAGED && cut.frames == 50000);
    perbus_file *gone = open_file("gone.wav"), *other = open_file("mono.wav");
    run("rm gone.wav && sox -R -n -b 16 -r 44100 -c 1 mono.wav synth 1 sine 300");
    play_file(&deck, "cut.wav", &how);
    WORKS(perbus_player_schedule_file(deck.player, gone, &how, &error));
    play_file(&deck, "cut.wav", &loop);
    WORKS(perbus_player_schedule_file(deck.player, other, &how, &error));
    play_segment(&deck, "a.wav", 0, 500, &how);
    perbus_file_destroy(gone);
    perbus_file_destroy(other);
    WORKS(perbus_player_play(deck.player, &error));
    float *heard = hear_frames(&deck, 101000);
    check_heard("a truncated file", heard, 101000, 0, &all, 0, 50000);
    check_heard("it loops", heard, 101000, 50000, &all, 0, 50000);
    check_heard("the last", heard, 101000, 100000, &all, 0, 500);
    check_heard("nothing", heard, 101000, 100500, &all, -1, 500);
    free(heard);
    const perbus_end *ends = wait_ends(5);
    for (int i = 0; i < 4; i++) {
        CHECK(ends[i] == PERBUS_END_FAILED);
    }
    CHECK(ends[4] == PERBUS_END_PLAYED);
    /* It has not failed before it is heard to. */
    forget_ends();
    play_file(&deck, "cut.wav", &how);
    free(hear_frames(&deck, 49999));
    WORKS(perbus_player_stop(deck.player, &error));
    CHECK(wait_ends(1)[0] == PERBUS_END_STOPPED);
    close_deck(&deck);
    free_sound(&cut);
    free_sound(&all);
}

static void refusals(void) {
    deck deck = open_deck(44100.0, 2);
    perbus_file *file = open_file("a.wav"), *mono = NULL, *written = NULL, *slow = NULL;
    perbus_file_info info;
    perbus_error error = {0, ""};
    perbus_file_settings settings = {.format = {.sample_rate = 44100.0, .channels = 2}};
    run("sox -R -n -b 16 -r 44100 -c 1 one.wav synth 1 sine 300 && "
        "sox -R -n -b 16 -r 100 -c 2 slow.wav synth 1 sine 30");
    mono = open_file("one.wav");
    slow = open_file("slow.wav");
    WORKS(perbus_file_get_info(file, &info, &error));
    WORKS(perbus_file_create("out.wav", &settings, &written, &error));
    perbus_schedule unknown = {PERBUS_FOLLOW, 16, NULL, NULL};
    perbus_schedule late = {PERBUS_MAX_TIME + 1, 0, NULL, NULL};
    REJECTS(perbus_player_schedule_file, deck.player, NULL, NULL);
    REJECTS(perbus_player_schedule_file, NULL, file, NULL);
    REJECTS(perbus_player_schedule_file, deck.player, file, &unknown);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_player_schedule_file, deck.player, file, &late);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_schedule_file, deck.mixer, file, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_schedule_file, deck.player, written, NULL);
    FAILS(PERBUS_ERROR_FORMAT, perbus_player_schedule_file, deck.player, mono, NULL);
    FAILS(PERBUS_ERROR_FORMAT, perbus_player_schedule_file, deck.player, slow, NULL);
    static const struct {
        int64_t start, frames;
        const char *words;
    } segments[] = {
        {-1, 10, "start_frame -1 is not in 0 to 132299"},
        {132300, 1, "start_frame 132300 is not in 0 to 132299"},
        {132299, 2, "2 frames from frame 132299 on are not in 1 to 1"},
        {0, 0, "0 frames from frame 0 on are not in 1 to 132300"},
        {5, -7, "from frame 5 on"},
        {0, INT64_MAX, "are not in 1 to 132300"},
    };
    for (size_t i = 0; i < sizeof segments / sizeof segments[0]; i++) {
        CHECK(perbus_player_schedule_segment(deck.player, file, segments[i].start,
                                             segments[i].frames, NULL,
                                             &error) == PERBUS_ERROR_OUT_OF_RANGE);
        CHECK(strstr(error.message, segments[i].words) != NULL);
    }
    CHECK(file_frame(&deck) == -1);
    perbus_node *alone = NULL;
    WORKS(perbus_player_create(&alone, &error));
    FAILS(PERBUS_ERROR_NOT_ATTACHED, perbus_player_schedule_file, alone, file, NULL);
    perbus_node_release(alone);
    perbus_position position;
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_get_position, deck.mixer, &position);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_player_seek, deck.mixer, 0);
    perbus_file_destroy(file);
    perbus_file_destroy(mono);
    perbus_file_destroy(slow);
    perbus_file_destroy(written);
    close_deck(&deck);
}

void test_stream_faults(void) {
    faults();
    refusals();
}
