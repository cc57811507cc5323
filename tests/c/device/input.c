/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Microphones: the monitors of what this program plays, so that it knows what it has to hear. */
#include "device.h"

/* Frames per second of the longest recording, and its length. */
enum { HIGHEST = 96000, SECONDS = 4, ROOM = HIGHEST * SECONDS };

/* What an input has heard so far, on the left. */
typedef struct heard {
    float samples[ROOM];
    _Atomic int64_t begin; /* engine time of the first; -1 before that */
    atomic_size_t frames;
    atomic_bool torn; /* some are missing in between */
} heard;

static heard ear;

static void hear_block(void *context, const perbus_tap_block *block) {
    (void)context;
    size_t frames = atomic_load(&ear.frames);
    if (ear.begin < 0) {
        atomic_store(&ear.begin, block->sample_time);
    } else if (block->sample_time != ear.begin + (int64_t)frames) {
        atomic_store(&ear.torn, true);
    }
    for (uint32_t i = 0; i < block->frames && frames < ROOM; i++) {
        ear.samples[frames++] = block->channels[0][i];
    }
    atomic_store(&ear.frames, frames);
}

static perbus_tap *listen(perbus_node *input) {
    perbus_tap *tap = NULL;
    atomic_store(&ear.begin, -1);
    atomic_store(&ear.frames, 0);
    atomic_store(&ear.torn, false);
    WORKS(perbus_tap_create(input, 0, 4800, hear_block, NULL, NULL, &tap, &error));
    return tap;
}

/* An engine that plays one thing and records. */
typedef struct studio {
    perbus_engine *engine;
    perbus_node *mixer, *input, *source;
    double rate;
} studio;

static studio studio_create(const perbus_device_options *options, perbus_render play,
                            void *context) {
    studio made;
    perbus_format format;
    WORKS(perbus_engine_create_for_device(options, &made.engine, &error));
    WORKS(perbus_engine_get_format(made.engine, &format, &error));
    made.rate = format.sample_rate;
    WORKS(perbus_engine_copy_main_mixer(made.engine, &made.mixer, &error));
    WORKS(perbus_engine_copy_input(made.engine, &made.input, &error));
    WORKS(perbus_source_create(&format, play, context, NULL, &made.source, &error));
    WORKS(perbus_engine_attach(made.engine, made.source, &error));
    WORKS(perbus_engine_connect(made.engine, made.source, 0, made.mixer, 0, NULL, &error));
    return made;
}

static void studio_destroy(studio *made) {
    perbus_node_release(made->source);
    perbus_node_release(made->input);
    perbus_node_release(made->mixer);
    perbus_engine_destroy(made->engine);
}

static perbus_device_status status_of(const studio *made) {
    perbus_device_status device;
    WORKS(perbus_engine_get_device_status(made->engine, &device, &error));
    return device;
}

/* A click at every full second but the first. */
static bool render_clicks(void *context, int64_t time, uint32_t frames, float *const *channels,
                          uint32_t channel_count) {
    int64_t rate = (int64_t)*(const double *)context, length = rate / 1000;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            int64_t at = (time + i) % rate;
            channels[c][i] =
                at < length && time >= rate / 2
                    ? (float)(0.5 - 0.5 * cos(2.0 * M_PI * (double)at / (double)length))
                    : 0.0f;
        }
    }
    return false;
}

/* The seconds from a click to its echo; negative if there is none. */
static double measure(double rate, int64_t clicked) {
    size_t best = 0, first = clicked > ear.begin ? (size_t)(clicked - ear.begin) : 0;
    for (size_t i = first; i < ear.frames && i < first + (size_t)(0.9 * rate); i++) {
        best = ear.samples[i] > ear.samples[best] || i == first ? i : best;
    }
    double middle = 0.0005;
    return ear.samples[best] < 0.3f ? -1.0
                                    : (double)((int64_t)best + ear.begin - clicked) / rate - middle;
}

/* From the engine and back. False on a machine that is too busy. */
static bool latency_is_as_reported(double rate, const char *output, const char *input) {
    const perbus_device_options options = {.output = output, .input = input, .sample_rate = rate};
    studio made = studio_create(&options, render_clicks, &rate);
    CHECK(made.rate == rate);
    perbus_tap *tap = listen(made.input);
    WORKS(perbus_engine_start(made.engine, &error));
    double reported = 0.0;
    wait_for(1.5);
    enum { TIMES = 100 };
    for (int i = 0; i < TIMES; i++) {
        perbus_device_status device = status_of(&made);
        reported += (device.latency + device.input_latency) / TIMES;
        wait_for(0.01);
    }
    perbus_device_status device = status_of(&made);
    wait_for(0.2);
    WORKS(perbus_engine_stop(made.engine, &error));
    perbus_tap_destroy(tap);
    double measured = measure(rate, 2 * (int64_t)rate);
    bool undisturbed = device.underruns == 0 && device.overruns == 0 && !ear.torn;
    printf("devices: %g Hz, %s: microphone to output measured %.1f ms, reported %.1f ms "
           "(%.1f + %.1f), %llu underruns, %llu overruns\n",
           rate, device.input_id, measured * 1e3, reported * 1e3, device.input_latency * 1e3,
           device.latency * 1e3, (unsigned long long)device.underruns,
           (unsigned long long)device.overruns);
    if (undisturbed) {
        CHECK(measured > 0.005 && measured < 0.15);
        CHECK(fabs(measured - reported) < 0.01);
        CHECK(strcmp(device.input_id, input != NULL ? input : "pulse:first.monitor") == 0);
        CHECK(device.input_name[0] != '\0');
    }
    studio_destroy(&made);
    return undisturbed;
}

static bool render_tone(void *context, int64_t time, uint32_t frames, float *const *channels,
                        uint32_t channel_count) {
    double rate = *(const double *)context;
    for (uint32_t c = 0; c < channel_count; c++) {
        for (uint32_t i = 0; i < frames; i++) {
            channels[c][i] = (float)(0.5 * sin(2.0 * M_PI * 1000.0 * (double)(time + i) / rate));
        }
    }
    return false;
}

/* The amplitude of a sine of 1 kHz in these frames, and of everything else there. */
static void analyze(const float *samples, size_t frames, double rate, double *tone, double *rest) {
    /* Least squares over the sine, the cosine and their frequency, which follows the clocks. */
    double best = 1e9;
    for (double shift = -0.5; shift <= 0.5; shift += 0.005) {
        double re = 0.0, im = 0.0, step = 2.0 * M_PI * (1000.0 + shift) / rate, error = 0.0;
        for (size_t i = 0; i < frames; i++) {
            re += 2.0 * samples[i] * cos(step * (double)i) / (double)frames;
            im += 2.0 * samples[i] * sin(step * (double)i) / (double)frames;
        }
        for (size_t i = 0; i < frames; i++) {
            double left = samples[i] - re * cos(step * (double)i) - im * sin(step * (double)i);
            error += left * left / (double)frames;
        }
        if (error < best) {
            best = error;
            *tone = sqrt(re * re + im * im);
            *rest = sqrt(2.0 * error);
        }
    }
}

/* A tone comes back as it was, at its frequency and level, and with nothing else. */
bool a_tone_comes_back(double rate, const char *output, const char *input) {
    const perbus_device_options options = {.output = output, .input = input, .sample_rate = rate};
    studio made = studio_create(&options, render_tone, &rate);
    perbus_tap *tap = listen(made.input);
    WORKS(perbus_engine_start(made.engine, &error));
    wait_for(2.0);
    perbus_device_status device = status_of(&made);
    WORKS(perbus_engine_stop(made.engine, &error));
    perbus_tap_destroy(tap);
    bool undisturbed = device.underruns == 0 && device.overruns == 0 && !ear.torn;
    size_t half = (size_t)(rate / 2.0);
    if (undisturbed) {
        double tone = 0.0, rest = 1.0;
        CHECK(ear.frames > 3 * half);
        /* Short enough for a frequency that moves by a ten-thousandth a second. */
        analyze(ear.samples + 2 * half, half / 5, rate, &tone, &rest);
        printf("devices: engine %g Hz, %s: tone %.4f, the rest %.1f dB\n", rate,
               input != NULL ? input : "default", tone, 20.0 * log10(rest / tone));
        CHECK(fabs(20.0 * log10(tone / 0.5)) < 0.1);
        /* PulseAudio's own converter, on the way out, leaves -40 to -56 dB. */
        CHECK(20.0 * log10(rest / tone) < (rate == RATE ? -50.0 : -34.0));
    }
    studio_destroy(&made);
    return undisturbed;
}

static bool is_recording(const studio *made) {
    return status_of(made).input_id[0] != '\0';
}

static bool becomes(const studio *made, bool recording) {
    double begin = seconds();
    while (is_recording(made) != recording && seconds() - begin < 2.0) {
        wait_for(0.001);
    }
    return is_recording(made) == recording;
}

/* The microphone is open only while somebody listens. */
static void it_records_only_when_used(void) {
    double rate = RATE;
    const perbus_device_options options = {.output = SINK};
    studio made = studio_create(&options, render_tone, &rate);
    perbus_format format;
    perbus_node_info info;
    WORKS(perbus_node_get_info(made.input, &info, &error));
    CHECK(info.kind == PERBUS_KIND_INPUT && info.attached && info.outputs == 1);
    WORKS(perbus_node_get_output_format(made.input, 0, &format, &error));
    CHECK(format.sample_rate == RATE && format.channels == 2);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_detach, made.engine, made.input);
    WORKS(perbus_engine_start(made.engine, &error));
    wait_for(0.2);
    CHECK(!is_recording(&made));
    WORKS(perbus_engine_connect(made.engine, made.input, 0, made.mixer, 1, NULL, &error));
    WORKS(perbus_connection_set_volume(made.input, made.mixer, 1, 0.0f, &error));
    CHECK(becomes(&made, true));
    WORKS(perbus_engine_pause(made.engine, &error));
    CHECK(is_recording(&made));
    WORKS(perbus_engine_start(made.engine, &error));
    CHECK(is_recording(&made));
    WORKS(perbus_engine_disconnect_output(made.engine, made.input, 0, &error));
    CHECK(becomes(&made, false));
    perbus_tap *tap = listen(made.input);
    CHECK(becomes(&made, true));
    wait_for(0.5);
    perbus_tap_destroy(tap);
    CHECK(ear.frames > RATE / 4);
    CHECK(becomes(&made, false));
    studio_destroy(&made);
}

/* With its strip: the mixer's bus scales it. The echo is half as loud each time, so it dies. */
static bool it_is_a_source(void) {
    double rate = RATE;
    const perbus_device_options options = {.output = SINK};
    studio made = studio_create(&options, render_clicks, &rate);
    WORKS(perbus_engine_connect(made.engine, made.input, 0, made.mixer, 1, NULL, &error));
    WORKS(perbus_connection_set_volume(made.input, made.mixer, 1, 0.5f, &error));
    perbus_tap *tap = listen(made.mixer);
    WORKS(perbus_engine_start(made.engine, &error));
    wait_for(1.6);
    perbus_device_status device = status_of(&made);
    WORKS(perbus_engine_stop(made.engine, &error));
    perbus_tap_destroy(tap);
    bool undisturbed = device.underruns == 0 && device.overruns == 0 && !ear.torn;
    size_t clicked = (size_t)(RATE - ear.begin), echoed = clicked + RATE / 200;
    for (size_t i = echoed; i < ear.frames && i < clicked + RATE / 7; i++) {
        echoed = ear.samples[i] > ear.samples[echoed] ? i : echoed;
    }
    if (undisturbed) {
        CHECK(fabsf(ear.samples[clicked + RATE / 2000] - 1.0f) < 0.01f);
        CHECK(fabsf(ear.samples[echoed] - 0.5f) < 0.02f);
    }
    studio_destroy(&made);
    return undisturbed;
}

static void inputs_are_refused(void) {
    static const char *const unknown[] = {"nothing", "pulse:", "pulse:nothing", SINK,
                                          "portaudio:ALSA:nothing"};
    double rate = RATE;
    const perbus_device_options options = {.output = SINK};
    studio made = studio_create(&options, render_tone, &rate);
    for (size_t i = 0; i < sizeof unknown / sizeof *unknown; i++) {
        perbus_error error = {0, ""};
        perbus_engine *none = NULL;
        const perbus_device_options wrong = {.input = unknown[i]};
        FAILS(PERBUS_ERROR_START, perbus_engine_set_input_device, made.engine, unknown[i]);
        CHECK(perbus_engine_create_for_device(&wrong, &none, &error) == PERBUS_ERROR_START);
        CHECK(none == NULL && strstr(error.message, unknown[i]) != NULL);
    }
    char endless[1000];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    FAILS(PERBUS_ERROR_START, perbus_engine_set_input_device, made.engine, endless);
    studio_destroy(&made);
    perbus_engine *offline = NULL;
    const perbus_format format = STEREO;
    WORKS(perbus_engine_create_offline(&format, BLOCK, &offline, &error));
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_set_input_device, offline, NULL);
    perbus_engine_destroy(offline);
}

/* A microphone that is unplugged, and plugged in again. */
static void the_input_is_lost(void) {
    double rate = RATE;
    server_control("load-module module-remap-source source_name=mic master=first.monitor "
                   "source_properties=device.description=Mic");
    const perbus_device_options options = {.output = SINK, .input = "pulse:mic"};
    studio made = studio_create(&options, render_tone, &rate);
    desk as_desk = {.engine = made.engine};
    events seen;
    events_watch(&seen, &as_desk);
    perbus_tap *tap = listen(made.input);
    WORKS(perbus_engine_start(made.engine, &error));
    CHECK(is_recording(&made) && strcmp(status_of(&made).input_name, "Mic") == 0);
    wait_for(0.3);
    server_control("unload-module module-remap-source");
    double begin = seconds();
    CHECK(reaches(&seen.inputs, 1, 2.0));
    printf("devices: loss of an input noticed in %.0f ms\n", (seconds() - begin) * 1e3);
    CHECK(seconds() - begin < 0.5);
    /* The output goes on. */
    CHECK(desk_is_running(&as_desk) && !is_recording(&made));
    uint64_t before = status_of(&made).frames;
    wait_for(0.15);
    CHECK(status_of(&made).frames > before + RATE / 20);
    CHECK(seen.lost == 0 && seen.configured == 0 && seen.inputs == 1);
    FAILS(PERBUS_ERROR_START, perbus_engine_set_input_device, made.engine, "pulse:mic");
    WORKS(perbus_engine_set_input_device(made.engine, NULL, &error));
    CHECK(strcmp(status_of(&made).input_id, "pulse:first.monitor") == 0);
    size_t heard_before = ear.frames;
    wait_for(0.5);
    CHECK(ear.frames > heard_before + RATE / 5);
    CHECK(fabsf(ear.samples[ear.frames - 100]) > 1e-6f || fabsf(ear.samples[ear.frames - 110]) > 0);
    /* Without its device an engine that records does not start. */
    WORKS(perbus_engine_stop(made.engine, &error));
    server_control("load-module module-remap-source source_name=mic master=first.monitor");
    WORKS(perbus_engine_set_input_device(made.engine, "pulse:mic", &error));
    server_control("unload-module module-remap-source");
    FAILS(PERBUS_ERROR_START, perbus_engine_start, made.engine);
    CHECK(!desk_is_running(&as_desk));
    WORKS(perbus_engine_set_input_device(made.engine, "", &error));
    WORKS(perbus_engine_start(made.engine, &error));
    CHECK(is_recording(&made));
    perbus_tap_destroy(tap);
    studio_destroy(&made);
}

/* Both are gone at once. */
static void the_server_dies(void) {
    double rate = RATE;
    const perbus_device_options options = {.output = SINK};
    studio made = studio_create(&options, render_tone, &rate);
    desk as_desk = {.engine = made.engine};
    events seen;
    events_watch(&seen, &as_desk);
    perbus_tap *tap = listen(made.input);
    WORKS(perbus_engine_start(made.engine, &error));
    wait_for(0.2);
    server_kill();
    CHECK(reaches(&seen.configured, 1, 0.5));
    CHECK(!desk_is_running(&as_desk));
    server_start();
    WORKS(perbus_engine_start(made.engine, &error));
    CHECK(is_recording(&made));
    perbus_tap_destroy(tap);
    studio_destroy(&made);
}

/* By itself, even if the microphone does not come back. */
static void it_restarts_without_its_input(void) {
    double rate = RATE;
    server_control("load-module module-remap-source source_name=mic master=first.monitor");
    const perbus_device_options options = {.output = SINK, .input = "pulse:mic", .restarts = true};
    studio made = studio_create(&options, render_tone, &rate);
    desk as_desk = {.engine = made.engine};
    events seen;
    events_watch(&seen, &as_desk);
    perbus_tap *tap = listen(made.input);
    WORKS(perbus_engine_start(made.engine, &error));
    CHECK(is_recording(&made));
    server_kill();
    CHECK(reaches(&seen.configured, 1, 0.5));
    server_start();
    CHECK(reaches(&seen.restarted, 1, 2.0) && reaches(&seen.inputs, 1, 1.0));
    CHECK(desk_is_running(&as_desk) && !is_recording(&made));
    server_control("load-module module-remap-source source_name=mic master=first.monitor");
    WORKS(perbus_engine_set_input_device(made.engine, "pulse:mic", &error));
    CHECK(is_recording(&made));
    perbus_tap_destroy(tap);
    studio_destroy(&made);
}

void test_inputs_in_short(void) {
    UNDISTURBED(latency_is_as_reported(RATE, SINK, NULL));
    UNDISTURBED(a_tone_comes_back(44100.0, SINK, NULL));
}

void test_inputs(void) {
    server_control("load-module module-null-sink sink_name=cd format=float32le rate=44100 "
                   "channels=2 norewinds=1");
    UNDISTURBED(latency_is_as_reported(RATE, SINK, NULL));
    UNDISTURBED(latency_is_as_reported(44100.0, SINK, NULL));
    UNDISTURBED(latency_is_as_reported(RATE, "pulse:cd", "pulse:cd.monitor"));
    UNDISTURBED(a_tone_comes_back(RATE, SINK, NULL));
    UNDISTURBED(a_tone_comes_back(44100.0, SINK, NULL));
    UNDISTURBED(a_tone_comes_back(RATE, "pulse:cd", "pulse:cd.monitor"));
    it_records_only_when_used();
    UNDISTURBED(it_is_a_source());
    inputs_are_refused();
    the_input_is_lost();
    the_server_dies();
    it_restarts_without_its_input();
}
