/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Players that play files: at other rates, from a decoder, through several mixers. */
#include "deck.h"

enum { FRAMES = 100000 };

static const double tau = 6.283185307179586;

/* 441 Hz, a period of 100 frames, at half of full scale. */
static void make_tone(const char *path) {
    static float samples[FRAMES];
    const float *channels[] = {samples};
    perbus_file *file = NULL;
    perbus_file_settings settings = {.format = {44100.0, 1, PERBUS_LAYOUT_MONO}};
    for (int i = 0; i < FRAMES; i++) {
        samples[i] = (float)(0.5 * sin(tau * i / 100.0));
    }
    WORKS(perbus_file_create(path, &settings, &file, &error));
    WORKS(perbus_file_write(file, channels, 1, FRAMES, &error));
    WORKS(perbus_file_finish(file, &error));
    perbus_file_destroy(file);
}

static void check_near(const char *what, const float *heard, const float *expected, int64_t frames,
                       float most) {
    for (int64_t i = 0; i < frames; i++) {
        if (fabsf(heard[i] - expected[i]) > most) {
            printf("%s: frame %lld is %g, not %g\n", what, (long long)i, (double)heard[i],
                   (double)expected[i]);
            check_failures++;
            return;
        }
    }
}

static int64_t at_rate(int64_t frame, double rate) {
    return (int64_t)ceil((double)frame * rate / 44100.0 - 1e-9);
}

/* A segment is a window of what the whole file gives, and so is what follows a seek. */
static void windows(double rate) {
    int64_t length = at_rate(FRAMES, rate);
    deck deck = open_deck(rate, 1);
    perbus_file *tone = open_file("tone.wav");
    WORKS(perbus_player_schedule_file(deck.player, tone, NULL, &error));
    WORKS(perbus_player_play(deck.player, &error));
    float *whole = hear_frames(&deck, length + 1000);
    for (int64_t i = 50; i < length - 50; i++) {
        double expected = 0.5 * sin(tau * 441.0 * (double)i / rate);
        if (fabs(whole[i] - expected) > 1e-3) {
            printf("at %g Hz frame %lld is %g, not %g\n", rate, (long long)i, (double)whole[i],
                   expected);
            check_failures++;
            break;
        }
    }
    CHECK(whole[length] == 0.0f && whole[length + 999] == 0.0f);
    /* The same, bit by bit, in other blocks. */
    deck.block = 333;
    WORKS(perbus_player_schedule_file(deck.player, tone, NULL, &error));
    float *again = hear_frames(&deck, length);
    check_near("in other blocks", again, whole, length, 0.0f);
    free(again);
    /* In pieces. */
    deck.block = 0;
    for (int64_t at = 0, count; at < FRAMES; at += count) {
        count = next_random(&deck.seed) % 9000 + 1;
        count = count < FRAMES - at ? count : FRAMES - at;
        WORKS(perbus_player_schedule_segment(deck.player, tone, at, count, NULL, &error));
    }
    again = hear_frames(&deck, length);
    check_near("in pieces", again, whole, length, 2e-6f);
    free(again);
    /* With seeks. */
    WORKS(perbus_player_schedule_file(deck.player, tone, NULL, &error));
    for (int round = 0; round < 20; round++) {
        int64_t to = next_random(&deck.seed) % (FRAMES - 10000), from = at_rate(to, rate);
        WORKS(perbus_player_seek(deck.player, to, &error));
        CHECK(file_frame(&deck) == to);
        again = hear_frames(&deck, 3000);
        check_near("after a seek", again, whole + from, 3000, 2e-6f);
        free(again);
    }
    free(whole);
    perbus_file_destroy(tone);
    close_deck(&deck);
}

/* A loop of whole periods is a tone without a seam, however long its passes are. */
static void seamless_loops(double rate) {
    static const int64_t lengths[] = {100, 4000, 30000};
    for (size_t n = 0; n < sizeof lengths / sizeof lengths[0]; n++) {
        deck deck = open_deck(rate, 1);
        perbus_file *tone = open_file("tone.wav");
        perbus_schedule loop = {PERBUS_FOLLOW, PERBUS_SCHEDULE_LOOPS, NULL, NULL};
        WORKS(perbus_player_schedule_segment(deck.player, tone, 10000, lengths[n], &loop, &error));
        perbus_file_destroy(tone);
        WORKS(perbus_player_play(deck.player, &error));
        float *heard = hear_frames(&deck, 100000);
        double shift = (double)at_rate(10000, rate);
        for (int64_t i = 0; i < 100000; i++) {
            double expected = 0.5 * sin(tau * 441.0 * ((double)i + shift) / rate);
            if (fabs(heard[i] - expected) > 1e-3) {
                printf("a loop of %lld at %g Hz: frame %lld is %g, not %g\n", (long long)lengths[n],
                       rate, (long long)i, (double)heard[i], expected);
                check_failures++;
                break;
            }
        }
        free(heard);
        close_deck(&deck);
    }
}

/* A player of another rate than the engine's, whose mixer converts: as from a buffer. Its blocks are
 *  of other lengths than the engine's. */
static void inside_a_converted_part(void) {
    sound all = read_all("tone.wav");
    deck deck = open_deck(48000.0, 1);
    perbus_node *player = NULL;
    perbus_buffer *buffer = NULL;
    perbus_file *tone = open_file("tone.wav");
    float *heard[2];
    WORKS(perbus_buffer_create(&all.info.format, FRAMES, &buffer, &error));
    memcpy(perbus_buffer_get_channel(buffer, 0), all.samples, FRAMES * sizeof(float));
    for (int streams = 0; streams < 2; streams++) {
        WORKS(perbus_player_create_with_format(&all.info.format, &player, &error));
        WORKS(perbus_engine_attach(deck.engine, player, &error));
        WORKS(perbus_engine_connect(deck.engine, player, 0, deck.mixer, 1, NULL, &error));
        WORKS(perbus_engine_stop(deck.engine, &error));
        WORKS(perbus_engine_reset(deck.engine, &error));
        WORKS(perbus_engine_start(deck.engine, &error));
        for (int i = 0; i < 3; i++) {
            if (streams) {
                WORKS(perbus_player_schedule_file(player, tone, NULL, &error));
            } else {
                WORKS(perbus_player_schedule(player, buffer, NULL, &error));
            }
        }
        WORKS(perbus_player_play(player, &error));
        deck.seed = 5;
        heard[streams] = hear_frames(&deck, 3 * FRAMES);
        WORKS(perbus_engine_detach(deck.engine, player, &error));
        perbus_node_release(player);
    }
    check_near("inside a converted part", heard[1], heard[0], 3 * FRAMES, 0.0f);
    CHECK(fabsf(heard[0][FRAMES]) > 0.0f);
    free(heard[0]);
    free(heard[1]);
    perbus_buffer_release(buffer);
    perbus_file_destroy(tone);
    close_deck(&deck);
    free_sound(&all);
}

/* Two mixers hear one player. */
static void several_destinations(void) {
    sound all = read_all("tone.wav");
    deck deck = open_deck(44100.0, 1);
    perbus_node *other = NULL;
    perbus_file *tone = open_file("tone.wav");
    WORKS(perbus_mixer_create(&other, &error));
    WORKS(perbus_engine_attach(deck.engine, other, &error));
    WORKS(perbus_engine_connect(deck.engine, other, 0, deck.mixer, 1, NULL, &error));
    const perbus_destination points[] = {{deck.mixer, 0}, {other, 0}};
    WORKS(perbus_engine_connect_many(deck.engine, deck.player, 0, points, 2, NULL, &error));
    WORKS(perbus_player_schedule_file(deck.player, tone, NULL, &error));
    WORKS(perbus_player_play(deck.player, &error));
    float *heard = hear_frames(&deck, FRAMES);
    for (int64_t i = 0; i < FRAMES; i++) {
        heard[i] *= 0.5f;
    }
    check_near("two mixers", heard, all.samples, FRAMES, 0.0f);
    free(heard);
    perbus_file_destroy(tone);
    perbus_node_release(other);
    close_deck(&deck);
    free_sound(&all);
}

/* A decoder of the program's own: noise, with a failure at a chosen frame. */
typedef struct reader {
    int64_t position;
} reader;

enum { DECODED = 60000 };
static atomic_int opened, closed;
static atomic_llong fails_at = INT64_MAX;

static perbus_status open_reader(void *context, const char *path, void **out_stream,
                                 perbus_decoder_info *out_info, char *message, size_t capacity) {
    (void)context;
    (void)message;
    (void)capacity;
    CHECK(strstr(path, "inside.m4a") != NULL);
    atomic_fetch_add(&opened, 1);
    *out_stream = calloc(1, sizeof(reader));
    *out_info = (perbus_decoder_info){{44100.0, 1, PERBUS_LAYOUT_MONO}, DECODED, "MP4", "Noise"};
    return PERBUS_OK;
}

static perbus_status read_reader(void *context, float *const *channels, uint64_t frames,
                                 uint64_t *out_read, char *message, size_t capacity) {
    reader *self = context;
    uint64_t done = 0;
    int64_t end = atomic_load(&fails_at);
    if (self->position >= end) {
        snprintf(message, capacity, "spoilt");
        return PERBUS_ERROR_DAMAGED;
    }
    for (; done < frames && done < 700 && self->position < DECODED && self->position < end;
         done++, self->position++) {
        channels[0][done] = noise(self->position) / 32768.0f;
    }
    *out_read = done;
    return PERBUS_OK;
}

static perbus_status seek_reader(void *context, int64_t frame, char *message, size_t capacity) {
    (void)message;
    (void)capacity;
    ((reader *)context)->position = frame;
    return PERBUS_OK;
}

static void close_reader(void *context) {
    atomic_fetch_add(&closed, 1);
    free(context);
}

static void decoders(void) {
    static const perbus_decoder decoder = {open_reader, read_reader, seek_reader, close_reader,
                                           NULL};
    static bytes box = {.data = "\0\0\0\030ftypM4A \0\0\0\0M4A mp42", .count = 24};
    store(&box, "inside.m4a");
    WORKS(perbus_file_set_decoder(&decoder, &error));
    deck deck = open_deck(44100.0, 1);
    perbus_schedule how = {PERBUS_FOLLOW, 0, note_end, NULL};
    perbus_file *file = open_file("inside.m4a");
    /* What is scheduled keeps the decoder that the file was opened with. */
    WORKS(perbus_file_set_decoder(NULL, &error));
    forget_ends();
    for (int i = 0; i < 2; i++) {
        WORKS(perbus_player_schedule_segment(deck.player, file, 1000, 20000, &how, &error));
        WORKS(perbus_player_schedule_file(deck.player, file, &how, &error));
        perbus_file_destroy(i == 1 ? file : NULL);
    }
    WORKS(perbus_player_play(deck.player, &error));
    float *heard = hear_frames(&deck, 80000);
    for (int64_t i = 0; i < 80000; i++) {
        int64_t frame = i < 20000 ? 1000 + i : i - 20000;
        CHECK(heard[i] == noise(frame) / 32768.0f);
    }
    free(heard);
    atomic_store(&fails_at, 30000);
    WORKS(perbus_player_seek(deck.player, 5000, &error));
    heard = hear_frames(&deck, 50000);
    for (int64_t i = 0; i < 50000; i++) {
        int64_t frame = i < 16000 ? 5000 + i : i - 16000;
        CHECK(heard[i] == (frame < 30000 ? noise(frame) / 32768.0f : 0.0f));
    }
    free(heard);
    const perbus_end *ends = wait_ends(4);
    CHECK(ends[0] == PERBUS_END_PLAYED && ends[1] == PERBUS_END_PLAYED);
    CHECK(ends[2] == PERBUS_END_PLAYED && ends[3] == PERBUS_END_FAILED);
    close_deck(&deck);
    CHECK(atomic_load(&opened) == atomic_load(&closed));
    atomic_store(&fails_at, INT64_MAX);
}

/* An engine that is destroyed while files play, are queued and are sought. */
static void ended_engines(void) {
    for (int round = 0; round < 20; round++) {
        deck deck = open_deck(48000.0, 1);
        perbus_file *tone = open_file("tone.wav");
        for (int i = 0; i < 5; i++) {
            WORKS(perbus_player_schedule_file(deck.player, tone, NULL, &error));
        }
        WORKS(perbus_player_play(deck.player, &error));
        if (round % 2 == 1) {
            free(hear_frames(&deck, round * 1000));
            WORKS(perbus_player_seek(deck.player, 77, &error));
        }
        if (round % 3 == 1) {
            WORKS(perbus_engine_detach(deck.engine, deck.player, &error));
            WORKS(perbus_engine_attach(deck.engine, deck.player, &error));
            CHECK(file_frame(&deck) == -1);
        }
        perbus_file_destroy(tone);
        close_deck(&deck);
    }
}

void test_stream_rates(void) {
    make_tone("tone.wav");
    int files = open_descriptors();
    static const double rates[] = {48000.0, 32000.0, 96000.0, 22050.0};
    for (size_t r = 0; r < sizeof rates / sizeof rates[0]; r++) {
        windows(rates[r]);
        seamless_loops(rates[r]);
    }
    inside_a_converted_part();
    several_destinations();
    decoders();
    ended_engines();
    CHECK(open_descriptors() == files);
}
