/* SPDX-License-Identifier: MIT OR Apache-2.0 */
#define _GNU_SOURCE
#include "device.h"

#include <unistd.h>

int check_failures;

float noise(uint32_t source, int64_t frame) {
    uint32_t x = (uint32_t)frame * 2654435761u + source * 40503u + 1u;
    x ^= x >> 15;
    x *= 2246822519u;
    x ^= x >> 13;
    /* Odd multiples of 2^-18, up to a quarter of full scale. */
    return ((float)(int32_t)(x >> 16) - 32768.0f + 0.5f) / 131072.0f;
}

static bool render_noise(void *context, int64_t time, uint32_t frames, float *const *channels,
                         uint32_t channel_count) {
    uint32_t source = (uint32_t)(uintptr_t)context;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = noise(source, time + i);
        }
    }
    return false;
}

desk desk_create(const perbus_device_options *options, bool offline) {
    desk made = {NULL, NULL, {NULL, NULL}};
    const perbus_format format = STEREO;
    const perbus_device_options defaults = {.output = NULL};
    if (offline) {
        WORKS(perbus_engine_create_offline(&format, BLOCK, &made.engine, &error));
    } else {
        WORKS(perbus_engine_create_for_device(options != NULL ? options : &defaults, &made.engine,
                                              &error));
    }
    WORKS(perbus_engine_copy_main_mixer(made.engine, &made.mixer, &error));
    perbus_format own;
    WORKS(perbus_engine_get_format(made.engine, &own, &error));
    for (uint32_t s = 0; s < 2; s++) {
        WORKS(perbus_source_create(&own, render_noise, (void *)(uintptr_t)s, NULL, &made.sources[s],
                                   &error));
        WORKS(perbus_engine_attach(made.engine, made.sources[s], &error));
        WORKS(perbus_engine_connect(made.engine, made.sources[s], 0, made.mixer, s, NULL, &error));
    }
    WORKS(perbus_connection_set_volume(made.sources[0], made.mixer, 0, 0.5f, &error));
    WORKS(perbus_connection_set_pan(made.sources[1], made.mixer, 1, 0.25f, &error));
    return made;
}

void desk_destroy(desk *made) {
    for (uint32_t s = 0; s < 2; s++) {
        perbus_node_release(made->sources[s]);
    }
    perbus_node_release(made->mixer);
    perbus_engine_destroy(made->engine);
}

bool desk_is_running(const desk *made) {
    bool running = false;
    WORKS(perbus_engine_is_running(made->engine, &running, &error));
    return running;
}

void desk_check_plays(const desk *made) {
    perbus_device_status before, after;
    WORKS(perbus_engine_get_device_status(made->engine, &before, &error));
    wait_for(0.15);
    WORKS(perbus_engine_get_device_status(made->engine, &after, &error));
    CHECK(desk_is_running(made) && after.frames > before.frames + RATE / 20);
}

static void note(void *context, perbus_event event) {
    events *seen = context;
    atomic_int *const counts[] = {
        [PERBUS_EVENT_DEVICE_LOST] = &seen->lost,
        [PERBUS_EVENT_DEVICE_CHANGED] = &seen->changed,
        [PERBUS_EVENT_CONFIGURATION_CHANGED] = &seen->configured,
        [PERBUS_EVENT_XRUN] = &seen->xruns,
        [PERBUS_EVENT_DECODER_LATE] = &seen->late,
        [PERBUS_EVENT_RESTARTED] = &seen->restarted,
        [PERBUS_EVENT_INPUT_LOST] = &seen->inputs,
    };
    if (event != PERBUS_EVENT_XRUN && event != PERBUS_EVENT_DECODER_LATE) {
        atomic_store(&seen->order, atomic_load(&seen->order) * 10 + (int)event);
    }
    atomic_fetch_add(counts[event], 1);
}

static void note_end(void *context) {
    atomic_fetch_add(&((events *)context)->destroyed, 1);
}

void events_watch(events *seen, const desk *made) {
    memset(seen, 0, sizeof *seen);
    WORKS(perbus_engine_set_event_handler(made->engine, note, seen, note_end, &error));
}

bool reaches(atomic_int *count, int value, double patience) {
    double begin = seconds();
    while (atomic_load(count) < value) {
        if (seconds() - begin > patience) {
            return false;
        }
        wait_for(0.001);
    }
    return true;
}

/* Libraries have nothing to say on stderr. */
static void check_silence(FILE *said) {
    char line[256];
    rewind(said);
    while (fgets(line, sizeof line, said) != NULL) {
        printf("on stderr: %s", line);
        check_failures++;
    }
}

/* The argument names the server. */
int main(int count, char **arguments) {
    if (count > 2 && strcmp(arguments[1], RTKIT_CLIENT) == 0) {
        return rtkit_client(arguments[2]);
    }
    bool pipewire = count > 1 && strcmp(arguments[1], "pipewire") == 0;
    if (!server_set_up(pipewire)) {
        return 0;
    }
    FILE *said = tmpfile();
    dup2(fileno(said), 2);
    server_start();
    if (pipewire) {
        test_playing_in_short();
        test_clock_in_short();
        test_priorities();
        test_losses_in_short();
        test_restarts_in_short();
        test_inputs_in_short();
    } else {
        test_playing();
        test_clock();
        test_priorities();
        test_rtkit();
        test_losses();
        test_restarts();
        test_inputs();
        test_refusals();
    }
    check_silence(said);
    if (!pipewire) {
        /* PortAudio itself says what its device dies of: that is not checked. */
        test_portaudio();
    }
    server_tear_down();
    fclose(said);
    printf("devices on %s: %d failures\n", server_host(), check_failures);
    return check_failures != 0;
}
