/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* What cannot be: each reason names what is wrong. */
#include "device.h"

static void refused(const perbus_device_options *options, perbus_status status,
                    const char *reason) {
    perbus_engine *made = NULL;
    perbus_error error = {0, ""};
    perbus_status with = perbus_engine_create_for_device(options, &made, &error);
    CHECK(with == status && made == NULL);
    CHECK(strstr(error.message, reason) != NULL);
    if (strstr(error.message, reason) == NULL) {
        printf("\"%s\" lacks \"%s\"\n", error.message, reason);
    }
    CHECK(perbus_engine_create_for_device(options, &made, NULL) == status);
}

static void options_are_checked(void) {
    refused(&(perbus_device_options){.sample_rate = -1.0}, PERBUS_ERROR_OUT_OF_RANGE, "-1 Hz");
    refused(&(perbus_device_options){.sample_rate = NAN}, PERBUS_ERROR_OUT_OF_RANGE, "Hz");
    refused(&(perbus_device_options){.sample_rate = 768001.0}, PERBUS_ERROR_OUT_OF_RANGE, "768000");
    refused(&(perbus_device_options){.block = 15}, PERBUS_ERROR_OUT_OF_RANGE, "15 frames");
    refused(&(perbus_device_options){.block = 4097}, PERBUS_ERROR_OUT_OF_RANGE, "4097 frames");
    refused(&(perbus_device_options){.latency = 0.0009}, PERBUS_ERROR_OUT_OF_RANGE, "0.0009 s");
    refused(&(perbus_device_options){.latency = 2.1}, PERBUS_ERROR_OUT_OF_RANGE, "2.1 s");
    refused(&(perbus_device_options){.latency = NAN}, PERBUS_ERROR_OUT_OF_RANGE, "latency");
    refused(&(perbus_device_options){.output = "nothing"}, PERBUS_ERROR_START, "\"nothing\"");
    refused(&(perbus_device_options){.output = "pulse:"}, PERBUS_ERROR_START, "\"pulse:\"");
    refused(&(perbus_device_options){.output = "pulse:nothing"}, PERBUS_ERROR_START,
            "\"pulse:nothing\"");
    /* A monitor only records. */
    refused(&(perbus_device_options){.output = "pulse:first.monitor"}, PERBUS_ERROR_START,
            "\"pulse:first.monitor\"");
    refused(&(perbus_device_options){.output = "portaudio:ALSA:nothing"}, PERBUS_ERROR_START,
            "nothing");
    char endless[1000];
    memset(endless, 'x', sizeof endless - 1);
    endless[sizeof endless - 1] = '\0';
    refused(&(perbus_device_options){.output = endless}, PERBUS_ERROR_START, "xxx");
    setenv("PERBUS_AUDIO", "oss", 1);
    perbus_device *devices = NULL;
    size_t count = 7;
    FAILS(PERBUS_ERROR_START, perbus_devices_copy, &devices, &count);
    CHECK(devices == NULL && count == 7);
    unsetenv("PERBUS_AUDIO");
}

/* The rate is the engine's own matter until the device is opened. */
static void a_rate_is_refused(void) {
    const perbus_device_options options = {.output = SINK, .sample_rate = 500000.0};
    desk made = desk_create(&options, false);
    perbus_error error = {0, ""};
    CHECK(perbus_engine_start(made.engine, &error) == PERBUS_ERROR_START);
    CHECK(strstr(error.message, "500000 Hz") != NULL &&
          strstr(error.message, "Sink-first") != NULL);
    CHECK(!desk_is_running(&made));
    desk_destroy(&made);
}

static void offline_engines_have_no_device(void) {
    desk offline = desk_create(NULL, true);
    perbus_device_status device;
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_get_device_status, offline.engine, &device);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_set_output_device, offline.engine, SINK);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_engine_set_event_handler, offline.engine, NULL, NULL,
          NULL);
    desk_destroy(&offline);
}

/* Whatever this machine has besides, there is a reason. */
static void no_server_answers(void) {
    server_kill();
    setenv("PERBUS_AUDIO", "pulse", 1);
    perbus_device *devices = NULL;
    size_t count = 7;
    perbus_error error = {0, ""};
    CHECK(perbus_devices_copy(&devices, &count, &error) == PERBUS_ERROR_START);
    CHECK(strstr(error.message, "no PulseAudio server answers") != NULL);
    refused(&(perbus_device_options){.output = SINK}, PERBUS_ERROR_START,
            "no PulseAudio server answers");
    /* Its device may come later. */
    desk made = desk_create(NULL, false);
    CHECK(perbus_engine_start(made.engine, &error) == PERBUS_ERROR_START);
    CHECK(strstr(error.message, "no PulseAudio server answers") != NULL);
    server_start();
    WORKS(perbus_engine_start(made.engine, &error));
    desk_destroy(&made);
    unsetenv("PERBUS_AUDIO");
}

void test_refusals(void) {
    options_are_checked();
    a_rate_is_refused();
    offline_engines_have_no_device();
    no_server_answers();
}
