/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#include "deck.h"

#include <dirent.h>
#include <time.h>

static perbus_end ends[MOST_ENDS];
static atomic_int end_count;

uint32_t next_random(uint32_t *seed) {
    *seed = *seed * 1103515245u + 12345u;
    return *seed >> 8;
}

deck open_deck(double rate, uint32_t channels) {
    deck deck = {.channels = channels, .seed = 1};
    perbus_format format = {.sample_rate = rate, .channels = channels};
    WORKS(perbus_engine_create_offline(&format, MOST_FRAMES, &deck.engine, &error));
    WORKS(perbus_engine_copy_main_mixer(deck.engine, &deck.mixer, &error));
    WORKS(perbus_player_create_with_format(&format, &deck.player, &error));
    WORKS(perbus_engine_attach(deck.engine, deck.player, &error));
    WORKS(perbus_engine_connect(deck.engine, deck.player, 0, deck.mixer, 0, NULL, &error));
    WORKS(perbus_engine_start(deck.engine, &error));
    return deck;
}

void close_deck(deck *deck) {
    perbus_node_release(deck->player);
    perbus_node_release(deck->mixer);
    perbus_engine_destroy(deck->engine);
}

float *hear_frames(deck *deck, int64_t frames) {
    float *heard = calloc((size_t)frames * deck->channels + 1, sizeof(float));
    for (int64_t done = 0; done < frames;) {
        uint32_t count = deck->block > 0 ? deck->block : next_random(&deck->seed) % 1500 + 1;
        count = count < frames - done ? count : (uint32_t)(frames - done);
        float *planes[MOST_CHANNELS];
        for (uint32_t c = 0; c < deck->channels; c++) {
            planes[c] = heard + c * frames + done;
        }
        WORKS(perbus_engine_render(deck->engine, count, planes, deck->channels, &error));
        done += count;
    }
    return heard;
}

void note_end(void *context, perbus_end end) {
    (void)context;
    int place = atomic_load(&end_count);
    ends[place] = end;
    atomic_store(&end_count, place + 1);
}

void forget_ends(void) {
    atomic_store(&end_count, 0);
}

const perbus_end *wait_ends(int count) {
    const struct timespec pause = {0, 1000 * 1000};
    for (int wait = 0; wait < 10000 && atomic_load(&end_count) < count; wait++) {
        nanosleep(&pause, NULL);
    }
    CHECK(atomic_load(&end_count) == count);
    return ends;
}

void check_heard(const char *what, const float *heard, int64_t heard_frames, int64_t at,
                 const sound *like, int64_t start, int64_t frames) {
    for (uint32_t c = 0; c < like->info.format.channels; c++) {
        for (int64_t i = 0; i < frames; i++) {
            float expected = start < 0 ? 0.0f : like->samples[c * like->info.frames + start + i];
            float found = heard[c * heard_frames + at + i];
            if (found != expected) {
                printf("%s: channel %u, frame %lld (frame %lld of the file): %g instead of %g\n",
                       what, c, (long long)(at + i), (long long)(start + i), (double)found,
                       (double)expected);
                check_failures++;
                return;
            }
        }
    }
}

int64_t file_frame(deck *deck) {
    perbus_position position = {0, 0, 0, 0};
    WORKS(perbus_player_get_position(deck->player, &position, &error));
    CHECK(position.late_frames == 0);
    return position.file_frame;
}

int open_descriptors(void) {
    int count = 0;
    DIR *folder = opendir("/proc/self/fd");
    while (folder != NULL && readdir(folder) != NULL) {
        count++;
    }
    closedir(folder);
    return count;
}

perbus_file *open_file(const char *path) {
    perbus_file *file = NULL;
    WORKS(perbus_file_open(path, &file, &error));
    return file;
}

perbus_schedule noted(uint32_t flags) {
    return (perbus_schedule){PERBUS_FOLLOW, flags, note_end, NULL};
}

void play_file(deck *deck, const char *path, const perbus_schedule *how) {
    perbus_file *file = open_file(path);
    WORKS(perbus_player_schedule_file(deck->player, file, how, &error));
    perbus_file_destroy(file);
}

void play_segment(deck *deck, const char *path, int64_t start, int64_t frames,
                  const perbus_schedule *how) {
    perbus_file *file = open_file(path);
    WORKS(perbus_player_schedule_segment(deck->player, file, start, frames, how, &error));
    perbus_file_destroy(file);
}
