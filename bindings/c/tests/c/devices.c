/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* Output devices: what is refused, and an engine that plays to a real server, if there is one. */
#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <time.h>

#include "desk.h"

static perbus_status refused[11];
static perbus_desk_engine *called;
static perbus_desk_node *tapped, *player_called;

static void ignore_event(void *context, perbus_event event) {
    (void)context, (void)event;
}

static void ignore_block(void *context, const perbus_tap_block *block) {
    (void)context, (void)block;
}

static bool call_the_desk(void *context, int64_t time, uint32_t frames, float *const *channels,
                          uint32_t channel_count) {
    const perbus_device_options options = {.block = 256};
    perbus_device_status device;
    perbus_desk_engine *made;
    perbus_desk_node *input;
    perbus_tap *tap;
    refused[0] = perbus_desk_engine_create_for_device(&options, &made, NULL);
    refused[1] = perbus_desk_engine_set_output_device(called, NULL, NULL);
    refused[2] = perbus_desk_engine_get_device_status(called, &device, NULL);
    refused[3] = perbus_desk_engine_set_event_handler(called, ignore_event, NULL, NULL, NULL);
    refused[4] = perbus_desk_tap_create(tapped, 0, 4800, ignore_block, NULL, NULL, &tap, NULL);
    refused[5] = perbus_desk_engine_close(called, NULL);
    refused[6] = perbus_desk_engine_set_input_device(called, NULL, NULL);
    refused[7] = perbus_desk_engine_copy_input(called, &input, NULL);
    refused[9] = perbus_desk_engine_get_render_time(called, &(perbus_render_time){0}, NULL);
    refused[10] = perbus_desk_player_play_at_host_time(player_called, 0, NULL);
    refused[8] = perbus_desk_engine_set_input(called, &MONO, NULL, NULL, NULL, NULL);
    return render_half(context, time, frames, channels, channel_count);
}

static void test_calls_from_a_render_function(void) {
    stage stage;
    perbus_desk_node *source;
    make_stage(&stage);
    WORKS(perbus_desk_engine_create(&called, &error));
    WORKS(perbus_desk_player_create(called, &player_called, &error));
    tapped = stage.mixer;
    WORKS(
        perbus_desk_source_create(stage.engine, &MONO, call_the_desk, NULL, NULL, &source, &error));
    WORKS(perbus_desk_engine_connect(stage.engine, source, 0, stage.mixer, 0, NULL, &error));
    NEAR(settled(&stage), 0.5f);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        CHECK(refused[i] == PERBUS_ERROR_IN_RENDER);
    }
    perbus_desk_node_release(source);
    perbus_desk_node_release(player_called);
    perbus_desk_engine_release(called);
    end_stage(&stage);
}

static void test_offline(void) {
    stage stage;
    perbus_device_status device;
    atomic_int ends = 0;
    make_stage(&stage);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_engine_get_device_status, stage.engine, &device);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_engine_set_output_device, stage.engine, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_engine_set_input_device, stage.engine, NULL);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_engine_set_event_handler, stage.engine, ignore_event,
          &ends, count);
    CHECK(atomic_load(&ends) == 0);

    perbus_render_time time;
    perbus_desk_node *player;
    last_of(&stage, 100);
    WORKS(perbus_desk_engine_get_render_time(stage.engine, &time, &error));
    CHECK(time.sample_time == 100 && time.sample_rate == 48000.0 && time.host_time == 0);
    CHECK(time.known == PERBUS_TIME_SAMPLE);
    REJECTS(perbus_desk_engine_get_render_time, NULL, &time);
    REJECTS(perbus_desk_engine_get_render_time, stage.engine, NULL);
    WORKS(perbus_desk_player_create(stage.engine, &player, &error));
    WORKS(perbus_desk_engine_connect(stage.engine, player, 0, stage.mixer, 1, NULL, &error));
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_player_play_at_host_time, player, 1000);
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_player_play_at_host_time, stage.mixer, 1000);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_player_play_at_host_time, player, UINT64_MAX);
    REJECTS(perbus_desk_player_play_at_host_time, NULL, 1000);
    WORKS(perbus_desk_engine_stop(stage.engine, &error));
    FAILS(PERBUS_ERROR_NOT_RUNNING, perbus_desk_engine_get_render_time, stage.engine, &time);
    perbus_desk_node_release(player);
    end_stage(&stage);
}

static void test_options(void) {
    const perbus_device_options none = {0}, block = {.block = 15}, latency = {.latency = 3.0};
    const perbus_device_options unknown = {.output = "nothing"};
    perbus_desk_engine *engine = NULL;
    REJECTS(perbus_desk_engine_create_for_device, NULL, &engine);
    REJECTS(perbus_desk_engine_create_for_device, &none, NULL);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_engine_create_for_device, &block, &engine);
    FAILS(PERBUS_ERROR_OUT_OF_RANGE, perbus_desk_engine_create_for_device, &latency, &engine);
    FAILS(PERBUS_ERROR_START, perbus_desk_engine_create_for_device, &unknown, &engine);
    CHECK(engine == NULL);
}

static void says_that_no_server_answers(perbus_status status, const perbus_error *error) {
    CHECK(status == PERBUS_ERROR_START);
    CHECK(strstr(error->message, "no PulseAudio server answers") != NULL);
}

static void test_without_a_server(void) {
    setenv("PERBUS_AUDIO", "pulse", 1);
    setenv("PULSE_SERVER", "unix:/nonexistent/socket", 1);
    const perbus_device_options first = {.output = "pulse:first"}, block = {.block = 256};
    perbus_desk_engine *engine = NULL;
    perbus_device *devices = NULL;
    size_t device_count = 7;
    perbus_error error = {0, ""};
    says_that_no_server_answers(perbus_devices_copy(&devices, &device_count, &error), &error);
    CHECK(devices == NULL && device_count == 7);
    error = (perbus_error){0, ""};
    says_that_no_server_answers(perbus_desk_engine_create_for_device(&first, &engine, &error),
                                &error);
    CHECK(engine == NULL);

    /* A device may come later. */
    perbus_device_status device;
    bool running = true;
    atomic_int ends = 0;
    WORKS(perbus_desk_engine_create_for_device(&block, &engine, &error));
    WORKS(perbus_desk_engine_set_event_handler(engine, ignore_event, &ends, count, &error));
    error = (perbus_error){0, ""};
    says_that_no_server_answers(perbus_desk_engine_start(engine, &error), &error);
    WORKS(perbus_desk_engine_is_running(engine, &running, &error));
    CHECK(!running);
    FAILS(PERBUS_ERROR_NOT_RUNNING, perbus_desk_engine_get_device_status, engine, &device);
    FAILS(PERBUS_ERROR_START, perbus_desk_engine_set_output_device, engine, "pulse:first");
    WORKS(perbus_desk_engine_set_output_device(engine, "", &error));
    REJECTS(perbus_desk_engine_set_output_device, NULL, "");
    REJECTS(perbus_desk_engine_set_output_device, engine, "\xff");
    REJECTS(perbus_desk_engine_set_input_device, NULL, "");
    REJECTS(perbus_desk_engine_set_input_device, engine, "\xff");
    FAILS(PERBUS_ERROR_START, perbus_desk_engine_set_input_device, engine, "pulse:first.monitor");
    FAILS(PERBUS_ERROR_WRONG_KIND, perbus_desk_engine_set_input, engine, &MONO, NULL, NULL, NULL);
    perbus_desk_node *input = NULL;
    FAILS(PERBUS_ERROR_START, perbus_desk_engine_copy_input, engine, &input);
    CHECK(input == NULL);
    REJECTS(perbus_desk_engine_get_device_status, NULL, &device);
    REJECTS(perbus_desk_engine_get_device_status, engine, NULL);
    REJECTS(perbus_desk_engine_set_event_handler, NULL, ignore_event, NULL, NULL);
    WORKS(perbus_desk_engine_set_event_handler(engine, ignore_event, &ends, count, &error));
    CHECK(atomic_load(&ends) == 1);
    WORKS(perbus_desk_engine_close(engine, &error));
    CHECK(atomic_load(&ends) == 2);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_set_event_handler, engine, ignore_event, &ends,
          count);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_get_device_status, engine, &device);
    FAILS(PERBUS_ERROR_CLOSED, perbus_desk_engine_set_output_device, engine, "");
    CHECK(atomic_load(&ends) == 2);
    perbus_desk_engine_release(engine);
    unsetenv("PERBUS_AUDIO");
    unsetenv("PULSE_SERVER");
}

typedef struct setter {
    perbus_desk_engine *engine;
    atomic_int ends;
    int set;
} setter;

static void *set_handlers(void *context) {
    setter *own = context;
    while (perbus_desk_engine_set_event_handler(own->engine, ignore_event, &own->ends, count,
                                                NULL) == PERBUS_OK) {
        own->set++;
    }
    return NULL;
}

static void test_close_beside_handlers(void) {
    for (int round = 0; round < 10; round++) {
        perbus_desk_engine *engine;
        pthread_t threads[2];
        setter setters[2] = {{0}};
        WORKS(perbus_desk_engine_create(&engine, &error));
        for (int i = 0; i < 2; i++) {
            setters[i].engine = engine;
            CHECK(pthread_create(&threads[i], NULL, set_handlers, &setters[i]) == 0);
        }
        sched_yield();
        WORKS(perbus_desk_engine_close(engine, &error));
        for (int i = 0; i < 2; i++) {
            pthread_join(threads[i], NULL);
        }
        /* Each handler that was set has ended. */
        for (int i = 0; i < 2; i++) {
            CHECK(atomic_load(&setters[i].ends) == setters[i].set);
        }
        perbus_desk_engine_release(engine);
    }
}

void test_devices(void) {
    test_calls_from_a_render_function();
    test_offline();
    test_options();
    test_without_a_server();
    test_close_beside_handlers();
}

static void wait_a_moment(void) {
    nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
}

/* Whether the sink plays this value on the left for 0.1 s, in two seconds of it. */
static bool sink_plays(const char *sink, float value, float tolerance) {
    char command[200];
    snprintf(command, sizeof command,
             "parec --device=%s.monitor --rate=48000 --channels=2 --format=float32le --raw "
             "--latency-msec=20 2>/dev/null",
             sink);
    FILE *monitor = popen(command, "r");
    float frame[2];
    int heard = 0;
    CHECK(monitor != NULL);
    for (int i = 0; i < 96000 && heard < 4800; i++) {
        if (fread(frame, sizeof frame, 1, monitor) != 1) {
            break;
        }
        heard = fabsf(frame[0] - value) <= tolerance ? heard + 1 : 0;
    }
    pclose(monitor);
    return heard == 4800;
}

typedef struct watched {
    perbus_desk_engine *engine;
    atomic_int lost, configured, restarted;
} watched;

static void restart(void *context, perbus_event event) {
    watched *seen = context;
    atomic_fetch_add(event == PERBUS_EVENT_DEVICE_LOST ? &seen->lost : &seen->configured,
                     event != PERBUS_EVENT_XRUN);
    if (event == PERBUS_EVENT_CONFIGURATION_CHANGED) {
        for (int i = 0; i < 300 && perbus_desk_engine_start(seen->engine, NULL) != PERBUS_OK; i++) {
            wait_a_moment();
        }
        atomic_store(&seen->restarted, 1);
    }
}

static bool kill_server(void) {
    char path[200];
    int number = 0;
    snprintf(path, sizeof path, "%s/pid", getenv("XDG_RUNTIME_DIR"));
    FILE *file = fopen(path, "r");
    bool killed = file != NULL && fscanf(file, "%d", &number) == 1 && kill(number, SIGKILL) == 0;
    if (file != NULL) {
        fclose(file);
    }
    return killed;
}

static void list_devices(void) {
    perbus_device *devices;
    size_t device_count;
    int found = 0;
    WORKS(perbus_devices_copy(&devices, &device_count, &error));
    for (size_t i = 0; i < device_count; i++) {
        bool first = strcmp(devices[i].id, "pulse:first") == 0;
        CHECK(strcmp(devices[i].host, "PulseAudio") == 0);
        CHECK(devices[i].is_default_output == first);
        found += first && devices[i].output_channels == 2;
    }
    CHECK(found == 1);
    perbus_devices_free(devices);
}

/* The second sink plays what a microphone, the monitor of the first one, records: 0.125. */
static void listen_to_the_first_sink(void) {
    const perbus_device_options options = {.output = "pulse:second",
                                           .input = "pulse:first.monitor"};
    perbus_desk_engine *engine;
    perbus_desk_node *mixer, *input;
    perbus_device_status device;
    WORKS(perbus_desk_engine_create_for_device(&options, &engine, &error));
    WORKS(perbus_desk_engine_copy_main_mixer(engine, &mixer, &error));
    WORKS(perbus_desk_engine_copy_input(engine, &input, &error));
    WORKS(perbus_desk_engine_connect(engine, input, 0, mixer, 0, NULL, &error));
    WORKS(perbus_desk_engine_start(engine, &error));
    CHECK(sink_plays("second", 0.125f, 1e-3f));
    WORKS(perbus_desk_engine_get_device_status(engine, &device, &error));
    CHECK(strcmp(device.input_id, "pulse:first.monitor") == 0);
    WORKS(perbus_desk_engine_set_input_device(engine, "pulse:second.monitor", &error));
    perbus_desk_node_release(input);
    perbus_desk_node_release(mixer);
    perbus_desk_engine_release(engine);
}

/* In 0.3 s the source has become a player, which is heard then and not before. */
static void play_at_a_host_time(perbus_desk_engine *engine, perbus_desk_node *mixer,
                                perbus_desk_node *source) {
    static float half[480];
    const float *samples = half;
    perbus_desk_buffer *buffer;
    perbus_desk_node *player;
    perbus_render_time time = {0};
    perbus_position position;
    const perbus_schedule loops = {.start = PERBUS_FOLLOW, .flags = PERBUS_SCHEDULE_LOOPS};
    for (int i = 0; i < 480; i++) {
        half[i] = 0.5f;
    }
    for (int i = 0; i < 200 && (time.known & PERBUS_TIME_HOST) == 0; i++) {
        WORKS(perbus_desk_engine_get_render_time(engine, &time, &error));
        wait_a_moment();
    }
    uint64_t now = perbus_get_host_time();
    CHECK(time.host_time + 100000000 > now && time.host_time < now + 1000000000);
    WORKS(perbus_desk_buffer_create(&MONO, &samples, 480, &buffer, &error));
    WORKS(perbus_desk_player_create(engine, &player, &error));
    WORKS(perbus_desk_engine_disconnect_input(engine, mixer, 0, &error));
    WORKS(perbus_desk_engine_connect(engine, player, 0, mixer, 0, &MONO, &error));
    WORKS(perbus_desk_player_schedule(player, buffer, &loops, &error));
    WORKS(perbus_desk_player_play_at_host_time(player, now + 300000000, &error));
    WORKS(perbus_desk_player_get_position(player, &position, &error));
    CHECK(position.player_frame <= 0);
    CHECK(sink_plays("first", 0.125f, 0.0f));
    CHECK(perbus_get_host_time() > now + 300000000);
    perbus_desk_node_release(player);
    perbus_desk_buffer_release(buffer);
    WORKS(perbus_desk_engine_connect(engine, source, 0, mixer, 0, NULL, &error));
}

/* On the server of tools/with-pulse.sh. */
void test_playing_to_a_device(void) {
    const perbus_device_options options = {
        .output = "pulse:second", .sample_rate = 48000.0, .block = 256, .latency = 0.05};
    static watched seen;
    perbus_device_status device;
    perbus_desk_node *mixer, *source;
    perbus_desk_bus *bus;
    bool running;
    list_devices();
    WORKS(perbus_desk_engine_create_for_device(&options, &seen.engine, &error));
    WORKS(perbus_desk_engine_copy_main_mixer(seen.engine, &mixer, &error));
    WORKS(perbus_desk_source_create(seen.engine, &MONO, render_half, NULL, NULL, &source, &error));
    WORKS(perbus_desk_engine_connect(seen.engine, source, 0, mixer, 0, NULL, &error));
    WORKS(perbus_desk_mixer_copy_bus(mixer, 0, &bus, &error));
    WORKS(perbus_desk_bus_set_volume(bus, 0.25f, &error));
    WORKS(perbus_desk_engine_set_event_handler(seen.engine, restart, &seen, NULL, &error));
    WORKS(perbus_desk_engine_start(seen.engine, &error));
    CHECK(sink_plays("second", 0.125f, 0.0f));
    WORKS(perbus_desk_engine_get_device_status(seen.engine, &device, &error));
    CHECK(strcmp(device.id, "pulse:second") == 0 && strcmp(device.host, "PulseAudio") == 0);
    CHECK(device.sample_rate == 48000.0 && device.frames > 4800);
    CHECK(device.latency > 0.0 && device.latency < 0.5);
    CHECK(device.mean_load > 0.0 && device.mean_load <= device.max_load);

    CHECK(kill_server());
    for (int i = 0; i < 400 && atomic_load(&seen.restarted) == 0; i++) {
        wait_a_moment();
    }
    CHECK(atomic_load(&seen.lost) == 1 && atomic_load(&seen.configured) == 1);
    WORKS(perbus_desk_engine_is_running(seen.engine, &running, &error));
    CHECK(running && sink_plays("second", 0.125f, 0.0f));

    WORKS(perbus_desk_engine_stop(seen.engine, &error));
    WORKS(perbus_desk_engine_set_output_device(seen.engine, "pulse:first", &error));
    WORKS(perbus_desk_engine_start(seen.engine, &error));
    CHECK(sink_plays("first", 0.125f, 0.0f));
    play_at_a_host_time(seen.engine, mixer, source);
    listen_to_the_first_sink();
    WORKS(perbus_desk_engine_close(seen.engine, &error));
    perbus_desk_bus_release(bus);
    perbus_desk_node_release(source);
    perbus_desk_node_release(mixer);
    perbus_desk_engine_release(seen.engine);
}
