/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A small desk: two tones and a send on a main mixer, a scene, a fade, and the mix as a WAV file.
 *
 *     cc desk.c $(pkg-config --cflags --libs perbus-desk) -lm -o desk && ./desk mix.wav
 */
#include <math.h>
#include <perbus/desk.h>
#include <stdio.h>
#include <stdlib.h>

enum { RATE = 48000, BLOCK = 512 };

static const perbus_format MONO = {.sample_rate = RATE, .channels = 1};
static const perbus_format STEREO = {.sample_rate = RATE, .channels = 2};
static const perbus_file_settings SETTINGS = {.format = {.sample_rate = RATE, .channels = 2},
                                              .samples = PERBUS_FILE_INT_16};

static perbus_error error;

/* Every call can fail, and says why. */
static void try(perbus_status status) {
    if (status != PERBUS_OK) {
        fprintf(stderr, "%s: %s\n", perbus_status_name(status), error.message);
        exit(1);
    }
}

static bool tone(void *context, int64_t time, uint32_t frames, float *const *channels,
                 uint32_t channel_count) {
    const double *hertz = context;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            double seconds = (double)(time + i) / RATE;
            channels[c][i] = (float)(0.5 * sin(2.0 * 3.14159265358979 * *hertz * seconds));
        }
    }
    return false;
}

static void tell(void *context, perbus_desk_fade_end end) {
    *(bool *)context = end == PERBUS_DESK_FADE_FINISHED;
}

static void render(perbus_desk_engine *engine, perbus_file *file, uint32_t blocks) {
    static float left[BLOCK], right[BLOCK];
    float *channels[] = {left, right};
    const float *rendered[] = {left, right};
    for (uint32_t block = 0; block < blocks; block++) {
        try(perbus_desk_engine_render(engine, BLOCK, channels, 2, &error));
        try(perbus_file_write(file, rendered, 2, BLOCK, &error));
    }
}

int main(int count, char **arguments) {
    static double hertz[] = {220.0, 329.6};
    perbus_desk_engine *engine;
    perbus_desk_node *mixer, *echo, *voices[2];
    perbus_desk_bus *lead;
    perbus_desk_scene *verse;
    perbus_file *file;
    perbus_desk_control control;
    bool faded = false;
    if (count != 2) {
        fprintf(stderr, "usage: desk OUT.wav\n");
        return 2;
    }
    try(perbus_desk_engine_create_offline(&STEREO, BLOCK, &engine, &error));
    try(perbus_desk_engine_copy_main_mixer(engine, &mixer, &error));
    try(perbus_desk_mixer_create(engine, &echo, &error));
    try(perbus_desk_engine_connect(engine, echo, 0, mixer, 2, NULL, &error));
    for (uint32_t bus = 0; bus < 2; bus++) {
        try(perbus_desk_source_create(engine, &MONO, tone, &hertz[bus], NULL, &voices[bus],
                                      &error));
        try(perbus_desk_engine_connect(engine, voices[bus], 0, mixer, bus, NULL, &error));
    }

    /* A strip belongs to its bus, whatever is connected there. */
    try(perbus_desk_mixer_copy_bus(mixer, 0, &lead, &error));
    try(perbus_desk_bus_set_label(lead, "lead", &error));
    try(perbus_desk_bus_set_pan(lead, -0.5f, &error));
    /* By number: the answer says whose control it was. */
    try(perbus_desk_engine_set_mixer_volume_for_bus(engine, mixer, 0.25f, 1, &control, &error));
    printf("bus 1 was set by %s\n",
           control == PERBUS_DESK_CONTROL_CONNECTION ? "its own fader" : "the mixer's");
    /* A send: the first voice feeds the echo, too, with a strip of its own there. */
    try(perbus_desk_engine_add_destination(engine, voices[0], 0, echo, 0, &error));
    try(perbus_desk_engine_set_connection_volume(engine, voices[0], echo, 0, 0.2f, &error));
    try(perbus_desk_mixer_snapshot(mixer, &verse, &error));

    try(perbus_file_create(arguments[1], &SETTINGS, &file, &error));
    try(perbus_desk_engine_start(engine, &error));
    render(engine, file, 50);
    try(perbus_desk_bus_fade_to(lead, 0.0f, 0.5, PERBUS_CURVE_EQUAL_POWER, tell, &faded, NULL,
                                &error));
    render(engine, file, 50);
    try(perbus_desk_mixer_apply(mixer, verse, &error));
    render(engine, file, 50);
    try(perbus_file_finish(file, &error));
    printf("the fade %s\n", faded ? "came to its end" : "was cut short");

    perbus_file_destroy(file);
    perbus_desk_scene_release(verse);
    perbus_desk_bus_release(lead);
    perbus_desk_node_release(voices[0]);
    perbus_desk_node_release(voices[1]);
    perbus_desk_node_release(echo);
    perbus_desk_node_release(mixer);
    perbus_desk_engine_release(engine);
    return faded ? 0 : 1;
}
