/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Plays stems, each on a bus of its own, to the default output device, for some seconds. Every second
 * the faders move, and the levels are printed. When the device is lost, the engine starts again as soon
 * as there is one, and the stems go on where they were.
 *
 *     cc live.c $(pkg-config --cflags --libs perbus-desk) -lm -o live && ./live 60 drums.wav bass.wav
 */
#include <math.h>
#include <perbus/desk.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { STEMS = 16 };

static perbus_error error;

static void try(perbus_status status) {
    if (status != PERBUS_OK) {
        fprintf(stderr, "live: %s\n", error.message);
        exit(1);
    }
}

static void tell(void *context, perbus_event event) {
    (void)context;
    if (event == PERBUS_EVENT_DEVICE_LOST || event == PERBUS_EVENT_RESTARTED) {
        puts(event == PERBUS_EVENT_RESTARTED ? "restarted" : "device lost");
        fflush(stdout);
    }
}

static void show(perbus_desk_engine *engine, perbus_desk_bus *const *strips, int count) {
    perbus_device_status device;
    perbus_meter meter;
    for (int i = 0; i < count; i++) {
        try(perbus_desk_bus_get_meter(strips[i], &meter, &error));
        printf("%6.1f ", 20.0 * log10(fmax(fmax(meter.peak[0], meter.peak[1]), 1e-6)));
    }
    if (perbus_desk_engine_get_device_status(engine, &device, NULL) == PERBUS_OK) {
        printf("dB  %s: %.0f ms, %llu underruns, load %.1f%%\n", device.name,
               device.latency * 1000.0, (unsigned long long)device.underruns,
               device.mean_load * 100.0);
    } else {
        printf("dB  no device\n");
    }
    fflush(stdout);
}

int main(int count, char **arguments) {
    const perbus_device_options options = {.latency = 0.05, .restarts = true};
    const perbus_schedule loops = {.start = PERBUS_FOLLOW, .flags = PERBUS_SCHEDULE_LOOPS};
    perbus_desk_node *mixer, *players[STEMS];
    perbus_desk_bus *strips[STEMS];
    perbus_desk_engine *engine;
    int64_t now;
    int stems = count - 2;
    if (stems < 1 || stems > STEMS) {
        fprintf(stderr, "usage: live SECONDS STEM... (up to %d)\n", STEMS);
        return 2;
    }
    try(perbus_desk_engine_create_for_device(&options, &engine, &error));
    try(perbus_desk_engine_set_event_handler(engine, tell, NULL, NULL, &error));
    try(perbus_desk_engine_copy_main_mixer(engine, &mixer, &error));
    for (int i = 0; i < stems; i++) {
        perbus_file *file;
        try(perbus_desk_file_open(arguments[i + 2], &file, &error));
        try(perbus_desk_player_create_for_file(engine, file, &players[i], &error));
        try(perbus_desk_engine_connect(engine, players[i], 0, mixer, (uint32_t)i, NULL, &error));
        try(perbus_desk_player_schedule_file(players[i], file, &loops, &error));
        try(perbus_desk_mixer_copy_bus(mixer, (uint32_t)i, &strips[i], &error));
        perbus_file_destroy(file);
    }
    try(perbus_desk_engine_start(engine, &error));
    try(perbus_desk_engine_get_sample_time(engine, &now, &error));
    for (int i = 0; i < stems; i++) {
        /* All of them at the same frame. */
        try(perbus_desk_player_play_at(players[i], now + 4800, &error));
    }
    for (int second = 0; second < atoi(arguments[1]); second++) {
        for (int i = 0; i < stems; i++) {
            /* One after the other is in front. */
            float volume = second % stems == i ? 1.0f : 0.25f;
            try(perbus_desk_bus_fade_to(strips[i], volume, 0.5, PERBUS_CURVE_EQUAL_POWER, NULL,
                                        NULL, NULL, &error));
        }
        nanosleep(&(struct timespec){.tv_sec = 1}, NULL);
        show(engine, strips, stems);
    }
    try(perbus_desk_engine_close(engine, &error));
    for (int i = 0; i < stems; i++) {
        perbus_desk_bus_release(strips[i]);
        perbus_desk_node_release(players[i]);
    }
    perbus_desk_node_release(mixer);
    perbus_desk_engine_release(engine);
    return 0;
}
