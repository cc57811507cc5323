/* SPDX-License-Identifier: MIT OR Apache-2.0 */
/* A server that dies, hangs or takes a device away. */
#include "device.h"

#define NOTICED 0.5
#define REOPENED 2.0

/* Returns when the engine has noticed; how long that took. */
static double time_to_notice(const desk *made) {
    double begin = seconds();
    while (desk_is_running(made) && seconds() - begin < 5.0) {
        wait_for(0.001);
    }
    return seconds() - begin;
}

static void check_stopped(const desk *made) {
    perbus_device_status device;
    CHECK(!desk_is_running(made));
    FAILS(PERBUS_ERROR_NOT_RUNNING, perbus_engine_get_device_status, made->engine, &device);
}

static void the_server_dies(bool paused) {
    desk made = desk_create(NULL, false);
    events seen;
    events_watch(&seen, &made);
    WORKS(perbus_engine_start(made.engine, &error));
    desk_check_plays(&made);
    if (paused) {
        WORKS(perbus_engine_pause(made.engine, &error));
    }
    server_kill();
    if (!paused) {
        double noticed = time_to_notice(&made);
        printf("devices: loss noticed in %.0f ms\n", noticed * 1e3);
        CHECK(noticed < NOTICED);
    }
    CHECK(reaches(&seen.configured, 1, NOTICED));
    CHECK(seen.order == 13 && seen.lost == 1 && seen.changed == 0);
    check_stopped(&made);
    setenv("PERBUS_AUDIO", "pulse", 1);
    double begin = seconds();
    FAILS(PERBUS_ERROR_START, perbus_engine_start, made.engine);
    CHECK(seconds() - begin < 1.0);
    unsetenv("PERBUS_AUDIO");
    server_start();
    begin = seconds();
    WORKS(perbus_engine_start(made.engine, &error));
    CHECK(seconds() - begin < REOPENED);
    desk_check_plays(&made);
    /* Volumes and pans have stayed. */
    float volume = 0.0f, pan = 0.0f;
    WORKS(perbus_connection_get_volume(made.sources[0], made.mixer, 0, &volume, &error));
    WORKS(perbus_connection_get_pan(made.sources[1], made.mixer, 1, &pan, &error));
    CHECK(volume == 0.5f && pan == 0.25f);
    CHECK(seen.order == 13);
    desk_destroy(&made);
    CHECK(seen.destroyed == 1);
}

/* The level of noise at unity. */
#define NOISE (0.25 / sqrt(3.0))

static double level(const float *samples, size_t frames) {
    double sum = 0.0;
    for (size_t i = 0; i < frames; i++) {
        sum += (double)samples[2 * i] * samples[2 * i];
    }
    return sqrt(sum / (double)frames);
}

static void note_end(void *context, perbus_end end) {
    CHECK(end == PERBUS_END_PLAYED);
    atomic_fetch_add((atomic_int *)context, 1);
}

/* What plays and fades goes on when the device is back. False after an underrun. */
static bool buffers_and_fades_wait(void) {
    desk made = desk_create(NULL, false);
    perbus_node *voice = NULL;
    perbus_buffer *buffer = NULL;
    atomic_int ended = 0;
    perbus_format format;
    WORKS(perbus_engine_get_format(made.engine, &format, &error));
    WORKS(perbus_connection_set_volume(made.sources[1], made.mixer, 1, 0.0f, &error));
    WORKS(perbus_player_create(&voice, &error));
    WORKS(perbus_engine_attach(made.engine, voice, &error));
    WORKS(perbus_engine_connect(made.engine, voice, 0, made.mixer, 2, NULL, &error));
    WORKS(perbus_buffer_create(&format, RATE / 2, &buffer, &error));
    WORKS(perbus_buffer_set_frames(buffer, RATE / 2, &error));
    perbus_schedule how = {PERBUS_FOLLOW, 0, note_end, &ended};
    WORKS(perbus_player_schedule(voice, buffer, &how, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    WORKS(perbus_player_play(voice, &error));
    WORKS(perbus_connection_fade_volume(made.sources[0], made.mixer, 0, 0.0f, RATE / 2,
                                        PERBUS_CURVE_LINEAR, &error));
    wait_for(0.15);
    server_kill();
    CHECK(time_to_notice(&made) < NOTICED);
    bool playing = true;
    WORKS(perbus_player_is_playing(voice, &playing, &error));
    CHECK(!playing && ended == 0);
    wait_for(0.3);
    server_start();
    recording_start("first");
    WORKS(perbus_engine_start(made.engine, &error));
    WORKS(perbus_player_play(voice, &error));
    CHECK(reaches(&ended, 1, 2.0));
    wait_for(0.2);
    /* The fade was nearly half done. */
    perbus_device_status device;
    WORKS(perbus_engine_get_device_status(made.engine, &device, &error));
    size_t frames = 0;
    float *recorded = recording_end(&frames);
    size_t begin = 0;
    while (begin < frames && recorded[2 * begin] == 0.0f) {
        begin++;
    }
    bool undisturbed = device.underruns == 0;
    CHECK(frames > begin + RATE / 2 || !undisturbed);
    if (frames > begin + RATE / 2 && undisturbed) {
        double first = level(recorded + 2 * begin, RATE / 100) / NOISE;
        double later = level(recorded + 2 * (begin + RATE / 10), RATE / 100) / NOISE;
        CHECK(first > 0.1 && first < 0.45);
        CHECK(fabs(first - later - 0.1) < 0.03);
        CHECK(level(recorded + 2 * (begin + RATE * 9 / 20), RATE / 20) == 0.0);
    }
    free(recorded);
    perbus_buffer_release(buffer);
    perbus_node_release(voice);
    desk_destroy(&made);
    return undisturbed;
}

/* The device goes, the server stays. */
static void the_sink_is_removed(void) {
    server_control("load-module module-null-sink sink_name=third norewinds=1");
    const perbus_device_options options = {.output = "pulse:third"};
    desk made = desk_create(&options, false);
    events seen;
    events_watch(&seen, &made);
    WORKS(perbus_engine_start(made.engine, &error));
    desk_check_plays(&made);
    server_control("unload-module module-null-sink");
    CHECK(time_to_notice(&made) < NOTICED);
    CHECK(reaches(&seen.configured, 1, NOTICED) && seen.order == 13);
    /* All three have gone. */
    FAILS(PERBUS_ERROR_START, perbus_engine_start, made.engine);
    FAILS(PERBUS_ERROR_START, perbus_engine_set_output_device, made.engine, SINK);
    server_kill();
    server_start();
    FAILS(PERBUS_ERROR_START, perbus_engine_start, made.engine);
    WORKS(perbus_engine_set_output_device(made.engine, SINK, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    FAILS(PERBUS_ERROR_START, perbus_engine_set_output_device, made.engine, OTHER_SINK);
    desk_check_plays(&made);
    desk_destroy(&made);
}

static void the_stream_is_moved(void) {
    desk made = desk_create(NULL, false);
    events seen;
    events_watch(&seen, &made);
    WORKS(perbus_engine_start(made.engine, &error));
    desk_check_plays(&made);
    /* PipeWire drops a request now and then. */
    bool moved = false;
    for (int i = 0; i < 5 && !moved; i++) {
        server_control("move-sink-input $(pactl list short sink-inputs | cut -f1) second");
        moved = reaches(&seen.changed, 1, 1.0);
    }
    CHECK(moved);
    CHECK(seen.order == 2);
    perbus_device_status device;
    WORKS(perbus_engine_get_device_status(made.engine, &device, &error));
    CHECK(strcmp(device.id, OTHER_SINK) == 0 && strcmp(device.name, "Sink-second") == 0);
    desk_check_plays(&made);
    desk_destroy(&made);
}

/* It neither plays nor says so: neither the engine nor its caller may hang with it. */
static void the_server_hangs(void) {
    desk made = desk_create(NULL, false), other = desk_create(NULL, false);
    events seen;
    events_watch(&seen, &made);
    WORKS(perbus_engine_start(made.engine, &error));
    desk_check_plays(&made);
    server_freeze(true);
    double noticed = time_to_notice(&made);
    printf("devices: a hanging server noticed in %.1f s\n", noticed);
    CHECK(noticed < 3.0 && reaches(&seen.configured, 1, NOTICED));
    double begin = seconds();
    perbus_error error = {0, ""};
    setenv("PERBUS_AUDIO", "pulse", 1);
    CHECK(perbus_engine_start(other.engine, &error) == PERBUS_ERROR_START);
    unsetenv("PERBUS_AUDIO");
    CHECK(seconds() - begin < 4.0 && strstr(error.message, "does not answer") != NULL);
    server_freeze(false);
    WORKS(perbus_engine_start(made.engine, &error));
    desk_check_plays(&made);
    desk_destroy(&other);
    desk_destroy(&made);
}

/* What a handler may do to the engine it hears of. */
static atomic_int handled;

static void start_again(void *context, perbus_event event) {
    if (event == PERBUS_EVENT_CONFIGURATION_CHANGED) {
        server_start();
        handled = perbus_engine_start(context, NULL) == PERBUS_OK ? 1 : 2;
    }
}

static void destroy_it(void *context, perbus_event event) {
    if (event == PERBUS_EVENT_DEVICE_LOST) {
        desk_destroy(context);
        handled = 1;
    }
}

static void dawdle(void *context, perbus_event event) {
    (void)context, (void)event;
    wait_for(0.3);
    handled++;
}

static void handlers_may_do_anything(void) {
    desk made = desk_create(NULL, false);
    handled = 0;
    WORKS(perbus_engine_set_event_handler(made.engine, start_again, made.engine, NULL, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    server_kill();
    CHECK(reaches(&handled, 1, REOPENED) && handled == 1);
    desk_check_plays(&made);

    handled = 0;
    WORKS(perbus_engine_set_event_handler(made.engine, destroy_it, &made, NULL, &error));
    server_kill();
    CHECK(reaches(&handled, 1, NOTICED));
    server_start();

    /* One that takes its time delays other events, but not what is noticed. */
    handled = 0;
    made = desk_create(NULL, false);
    WORKS(perbus_engine_set_event_handler(made.engine, dawdle, NULL, NULL, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    server_kill();
    CHECK(time_to_notice(&made) < NOTICED);
    server_start();
    WORKS(perbus_engine_start(made.engine, &error));
    server_kill();
    CHECK(time_to_notice(&made) < NOTICED);
    desk_destroy(&made);
    CHECK(handled >= 1);
    server_start();
}

/* A source that is too slow: the device runs dry, and both sides are counted. */
static bool render_late(void *context, int64_t time, uint32_t frames, float *const *channels,
                        uint32_t channel_count) {
    (void)channels, (void)channel_count;
    if (time <= RATE / 5 && time + frames > RATE / 5) {
        wait_for(0.2);
        atomic_store((atomic_int *)context, 1);
    }
    return true;
}

static void late_blocks_are_counted(void) {
    desk made = desk_create(NULL, false);
    perbus_node *slow = NULL;
    atomic_int slept = 0;
    events seen;
    events_watch(&seen, &made);
    WORKS(perbus_source_create(&STEREO, render_late, &slept, NULL, &slow, &error));
    WORKS(perbus_engine_attach(made.engine, slow, &error));
    WORKS(perbus_engine_connect(made.engine, slow, 0, made.mixer, 2, NULL, &error));
    WORKS(perbus_engine_start(made.engine, &error));
    CHECK(reaches(&slept, 1, 2.0) && reaches(&seen.xruns, 1, 1.0));
    perbus_device_status device;
    WORKS(perbus_engine_get_device_status(made.engine, &device, &error));
    CHECK(device.underruns >= 1 && device.late >= 1 && device.max_load > 1.0);
    desk_check_plays(&made);
    perbus_node_release(slow);
    desk_destroy(&made);
}

void test_losses_in_short(void) {
    the_server_dies(false);
    the_stream_is_moved();
}

void test_losses(void) {
    the_server_dies(false);
    the_server_dies(true);
    UNDISTURBED(buffers_and_fades_wait());
    the_stream_is_moved();
    late_blocks_are_counted();
    the_sink_is_removed();
    handlers_may_do_anything();
    the_server_hangs();
}
