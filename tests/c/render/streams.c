/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Streams and their thread on their own: what is late on a device, and how much is held. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "render/player/player_state.h"
#include "render/stream/feeder.h"

#define CHECK(condition)                                           \
    do {                                                           \
        if (!(condition)) {                                        \
            printf("%s:%d: %s\n", __FILE__, __LINE__, #condition); \
            failures++;                                            \
        }                                                          \
    } while (0)

enum { RATE = 48000, BLOCK = 480 };

static int failures;
static atomic_int open_readers;
static atomic_llong allowed; /* readers have no frames from here on, until there are more */

/* The sample of a frame, which a float holds exactly. */
static float sample_of(int64_t frame) {
    return (float)(frame % 100003) / 131072.0f;
}

static void keep(void *context) {
    (void)context;
}

static void *open_reader(void *context) {
    (void)context;
    atomic_fetch_add(&open_readers, 1);
    return calloc(1, sizeof(int64_t));
}

static int64_t read_reader(void *reader, float *const *planes, int64_t frames) {
    const struct timespec pause = {0, 100 * 1000};
    int64_t *position = reader;
    while (*position + frames > atomic_load(&allowed)) {
        nanosleep(&pause, NULL);
    }
    for (int64_t i = 0; i < frames; i++, (*position)++) {
        planes[0][i] = planes[1][i] = sample_of(*position);
    }
    return frames;
}

static bool seek_reader(void *reader, int64_t frame) {
    *(int64_t *)reader = frame;
    return true;
}

static void close_reader(void *reader) {
    atomic_fetch_sub(&open_readers, 1);
    free(reader);
}

static pbr_stream *make(int64_t frames, int64_t start, int64_t end) {
    const pbr_feed feed = {NULL,        keep,         keep, open_reader, read_reader,
                           seek_reader, close_reader, RATE, 2,           frames};
    return pbr_stream_create(&feed, (pbr_region){start, start, end, false}, RATE);
}

static void ended(void *owner, pbr_end end) {
    CHECK(end == PBR_END_PLAYED || end == PBR_END_STOPPED || end == PBR_END_DETACHED);
    pbr_feeder_remove(owner);
}

static void discard(void *owner) {
    pbr_stream_release(owner);
}

static const pbr_player_callbacks callbacks = {ended, discard};

typedef struct deck {
    pbr_player *player;
    pbr_feeder *feeder;
    pbr_stream_queue queue;
    int64_t time;
} deck;

static void open_deck(deck *deck) {
    memset(deck, 0, sizeof *deck);
    deck->player = pbr_player_create(&callbacks);
    deck->feeder = pbr_feeder_create();
    deck->queue.progress = pbr_player_progress(deck->player);
    CHECK(pbr_feeder_start(deck->feeder));
}

static void close_deck(deck *deck) {
    pbr_player_stop(deck->player, PBR_END_STOPPED, PBR_AT_ONCE);
    pbr_player_collect(deck->player, true);
    pbr_feeder_free(deck->feeder);
    pbr_player_release(deck->player);
    CHECK(atomic_load(&open_readers) == 0 && pbr_streams_alive() == 0 && pbr_streams_room() == 0);
}

static void queue(deck *deck, pbr_stream *stream) {
    pbr_clip clip = {.channel_count = 2, .start = PBR_FOLLOW, .owner = stream, .stream = stream};
    stream->place = pbr_player_next_place(deck->player);
    pbr_feeder_add(deck->feeder, &deck->queue, stream, NULL);
    CHECK(pbr_player_schedule(deck->player, &clip, PBR_AT_ONCE));
}

/* One block, as an audio thread renders it: the left channel's samples, 0 for silence. */
static void render(deck *deck, float *samples) {
    memset(samples, 0, BLOCK * sizeof *samples);
    pbr_player_begin(deck->player, deck->time, UINT64_MAX, &PBR_NO_MOMENT);
    pbr_cursor cursor = pbr_player_cursor(deck->player);
    for (uint32_t done = 0; done < BLOCK;) {
        pbr_span span = pbr_player_next(deck->player, &cursor, BLOCK - done);
        if (span.channels != NULL) {
            memcpy(samples + done, span.channels[0] + span.offset, span.frames * sizeof *samples);
        }
        done += span.frames;
    }
    pbr_player_commit(deck->player, deck->time, BLOCK);
    pbr_player_collect(deck->player, false);
    deck->time += BLOCK;
}

static void wait_for(pbr_stream *stream, int64_t frames) {
    const struct timespec pause = {0, 1000 * 1000};
    for (int wait = 0; wait < 20000 && atomic_load(&stream->written) < frames; wait++) {
        nanosleep(&pause, NULL);
    }
    CHECK(atomic_load(&stream->written) >= frames);
}

/* Nobody waits for a decoder that stalls: what is missing is silent, counted and dropped. */
static void late_frames(void) {
    enum { HAVE = 5 * 4096, STALLED = 150, AFTER = 100 };
    deck deck;
    float samples[BLOCK];
    atomic_store(&allowed, HAVE);
    open_deck(&deck);
    pbr_stream *stream = make(1000000, 0, 1000000);
    queue(&deck, stream);
    pbr_player_play(deck.player, PBR_NOW, PBR_AT_ONCE);
    wait_for(stream, HAVE);
    for (int block = 0; block < STALLED + AFTER; block++) {
        if (block >= STALLED) {
            atomic_store(&allowed, INT64_MAX / 2);
            wait_for(stream, deck.time + BLOCK);
        }
        int64_t from = deck.time;
        render(&deck, samples);
        for (int64_t i = 0; i < BLOCK; i++) {
            bool sounds = from + i < HAVE || block >= STALLED;
            CHECK(samples[i] == (sounds ? sample_of(from + i) : 0.0f));
        }
    }
    CHECK(pbr_player_late(deck.player) == STALLED * BLOCK - HAVE);
    close_deck(&deck);
}

/* Offline, with everything awaited: the same frames, whatever the timing, and little held. */
static void bounds(void) {
    enum { ITEMS = 10000 };
    deck deck;
    float samples[BLOCK];
    uint64_t most = 0;
    int readers = 0;
    atomic_store(&allowed, INT64_MAX / 2);
    open_deck(&deck);
    pbr_player_set_offline(deck.player, true);
    for (int i = 0; i < ITEMS; i++) {
        /* One after the other in the file. */
        int64_t start = (int64_t)i * 1000;
        queue(&deck, make(INT64_C(1) << 40, start, start + 1000));
    }
    queue(&deck, make(3600 * RATE, 0, 3600 * RATE));
    pbr_player_play(deck.player, PBR_NOW, PBR_AT_ONCE);
    int64_t file = 0;
    while (deck.time < (int64_t)ITEMS * 1000 + 100 * RATE) {
        CHECK(pbr_player_await(deck.player, deck.time, UINT64_MAX, BLOCK) == BLOCK);
        render(&deck, samples);
        for (int64_t i = 0; i < BLOCK; i++, file++) {
            int64_t frame = file < (int64_t)ITEMS * 1000 ? file : file - (int64_t)ITEMS * 1000;
            if (samples[i] != sample_of(frame)) {
                printf("frame %lld: %g\n", (long long)file, (double)samples[i]);
                failures++;
                i = BLOCK;
                deck.time = INT64_MAX / 2;
            }
        }
        uint64_t room = pbr_streams_room();
        most = room > most ? room : most;
        int open = atomic_load(&open_readers);
        readers = open > readers ? open : readers;
    }
    CHECK(pbr_player_late(deck.player) == 0);
    CHECK(most <= 2ull * 2 * RATE);
    CHECK(readers <= 3);
    printf("at most %.2f s in memory, %d readers open\n", (double)most / 2 / RATE, readers);
    close_deck(&deck);
}

int main(void) {
    late_frames();
    bounds();
    return failures == 0 ? 0 : 1;
}
