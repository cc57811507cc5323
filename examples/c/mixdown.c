/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Mixes four tones, each on a mixer bus of its own with its volume and pan, to a WAV file.
 *
 *     cc mixdown.c $(pkg-config --cflags --libs perbus) -lm -o mixdown && ./mixdown mix.wav
 */
#include <math.h>
#include <perbus.h>
#include <stdio.h>
#include <stdlib.h>

enum { RATE = 48000, SECONDS = 3, BLOCK = 512, BUSES = 4 };

static const perbus_format MONO = {.sample_rate = RATE, .channels = 1},
                           STEREO = {.sample_rate = RATE, .channels = 2};
static const struct {
    double hertz;
    float volume, pan;
} TONES[BUSES] = {
    {220.0, 0.4f, 0.0f}, {277.2, 0.2f, -0.8f}, {329.6, 0.2f, 0.8f}, {440.0, 0.1f, 0.0f}};

static perbus_error error;

/* Every call can fail, and says why. */
static void try(perbus_status status) {
    if (status != PERBUS_OK) {
        fprintf(stderr, "%s: %s\n", perbus_status_name(status), error.message);
        exit(1);
    }
}

static perbus_buffer *tone(double hertz) {
    perbus_buffer *buffer;
    try(perbus_buffer_create(&MONO, RATE * SECONDS, &buffer, &error));
    float *samples = perbus_buffer_get_channel(buffer, 0);
    for (int i = 0; i < RATE * SECONDS; i++) {
        double left = 1.0 - (double)i / (RATE * SECONDS);
        samples[i] = (float)(left * sin(2.0 * 3.14159265358979 * hertz * i / RATE));
    }
    return buffer;
}

static void put(FILE *file, uint32_t value, int bytes) {
    for (int i = 0; i < bytes; i++) {
        fputc((int)(value >> (8 * i) & 0xFF), file);
    }
}

/* 16-bit stereo. */
static void put_wav_header(FILE *file, uint32_t frames) {
    fputs("RIFF", file);
    put(file, 36 + frames * 4, 4);
    fputs("WAVEfmt ", file);
    put(file, 16, 4);
    put(file, 1, 2);
    put(file, 2, 2);
    put(file, RATE, 4);
    put(file, RATE * 4, 4);
    put(file, 4, 2);
    put(file, 16, 2);
    fputs("data", file);
    put(file, frames * 4, 4);
}

static void put_sample(FILE *file, float sample) {
    float clipped = sample > 1.0f ? 1.0f : sample < -1.0f ? -1.0f : sample;
    put(file, (uint32_t)(int32_t)lrintf(clipped * 32767.0f), 2);
}

int main(int count, char **arguments) {
    const char *path = count > 1 ? arguments[1] : "mix.wav";
    perbus_engine *engine;
    perbus_node *mixer, *players[BUSES];
    try(perbus_engine_create_offline(&STEREO, BLOCK, &engine, &error));
    try(perbus_engine_copy_main_mixer(engine, &mixer, &error));
    for (uint32_t bus = 0; bus < BUSES; bus++) {
        try(perbus_player_create(&players[bus], &error));
        try(perbus_engine_attach(engine, players[bus], &error));
        try(perbus_engine_connect(engine, players[bus], 0, mixer, bus, &MONO, &error));
        try(perbus_bus_set_volume(engine, mixer, bus, TONES[bus].volume, &error));
        try(perbus_bus_set_pan(engine, mixer, bus, TONES[bus].pan, &error));
    }

    try(perbus_engine_start(engine, &error));
    for (int i = 0; i < BUSES; i++) {
        perbus_buffer *buffer = tone(TONES[i].hertz);
        try(perbus_player_schedule(players[i], buffer, NULL, &error));
        perbus_buffer_release(buffer); /* the player keeps its samples */
        try(perbus_player_play(players[i], &error));
    }

    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        perror(path);
        return 1;
    }
    put_wav_header(file, RATE * SECONDS);
    float left[BLOCK], right[BLOCK], *channels[] = {left, right};
    for (uint32_t done = 0; done < RATE * SECONDS;) {
        uint32_t frames = RATE * SECONDS - done < BLOCK ? RATE * SECONDS - done : BLOCK;
        try(perbus_engine_render(engine, frames, channels, 2, &error));
        for (uint32_t i = 0; i < frames; i++) {
            put_sample(file, left[i]);
            put_sample(file, right[i]);
        }
        done += frames;
    }
    int failed = ferror(file);
    if (fclose(file) != 0 || failed) {
        perror(path);
        return 1;
    }

    for (int i = 0; i < BUSES; i++) {
        perbus_node_release(players[i]);
    }
    perbus_node_release(mixer);
    perbus_engine_destroy(engine);
    return 0;
}
