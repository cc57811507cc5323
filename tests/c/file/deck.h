/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What the tests of players that play files share: a player on an offline engine. */
#ifndef DECK_TESTS_H
#define DECK_TESTS_H

#include "file.h"

enum { MOST_FRAMES = 4096, MOST_CHANNELS = 8, MOST_ENDS = 4096 };

typedef struct deck {
    perbus_engine *engine;
    perbus_node *mixer;
    perbus_node *player;
    uint32_t channels;
    uint32_t seed;  /* of the sizes of blocks */
    uint32_t block; /* their size, or 0: random ones */
} deck;

deck open_deck(double rate, uint32_t channels);
void close_deck(deck *deck);
/* Renders so many frames: channel c of frame i is at [c * frames + i]. */
float *hear_frames(deck *deck, int64_t frames);
uint32_t next_random(uint32_t *seed);
/* A completion, and what it has noted: the ends in their order. wait_ends waits for so many. */
void note_end(void *context, perbus_end end);
void forget_ends(void);
const perbus_end *wait_ends(int count);
/* The frames heard are those of the sound from `start` on, or silence for NULL. */
void check_heard(const char *what, const float *heard, int64_t heard_frames, int64_t at,
                 const sound *like, int64_t start, int64_t frames);
int64_t file_frame(deck *deck);
perbus_file *open_file(const char *path);
/* To be played in order, with note_end as the completion. */
perbus_schedule noted(uint32_t flags);
void play_file(deck *deck, const char *path, const perbus_schedule *how);
void play_segment(deck *deck, const char *path, int64_t start, int64_t frames,
                  const perbus_schedule *how);
/* Of the test of streams, whose files it plays. */
void test_stream_faults(void);
int open_descriptors(void);

#endif
