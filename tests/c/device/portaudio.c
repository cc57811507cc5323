/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* PortAudio on ALSA, whose default device leads to the same server. It does not say when that dies,
 * and the watch on its blocks has to notice. */
#include "device.h"

#define DEFAULT "portaudio:ALSA:default"

/* False, and a line that says why, if ALSA has no such device. */
static bool is_listed(void) {
    perbus_device *devices = NULL;
    size_t count = 0;
    bool listed = false;
    setenv("PERBUS_AUDIO", "portaudio", 1);
    WORKS(perbus_devices_copy(&devices, &count, &error));
    unsetenv("PERBUS_AUDIO");
    for (size_t i = 0; i < count; i++) {
        listed = listed || (strcmp(devices[i].id, DEFAULT) == 0 && devices[i].output_channels >= 2);
    }
    perbus_devices_free(devices);
    if (!listed) {
        printf(
            "device tests on PortAudio are skipped: libasound2-plugins is missing (make deps)\n");
    }
    return listed;
}

/* The first 0.3 s of the right channel, where the second source is at unity. */
static bool plays(void) {
    const perbus_device_options options = {.output = DEFAULT, .sample_rate = RATE};
    desk made = desk_create(&options, false);
    perbus_device_status device;
    recording_start("first");
    WORKS(perbus_engine_start(made.engine, &error));
    wait_for(0.6);
    WORKS(perbus_engine_get_device_status(made.engine, &device, &error));
    WORKS(perbus_engine_stop(made.engine, &error));
    CHECK(strcmp(device.id, DEFAULT) == 0 && strcmp(device.host, "ALSA") == 0);
    CHECK(device.latency > 0.005 && device.latency < 0.1 && device.block > 0);
    CHECK(device.frames > RATE / 3 && device.mean_load > 0.0);
    size_t frames = 0, begin = 0, different = 0;
    float *recorded = recording_end(&frames);
    while (begin < frames && recorded[2 * begin + 1] == 0.0f) {
        begin++;
    }
    size_t end = begin + RATE * 3 / 10;
    CHECK(end <= frames || device.underruns > 0);
    for (size_t i = begin; i < end && end <= frames; i++) {
        float expected = 0.5f * noise(0, (int64_t)(i - begin)) + noise(1, (int64_t)(i - begin));
        different += fabsf(recorded[2 * i + 1] - expected) > 1e-4f;
    }
    CHECK(different == 0 || device.underruns > 0);
    free(recorded);
    desk_destroy(&made);
    return device.underruns == 0;
}

static void dies(void) {
    const perbus_device_options options = {.output = DEFAULT, .sample_rate = RATE};
    desk made = desk_create(&options, false);
    events seen;
    events_watch(&seen, &made);
    WORKS(perbus_engine_start(made.engine, &error));
    wait_for(0.2);
    server_kill();
    double begin = seconds();
    CHECK(reaches(&seen.configured, 1, 2.0));
    printf("devices: loss on PortAudio noticed in %.0f ms\n", (seconds() - begin) * 1e3);
    CHECK(seconds() - begin < 0.5 + 0.2);
    CHECK(!desk_is_running(&made) && seen.order == 13);
    FAILS(PERBUS_ERROR_START, perbus_engine_start, made.engine);
    server_start();
    begin = seconds();
    WORKS(perbus_engine_start(made.engine, &error));
    CHECK(seconds() - begin < 2.0);
    wait_for(0.2);
    perbus_device_status device;
    WORKS(perbus_engine_get_device_status(made.engine, &device, &error));
    CHECK(device.frames > 0 && desk_is_running(&made));
    begin = seconds();
    desk_destroy(&made);
    CHECK(seconds() - begin < 1.5);
}

void test_portaudio(void) {
    if (!is_listed()) {
        return;
    }
    UNDISTURBED(plays());
    /* In one stream, and in a stream of its own. */
    UNDISTURBED(a_tone_comes_back(RATE, DEFAULT, DEFAULT));
    UNDISTURBED(a_tone_comes_back(RATE, SINK, DEFAULT));
    dies();
}
