/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What a server plays is what an offline engine renders. */
#include "device.h"

#include <math.h>
#include <pthread.h>

/* Frames that are compared. */
enum { COMPARED = RATE };

static void fade(desk *made) {
    const perbus_automation_point points[] = {{RATE / 4, 0.5f, 0, PERBUS_CURVE_LINEAR},
                                              {RATE / 2, 0.1f, RATE / 4, PERBUS_CURVE_LINEAR}};
    WORKS(perbus_connection_automate(made->sources[0], made->mixer, 0, PERBUS_CONTROL_VOLUME, 0,
                                     points, 2, &error));
}

/* Interleaved. */
static float *render_offline(void) {
    float left[BLOCK], right[BLOCK], *channels[] = {left, right};
    desk offline = desk_create(NULL, true);
    float *samples = malloc(2 * (COMPARED + BLOCK) * sizeof *samples);
    WORKS(perbus_engine_start(offline.engine, &error));
    fade(&offline);
    for (size_t at = 0; at < COMPARED; at += BLOCK) {
        WORKS(perbus_engine_render(offline.engine, BLOCK, channels, 2, &error));
        for (size_t i = 0; i < BLOCK; i++) {
            samples[2 * (at + i)] = left[i];
            samples[2 * (at + i) + 1] = right[i];
        }
    }
    desk_destroy(&offline);
    return samples;
}

static size_t first_sound(const float *samples, size_t frames) {
    size_t at = 0;
    while (at < frames && samples[2 * at] == 0.0f && samples[2 * at + 1] == 0.0f) {
        at++;
    }
    return at;
}

/* Plays for a second and a bit, and compares every sample. False after an underrun. */
static bool plays_what_offline_renders(const char *output) {
    const perbus_device_options options = {.output = output, .block = BLOCK};
    desk made = desk_create(&options, false);
    events seen;
    events_watch(&seen, &made);
    recording_start("first");
    fade(&made);
    WORKS(perbus_engine_start(made.engine, &error));
    wait_for(1.3);
    perbus_device_status device;
    WORKS(perbus_engine_get_device_status(made.engine, &device, &error));
    WORKS(perbus_engine_stop(made.engine, &error));
    size_t frames = 0;
    float *recorded = recording_end(&frames), *expected = render_offline();
    size_t begin = first_sound(recorded, frames);
    CHECK(frames >= begin + COMPARED || device.underruns > 0);
    size_t different = 0;
    for (size_t i = 0; i < 2 * COMPARED && begin + COMPARED <= frames; i++) {
        CHECK(i % 2 == 1 || expected[i] != 0.0f);
        different += recorded[2 * begin + i] != expected[i];
    }
    CHECK(different == 0 || device.underruns > 0);
    printf("devices: latency %.1f ms, block %u, %llu underruns, load %.4f mean, %.3f max, "
           "%zu samples differ\n",
           device.latency * 1e3, device.block, (unsigned long long)device.underruns,
           device.mean_load, device.max_load, different);
    CHECK(device.sample_rate == RATE && device.block == BLOCK);
    CHECK(device.latency > 0.005 && device.latency < 0.08);
    CHECK(device.frames >= COMPARED && device.frames < 2 * COMPARED);
    CHECK(device.mean_load > 0.0 && device.mean_load < 0.2);
    CHECK(device.max_load >= device.mean_load);
    CHECK(strcmp(device.id, SINK) == 0 && strcmp(device.name, "Sink-first") == 0);
    CHECK(strcmp(device.host, server_host()) == 0);
    free(recorded);
    free(expected);
    desk_destroy(&made);
    CHECK(seen.lost == 0 && seen.configured == 0 && seen.destroyed == 1);
    return device.underruns == 0;
}

/* The level of a frequency, as the amplitude of a sine. */
static double level(const float *samples, size_t frames, double frequency) {
    double re = 0.0, im = 0.0, weight = 0.0;
    for (size_t i = 0; i < frames; i++) {
        double window = 0.5 - 0.5 * cos(2.0 * M_PI * ((double)i + 0.5) / (double)frames);
        double phase = 2.0 * M_PI * frequency * (double)i / RATE;
        re += window * samples[2 * i] * cos(phase);
        im += window * samples[2 * i] * sin(phase);
        weight += window;
    }
    return 2.0 * sqrt(re * re + im * im) / weight;
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

/* An engine whose rate is not the device's keeps it; the server converts. False after an
 * underrun. */
static bool another_rate_sounds_the_same(double rate) {
    const perbus_device_options options = {.output = SINK, .sample_rate = rate};
    desk made = desk_create(&options, false);
    perbus_format format;
    WORKS(perbus_engine_get_format(made.engine, &format, &error));
    CHECK(format.sample_rate == rate && format.channels == 2);
    perbus_node *tone = NULL;
    for (uint32_t s = 0; s < 2; s++) {
        WORKS(perbus_connection_set_volume(made.sources[s], made.mixer, s, 0.0f, &error));
    }
    WORKS(perbus_source_create(&format, render_tone, &rate, NULL, &tone, &error));
    WORKS(perbus_engine_attach(made.engine, tone, &error));
    WORKS(perbus_engine_connect(made.engine, tone, 0, made.mixer, 2, NULL, &error));
    recording_start("first");
    WORKS(perbus_engine_start(made.engine, &error));
    wait_for(0.8);
    perbus_device_status device;
    WORKS(perbus_engine_get_device_status(made.engine, &device, &error));
    WORKS(perbus_engine_stop(made.engine, &error));
    size_t frames = 0;
    float *recorded = recording_end(&frames);
    /* The middle half second of what sounds. */
    size_t begin = first_sound(recorded, frames) + RATE / 10;
    bool undisturbed = device.underruns == 0;
    CHECK(frames >= begin + RATE / 2 || !undisturbed);
    if (frames >= begin + RATE / 2 && undisturbed) {
        double heard = level(recorded + 2 * begin, RATE / 2, 1000.0);
        CHECK(fabs(20.0 * log10(heard / 0.5)) < 0.2);
        CHECK(level(recorded + 2 * begin, RATE / 2, 1000.0 * RATE / rate) < 0.005);
    }
    free(recorded);
    perbus_node_release(tone);
    desk_destroy(&made);
    return undisturbed;
}

static void devices_are_listed(void) {
    perbus_device *devices = NULL;
    size_t count = 0;
    WORKS(perbus_devices_copy(&devices, &count, &error));
    int outputs = 0, monitors = 0;
    for (size_t i = 0; i < count; i++) {
        const perbus_device *device = &devices[i];
        bool first = strcmp(device->id, SINK) == 0;
        if (first || strcmp(device->id, OTHER_SINK) == 0) {
            outputs++;
            CHECK(device->output_channels == 2 && device->input_channels == 0);
            CHECK(device->sample_rate == RATE);
            CHECK(strcmp(device->name, first ? "Sink-first" : "Sink-second") == 0);
            CHECK(device->is_default_output == first && !device->is_default_input);
            CHECK(device->low_latency < device->default_latency);
            CHECK(device->default_latency >= 0.02 && device->default_latency <= 0.04);
        }
        monitors += device->input_channels == 2 && device->output_channels == 0;
    }
    CHECK(outputs == 2 && monitors == 2);
    perbus_devices_free(devices);
    perbus_devices_free(NULL);
}

/* Both are heard, and one goes on when the other has stopped. */
static void two_engines_share_a_device(void) {
    desk one = desk_create(NULL, false), two = desk_create(NULL, false);
    WORKS(perbus_engine_start(one.engine, &error));
    WORKS(perbus_engine_start(two.engine, &error));
    wait_for(0.2);
    perbus_device_status of_one, of_two;
    WORKS(perbus_engine_get_device_status(one.engine, &of_one, &error));
    WORKS(perbus_engine_get_device_status(two.engine, &of_two, &error));
    CHECK(of_one.frames >= RATE / 10 && of_two.frames >= RATE / 10);
    desk_destroy(&two);
    wait_for(0.1);
    uint64_t before = of_one.frames;
    WORKS(perbus_engine_get_device_status(one.engine, &of_one, &error));
    CHECK(of_one.frames > before + RATE / 20 && desk_is_running(&one));
    desk_destroy(&one);
}

static unsigned times_of(const char *variable, unsigned usual) {
    const char *value = getenv(variable);
    return value != NULL ? (unsigned)strtoul(value, NULL, 10) : usual;
}

/* PERBUS_LIVE_STARTS says how often. */
static void *start_and_stop(void *context) {
    const desk *made = context;
    unsigned times = times_of("PERBUS_LIVE_STARTS", 50);
    for (unsigned i = 0; i < times; i++) {
        WORKS(perbus_engine_start(made->engine, &error));
        wait_for(0.005 * (i % 4));
        CHECK(desk_is_running(made));
        if (i % 2 == 0) {
            WORKS(perbus_engine_pause(made->engine, &error));
            WORKS(perbus_engine_start(made->engine, &error));
        }
        WORKS(perbus_engine_stop(made->engine, &error));
        CHECK(!desk_is_running(made));
    }
    return NULL;
}

/* Two engines at once. */
static void starts_and_stops(void) {
    desk made[2] = {desk_create(NULL, false), desk_create(NULL, false)};
    pthread_t other;
    pthread_create(&other, NULL, start_and_stop, &made[1]);
    start_and_stop(&made[0]);
    pthread_join(other, NULL);
    for (size_t i = 0; i < 2; i++) {
        WORKS(perbus_engine_start(made[i].engine, &error));
        desk_check_plays(&made[i]);
        desk_destroy(&made[i]);
    }
}

/* A pause keeps what has been rendered and not heard yet: nothing is skipped. False after an
 * underrun. */
static bool a_pause_loses_nothing(void) {
    const perbus_device_options options = {.output = SINK, .block = BLOCK};
    desk made = desk_create(&options, false);
    recording_start("first");
    WORKS(perbus_engine_start(made.engine, &error));
    wait_for(0.2);
    WORKS(perbus_engine_pause(made.engine, &error));
    wait_for(0.2);
    WORKS(perbus_engine_start(made.engine, &error));
    wait_for(0.3);
    perbus_device_status device;
    WORKS(perbus_engine_get_device_status(made.engine, &device, &error));
    WORKS(perbus_engine_stop(made.engine, &error));
    size_t frames = 0, next = 0, silent = 0;
    float *recorded = recording_end(&frames);
    for (size_t i = first_sound(recorded, frames); i < frames && next < RATE / 3; i++) {
        /* On the right the second source is at unity. */
        float left = 0.5f * noise(0, (int64_t)next), heard = recorded[2 * i + 1];
        if (heard == 0.0f) {
            silent++;
            continue;
        }
        bool matches = fabsf(heard - (left + noise(1, (int64_t)next))) < 1e-4f;
        CHECK(matches || device.underruns > 0);
        if (!matches) {
            break;
        }
        next++;
    }
    CHECK(next == RATE / 3 || device.underruns > 0);
    CHECK(silent > RATE / 10);
    free(recorded);
    desk_destroy(&made);
    return device.underruns == 0;
}

void test_playing_in_short(void) {
    devices_are_listed();
    UNDISTURBED(plays_what_offline_renders(SINK));
    UNDISTURBED(another_rate_sounds_the_same(44100.0));
    starts_and_stops();
}

void test_playing(void) {
    devices_are_listed();
    UNDISTURBED(plays_what_offline_renders(SINK));
    UNDISTURBED(plays_what_offline_renders(NULL));
    UNDISTURBED(another_rate_sounds_the_same(44100.0));
    UNDISTURBED(another_rate_sounds_the_same(96000.0));
    two_engines_share_a_device();
    starts_and_stops();
    UNDISTURBED(a_pause_loses_nothing());
}
